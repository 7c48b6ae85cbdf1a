import type { Construct } from "constructs";
import { HelmAddOn } from "../add-on";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import { PINNED_CHARTS } from "../versions";

/** Namespace of KServe, unless the user names another. */
export const KSERVE_NAMESPACE = "kserve";

/** Properties of {@link KServeCrds}. */
export interface KServeCrdsProps extends HelmAddOnOptions, HelmAddOnProps {}

/**
 * The custom resource definitions of KServe, without descriptions and validation: those with them are a release seventy times as large. They are
 * templates of the chart, so they go with it, and every InferenceService of the cluster with them.
 *
 * @throws {MecError} what {@link HelmAddOn} refuses
 * @see https://github.com/kserve/kserve/tree/v0.20.0/charts/kserve-crd-minimal
 */
export class KServeCrds extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: KServeCrdsProps) {
    super(scope, id, props, {
      kind: "kserve-crds",
      chart: pinnedChart(PINNED_CHARTS.kserveCrds),
      namespace: KSERVE_NAMESPACE,
      releaseName: "kserve-crds",
      values: [],
      ownsCrds: ["serving.kserve.io"],
      footprint: { cpuMillis: 0 },
    });
  }
}
