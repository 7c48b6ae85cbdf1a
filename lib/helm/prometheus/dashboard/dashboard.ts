import { GRID_COLUMNS, panelModel } from "./panels";
import { ROWS } from "./rows";

/** Height of a panel with one number, and of one with lines, on Grafana's grid. */
const HEIGHTS = { stat: 4, timeseries: 8 } as const;

/** Height of a row's title. */
const TITLE = 1;

/** Version of Grafana's dashboard model that the text is written in; later ones read it. */
const SCHEMA_VERSION = 39;

/**
 * The dashboard of a site, as Grafana's JSON model: the same text each time, so that a deploy without a change is none.
 *
 * @param clusterName name of the cluster
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function dashboardModel(clusterName: string): Record<string, unknown> {
  let y = 0;
  let id = 0;
  const panels = ROWS.flatMap(({ title, panels: inRow }) => {
    const width = Math.floor(GRID_COLUMNS / inRow.length);
    const height = HEIGHTS[inRow[0]!.kind];
    const row = { id: ++id, type: "row", title, collapsed: false, gridPos: { x: 0, y, w: GRID_COLUMNS, h: TITLE }, panels: [] };
    y += TITLE;
    const models = inRow.map((panel, index) => panelModel(panel, ++id, { x: index * width, y, w: width, h: height }));
    y += height;
    return [row, ...models];
  });
  return {
    uid: `mec-${clusterName}`,
    title: `MEC site ${clusterName}`,
    description: "Nodes, carrier path, datastore, certificates and disks of the site.",
    tags: ["mec"],
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    editable: false,
    refresh: "1m",
    time: { from: "now-6h", to: "now" },
    timezone: "utc",
    templating: { list: [INSTANCES] },
    panels,
  };
}

/** Which machines the panels show: all unless somebody chooses. */
const INSTANCES = {
  name: "instance",
  label: "Node",
  type: "query",
  datasource: { type: "prometheus", uid: "prometheus" },
  query: { query: 'label_values(node_uname_info{job="node-exporter"}, instance)', refId: "instances" },
  definition: 'label_values(node_uname_info{job="node-exporter"}, instance)',
  refresh: 2,
  sort: 1,
  multi: true,
  includeAll: true,
  allValue: ".+",
  current: { selected: true, text: ["All"], value: ["$__all"] },
} as const;
