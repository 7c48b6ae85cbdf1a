import { alert, type RuleGroup } from "../../prometheus/rule";

/** Job of the telemetry, by the label of its Service. */
export const TELEMETRY_JOB = "edgex-metrics";

/** Job of eKuiper. */
export const KUIPER_JOB = "edgex-kuiper";

/** Metrics of telemetry are read from one exporter: which service told it is in what Prometheus makes of the label `service`, which is its own. */
export const BY_SERVICE = "exported_service";

/**
 * A metric of EdgeX' telemetry as the exporter names it: name of the metric, then the kind of the value.
 *
 * @param name name in EdgeX, such as `MqttExportErrors`
 * @param field kind of value, as EdgeX' reporter and line protocol have it
 * @see https://github.com/edgexfoundry/go-mod-bootstrap/blob/v4.0.1/bootstrap/metrics/reporter.go
 * @see https://github.com/prometheus/influxdb_exporter/blob/v0.12.1/main.go
 */
export function telemetryMetric(
  name: string,
  field: "counter_count" | "gauge_value" | "histogram_count" | "histogram_mean" | "timer_mean",
): string {
  return `${name}_${field}{job="${TELEMETRY_JOB}"}`;
}

/**
 * What a counter of telemetry grew by within ten minutes, by service. An export tells the same numbers for each topic that its placeholders become, so
 * that they are not added up.
 */
function grown(name: string, by: readonly string[] = []): string {
  const range = telemetryMetric(name, "counter_count");
  return `max by (${[BY_SERVICE, ...by].join(", ")}) (increase(${range}[10m]))`;
}

/**
 * A query that looks at the EdgeX of one namespace: names of jobs are the same in all, and Prometheus has the namespace of what it reads.
 *
 * @param expr the query
 * @param namespace the namespace
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor
 */
export function inNamespace(expr: string, namespace: string): string {
  return expr.replaceAll(/\{job="(?=edgex-)/g, `{namespace="${namespace}",job="`);
}

/**
 * Alerts on the EdgeX of a namespace, which they have as a label.
 *
 * @param hasRules whether it runs rules
 * @param namespace the namespace
 */
export function edgexRules(hasRules: boolean, namespace: string): readonly RuleGroup[] {
  return [...EDGEX_RULES, ...(hasRules ? [KUIPER_RULES] : [])].map(({ rules, ...group }) => ({
    ...group,
    rules: rules.map((rule) => ({ ...rule, expr: inNamespace(rule.expr, namespace), labels: { ...rule.labels, namespace } })),
  }));
}

const EDGEX_RULES: readonly RuleGroup[] = [
  {
    name: "mec-edgex",
    rules: [
      alert(
        "MecEdgexExportFails",
        `${grown("MqttExportErrors")} > 0 or ${grown("HttpExportErrors")} > 0`,
        "15m",
        "warning",
        "{{ $labels.exported_service }} cannot send: {{ $value | humanize }} events within ten minutes",
        "The endpoint does not take what it is sent: look at the log of the service, at the way out of the site and at the credentials. What is not taken is kept where storeAndForward is on.",
      ),
      alert(
        "MecEdgexExportsWait",
        `max by (${BY_SERVICE}) (${telemetryMetric("StoreForwardQueueSize", "counter_count")}) > 10000`,
        "15m",
        "critical",
        "{{ $value | humanize }} events wait in {{ $labels.exported_service }}",
        "Each try reads all of them into memory, and they fill the volume of the database: bring the endpoint back, or have the export keep less by maxRetries.",
      ),
      alert(
        "MecEdgexPipelineErrors",
        `${grown("PipelineProcessingErrors", ["pipeline"])} > 0`,
        "15m",
        "warning",
        "Pipeline {{ $labels.pipeline }} of {{ $labels.exported_service }} fails",
        "The log of the service has the step that failed.",
      ),
      alert(
        "MecEdgexTelemetryStale",
        `time() - influxdb_last_push_timestamp_seconds{job="${TELEMETRY_JOB}"} > 300`,
        "10m",
        "warning",
        "EdgeX has told nothing of itself for {{ $value | humanizeDuration }}",
        "Telemetry goes over the message bus: look at edgex-mqtt-broker and edgex-app-metrics.",
      ),
    ],
  },
];

/**
 * Alerts on eKuiper, which tells metrics itself.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/metrics/metrics.go
 */
const KUIPER_RULES: RuleGroup = {
  name: "mec-edgex-rules",
  rules: [
    alert(
      "MecEdgexRuleStopped",
      `max by (rule) (kuiper_rule_status{job="${KUIPER_JOB}"}) < 1`,
      "5m",
      "critical",
      "Rule {{ $labels.rule }} does not run",
      "It is started again every ten seconds: the log of edgex-kuiper says why it ends, such as a message bus that is not there.",
    ),
    alert(
      "MecEdgexRuleFails",
      `sum by (rule) (increase(kuiper_sink_exceptions_total{job="${KUIPER_JOB}"}[10m])) > 0`,
      "15m",
      "warning",
      "{{ $value | humanize }} results of rule {{ $labels.rule }} did not arrive within ten minutes",
      "An action fails: look at the log of edgex-kuiper, and for a command at edgex-core-command and at the device.",
    ),
  ],
};
