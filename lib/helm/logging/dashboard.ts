/** Columns of Grafana's grid. */
const COLUMNS = 24;

/** Version of Grafana's dashboard model that the text is written in; later ones read it. */
const SCHEMA_VERSION = 39;

/** Sources of data: the one of the library's own chart, and the one that comes with Prometheus. */
const SOURCES = { loki: { type: "loki", uid: "loki" }, prometheus: { type: "prometheus", uid: "prometheus" } } as const;

/** A panel, without its place. */
interface LogPanel {
  readonly title: string;
  readonly description: string;
  readonly type: "logs" | "timeseries";
  readonly source: keyof typeof SOURCES;
  readonly expr: string;
  /** How a line of it is named. */
  readonly legend?: string;
  readonly width: number;
  readonly height: number;
}

/** What is asked for of pods, as the variables of the dashboard say. */
const PODS = '{job="pods", namespace=~"$namespace", container=~"$container"} |~ `$search`';

const PANELS: readonly LogPanel[] = [
  {
    title: "Lines a second",
    description: "By namespace: who writes the most.",
    type: "timeseries",
    source: "loki",
    expr: `sum by (namespace) (rate(${PODS} [5m]))`,
    legend: "{{namespace}}",
    width: 12,
    height: 7,
  },
  {
    title: "Lines that do not arrive",
    description: "What collectors gave up, and what Loki refused; it should be nothing.",
    type: "timeseries",
    source: "prometheus",
    expr: "sum by (name) (increase(fluentbit_output_dropped_records_total[15m])) or sum by (reason) (increase(loki_discarded_samples_total[15m]))",
    legend: "{{name}} {{reason}}",
    width: 12,
    height: 7,
  },
  {
    title: "Pods",
    description: "Lines of the containers that are chosen above.",
    type: "logs",
    source: "loki",
    expr: PODS,
    width: COLUMNS,
    height: 14,
  },
  {
    title: "Nodes",
    description: "microk8s, the node agent and the kernel, from the journal of each node.",
    type: "logs",
    source: "loki",
    expr: '{job="node"} |~ `$search`',
    width: COLUMNS,
    height: 10,
  },
];

/**
 * The dashboard of a site's logs, as Grafana's JSON model: the same text each time, so that a deploy without a change is none.
 *
 * @param clusterName name of the cluster
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function logDashboard(clusterName: string): Record<string, unknown> {
  let x = 0;
  let y = 0;
  const panels = PANELS.map(({ title, description, type, source, expr, legend, width, height }, index) => {
    const panel = {
      id: index + 1,
      type,
      title,
      description,
      datasource: SOURCES[source],
      gridPos: { x, y, w: width, h: height },
      targets: [{ refId: "A", datasource: SOURCES[source], expr, ...(legend === undefined ? {} : { legendFormat: legend }) }],
      options: type === "logs" ? { showTime: true, wrapLogMessage: true, enableLogDetails: true, sortOrder: "Descending" } : {},
    };
    x = (x + width) % COLUMNS;
    y += x === 0 ? height : 0;
    return panel;
  });
  return {
    uid: `mec-logs-${clusterName}`,
    title: `MEC logs ${clusterName}`,
    description: "Logs of pods and nodes of the site, and whether all of them arrive.",
    tags: ["mec", "logs"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    refresh: "1m",
    time: { from: "now-1h", to: "now" },
    timezone: "utc",
    templating: { list: [labelVariable("namespace", "Namespace"), labelVariable("container", "Container"), SEARCH] },
    panels,
  };
}

/** A variable with the values of a label, all of them unless somebody chooses. */
function labelVariable(name: string, label: string): Record<string, unknown> {
  return {
    name,
    label,
    type: "query",
    datasource: SOURCES.loki,
    query: { label: name, stream: '{job="pods"}', type: 1, refId: "A" },
    refresh: 2,
    includeAll: true,
    allValue: ".+",
    multi: true,
    current: { text: ["All"], value: ["$__all"] },
  };
}

/** A regular expression that lines have in them. */
const SEARCH = { name: "search", label: "Lines with", type: "textbox", query: "", current: { text: "", value: "" } };
