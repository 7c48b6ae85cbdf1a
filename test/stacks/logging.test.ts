import { App } from "cdktf";
import { LogExport, PrometheusProfile } from "../../lib";
import { LoggingStack, PlatformStack, PrometheusStack, type LoggingStackProps } from "../../stacks";
import { addOnStack, bostonSite, knownBoston } from "../helm/support/add-ons";
import { danglingReferences } from "../support/structure";
import { snapshotOf, synthApp, warnings, type StackJson } from "../support/synth";

type Switches = Pick<LoggingStackProps, "loki" | "collector">;

const PARTS = ["platform", "prometheus", "logging"] as const;

const { cluster: boston } = bostonSite(new App());

/** A site with its logs, and what stands beside them, in the order that is said; with its infrastructure, or without. */
function site(app: App, switches: Switches, order: readonly (typeof PARTS)[number][], isWhole = false): void {
  const cluster = isWhole ? bostonSite(app).cluster : knownBoston(addOnStack(app, "names"), boston);
  const make = {
    platform: () => new PlatformStack(app, "platform", { cluster }),
    prometheus: () => new PrometheusStack(app, "prometheus", { cluster, profile: PrometheusProfile.LITE }),
    logging: () => new LoggingStack(app, "logging", { cluster, ...switches }),
  };
  order.forEach((part) => make[part]());
}

const synthLogging = (switches: Switches = {}, order: readonly (typeof PARTS)[number][] = ["platform", "logging"], isWhole = false) =>
  synthApp((app) => site(app, switches, order, isWhole));
const releases = (json: StackJson) =>
  Object.values<StackJson>(json.resource?.helm_release ?? {})
    .map(({ name }) => name)
    .sort();

const { logging } = synthLogging({}, undefined, true);

test("is Loki and a collector, after the platform", () => {
  expect(snapshotOf(logging!)).toMatchSnapshot();
  expect(releases(logging!)).toEqual(["log-collector", "loki", "loki-mec"]);
  expect(logging!.dependencies).toEqual(expect.arrayContaining(["boston-infrastructure", "platform"]));
  expect(danglingReferences(logging!)).toEqual([]);
  expect(warnings(logging!)).toEqual([]);
});

test("tells what it asks for", () => {
  expect(logging!.output.add_ons.value).toMatchObject({
    loki: { namespace: "logging", release: "loki", cpu_millis: 50, memory_mebibytes: 256, volume_gibibytes: 5 },
    "log-collector": { release: "log-collector", memory_mebibytes: 0, memory_mebibytes_per_node: 48, cpu_millis_per_node: 20 },
  });
});

test("each switch is one add-on", () => {
  const collector = { export: LogExport.toCloudWatch({ credentialsSecret: "log-writer" }) };
  expect(releases(synthLogging({ loki: false, collector }).logging!)).toEqual(["log-collector"]);
  expect(releases(synthLogging({ collector: false }).logging!)).toEqual(["loki", "loki-mec"]);
  expect(() => synthLogging({ loki: false })).toThrow(/\[MEC1522\] logging\/Collector/);
});

const orders = [
  ["logging", "prometheus", "platform"],
  ["prometheus", "logging", "platform"],
] as const;

test.each(orders)("%s, %s and %s in the order of the code are deployed platform first and logs last", (...order) => {
  const stacks = synthLogging({}, order);
  expect(stacks.logging!.dependencies).toEqual(expect.arrayContaining(["platform", "prometheus"]));
  expect(stacks.prometheus!.dependencies).toContain("platform");
  expect(stacks.prometheus!.dependencies).not.toContain("logging");
  expect(danglingReferences(stacks.logging!)).toEqual([]);
});

test("what stands beside logs is the same without them", () => {
  const [without, having] = [synthLogging({}, ["platform", "prometheus"], true), synthLogging({}, PARTS, true)];
  expect(having.logging!.dependencies).toContain("prometheus");
  for (const name of ["boston-infrastructure", "platform", "prometheus"]) {
    expect(snapshotOf(having[name]!)).toEqual(snapshotOf(without[name]!));
  }
});
