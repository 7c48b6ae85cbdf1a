import { MICROK8S_PORTS } from "../../microk8s/ports";
import type { Values } from "../values";
import { dashboardModel } from "./dashboard/dashboard";
import type { PrometheusSettings } from "./settings";
import { resourceValues } from "./resources";
import { mecRules } from "./rules";

/**
 * Programs whose certificates are looked at. What a node answers with at these ports is what microk8s made or renewed there.
 * @see https://microk8s.io/docs/services-and-ports
 */
const CERTIFICATES = [
  { name: "api-server", component: "API server", port: MICROK8S_PORTS.api, onControlPlane: true },
  { name: "kubelet", component: "kubelet", port: MICROK8S_PORTS.kubelet, onControlPlane: false },
];

/**
 * Values of the library's own chart: dashboard, alerts, and what the probe tries.
 *
 * @param clusterName name of the cluster
 * @param settings what Prometheus is installed with
 */
export function monitoringValues(clusterName: string, settings: PrometheusSettings): Values {
  return {
    probe: { resources: resourceValues(settings.profile.probe) },
    pathTargets: settings.pathTargets,
    certificates: CERTIFICATES,
    rules: mecRules(settings.retention.volumeBytes),
    dashboards: settings.grafana ? { site: JSON.stringify(dashboardModel(clusterName)) } : {},
  };
}
