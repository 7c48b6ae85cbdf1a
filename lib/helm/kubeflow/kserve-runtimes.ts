import type { Construct } from "constructs";
import { HelmAddOn } from "../add-on";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import { PINNED_CHARTS } from "../versions";
import { KSERVE_NAMESPACE } from "./kserve-crds";
import type { ModelRuntime } from "./model-runtime";

/** What may be said of {@link KServeRuntimes}. */
export interface KServeRuntimesOptions extends HelmAddOnOptions {
  /** The model servers that are on; all others are off. */
  readonly runtimes: readonly ModelRuntime[];
}

/** Properties of {@link KServeRuntimes}. */
export interface KServeRuntimesProps extends KServeRuntimesOptions, HelmAddOnProps {}

/**
 * Keys of all runtimes in the chart. It has objects for all of them once any is on; those that are off are disabled, and no image is pulled.
 * @see https://github.com/kserve/kserve/blob/v0.20.0/charts/kserve-runtime-configs/values.yaml
 */
const KEYS = [
  "autogluonserver",
  "huggingfaceserver",
  "huggingfaceserver_multinode",
  "lgbserver",
  "mlserver",
  "paddleserver",
  "pmmlserver",
  "predictiveserver",
  "sklearnserver",
  "tensorflow",
  "torchserve",
  "tritonserver",
  "vllmserver",
  "xgbserver",
] as const;

/**
 * KServe's servers for models, those that are chosen. The chart has none unless it is told to: `kserve.servingruntime.enabled` is false by default,
 * and then no model runs.
 *
 * @throws {MecError} what {@link HelmAddOn} refuses; at synth MEC1416 without {@link KServe}
 * @see https://github.com/kserve/kserve/tree/v0.20.0/charts/kserve-runtime-configs
 */
export class KServeRuntimes extends HelmAddOn {
  /** The model servers that are on. */
  public readonly runtimes: readonly ModelRuntime[];

  public constructor(scope: Construct, id: string, props: KServeRuntimesProps) {
    const on = new Set(props.runtimes.map(({ settings }) => settings.valuesKey));
    const switches = Object.fromEntries(KEYS.map((key) => [key, { disabled: !on.has(key) }]));
    super(scope, id, props, {
      kind: "kserve-runtimes",
      chart: pinnedChart(PINNED_CHARTS.kserveRuntimes),
      namespace: KSERVE_NAMESPACE,
      releaseName: "kserve-runtimes",
      values: [{ kserve: { servingruntime: { enabled: on.size > 0, ...switches } } }],
      requires: ["kserve"],
      footprint: { cpuMillis: 0 },
    });
    this.runtimes = [...props.runtimes];
  }
}
