import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { chartFolder } from "./support/chart-folder";
import { describeHelm, helm, helmLint, helmTemplate, helmTemplateText, parseYaml } from "./support/helm";
import { HELM_PACKAGE } from "./support/helm-binary";
import { SECRET_LIMIT, releaseBytes } from "./support/release-size";

const CONFIG_MAP = `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-settings
  namespace: {{ .Release.Namespace }}
data:
  size: {{ .Values.size | quote }}
  api: {{ .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" | quote }}
  kubernetes: {{ .Capabilities.KubeVersion.Version | quote }}
`;

describeHelm("Helm", () => {
  const folders: string[] = [];
  const chart = (files: Record<string, string>) => folders[folders.push(chartFolder(files)) - 1];
  const settings = () => chart({ "values.yaml": "size: 1\n", "templates/settings.yaml": CONFIG_MAP });
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  test("is the pinned one, or that of MEC_HELM", () => {
    const { stdout } = helm(["version", "--short"]);
    expect(stdout).toMatch(process.env.MEC_HELM ? /^v3\./ : new RegExp(`^v${HELM_PACKAGE.helm}\\+`));
  });

  test("has neither the cluster nor the settings of this machine", () => {
    const { stdout } = helm(["env"]);
    const home = /HELM_CONFIG_HOME="(.*)"/.exec(stdout)![1];
    expect(home).toMatch(/mec-helm-/);
    for (const name of ["HELM_CACHE_HOME", "HELM_DATA_HOME", "HELM_PLUGINS"]) expect(stdout).toContain(`${name}="${home}"`);
    expect(helm(["list"])).toMatchObject({ status: 1, stderr: expect.stringMatching(/cluster unreachable/i) });
  });

  test("renders a chart with its own values, and with others", () => {
    const [own] = helmTemplate(settings());
    expect(own).toMatchObject({
      kind: "ConfigMap",
      metadata: { name: "release-settings", namespace: "default" },
      data: { size: "1", api: "false", kubernetes: "v1.35.0" },
    });
    const options = { values: { size: "2" }, releaseName: "mine", namespace: "there", kubeVersion: "1.31.0" };
    const [other] = helmTemplate(settings(), { ...options, apiVersions: ["monitoring.coreos.com/v1"] });
    expect(other.metadata).toEqual({ name: "mine-settings", namespace: "there" });
    expect(other.data).toEqual({ size: "2", api: "true", kubernetes: "v1.31.0" });
  });

  test("takes values as the text that a release has", () => {
    expect(helmTemplate(settings(), { values: '{"size":"3"}' })[0].data.size).toBe("3");
  });

  test("says why a chart cannot be rendered", () => {
    const broken = chart({ "templates/broken.yaml": '{{ fail "no size given" }}' });
    expect(() => helmTemplateText(broken)).toThrow(/no size given/);
  });

  test("finds nothing in a sound chart, and the fault in a broken one", () => {
    expect(helmLint(settings())).toMatchObject({ status: 0 });
    const broken = chart({ "templates/broken.yaml": "kind: {{ .Values.kind }\n" });
    expect(helmLint(broken)).toMatchObject({ status: 1, stdout: expect.stringContaining("templates/broken.yaml") });
  });

  test("lints with a schema of the chart", () => {
    const schema = JSON.stringify({ type: "object", properties: { size: { type: "integer" } }, additionalProperties: false });
    const strict = chart({ "values.yaml": "size: 1\n", "values.schema.json": schema, "templates/settings.yaml": CONFIG_MAP });
    expect(helmLint(strict, { size: 2 }).status).toBe(0);
    expect(helmLint(strict, { sice: 2 })).toMatchObject({ status: 1, stdout: expect.stringContaining("sice") });
  });

  test("parses YAML as it does values", () => {
    expect(parseYaml(["a: 1\nb: [x, 'y']\n", "c:\n  d: null\n", ""])).toEqual([{ a: 1, b: ["x", "y"] }, { c: { d: null } }, {}]);
    expect(parseYaml([])).toEqual([]);
    expect(() => parseYaml(["a: [1"])).toThrow(/yaml/);
  });

  test("several objects of one file are taken apart, empty ones left out", () => {
    const several = chart({ "templates/two.yaml": "kind: A\n---\n# nothing\n---\nkind: B\nnote: |\n  ---\n  no end\n" });
    expect(helmTemplate(several)).toEqual([{ kind: "A" }, { kind: "B", note: "---\nno end\n" }]);
  });

  test("a release counts what its chart, its values and its manifest bring", () => {
    const small = releaseBytes(settings());
    expect(small).toBeGreaterThan(300);
    expect(small).toBeLessThan(3000);
    const noise = randomBytes(60_000).toString("base64");
    expect(releaseBytes(settings(), { values: { unused: noise } })).toBeGreaterThan(small + 60_000);
    const heavy = chart({ "values.yaml": "size: 1\n", "templates/settings.yaml": CONFIG_MAP, "files/noise": noise });
    expect(releaseBytes(heavy)).toBeGreaterThan(small + 60_000);
  });

  test("a release over the limit of a Secret is seen as such", () => {
    expect(releaseBytes(chart({ "files/noise": randomBytes(700_000).toString("base64") }))).toBeGreaterThan(SECRET_LIMIT);
  });
});
