import { METRICS_PORTS } from "../../microk8s/control-plane-metrics";

/** Label that microk8s gives control-plane nodes (https://github.com/canonical/microk8s/blob/master/microk8s-resources/default-args/kubelet). */
export const CONTROL_PLANE_LABEL = "node.kubernetes.io/microk8s-controlplane";

/** Label of nodes as Prometheus' discovery names it: what is no letter or digit is an underscore. */
const DISCOVERED_LABEL = `__meta_kubernetes_node_label_${CONTROL_PLANE_LABEL.replace(/[^a-zA-Z0-9]/g, "_")}`;

/** What every program tells of itself; the dashboards of the chart ask for it. */
const OF_ITSELF = "process_.+|go_goroutines|rest_client_requests_total|rest_client_request_duration_seconds_.+";

/** One job of Prometheus. */
interface ControlPlaneJob {
  /** Name, by which the chart's rules and dashboards know it. */
  readonly job: string;
  readonly port: number;
  /** Whether it is on control-plane nodes alone, and is asked over TLS by Prometheus' service account. */
  readonly isGuarded: boolean;
  /** Names of its own metrics. */
  readonly metrics: string;
}

const JOBS: readonly ControlPlaneJob[] = [
  {
    job: "kube-controller-manager",
    port: METRICS_PORTS.controllerManager,
    isGuarded: true,
    metrics: "workqueue_.+|node_collector_.+|attachdetach_controller_.+|endpoint_slice_controller_.+|garbagecollector_controller_.+",
  },
  { job: "kube-scheduler", port: METRICS_PORTS.scheduler, isGuarded: true, metrics: "scheduler_.+" },
  { job: "kube-proxy", port: METRICS_PORTS.proxy, isGuarded: false, metrics: "kubeproxy_.+" },
];

/**
 * Jobs that read controller manager, scheduler and kube-proxy on each node there is, as Prometheus' own configuration has them. Nodes that
 * join or leave are found by themselves; the chart's list of addresses would be one of the day it was written. All programs of a node are one
 * process with one registry of metrics, so a job keeps what is its own.
 *
 * @see https://prometheus.io/docs/prometheus/latest/configuration/configuration/#node
 * @see https://github.com/canonical/microk8s/blob/master/microk8s-resources/default-args/kubelite
 */
export function controlPlaneJobs(): Record<string, unknown>[] {
  return JOBS.map(({ job, port, isGuarded, metrics }) => ({
    job_name: job,
    kubernetes_sd_configs: [{ role: "node" }],
    ...(isGuarded
      ? {
          scheme: "https",
          // The programs make their certificate themselves at each start.
          tls_config: { insecure_skip_verify: true },
          authorization: { credentials_file: "/var/run/secrets/kubernetes.io/serviceaccount/token" },
        }
      : {}),
    relabel_configs: [
      ...(isGuarded ? [{ source_labels: [DISCOVERED_LABEL], regex: ".+", action: "keep" }] : []),
      {
        source_labels: ["__meta_kubernetes_node_address_InternalIP"],
        regex: "(.+)",
        target_label: "__address__",
        replacement: `$1:${port}`,
      },
      { source_labels: ["__meta_kubernetes_node_name"], target_label: "node" },
    ],
    metric_relabel_configs: [{ source_labels: ["__name__"], regex: `${metrics}|${OF_ITSELF}`, action: "keep" }],
  }));
}
