import { Fn, Lazy } from "cdktf";
import fc from "fast-check";
import { readFileSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { MecError, PINNED_CHARTS } from "../../lib";
import { assertKnownPaths, knownPaths, unknownPaths } from "../../lib/helm/value-paths";
import { chartFolder } from "./support/chart-folder";

const LIST = [
  "# a comment",
  "alertmanager.enabled",
  "grafana.admin.existingSecret",
  "grafana.grafana\\.ini.*",
  "grafana.grafana\\.ini.paths.data",
  "prometheus.prometheusSpec.resources.*",
  "prometheus.prometheusSpec.retention",
  "prometheus.prometheusSpec.tolerations",
  "",
];

describe("unknown paths", () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ["none of nothing", {}, []],
    ["none of known keys", { alertmanager: { enabled: false }, prometheus: { prometheusSpec: { retention: "3d" } } }, []],
    ["none of part of a path", { prometheus: { prometheusSpec: {} } }, []],
    ["none below an open map", { prometheus: { prometheusSpec: { resources: { limits: { cpu: "1" } } } } }, []],
    ["none below an open map with a dot in its key", { grafana: { "grafana.ini": { server: { domain: "x" } } } }, []],
    ["none of a key that Helm removes", { alertmanager: null }, []],
    ["none of a key that is absent", { alertmanagr: undefined }, []],
    ["none within an array", { prometheus: { prometheusSpec: { tolerations: [{ keyy: "a" }] } } }, []],
    ["a mistyped key at the top", { alertmanagr: { enabled: false } }, ["alertmanagr"]],
    ["a mistyped key inside", { prometheus: { prometheusSpec: { retentoin: "3d" } } }, ["prometheus.prometheusSpec.retentoin"]],
    ["a mistyped key that is to be removed", { alertmanager: { enable: null } }, ["alertmanager.enable"]],
    ["a key that only begins like a known one", { alert: true }, ["alert"]],
    ["a path written as one key", { "alertmanager.enabled": false }, ["alertmanager\\.enabled"]],
    ["a key with a dot taken apart", { grafana: { grafana: { ini: {} } } }, ["grafana.grafana"]],
    ["a map in place of a value", { alertmanager: { enabled: { really: true } } }, ["alertmanager.enabled.really"]],
    ["each, in the order of the values", { b: 1, grafana: { a: 1 }, alertmanager: { c: 1 } }, ["b", "grafana.a", "alertmanager.c"]],
  ])("%s", (_, values, unknown) => {
    expect(unknownPaths(values, LIST)).toEqual(unknown);
  });

  test("tokens are not looked into", () => {
    const token = Lazy.anyValue({ produce: () => ({ any: 1 }) });
    expect(unknownPaths({ alertmanager: { enabled: token }, grafana: { admin: Fn.lookup({}, "a", "b") } }, LIST)).toEqual([]);
  });

  test.each(["grafana.admin", "grafana.extra\\.map", "grafana.extra.map"])("any key goes below %s when it is named", (open) => {
    const values = open === "grafana.admin" ? { grafana: { admin: { a: { b: 1 } } } } : { grafana: { "extra.map": { a: 1 } } };
    expect(unknownPaths(values, LIST)).not.toEqual([]);
    expect(unknownPaths(values, LIST, [open])).toEqual([]);
  });

  test("an open map frees nothing beside it", () => {
    expect(unknownPaths({ grafana: { admn: 1 } }, LIST, ["grafana.admin"])).toEqual(["grafana.admn"]);
  });

  const key = fc.stringMatching(/^[a-z.\\]{1,3}[a-z]$/);
  const values = fc.letrec((tie) => ({
    map: fc.dictionary(key, fc.oneof({ depthSize: "small" }, fc.integer(), tie("map")), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
  })).map as fc.Arbitrary<Record<string, unknown>>;

  /** The paths of the leaves of values, as the lists write them. */
  function leaves(value: unknown, above: string[] = []): string[] {
    if (typeof value !== "object" || value === null) return [above.join(".")];
    return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...above, name.replace(/[\\.]/g, "\\$&")]));
  }

  test("values are known to the list of their own paths, and to no list that lacks one", () => {
    fc.assert(
      fc.property(values, fc.nat(), (some, seed) => {
        const list = leaves(some).sort();
        expect(unknownPaths(some, list)).toEqual([]);
        const lacked = list[seed % list.length];
        const others = list.filter((path) => path !== lacked);
        expect(unknownPaths(some, others).some((path) => lacked === path || lacked.startsWith(`${path}.`))).toBe(true);
      }),
    );
  });
});

/** The error that values of a chart are refused with. */
function refusal(chart: string, version: string, values: Record<string, unknown>, openMaps: string[] = []): MecError | undefined {
  try {
    assertKnownPaths("demo-prometheus/Prometheus", chart, version, values, openMaps);
    return undefined;
  } catch (error) {
    return error as MecError;
  }
}

describe("MEC1470", () => {
  const spec = (prometheusSpec: object) => ({ prometheus: { prometheusSpec } });

  test("a mistyped key is refused with the key that was meant", () => {
    const error = refusal("kube-prometheus-stack", "88.5.3", spec({ retentoin: "3d" }));
    expect(error).toBeInstanceOf(MecError);
    expect(error).toMatchObject({ code: "MEC1470", path: "demo-prometheus/Prometheus" });
    expect(error!.message).toBe(
      '[MEC1470] demo-prometheus/Prometheus: got the value key "prometheus.prometheusSpec.retentoin", which the chart ' +
        'kube-prometheus-stack 88.5.3 does not know, so nothing would be set: write "prometheus.prometheusSpec.retention"',
    );
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["in other letters", spec({ retentionsize: "4GB" }), '"prometheus.prometheusSpec.retentionSize"'],
    ["a level too high", { prometheus: { retentionSize: "4GB" } }, '"prometheus.prometheusSpec.retentionSize"'],
    ["as one path", { "prometheus.prometheusSpec.retention": "3d" }, '"prometheus.prometheusSpec.retention"'],
    ["at the top", { kubeEtcdd: { enabled: false } }, '"kubeEtcd"'],
    ["of a subchart", { "prometheus-node-exporter": { servce: { port: 9101 } } }, '"prometheus-node-exporter.service"'],
    ["in a subchart's other name", { kubeStateMetrics: { replicas: 1 } }, '"kube-state-metrics.replicas"'],
    ["a map in place of a value", spec({ replicas: { min: 1 } }), '"prometheus.prometheusSpec.replicas"'],
  ])("a key %s", (_, values, meant) => {
    expect(refusal("kube-prometheus-stack", "88.5.3", values)!.message).toMatch(new RegExp(`: write ${meant.replace(/\./g, "\\.")}$`));
  });

  test("a key like no other is to be taken out", () => {
    expect(refusal("cert-manager", "v1.21.1", { qqqqqqqq: 1 })!.message).toMatch(
      /: take it out, or write keys of the chart's values\.yaml$/,
    );
    expect(refusal("cert-manager", "v1.21.1", { qqqqqqqq: 1, wwwwwwww: 2 })!.message).toMatch(
      /the value keys "q+", "w+", .*: take them out/,
    );
  });

  test.each([3, "x", true, [{}]])("%j in place of a map is refused with a key below it, and not repeated", (value) => {
    expect(refusal("cert-manager", "v1.21.1", { webhook: value })!.message).toMatch(
      /^\[MEC1470\] demo-prometheus\/Prometheus: got no map as the value "webhook", which is one in the chart cert-manager v1\.21\.1, so nothing would be set: write keys below it, such as "webhook\.\w+"$/,
    );
  });

  test("a map of the chart may be taken away, be known at the apply alone, or be open", () => {
    const token = Lazy.anyValue({ produce: () => ({}) });
    expect(refusal("cert-manager", "v1.21.1", { webhook: null, cainjector: token })).toBeUndefined();
    expect(refusal("cert-manager", "v1.21.1", { webhook: 3 }, ["webhook"])).toBeUndefined();
  });

  test("three are named, the rest is counted", () => {
    const error = refusal("cert-manager", "v1.21.1", { crds: { enable: true }, replicaCont: 1, imag: {}, webhok: {}, glbal: {} });
    expect(error!.message).toContain('got the value keys "crds.enable", "replicaCont", "imag" and 2 more, which the chart');
    expect(error!.message).toMatch(/: write "crds\.enabled", "replicaCount", "image"$/);
  });

  test.each([
    ["another version", "kube-prometheus-stack", "88.5.4"],
    ["another chart", "loki", "88.5.3"],
    ["a name that leads elsewhere", "../value-paths/kube-prometheus-stack", "88.5.3"],
  ])("%s is not checked", (_, chart, version) => {
    expect(refusal(chart, version, { anyKey: 1 })).toBeUndefined();
    expect(knownPaths(chart, version)).toBeUndefined();
  });

  test("a chart in a folder is checked by its schema, where that allows no other keys", () => {
    const schema = { additionalProperties: false, properties: { storageClass: { type: "string" }, resources: { type: "object" } } };
    const strict = chartFolder({ "values.schema.json": JSON.stringify(schema) });
    const lax = chartFolder({ "values.schema.json": "{}" });
    const bare = chartFolder({});
    const check = (folder: string, values: Record<string, unknown>) => () =>
      assertKnownPaths("demo/Storage", "demo", undefined, values, [], folder);
    try {
      expect(check(strict, { storageClass: "a", resources: { limits: {} } })).not.toThrow();
      expect(check(strict, { storageclass: "a" })).toThrow(
        '[MEC1470] demo/Storage: got the value key "storageclass", which the chart demo does not know, so nothing would be set: write "storageClass"',
      );
      expect(check(lax, { any: 1 })).not.toThrow();
      expect(check(bare, { any: 1 })).not.toThrow();
    } finally {
      for (const folder of [strict, lax, bare]) rmSync(folder, { recursive: true, force: true });
    }
  });

  test("what the add-on names as open is", () => {
    const values = { crds: { mine: { a: 1 } } };
    expect(refusal("cert-manager", "v1.21.1", values)).toBeDefined();
    expect(refusal("cert-manager", "v1.21.1", values, ["crds.mine"])).toBeUndefined();
  });
});

describe("the lists", () => {
  const folder = join(__dirname, "..", "..", "lib", "helm", "value-paths");
  const files = readdirSync(folder);
  const lines = (file: string) => readFileSync(join(folder, file), "utf8").split("\n");

  test("there is one for each pinned chart, and for no other version", () => {
    const pinned = Object.values(PINNED_CHARTS).map(({ chart, version }) => `${chart}-${version}.txt`);
    expect(files.sort()).toEqual(pinned.sort());
  });

  test.each(files)("%s is sorted, without doubles, and says where it is from", (file) => {
    const all = lines(file);
    const paths = all.filter((line) => line !== "" && !line.startsWith("#"));
    expect(all[0]).toMatch(/^# Key paths that .+ knows, made by .+ from https:\/\/github\.com\/\S+\.$/);
    // A chart of definitions alone has no values.
    if (file.startsWith("kserve-crd-minimal-")) expect(paths).toEqual([]);
    else expect(paths.length).toBeGreaterThan(100);
    expect(paths).toEqual([...new Set(paths)].sort());
    expect(paths.filter((path) => !/^[\w-]+(?:\\\.|[\w./-])*(?:\.\*)?$/.test(path))).toEqual([]);
  });

  test.each([
    "kubeEtcd.enabled",
    "kubeControllerManager.endpoints",
    "kubeScheduler.endpoints",
    "kubeProxy.enabled",
    "defaultRules.rules.kubeSchedulerAlerting",
    "prometheus.prometheusSpec.retentionSize",
    "prometheus.prometheusSpec.walCompression",
    "prometheus.prometheusSpec.ruleSelectorNilUsesHelmValues",
    "prometheus.prometheusSpec.storageSpec.*",
    "grafana.admin.existingSecret",
    "grafana.persistence.size",
    "grafana.testFramework.enabled",
    "prometheusOperator.admissionWebhooks.enabled",
    "prometheusOperator.tls.enabled",
    "crds.upgradeJob.enabled",
    "prometheus-node-exporter.service.targetPort",
    "kube-state-metrics.resources.*",
  ])("kube-prometheus-stack has %s", (path) => {
    expect(lines("kube-prometheus-stack-88.5.3.txt")).toContain(path);
  });

  test.each(["crds.enabled", "crds.keep", "webhook.resources.*", "cainjector.enabled", "prometheus.enabled"])(
    "cert-manager has %s",
    (path) => {
      expect(lines("cert-manager-v1.21.1.txt")).toContain(path);
    },
  );

  test.each(["driver.enabled", "toolkit.enabled", "toolkit.env", "node-feature-discovery.gc.enable", "nfd.enabled"])(
    "gpu-operator has %s",
    (path) => {
      expect(lines("gpu-operator-v25.10.0.txt")).toContain(path);
    },
  );
});
