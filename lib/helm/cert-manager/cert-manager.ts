import type { Construct } from "constructs";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import { requests, resourcesOf, sumOf } from "../resources";
import { PINNED_CHARTS } from "../versions";

/** What may be said of {@link CertManager}. */
export type CertManagerOptions = HelmAddOnOptions;

/** Properties of {@link CertManager}. */
export interface CertManagerProps extends CertManagerOptions, HelmAddOnProps {}

/**
 * What its pods request. The chart requests nothing and proposes 10m and 32Mi in its comments; the controller and the CA injector keep the
 * cluster's Secrets and webhooks in memory, so they get more.
 * @see https://github.com/cert-manager/cert-manager/blob/v1.21.1/deploy/charts/cert-manager/values.yaml
 */
const PODS = { controller: requests(10, 64), webhook: requests(10, 32), cainjector: requests(10, 96) };

/**
 * cert-manager: certificates as Kubernetes objects, for ingress and for what asks for webhook certificates.
 *
 * When it is taken away its custom resource definitions stay, and with them certificates and their Secrets in other namespaces; nobody renews
 * them. Its own namespace goes with all that it holds, above all the keys of each ClusterIssuer: the ACME account, the key of a CA. Keep a copy
 * of a CA's key elsewhere, or write `createNamespace: false` and make the namespace apart: then they stay.
 *
 * @throws {MecError} what {@link HelmAddOn} refuses
 * @see https://cert-manager.io/docs/
 * @see https://cert-manager.io/docs/configuration/#cluster-resource-namespace
 */
export class CertManager extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: CertManagerProps) {
    super(scope, id, props, definition());
  }
}

function definition(): AddOnDefinition {
  return {
    kind: "cert-manager",
    chart: pinnedChart(PINNED_CHARTS.certManager),
    namespace: "cert-manager",
    releaseName: "cert-manager",
    values: [
      {
        crds: { enabled: true, keep: true },
        resources: resourcesOf(PODS.controller),
        webhook: { resources: resourcesOf(PODS.webhook) },
        cainjector: { resources: resourcesOf(PODS.cainjector) },
      },
    ],
    ownsCrds: ["cert-manager.io", "acme.cert-manager.io"],
    footprint: sumOf(...Object.values(PODS)),
    openMaps: ["resources", "webhook.resources", "cainjector.resources"],
  };
}
