import type { Values } from "../values";

/** Metrics of API server, controller manager, scheduler and kube-proxy, by the beginnings of their names. */
const OF_OTHERS =
  "apiserver|etcd|aggregator|authentication|authorization|authenticated_user|field_validation|watch_cache|workqueue|scheduler|kubeproxy|" +
  "node_collector|attachdetach_controller|endpoint_slice_controller|garbagecollector_controller";

/** Metrics of kubelet, scheduler and kube-proxy. */
const NOT_OF_THE_API_SERVER = "kubelet|prober|volume_manager|storage_operation|csi_operations|scheduler|kubeproxy";

/** Steps of histograms that the chart leaves out, as it has them. */
const STEPS = {
  apiServer:
    "(etcd_request|apiserver_request_slo|apiserver_request_sli|apiserver_request)_duration_seconds_bucket;(0\\.15|0\\.2|0\\.3|0\\.35|0\\.4|0\\.45|0\\.6|0\\.7|0\\.8|0\\.9|1\\.25|1\\.5|1\\.75|2|3|3\\.5|4|4\\.5|6|7|8|9|15|20|40|45|50)(\\.0)?",
  kubelet: "(csi_operations|storage_operation_duration)_seconds_bucket;(0.25|2.5|15|25|120|600)(\\.0)?",
} as const;

const dropSteps = (regex: string) => ({ sourceLabels: ["__name__", "le"], regex, action: "drop" });
const dropNames = (beginnings: string) => ({ sourceLabels: ["__name__"], regex: `(${beginnings})_.+`, action: "drop" });

/**
 * All programs of a microk8s node are one process, whose registry is told at the port of each: what the chart reads from the kubelet would be
 * there once more from the API server. Each keeps what is its own; the chart's rules and dashboards ask for no more.
 *
 * @see https://github.com/canonical/microk8s/blob/master/microk8s-resources/default-args/kubelite
 * @see https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml
 */
export const ONE_PROCESS: Values = {
  kubeApiServer: { serviceMonitor: { metricRelabelings: [dropSteps(STEPS.apiServer), dropNames(NOT_OF_THE_API_SERVER)] } },
  kubelet: { serviceMonitor: { metricRelabelings: [dropSteps(STEPS.kubelet), dropNames(OF_OTHERS)] } },
};
