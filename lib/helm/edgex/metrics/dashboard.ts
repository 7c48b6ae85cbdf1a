import { createHash } from "node:crypto";
import { GRID_COLUMNS, lines, panelModel, stat, type Row } from "../../prometheus/dashboard/panels";
import { BY_SERVICE, inNamespace, KUIPER_JOB, TELEMETRY_JOB, telemetryMetric } from "./rules";

/** Height of a panel with one number, and of one with lines, on Grafana's grid. */
const HEIGHTS = { stat: 4, timeseries: 8 } as const;

/** How fast a counter grows, by service; topics of one export have the same numbers, so that they are not added up. */
function rateOf(name: string): string {
  return `max by (${BY_SERVICE}) (rate(${telemetryMetric(name, "counter_count")}[5m]))`;
}

const LEGEND = `{{${BY_SERVICE}}}`;

const EVENTS: Row = {
  title: "Events",
  panels: [
    lines("Readings that devices told", "What device services publish on the message bus.", "ops", [
      { expr: rateOf("ReadingsSent"), legend: LEGEND },
    ]),
    lines("Events that application services took", "Exports and rules read each event from the message bus.", "ops", [
      { expr: rateOf("MessagesReceived"), legend: LEGEND },
    ]),
    lines("Since a device answered", "A device that no auto event asks answers commands alone.", "s", [
      { expr: `time() - max by (device) (${telemetryMetric("LastConnected", "gauge_value")} > 0) / 1e9`, legend: "{{device}}" },
    ]),
  ],
};

const EXPORTS: Row = {
  title: "Exports",
  panels: [
    lines("Sent", "Events or batches that endpoints took; exports with placeholders in their topic or URL do not tell.", "ops", [
      { expr: `max by (${BY_SERVICE}) (rate(${telemetryMetric("MqttExportSize", "histogram_count")}[5m]))`, legend: `${LEGEND} MQTT` },
      { expr: `max by (${BY_SERVICE}) (rate(${telemetryMetric("HttpExportSize", "histogram_count")}[5m]))`, legend: `${LEGEND} HTTP` },
    ]),
    lines("Not sent", "What endpoints did not take; it is kept where storeAndForward is on.", "ops", [
      { expr: rateOf("MqttExportErrors"), legend: `${LEGEND} MQTT` },
      { expr: rateOf("HttpExportErrors"), legend: `${LEGEND} HTTP` },
    ]),
    lines("Waiting", "What is kept in the database until an endpoint takes it.", "short", [
      { expr: `max by (${BY_SERVICE}) (${telemetryMetric("StoreForwardQueueSize", "counter_count")})`, legend: LEGEND },
    ]),
  ],
};

const RULES: Row = {
  title: "Rules",
  panels: [
    stat(
      "Rules that do not run",
      "Rules of eKuiper that ended with an error; they are started again every ten seconds.",
      "short",
      { expr: `count(kuiper_rule_status{job="${KUIPER_JOB}"} < 1) or vector(0)`, legend: "stopped" },
      { warning: 1, critical: 1 },
    ),
    stat("Rules that run", "Rules of eKuiper.", "short", {
      expr: `count(kuiper_rule_status{job="${KUIPER_JOB}"} == 1) or vector(0)`,
      legend: "running",
    }),
  ],
};

const RULE_FLOW: Row = {
  title: "What rules did",
  panels: [
    lines("Results", "What rules found and did something about.", "ops", [
      { expr: `sum by (rule) (rate(kuiper_sink_records_out_total{job="${KUIPER_JOB}"}[5m]))`, legend: "{{rule}}" },
    ]),
    lines("Failures", "Actions that failed.", "ops", [
      { expr: `sum by (rule) (rate(kuiper_sink_exceptions_total{job="${KUIPER_JOB}"}[5m]))`, legend: "{{rule}}" },
    ]),
  ],
};

/** Rows of the dashboard, those of rules last. */
export const EDGEX_ROWS: readonly Row[] = [EVENTS, EXPORTS, RULES, RULE_FLOW];

/**
 * The dashboard of an EdgeX, as Grafana's JSON model: the same each time, so that a deploy without a change is none.
 *
 * @param site name of the site, such as that of its cluster
 * @param hasRules whether it runs rules
 * @param namespace its namespace: a cluster may have several EdgeX, each with a dashboard
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function edgexDashboard(site: string, hasRules: boolean, namespace: string): Record<string, unknown> {
  let y = 0;
  let id = 0;
  const panels = (hasRules ? EDGEX_ROWS : [EVENTS, EXPORTS]).flatMap(({ title, panels: inRow }) => {
    const width = Math.floor(GRID_COLUMNS / inRow.length);
    const height = HEIGHTS[inRow[0]!.kind];
    const row = { id: ++id, type: "row", title, collapsed: false, gridPos: { x: 0, y, w: GRID_COLUMNS, h: 1 }, panels: [] };
    y += 1;
    const ofNamespace = inRow.map((panel) => ({
      ...panel,
      queries: panel.queries.map((query) => ({ ...query, expr: inNamespace(query.expr, namespace) })),
    }));
    const models = ofNamespace.map((panel, index) => panelModel(panel, ++id, { x: index * width, y, w: width, h: height }));
    y += height;
    return [row, ...models];
  });
  return {
    // At most 40 characters, whatever the names.
    uid: `mec-edgex-${createHash("sha256").update(`${site}/${namespace}`).digest("hex").slice(0, 16)}`,
    title: `EdgeX at ${site} (${namespace})`,
    description: `Events, exports and rules of EdgeX, from its telemetry (job ${TELEMETRY_JOB}) and from eKuiper.`,
    tags: ["mec", "edgex"],
    schemaVersion: 39,
    version: 1,
    editable: false,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    timezone: "utc",
    templating: { list: [] },
    panels,
  };
}
