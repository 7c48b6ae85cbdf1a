/** Columns of Grafana's grid. */
export const GRID_COLUMNS = 24;

/** Units as Grafana names them (https://grafana.com/docs/grafana/latest/panels-visualizations/configure-standard-options/#unit). */
export type Unit = "short" | "percentunit" | "bytes" | "Bps" | "s" | "ops" | "bool_yes_no";

/** What a panel asks for: PromQL and how its lines are named. */
export interface Query {
  readonly expr: string;
  /** Name of a line, with labels as `{{label}}`. */
  readonly legend: string;
}

/** A panel of the dashboard, without its place. */
export interface Panel {
  readonly title: string;
  /** What it shows and what to look for. */
  readonly description: string;
  readonly kind: "stat" | "timeseries";
  readonly unit: Unit;
  readonly queries: readonly Query[];
  /** Values from which on it is yellow and red; the other way round where less is worse. */
  readonly thresholds?: { readonly warning: number; readonly critical: number };
}

/** Panels on one subject. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** One number a line. */
export function stat(title: string, description: string, unit: Unit, query: Query, thresholds?: Panel["thresholds"]): Panel {
  return { title, description, kind: "stat", unit, queries: [query], thresholds };
}

/** Lines over time. */
export function lines(title: string, description: string, unit: Unit, queries: readonly Query[], thresholds?: Panel["thresholds"]): Panel {
  return { title, description, kind: "timeseries", unit, queries, thresholds };
}

/** Source of all data: the one that the chart brings. */
const DATASOURCE = { type: "prometheus", uid: "prometheus" } as const;

/**
 * A panel as Grafana has it.
 *
 * @param panel the panel
 * @param id number of it on the dashboard
 * @param place where it is on the grid
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 */
export function panelModel(
  panel: Panel,
  id: number,
  place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number },
) {
  const { title, description, kind, unit, queries } = panel;
  return {
    id,
    type: kind,
    title,
    description,
    datasource: DATASOURCE,
    gridPos: place,
    fieldConfig: {
      defaults: { unit, thresholds: { mode: "absolute", steps: steps(panel) }, min: unit === "percentunit" ? 0 : undefined },
      overrides: [],
    },
    options:
      kind === "stat"
        ? { reduceOptions: { calcs: ["lastNotNull"], values: false }, colorMode: "value", graphMode: "none", textMode: "auto" }
        : { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } },
    targets: queries.map(({ expr, legend }, index) => ({
      datasource: DATASOURCE,
      refId: String.fromCharCode("A".charCodeAt(0) + index),
      expr,
      legendFormat: legend,
    })),
  };
}

function steps({ thresholds }: Panel) {
  if (thresholds === undefined) {
    return [{ color: "green", value: null }];
  }
  const { warning, critical } = thresholds;
  return critical >= warning
    ? [
        { color: "green", value: null },
        { color: "yellow", value: warning },
        { color: "red", value: critical },
      ]
    : [
        { color: "red", value: null },
        { color: "yellow", value: critical },
        { color: "green", value: warning },
      ];
}
