import { PrometheusProfile } from "../../../lib";
import { ROWS } from "../../../lib/helm/prometheus/dashboard/rows";
import { dashboardModel } from "../../../lib/helm/prometheus/dashboard/dashboard";
import { mecRules } from "../../../lib/helm/prometheus/rules";

// A module of the other kind: the compiler takes it by import() alone.
const load = async () => (await import("@prometheus-io/lezer-promql")).parser;
let parser: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  parser = await load();
});

/** What Prometheus would not take of an expression: the places where it cannot be read. */
function misread(expression: string): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      if (type.isError) {
        found.push(`${from}: ${expression.slice(from, Math.max(to, from + 20))}`);
      }
    },
  });
  return found;
}

/** Texts of all nodes of a kind in an expression. */
function parts(expression: string, kind: RegExp): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      if (kind.test(type.name)) {
        found.push(expression.slice(from, to));
      }
    },
  });
  return found;
}

/** What an expression asks for: names of metrics with the labels that are asked for. */
const selectors = (expression: string) => parts(expression, /^VectorSelector$/);

const groups = mecRules(5 * 2 ** 30);
const rules = groups.flatMap(({ name, rules: inGroup }) => inGroup.map((rule) => [`${name}/${rule.alert}`, rule] as const));
const queries = ROWS.flatMap(({ title, panels }) =>
  panels.flatMap((panel) => panel.queries.map((query) => [`${title}/${panel.title}`, query.expr] as const)),
);

test("what is no PromQL is seen", () => {
  expect(misread("sum(rate(up[5m])) by (job) > 0")).toEqual([]);
  expect(misread("sum(rate(up[5m])")).not.toEqual([]);
  expect(misread('up{job="a"} > > 1')).not.toEqual([]);
  expect(misread("rate(up[5 minutes])")).not.toEqual([]);
});

describe("alerts", () => {
  test.each(rules)("%s is PromQL, and says for how long, how bad, and what to do", (_, rule) => {
    expect(misread(rule.expr)).toEqual([]);
    expect(selectors(rule.expr).length).toBeGreaterThan(0);
    expect(rule.for).toMatch(/^\d+[mh]$/);
    expect(["warning", "critical"]).toContain(rule.labels.severity);
    expect(rule.annotations.summary).toMatch(/^\S.{10,120}$/);
    expect(rule.annotations.description).toMatch(/^(?:[A-Z]|k8s-dqlite ).*[.]$/);
  });

  test.each(rules)("%s compares: without it, it would fire for ever", (_, rule) => {
    expect(parts(rule.expr, /^(?:Gtr|Lss|Gte|Lte|Eql|Neq)$/)).not.toEqual([]);
  });

  test("have names of their own, and groups too", () => {
    const names = rules.map(([, { alert }]) => alert);
    expect(new Set(names).size).toBe(names.length);
    expect(groups.map(({ name }) => name)).toEqual(["mec-nodes", "mec-carrier-path", "mec-dqlite", "mec-certificates", "mec-volumes"]);
    expect(names.every((name) => /^Mec[A-Z]\w+$/.test(name))).toBe(true);
  });

  test.each(rules)("%s names labels that its expression keeps", (_, rule) => {
    const named = [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
    const kept = /\b(?:by|on) \(([^)]*)\)/.exec(rule.expr)?.[1];
    const sum = /^(?:1 - )?(?:avg|max|sum|histogram_quantile|count)\b/.test(rule.expr);
    for (const label of sum ? named : []) {
      expect(kept).toContain(label);
    }
    expect(named.every((label) => ["node", "instance", "component", "namespace", "persistentvolumeclaim"].includes(label))).toBe(true);
  });

  test.each([PrometheusProfile.LITE, PrometheusProfile.STANDARD])("look at two scrapes at least, by $name", ({ settings }) => {
    const units = { m: 60, h: 3600 } as const;
    const ranges = [...rules.map(([, { expr }]) => expr), ...queries.map(([, expr]) => expr)].flatMap((expr) =>
      [...expr.matchAll(/\[(\d+)([mh])\]/g)].map(([, count, unit]) => Number(count) * units[unit as keyof typeof units]),
    );
    expect(ranges.length).toBeGreaterThan(10);
    expect(Math.min(...ranges)).toBeGreaterThanOrEqual(2 * settings.scrapeInterval.toSeconds());
    // Nothing is looked at in another unit.
    expect(rules.flatMap(([, { expr }]) => expr.match(/\[[^\]]*\]/g) ?? []).every((range) => /^\[\d+[mh]\]$/.test(range))).toBe(true);
  });

  test("tell of the first client certificate that ends soon, however many others are shown", () => {
    const [, rule] = rules.find(([name]) => name.endsWith("MecClientCertificateEnds"))!;
    expect(rule.expr).toBe(
      String.raw`sum by (instance) (increase(apiserver_client_certificate_expiration_seconds_bucket{job="apiserver",le=~"604800(\\.0)?"}[1h])) > 0`,
    );
    expect(rule.for).toBe("0m");
    // The value is how many there were, and no time.
    expect(JSON.stringify(rule.annotations)).not.toContain("$value");
  });

  test("know the size of the volume", () => {
    const [, rule] = rules.find(([name]) => name.endsWith("MecPrometheusVolumeFilling"))!;
    expect(rule.expr).toContain(`/ ${5 * 2 ** 30} > 0.95`);
  });

  test.each([
    ["node", /node_cpu_seconds_total/],
    ["carrier path", /probe_success\{job="mec-carrier-path"\}/],
    ["dqlite", /etcd_request_duration_seconds_bucket\{job="apiserver"\}/],
    ["certificates", /probe_ssl_earliest_cert_expiry/],
    ["disks", /predict_linear\(node_filesystem_avail_bytes/],
  ])("watch %s", (_, expression) => {
    expect(rules.some(([, { expr }]) => expression.test(expr))).toBe(true);
  });

  test.each(rules)("%s asks one program of a node alone for what all of them tell", (_, rule) => {
    const ofKubelite = selectors(rule.expr).filter((selector) => /^(?:etcd|apiserver|kubelet|process)_/.test(selector));
    expect(ofKubelite.filter((selector) => !/\{job="(?:apiserver|kubelet)"/.test(selector))).toEqual([]);
  });
});

describe("the dashboard", () => {
  // What Grafana puts in for its variable.
  const filled = (expression: string) => expression.replace(/\$instance/g, "10.0.1.4:9100|10.0.1.5:9100");

  test.each(queries)("asks in PromQL: %s", (_, expression) => {
    expect(misread(filled(expression))).toEqual([]);
    expect(selectors(filled(expression)).length).toBeGreaterThan(0);
  });

  test("is the same text each time, and has nothing that Terraform takes for a template", () => {
    const text = JSON.stringify(dashboardModel("boston"));
    expect(JSON.stringify(dashboardModel("boston"))).toBe(text);
    expect(text).not.toMatch(/[$%]\{/);
    expect(dashboardModel("boston")).toMatchObject({ uid: "mec-boston", title: "MEC site boston" });
  });

  test("has its panels beside one another and none upon another", () => {
    const panels = dashboardModel("boston").panels as { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
  });

  test("takes its data from what the chart brings", () => {
    const sources = [...JSON.stringify(dashboardModel("boston")).matchAll(/"datasource":(\{[^}]*\})/g)].map(([, source]) => source);
    expect(new Set(sources)).toEqual(new Set(['{"type":"prometheus","uid":"prometheus"}']));
  });

  test("colours what is bad, also where less is worse", () => {
    const panels = dashboardModel("boston").panels as { title: string; fieldConfig?: { defaults: { thresholds: { steps: unknown } } } }[];
    const stepsOf = (title: string) => panels.find((panel) => panel.title === title)!.fieldConfig!.defaults.thresholds.steps;
    expect(stepsOf("Days until a certificate ends")).toEqual([
      { color: "red", value: null },
      { color: "yellow", value: 7 },
      { color: "green", value: 30 },
    ]);
    expect(stepsOf("Way out")).toEqual([
      { color: "red", value: null },
      { color: "yellow", value: 0.5 },
      { color: "green", value: 1 },
    ]);
    expect(stepsOf("Disks")).toEqual([
      { color: "green", value: null },
      { color: "yellow", value: 0.85 },
      { color: "red", value: 0.95 },
    ]);
  });
});
