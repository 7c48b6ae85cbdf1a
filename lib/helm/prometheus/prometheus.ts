import type { Release } from "@cdktf/provider-helm/lib/release";
import type { Construct } from "constructs";
import { join } from "node:path";
import { warn } from "../../annotations";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition } from "../add-on-props";
import { atSynth } from "../fit-rules";
import { pinnedChart } from "../pinned-chart";
import { PINNED_CHARTS } from "../versions";
import { metricsGuard } from "./metrics-guard";
import { monitoringValues } from "./monitoring-values";
import { requireNodeMemory } from "./node-memory";
import type { PrometheusProps } from "./prometheus-props";
import { prometheusFootprint } from "./footprint";
import { checkedPrometheus, type PrometheusContext, type PrometheusSettings } from "./settings";
import { prometheusValues } from "./values";

/** Name of the release, unless the user names another. */
const RELEASE = "prometheus";

/**
 * Prometheus, its operator and Grafana by kube-prometheus-stack, tuned for microk8s and for the size of a site, with a dashboard and alerts of
 * the library's own: nodes, carrier path, datastore, certificates, disks.
 *
 * Monitors and rules of other releases are found in any namespace, whatever their labels. Nothing of it is open to anybody outside of the
 * cluster: `kubectl port-forward` leads to Grafana, or an ingress of one's own.
 *
 * The custom resource definitions and the volumes stay when it is taken away; whoever installs it again finds the metrics. Do not enable
 * microk8s' own observability add-on beside it: both want port 9100 of each node, and the same definitions.
 *
 * @throws {MecError} MEC1430 to MEC1437, MEC1424 for what is no name of a Secret, and what {@link HelmAddOn} refuses
 * @see https://github.com/prometheus-community/helm-charts/tree/main/charts/kube-prometheus-stack
 * @see https://microk8s.io/docs/addon-observability
 */
export class Prometheus extends HelmAddOn {
  /** URL of Prometheus within the cluster, for what asks it. */
  public readonly url: string;

  /** Release of the library's own chart, with dashboard, alerts and probe: the provider's own class. */
  public readonly monitoring: Release;

  public constructor(scope: Construct, id: string, props: PrometheusProps) {
    const { cluster } = props;
    const context: PrometheusContext = {
      path: `${scope.node.path}/${id}`,
      clusterName: cluster.clusterName,
      releaseName: props.releaseName ?? RELEASE,
      region: cluster.region,
      hasControlPlaneMetrics: cluster.capabilities?.controlPlaneMetrics,
    };
    const settings = checkedPrometheus(props, context);
    super(scope, id, props, definition(props, settings, context));
    // The operator's own Service, whose name is the same for each release.
    this.url = `http://prometheus-operated.${this.namespace}.svc:9090`;
    this.monitoring = this.addChart("Mec", join(__dirname, "chart"), monitoringValues(cluster.clusterName, settings));
    if (settings.controlPlaneMetrics && context.hasControlPlaneMetrics === undefined) {
      metricsGuard(this, cluster);
    }
    requireNodeMemory(this, settings.profile);
    atSynth(this, () => this.warnOfUnreachedNodes(props.controlPlaneMetrics));
  }

  /** Workers may come after the add-on. Without a Region there is no security group between nodes. */
  private warnOfUnreachedNodes(isChosen: boolean | undefined): void {
    const { capabilities, clusterName, region } = this.cluster;
    if (capabilities === undefined && region !== undefined && isChosen === undefined) {
      warn(
        this,
        "MEC1940",
        `got the cluster ${clusterName}, of which is not known here whether its nodes let each other read metrics of the machine: where they do not, Prometheus reads those of the node it is on alone, and alerts (TargetDown) for the rest, so write controlPlaneMetrics: true at the cluster and here, which the plan then checks, or false here`,
      );
    }
    const nodes = capabilities?.nodes.length ?? 0;
    if (nodes > 1 && !capabilities?.controlPlaneMetrics) {
      warn(
        this,
        "MEC1940",
        `got ${nodes} nodes of the cluster ${clusterName} that do not let each other read metrics of the machine: Prometheus reads those of the node it is on alone, and alerts (TargetDown) for the rest, so write controlPlaneMetrics: true at the cluster`,
      );
    }
  }
}

function definition(props: PrometheusProps, settings: PrometheusSettings, context: PrometheusContext): AddOnDefinition {
  return {
    kind: "prometheus",
    chart: pinnedChart(PINNED_CHARTS.kubePrometheusStack),
    namespace: "monitoring",
    releaseName: RELEASE,
    values: [prometheusValues(props, settings, context)],
    ownsCrds: ["monitoring.coreos.com"],
    storageClass: settings.storageClass,
    footprint: prometheusFootprint(settings),
    isStateful: true,
    // node-exporter looks at the machine: its network, processes and disks.
    podSecurity: "privileged",
  };
}
