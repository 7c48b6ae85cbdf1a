import type { Values } from "../values";
import { edgexDashboard } from "./metrics/dashboard";
import { edgexRules } from "./metrics/rules";

/** Where what is watched is, and who watches it. */
export interface Monitored {
  /** Namespace of Prometheus. */
  readonly namespace: string;
  /** Namespace of this EdgeX. */
  readonly own: string;
  /** Namespace of an EdgeX unless the user names another. */
  readonly usual: string;
  /** Name of the site, for people. @default - `usual` */
  readonly site?: string;
  /** Whether there is a rules engine. */
  readonly rulesEngine: boolean;
}

/** The `monitoring` of the chart's values: what Prometheus and Grafana take. */
export function monitoringValues({ namespace, own, usual, site = usual, rulesEngine }: Monitored): Values {
  // Grafana takes the dashboards of all namespaces into one folder, by the names of their files.
  const name = own === usual ? usual : `${usual}-${own}`.slice(0, 63).replace(/-+$/, "");
  const dashboards = { [name]: JSON.stringify(edgexDashboard(site, rulesEngine, own)) };
  return { enabled: true, namespace, rules: edgexRules(rulesEngine, own), dashboards };
}
