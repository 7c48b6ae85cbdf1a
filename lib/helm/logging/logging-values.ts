import type { Values } from "../values";
import { logDashboard } from "./dashboard";
import { lokiUrl, type Neighbours, type Place } from "./neighbours";
import { LOGGING_RULES } from "./rules";

/** What the values of the library's own chart depend on beside what is in the app. */
export interface LoggingContext {
  /** Where Loki is. */
  readonly loki: Place;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Namespaces that a person lets in. */
  readonly allowedNamespaces: readonly string[];
}

/** Values of the library's own chart: who gets to Loki, and where it is shown. Asked for at synth, once all is in the app. */
export function loggingValues(neighbours: Neighbours, { loki, clusterName, allowedNamespaces }: LoggingContext): Values {
  const { prometheus } = neighbours;
  const grafana = neighbours.isFirst(loki) ? neighbours.grafana : undefined;
  const clients = [
    ...neighbours.collectorsOf(loki).map(({ releaseName, namespace }) => ({ namespace, labels: named("fluent-bit", releaseName) })),
    ...(prometheus === undefined ? [] : [{ namespace: prometheus.namespace, labels: { "app.kubernetes.io/name": "prometheus" } }]),
    ...(grafana === undefined ? [] : [{ namespace: grafana.namespace, labels: named("grafana", grafana.releaseName) }]),
    ...[...new Set(allowedNamespaces)].map((namespace) => ({ namespace, labels: {} })),
  ];
  return {
    loki: loki.releaseName,
    clients,
    datasource: grafana === undefined ? {} : { namespace: grafana.namespace, url: lokiUrl(loki) },
    dashboards: grafana === undefined ? {} : { logs: JSON.stringify(logDashboard(clusterName)) },
    rules: prometheus !== undefined && neighbours.isFirst(loki) ? [LOGGING_RULES] : [],
  };
}

/** Labels that charts give the pods of a release. */
function named(name: string, release: string): Record<string, string> {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/instance": release };
}
