import { App } from "cdktf";
import { join } from "node:path";
import { LogCollector, Loki, Prometheus, PrometheusProfile } from "../../../lib";
import { logDashboard } from "../../../lib/helm/logging/dashboard";
import { loggingValues } from "../../../lib/helm/logging/logging-values";
import { Neighbours } from "../../../lib/helm/logging/neighbours";
import { LOGGING_RULES } from "../../../lib/helm/logging/rules";
import { addOnStack, importedBoston } from "../support/add-ons";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";

const CHART = join(__dirname, "../../../lib/helm/logging/chart");

/** Values as an app with all there is has them, or with Loki alone. */
function valuesOf(isAlone = false): object {
  const stack = addOnStack(new App());
  const cluster = importedBoston(stack);
  const loki = new Loki(stack, "Loki", { cluster });
  if (!isAlone) {
    new LogCollector(stack, "Collector", { cluster });
    new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE });
  }
  return loggingValues(new Neighbours(stack, cluster), { loki, clusterName: "boston", allowedNamespaces: isAlone ? [] : ["edge"] });
}

describeHelm("the chart of access to logs", () => {
  const render = (values: object) => helmTemplate(CHART, { values, releaseName: "loki-mec", namespace: "logging" });
  const all = valuesOf();
  const few = valuesOf(true);
  const objects = render(all);
  const alone = render(few);
  const of = (kind: string, all: readonly KubernetesObject[] = objects) => all.filter((object) => object.kind === kind);

  test("is sound, with its own values, with those of the add-on alone and beside others", () => {
    for (const values of [undefined, few, all]) {
      expect(helmLint(CHART, values)).toMatchObject({ status: 0 });
    }
    expect(typeFaults(objects)).toEqual([]);
    expect(typeFaults(alone)).toEqual([]);
  });

  test("brings a policy, and what Grafana and Prometheus are told", () => {
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.namespace}/${metadata.name}`).sort()).toEqual([
      "ConfigMap logging/loki-mec-logs",
      "ConfigMap monitoring/loki-mec-datasource",
      "NetworkPolicy logging/loki-mec",
      "PrometheusRule logging/loki-mec",
    ]);
    expect(alone.map(({ kind }) => kind)).toEqual(["NetworkPolicy"]);
  });

  test("lets nobody in who is not named: Loki has no password", () => {
    const [policy] = of("NetworkPolicy") as [KubernetesObject];
    expect(policy.spec.podSelector.matchLabels).toEqual({ "app.kubernetes.io/name": "loki", "app.kubernetes.io/instance": "loki" });
    expect(policy.spec.policyTypes).toEqual(["Ingress"]);
    const [{ ports, from }] = policy.spec.ingress;
    expect(ports).toEqual([{ protocol: "TCP", port: 3100 }]);
    const peers = from.map(({ namespaceSelector, podSelector }: KubernetesObject) => [
      namespaceSelector.matchLabels["kubernetes.io/metadata.name"],
      podSelector?.matchLabels["app.kubernetes.io/name"] ?? "all",
    ]);
    expect(peers).toEqual([
      ["logging", "fluent-bit"],
      ["monitoring", "prometheus"],
      ["monitoring", "grafana"],
      ["edge", "all"],
    ]);
    const [closed] = of("NetworkPolicy", alone) as [KubernetesObject];
    expect(closed.spec.ingress).toEqual([]);
  });

  test("is a source of data where Grafana looks for it, under the name that the dashboard asks for", () => {
    const source = of("ConfigMap").find(({ metadata }) => metadata.labels.grafana_datasource === "1")!;
    expect(source.data["loki.yaml"]).toContain("url: http://loki.logging.svc:3100\n");
    expect(source.data["loki.yaml"]).toContain("uid: loki\n");
    const dashboard = of("ConfigMap").find(({ metadata }) => metadata.labels.grafana_dashboard === "1")!;
    expect(JSON.parse(dashboard.data["logs.json"])).toEqual(logDashboard("boston"));
    expect(JSON.parse(dashboard.data["logs.json"])).toMatchObject({ uid: "mec-logs-boston", title: "MEC logs boston" });
  });

  test("has the alerts as the library has them, with Prometheus' own templates in them", () => {
    expect(of("PrometheusRule")[0]!.spec.groups).toEqual([LOGGING_RULES]);
  });

  test.each<[string, object]>([
    ["a mistyped key", { client: [] }],
    ["a client without labels", { clients: [{ namespace: "a" }] }],
    ["a namespace that is none", { clients: [{ namespace: "*", labels: {} }] }],
    ["a source of data without a namespace", { datasource: { url: "http://loki.logging.svc:3100" } }],
    ["a source of data at no URL", { datasource: { namespace: "a", url: "loki:3100" } }],
    ["an alert without an expression", { rules: [{ name: "a", rules: [{ alert: "A" }] }] }],
  ])("refuses %s by its schema", (_, values) => {
    expect(helmLint(CHART, values).status).toBe(1);
  });

  test("fits a Secret of Helm many times over", () => {
    expect(releaseBytes(CHART, { values: all })).toBeLessThan(SECRET_LIMIT / 50);
  });
});

describe("the dashboard of logs", () => {
  const { panels, templating } = logDashboard("boston") as { panels: KubernetesObject[]; templating: { list: KubernetesObject[] } };

  test("has panels that do not lie over one another, within the grid", () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.every(({ gridPos: { x, w } }) => x + w <= 24)).toBe(true);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  test("asks for labels that collectors give, by variables that it has", () => {
    const text = JSON.stringify(panels);
    const used = [...text.matchAll(/\$([a-z]+)/g)].map(([, name]) => name);
    expect([...new Set(used)].sort()).toEqual(templating.list.map(({ name }) => name).sort());
    const labels = panels
      .filter(({ datasource }) => datasource.type === "loki")
      .flatMap(({ targets }) => [...targets[0].expr.matchAll(/[{,] ?([a-z]+)=/g)].map(([, label]: RegExpMatchArray) => label));
    expect([...new Set(labels)].sort()).toEqual(["container", "job", "namespace"]);
  });
});
