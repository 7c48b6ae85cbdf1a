import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import { Chart, PINNED_CHARTS } from "../../lib";
import { SomeAddOn, addOnStack, importedBoston } from "./support/add-ons";

const registry = { chart: "cert-manager", repository: "https://charts.jetstack.io", version: "v1.21.1" };

test.each(Object.entries(PINNED_CHARTS))("the pinned chart %s has an exact version, a source that shows it, and a date", (_, pinned) => {
  expect(Chart.fromRegistry(pinned)).toMatchObject({ name: pinned.chart, repository: pinned.repository, version: pinned.version });
  expect(pinned.source).toMatch(/^https:\/\//);
  expect(pinned.date).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test.each(["1.2.3", "v1.2.3", "1.2.3-rc.1", "1.2.3+build.5"])("%s is a version", (version) => {
  expect(Chart.fromRegistry({ ...registry, version }).version).toBe(version);
});

test.each([
  ["no version", { version: undefined }, /got undefined as version of the chart cert-manager: without an exact version/],
  ["an empty version", { version: "" }, /got "" as version/],
  ["a range", { version: "^1.2.3" }, /got "\^1\.2\.3" as version/],
  ["a part of a version", { version: "1.2" }, /got "1\.2" as version/],
  ["latest", { version: "latest" }, /got "latest"/],
  ["http", { repository: "http://charts.example.com" }, /got "http:\/\/charts\.example\.com" as repository/],
  ["a repository's alias", { repository: "jetstack" }, /as repository: a repository is reached by https:\/\/ or oci:\/\//],
  ["a chart with its repository", { chart: "jetstack/cert-manager" }, /got "jetstack\/cert-manager" as chart/],
  ["no chart", { chart: "" }, /got "" as chart/],
])("%s is refused", (_, wrong, message) => {
  const refused = () => Chart.fromRegistry({ ...registry, ...wrong } as typeof registry);
  expect(refused).toThrow(message);
  expect(refused).toThrow(/^\[MEC1412\] Chart\.fromRegistry: /);
});

test.each([
  ["a password", { repository: "https://me:s3cret@charts.example.com" }],
  ["a password of a registry", { repository: "oci://me:s3cret@registry.example.com/charts" }],
  ["a password with a slash", { repository: "https://me:s3cret/x@charts.example.com" }],
  ["a token", { repository: "https://s3cret@charts.example.com" }],
  ["a password by http", { repository: "http://me:s3cret@charts.example.com" }],
  ["a password in the chart", { chart: "oci://me:s3cret@registry.example.com/chart" }],
])("%s is refused, and not repeated", (_, wrong) => {
  const refused = () => Chart.fromRegistry({ ...registry, ...wrong });
  expect(refused).toThrow(/^\[MEC1412\] Chart\.fromRegistry: got a user name or a password in the address as (?:chart|repository)/);
  expect(refused).not.toThrow(/s3cret/);
});

test.each(["https://charts.example.com:8443/x@v1", "https://charts.example.com/x@v1:a@b", "oci://registry.example.com:5000"])(
  "%s is a repository",
  (repository) => {
    expect(Chart.fromRegistry({ ...registry, repository }).repository).toBe(repository);
  },
);

describe("a chart in a folder", () => {
  const folder = mkdtempSync(join(tmpdir(), "mec-chart-"));
  const outdir = mkdtempSync(join(tmpdir(), "mec-synth-"));
  beforeAll(() => {
    mkdirSync(join(folder, "templates"));
    writeFileSync(join(folder, "Chart.yaml"), "apiVersion: v2\nname: dashboards\nversion: 0.1.0\n");
    writeFileSync(join(folder, "templates", "a.yaml"), "kind: ConfigMap\n");
  });
  afterAll(() => [folder, outdir].forEach((path) => rmSync(path, { recursive: true, force: true })));

  /** Path of the chart as the release has it. */
  const synthesized = (): string => {
    const app = new App({ outdir });
    const stack = addOnStack(app);
    new SomeAddOn(stack, "Dashboards", { cluster: importedBoston(stack) }, { chart: Chart.fromFolder(folder) });
    app.synth();
    const json = JSON.parse(readFileSync(join(outdir, "stacks", "add-ons", "cdk.tf.json"), "utf8"));
    const [release] = Object.values<{ chart: string }>(json.resource.helm_release);
    return release!.chart;
  };

  test("is copied beside the stack, and named by a path there, without repository and version", () => {
    const chart = synthesized();
    expect(chart).toMatch(/^\.\/assets\/Dashboards_\w+\/[0-9A-F]{32}$/);
    expect(readFileSync(join(outdir, "stacks", "add-ons", chart, "templates", "a.yaml"), "utf8")).toBe("kind: ConfigMap\n");
    expect(Chart.fromFolder(folder)).toMatchObject({ name: "dashboards", repository: undefined, version: undefined });
  });

  test("has another path once a file of it is another, so that the release is upgraded", () => {
    const before = synthesized();
    expect(synthesized()).toBe(before);
    writeFileSync(join(folder, "templates", "a.yaml"), "kind: Secret\n");
    expect(synthesized()).not.toBe(before);
  });

  test.each([
    ["a relative path", "lib/helm"],
    ["a folder that is not there", "/nowhere/at/all"],
    ["a folder without Chart.yaml", tmpdir()],
  ])("is refused for %s", (_, path) => {
    expect(() => Chart.fromFolder(path)).toThrow(/^\[MEC1413\] Chart\.fromFolder: got "/);
  });
});
