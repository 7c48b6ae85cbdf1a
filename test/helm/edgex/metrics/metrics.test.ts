import { EDGEX_ROWS, edgexDashboard } from "../../../../lib/helm/edgex/metrics/dashboard";
import { METRICS_PORT, metricsNodes } from "../../../../lib/helm/edgex/metrics/metrics";
import { edgexRules, telemetryMetric } from "../../../../lib/helm/edgex/metrics/rules";
import { CORE_DATA_TELEMETRY, telemetrySettings } from "../../../../lib/helm/edgex/metrics/telemetry";

// A module of the other kind: the compiler takes it by import() alone.
const load = async () => (await import("@prometheus-io/lezer-promql")).parser;
let parser: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  parser = await load();
});

/** Texts of all nodes of a kind in an expression. */
function parts(expression: string, kind: RegExp | "errors"): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      if (kind === "errors" ? type.isError : kind.test(type.name)) {
        found.push(expression.slice(from, Math.max(to, from + 1)));
      }
    },
  });
  return found;
}

const rules = edgexRules(true, "line").flatMap(({ rules: inGroup }) => inGroup.map((rule) => [rule.alert, rule] as const));
const queries = EDGEX_ROWS.flatMap(({ title, panels }) =>
  panels.flatMap((panel) => panel.queries.map((query) => [`${title}/${panel.title}`, query.expr] as const)),
);

/** Telemetry that is switched on, by name. */
const switchedOn = ["app-services", "device-services"].flatMap((section) =>
  Object.keys((telemetrySettings()[section] as { Writable: { Telemetry: { Metrics: object } } }).Writable.Telemetry.Metrics),
);

describe("the way of telemetry", () => {
  const [app, exporter] = metricsNodes();

  test("begins at the message bus, with one line at a time", () => {
    expect(app).toMatchObject({
      name: "edgex-app-metrics",
      configuration: {
        "/edgex/config/configuration.yaml": {
          Writable: {
            StoreAndForward: { Enabled: false },
            Pipeline: {
              TargetType: "metric",
              ExecutionOrder: "ToLineProtocol, HTTPExport",
              Functions: {
                ToLineProtocol: { Parameters: { Tags: "" } },
                HTTPExport: { Parameters: { Method: "post", Url: "http://edgex-metrics:9122/api/v2/write", PersistOnError: "false" } },
              },
            },
            Telemetry: { Interval: "0s" },
          },
          Trigger: { SubscribeTopics: "telemetry/#" },
        },
      },
    });
    expect(app!.talksTo).toContainEqual({ service: "edgex-metrics", port: METRICS_PORT });
  });

  test("ends at an exporter that Prometheus reads", () => {
    expect(exporter).toMatchObject({
      name: "edgex-metrics",
      image: "docker.io/prom/influxdb-exporter:v0.12.1",
      ports: [{ name: "http", port: 9122 }],
      probe: { http: { path: "/health", port: 9122 } },
      metrics: { port: 9122, path: "/metrics" },
      user: { uid: 65534, gid: 65534 },
      talksTo: [],
    });
  });

  test("is switched on in the common configuration, and for core-data in its environment", () => {
    expect(telemetrySettings()).toMatchObject({
      "all-services": { Writable: { Telemetry: { Interval: "30s" } } },
      "app-services": { Writable: { Telemetry: { Metrics: { MqttExportErrors: true, StoreForwardQueueSize: true } } } },
      "device-services": { Writable: { Telemetry: { Metrics: { EventsSent: true, ReadingsSent: true, LastConnected: true } } } },
    });
    expect(Object.keys(CORE_DATA_TELEMETRY)).toEqual([
      "WRITABLE_TELEMETRY_METRICS_EVENTSPERSISTED",
      "WRITABLE_TELEMETRY_METRICS_READINGSPERSISTED",
    ]);
  });
});

describe("alerts", () => {
  test.each(rules)("%s is PromQL that compares, and says for how long, how bad, and what to do", (_, rule) => {
    expect(parts(rule.expr, "errors")).toEqual([]);
    expect(parts(rule.expr, /^(?:Gtr|Lss)$/)).not.toEqual([]);
    expect(rule.for).toMatch(/^\d+m$/);
    expect(["warning", "critical"]).toContain(rule.labels.severity);
    expect(rule.annotations.summary.length).toBeGreaterThan(10);
    expect(rule.annotations.description).toMatch(/^[A-Z].*[.]$/);
  });

  test.each(rules)("%s names labels that its expression keeps", (_, rule) => {
    const named = [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
    const kept = [...rule.expr.matchAll(/\bby \(([^)]*)\)/g)].map(([, labels]) => labels!.split(", "));
    for (const label of named) {
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.every((labels) => labels.includes(label))).toBe(true);
    }
  });

  test("have names of their own, in groups of their own", () => {
    expect(rules.map(([name]) => name)).toEqual([
      "MecEdgexExportFails",
      "MecEdgexExportsWait",
      "MecEdgexPipelineErrors",
      "MecEdgexTelemetryStale",
      "MecEdgexRuleStopped",
      "MecEdgexRuleFails",
    ]);
    expect(edgexRules(true, "line").map(({ name }) => name)).toEqual(["mec-edgex", "mec-edgex-rules"]);
    expect(edgexRules(false, "line").map(({ name }) => name)).toEqual(["mec-edgex"]);
  });
});

describe("the dashboard", () => {
  test.each(queries)("asks in PromQL: %s", (_, expression) => {
    expect(parts(expression, "errors")).toEqual([]);
    expect(parts(expression, /^VectorSelector$/).length).toBeGreaterThan(0);
  });

  test("is the same text each time, with each panel at a place of its own, and nothing that Terraform takes for a template", () => {
    const model = edgexDashboard("boston", true, "line");
    const text = JSON.stringify(model);
    expect(JSON.stringify(edgexDashboard("boston", true, "line"))).toBe(text);
    expect(text).not.toMatch(/[$%]\{/);
    const panels = model.panels as { id: number; gridPos: { x: number; y: number } }[];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ gridPos: { x, y } }) => `${x} ${y}`)).size).toBe(panels.length);
    expect(model).toMatchObject({ uid: expect.stringMatching(/^mec-edgex-[0-9a-f]{16}$/), title: "EdgeX at boston (line)" });
    expect((model.uid as string).length).toBeLessThanOrEqual(40);
  });

  test("is of the EdgeX of one namespace, as alerts are: a cluster may have several", () => {
    const [one, other] = ["line", "hall"].map((namespace) => edgexDashboard("boston", true, namespace));
    expect(one!.uid).not.toBe(other!.uid);
    const selectors = [
      ...JSON.stringify(one)
        .replaceAll('\\"', '"')
        .matchAll(/\{[^{}]*job="edgex-[^{}]*\}/g),
    ].map(([text]) => text);
    const ofRules = rules.flatMap(([, { expr }]) => expr.match(/\{[^{}]*job=[^{}]*\}/g)!);
    expect(selectors.length).toBeGreaterThan(5);
    for (const selector of [...selectors, ...ofRules]) expect(selector).toMatch(/^\{namespace="line",job="edgex-(?:metrics|kuiper)"/);
    for (const [, { labels }] of rules) expect(labels).toMatchObject({ namespace: "line" });
  });

  test("has no rules where none run", () => {
    expect(JSON.stringify(edgexDashboard("boston", false, "line"))).not.toContain("kuiper_");
    expect(JSON.stringify(edgexDashboard("boston", true, "line"))).toContain("kuiper_rule_status");
  });
});

describe("metrics of telemetry", () => {
  const selectors = () =>
    [...rules.map(([, { expr }]) => expr), ...queries.map(([, expr]) => expr)].flatMap((expr) => parts(expr, /^VectorSelector$/));

  /** A line as EdgeX has it, and the names that the exporter makes of it: what is no letter, digit or underscore becomes one. */
  const exported = (name: string, field: string) => `${name}_${field}`.replace(/[^A-Za-z0-9_]/g, "_");

  test("have the names that line protocol and exporter make of them", () => {
    expect(telemetryMetric("MqttExportErrors", "counter_count")).toBe(
      `${exported("MqttExportErrors", "counter-count")}{job="edgex-metrics"}`,
    );
    expect(telemetryMetric("LastConnected", "gauge_value")).toBe(`${exported("LastConnected", "gauge-value")}{job="edgex-metrics"}`);
    expect(telemetryMetric("HttpExportSize", "histogram_count")).toBe(
      `${exported("HttpExportSize", "histogram-count")}{job="edgex-metrics"}`,
    );
  });

  test("are asked for where they are switched on alone", () => {
    const asked = selectors()
      .filter((selector) => selector.includes('job="edgex-metrics"') && !selector.startsWith("influxdb_"))
      .map((selector) => /^([A-Za-z]+)_/.exec(selector)![1]!);
    expect(asked.length).toBeGreaterThan(8);
    expect(asked.filter((name) => !switchedOn.includes(name))).toEqual([]);
  });

  test("are all asked of one job", () => {
    expect(selectors().filter((selector) => !/job="edgex-(?:metrics|kuiper)"/.test(selector))).toEqual([]);
  });
});
