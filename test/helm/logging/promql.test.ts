import { LOGGING_RULES } from "../../../lib/helm/logging/rules";
import { logDashboard } from "../../../lib/helm/logging/dashboard";

// A module of the other kind: the compiler takes it by import() alone.
const load = async () => (await import("@prometheus-io/lezer-promql")).parser;
let parser: Awaited<ReturnType<typeof load>>;
beforeAll(async () => {
  parser = await load();
});

/** Texts of all nodes of a kind in an expression. */
function parts(expression: string, isOfKind: (type: { readonly name: string; readonly isError: boolean }) => boolean): string[] {
  const found: string[] = [];
  parser.parse(expression).iterate({
    enter: ({ type, from, to }) => {
      if (isOfKind(type)) {
        found.push(expression.slice(from, to));
      }
    },
  });
  return found;
}

const { panels } = logDashboard("boston") as { panels: { title: string; datasource: { type: string }; targets: { expr: string }[] }[] };
const expressions = [
  ...LOGGING_RULES.rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.filter(({ datasource }) => datasource.type === "prometheus").map(({ title, targets }) => [title, targets[0]!.expr] as const),
];

test.each(expressions)("%s is PromQL, of metrics that Loki and its collectors tell", (_, expression) => {
  expect(parts(expression, ({ isError }) => isError)).toEqual([]);
  const metrics = parts(expression, ({ name }) => name === "VectorSelector").map((selector) => selector.replace(/\{.*/s, ""));
  expect(metrics.length).toBeGreaterThan(0);
  for (const metric of metrics) {
    expect([
      "loki_build_info",
      "loki_discarded_bytes_total",
      "loki_discarded_samples_total",
      "fluentbit_output_dropped_records_total",
      "fluentbit_output_proc_records_total",
      "fluentbit_output_retries_total",
    ]).toContain(metric);
  }
});

test.each(LOGGING_RULES.rules.map((rule) => [rule.alert, rule] as const))("%s compares, and names labels that it keeps", (_, rule) => {
  expect(parts(rule.expr, ({ name }) => /^(?:Gtr|Lss|EqlC|Eql|Neq)$/.test(name)).length).toBeGreaterThan(0);
  const named = [...JSON.stringify(rule.annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
  const kept = [...rule.expr.matchAll(/\bby \(([^)]*)\)/g)].map(([, labels]) => labels!.split(", "));
  expect(named.every((label) => kept.every((labels) => labels.includes(label)) && kept.length > 0)).toBe(true);
  expect(rule.annotations.summary).toMatch(/^\S.{10,120}$/);
  expect(rule.annotations.description).toMatch(/^[A-Z].*[.]$/);
  expect(rule.for).toMatch(/^\d+m$/);
});
