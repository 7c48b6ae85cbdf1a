import { secretName } from "../names";
import type { Values } from "../values";
import type { PrometheusOptions } from "./prometheus-props";
import { resourceValues } from "./resources";
import type { PrometheusContext, PrometheusSettings } from "./settings";

/**
 * What the chart is told of Grafana.
 *
 * @throws {MecError} MEC1424 for what is no name of a Secret
 * @see https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#plugins
 */
export function grafanaValues(
  { grafanaAdminSecret }: PrometheusOptions,
  { profile, alertmanager }: PrometheusSettings,
  { path, releaseName }: PrometheusContext,
): Values {
  const role = `${releaseName}-grafana-dashboards`;
  return {
    // Grafana's own chart would have it read every Secret of the cluster, whatever the helpers look for.
    extraManifests: { grafanaDashboards: readsConfigMaps(role) },
    grafana: {
      enabled: true,
      rbac: { useExistingClusterRole: role },
      admin:
        grafanaAdminSecret === undefined
          ? undefined
          : {
              existingSecret: secretName(path, "grafanaAdminSecret", grafanaAdminSecret),
              userKey: "admin-user",
              passwordKey: "admin-password",
            },
      resources: resourceValues(profile.grafana),
      // Neither its own dashboards nor its users are worth a volume: both come from objects of the cluster.
      persistence: { enabled: false },
      testFramework: { enabled: false },
      sidecar: {
        resources: resourceValues(profile.sidecar),
        dashboards: { enabled: true, label: "grafana_dashboard", labelValue: "1", searchNamespace: "ALL", resource: "configmap" },
        datasources: { resource: "configmap", alertmanager: { enabled: alertmanager } },
      },
      // Nothing is asked for at Grafana's makers over the link of the site; Grafana 12 and later would download plugins at each start.
      "grafana.ini": {
        analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
        plugins: { preinstall_disabled: true, preinstall_auto_update: false },
      },
    },
  };
}

/** A role that reads ConfigMaps: dashboards are in those of any namespace. */
function readsConfigMaps(name: string): Values {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name },
    rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "watch", "list"] }],
  };
}
