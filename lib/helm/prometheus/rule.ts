/** How soon somebody has to look at an alert. */
export type Severity = "warning" | "critical";

/** An alert, as Prometheus takes it (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/). */
export interface AlertRule {
  /** Name. */
  readonly alert: string;
  /** PromQL that gives something while there is something to tell. */
  readonly expr: string;
  /** How long it must give something. */
  readonly for: string;
  readonly labels: { readonly severity: Severity };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Alerts on one subject. */
export interface RuleGroup {
  /** Name, of the whole Prometheus. */
  readonly name: string;
  readonly rules: readonly AlertRule[];
}

/**
 * An alert.
 *
 * @param name name, in one word
 * @param expr PromQL
 * @param hold how long it must hold, such as `5m`
 * @param severity how soon somebody has to look
 * @param summary what is wrong, in one line
 * @param description what it means and what to do
 */
export function alert(name: string, expr: string, hold: string, severity: Severity, summary: string, description: string): AlertRule {
  return { alert: name, expr, for: hold, labels: { severity }, annotations: { summary, description } };
}
