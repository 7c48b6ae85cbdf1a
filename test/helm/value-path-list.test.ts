import { rmSync } from "node:fs";
import { unknownPaths } from "../../lib/helm/value-paths";
import { chartFolder } from "./support/chart-folder";
import { describeHelm } from "./support/helm";
import { valuePathList } from "./support/value-path-list";

describeHelm("the key paths of a chart", () => {
  const folders: string[] = [];
  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const listOf = (files: Record<string, string>) => valuePathList(folders[folders.push(chartFolder(files)) - 1]);

  test.each<[string, string, string[]]>([
    ["single values", "b: 1\na: text\nc: false\n", ["a", "b", "c"]],
    ["values of maps", "a:\n  c: 1\n  b: {d: 2}\n", ["a.b.d", "a.c"]],
    ["an empty map and a null take any key", "a: {}\nb:\nc: null\n", ["a.*", "b.*", "c.*"]],
    ["an array is one value", "a: []\nb: [{c: 1}]\n", ["a", "b"]],
    ["a dot within a key", "a.b:\n  c: 1\n", ["a\\.b.c"]],
    ["an empty text", "", []],
  ])("of its defaults: %s", (_, values, list) => {
    expect(listOf({ "values.yaml": values })).toEqual(list);
  });

  test.each<[string, string, string[]]>([
    ["a key that only a template has", "{{ .Values.a.b }} {{ $.Values.c }} {{ .root.Values.d }}", ["a.b", "c", "d"]],
    ["a key that is asked for", '{{ if hasKey .Values.a "b" }}{{ get .Values "c" }}{{ end }}', ["a.b", "c"]],
    ["keys of an index", '{{ index .Values "a-b" "c" }}', ["a-b.c"]],
    [
      "a map that is written out",
      "{{ toYaml .Values.a | indent 2 }} {{ .Values.b | toYaml }} {{ tpl (toYaml .Values.c) . }}",
      ["a.*", "b.*", "c.*"],
    ],
    ["a map that is written out from within", "{{- with .Values.a }}\nx:\n{{ toYaml . | indent 2 }}\n{{- end }}", ["a.*"]],
    [
      "a map that is gone through",
      '{{ range $key, $value := .Values.a }}{{ end }}{{ range index .Values "b.c" }}{{ end }}',
      ["a.*", "b\\.c.*"],
    ],
    ["a value that is counted to", "{{ range until (int .Values.a) }}{{ end }}", ["a"]],
    ["a value whose block writes out another", "{{ with .Values.a }}{{ end }}{{ toYaml .Values.b }}", ["a", "b.*"]],
  ])("of its templates: %s", (_, template, list) => {
    expect(listOf({ "templates/a.yaml": template })).toEqual(list);
  });

  test("a map that is written out keeps the keys of its defaults", () => {
    expect(listOf({ "values.yaml": "a:\n  b: 1\n", "templates/a.yaml": "{{ toYaml .Values.a }}" })).toEqual(["a.*", "a.b"]);
  });

  test("an array stays one value, however it is written", () => {
    expect(listOf({ "values.yaml": "a: []\n", "templates/a.yaml": "{{ toYaml .Values.a }}" })).toEqual(["a"]);
  });

  test("of its schema", () => {
    const schema = {
      $ref: "#/$defs/values",
      $defs: {
        values: { type: "object", additionalProperties: false, properties: { a: { $ref: "#/$defs/a" }, b: { type: "object" }, c: {} } },
        a: { type: "object", properties: { d: { type: "string" } }, additionalProperties: false },
      },
    };
    expect(listOf({ "values.schema.json": JSON.stringify(schema) })).toEqual(["a.d", "b.*", "c.*"]);
  });

  const dependent = (dependency: string) => `apiVersion: v2\nname: demo\nversion: 1.2.3\ndependencies:\n- name: sub\n${dependency}`;

  test("of its subcharts, below their keys, with the switch and without it for globals", () => {
    const list = listOf({
      "Chart.yaml": dependent("  version: 1.0.0\n  condition: useSub.enabled\n"),
      "values.yaml": "a: 1\nsub:\n  b: 2\n",
      "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
      "charts/sub/values.yaml": "c: 3\n",
      "charts/sub/templates/d.yaml": "{{ .Values.d }} {{ .Values.global.e }}",
    });
    expect(list).toEqual(["a", "global.e", "sub.b", "sub.c", "sub.d", "useSub.enabled"]);
  });

  test("of a subchart by its other name", () => {
    const sub = { "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n", "charts/sub/values.yaml": "c: 3\n" };
    expect(listOf({ "Chart.yaml": dependent("  version: 1.0.0\n  alias: other\n"), ...sub })).toEqual(["other.c"]);
  });

  test("a missing subchart is no list", () => {
    expect(() => listOf({ "Chart.yaml": dependent("  version: 1.0.0\n") })).toThrow(/charts\/sub is missing: the list would lack the keys/);
  });

  test("what it lists is what the check takes", () => {
    const list = listOf({ "values.yaml": "grafana.ini:\n  paths: {data: /var}\nresources: {}\n" });
    expect(unknownPaths({ "grafana.ini": { paths: { data: "/x" } }, resources: { limits: { cpu: 1 } } }, list)).toEqual([]);
    expect(unknownPaths({ "grafana.ini": { path: {} }, resource: {} }, list)).toEqual(["grafana\\.ini.path", "resource"]);
  });
});
