import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathOf, type Keys } from "../../../lib/helm/key-path";
import { schemaPaths } from "../../../lib/helm/schema-paths";
import { parseYaml } from "./helm";

/**
 * The key paths that an unpacked chart knows, sorted, one a line: the keys of its default values, of its schema and of its
 * templates, with its subcharts' below their own keys. A line ending in `.*` takes any key below: its default is an empty map or
 * nothing, or the chart writes it out as it is. A dot within a key is written `\.`, as in Helm's `--set`.
 *
 * @param chart folder of the chart, with its subcharts as folders under `charts/`
 */
export function valuePathList(chart: string): string[] {
  const paths = new ChartPaths();
  paths.addChart(chart, []);
  return paths.lines();
}

/** The keys of a line of the list. */
function keysOf(path: string): string[] {
  return path.split(/(?<!\\)\./).map((key) => key.replace(/\\([\\.])/g, "$1"));
}

class ChartPaths {
  private readonly known = new Set<string>();
  private readonly inner = new Set<string>();
  private readonly open = new Set<string>();
  private readonly lists = new Set<string>();

  public lines(): string[] {
    const leaves = [...this.known].filter((path) => !this.inner.has(path) && !this.open.has(path));
    const open = [...this.open].filter((path) => !this.lists.has(path)).map((path) => `${path}.*`);
    const lists = [...this.lists].filter((path) => this.open.has(path) && !this.inner.has(path));
    return [...new Set([...leaves, ...open, ...lists])].sort();
  }

  public addChart(folder: string, at: Keys): void {
    const read = (file: string) => (existsSync(join(folder, file)) ? readFileSync(join(folder, file), "utf8") : undefined);
    const [metadata, values] = parseYaml([read("Chart.yaml") ?? "{}", read("values.yaml") || "{}"]) as [ChartYaml, object];
    if (Object.keys(values).length > 0) this.addDefaults(values, at);
    const schema = read("values.schema.json");
    for (const line of (schema === undefined ? undefined : schemaPaths(schema)) ?? []) {
      const keys = [...at, ...keysOf(line.replace(/\.\*$/, ""))];
      if (line.endsWith(".*")) this.addOpen(keys);
      else this.add(keys);
    }
    for (const text of templates(folder)) this.addTemplate(text, at);
    for (const { name, alias, condition } of metadata.dependencies ?? []) {
      const subchart = join(folder, "charts", name);
      if (!existsSync(subchart)) throw new Error(`${subchart} is missing: the list would lack the keys of ${name}`);
      for (const path of condition?.split(",") ?? []) this.add([...at, ...path.trim().split(".")]);
      this.addChart(subchart, [...at, alias ?? name]);
    }
  }

  private add(keys: Keys): string {
    const path = pathOf(keys);
    this.known.add(path);
    for (let length = 1; length < keys.length; length++) this.inner.add(pathOf(keys.slice(0, length)));
    return path;
  }

  private addOpen(keys: Keys): void {
    this.open.add(this.add(keys));
  }

  private addDefaults(value: unknown, keys: Keys): void {
    if (Array.isArray(value)) {
      this.lists.add(this.add(keys));
    } else if (value === null || (typeof value === "object" && Object.keys(value).length === 0)) {
      this.addOpen(keys);
    } else if (typeof value === "object") {
      for (const [key, inner] of Object.entries(value)) this.addDefaults(inner, [...keys, key]);
    } else {
      this.add(keys);
    }
  }

  private addTemplate(text: string, at: Keys): void {
    // A global is read without the subchart's key.
    const full = (keys: Keys): Keys => (keys[0] === "global" ? keys : [...at, ...keys]);
    for (const [, path] of text.matchAll(/\.Values((?:\.\w+)+)/g)) this.add(full(path.slice(1).split(".")));
    for (const [, path = "", key] of text.matchAll(/(?:hasKey|get) [$\w]*\.Values((?:\.\w+)*) "([^"]+)"/g)) {
      this.add(full([...path.split(".").slice(1), key]));
    }
    for (const [, names] of text.matchAll(/index [$\w]*\.Values((?: +"[^"]+")+)/g)) this.add(full(quoted(names)));
    for (const expression of WRITTEN_OUT) {
      for (const [, path = "", names = ""] of text.matchAll(expression)) {
        const keys = [...path.split(".").slice(1), ...quoted(names)];
        if (keys.length > 0) this.addOpen(full(keys));
      }
    }
  }
}

const VALUE = String.raw`(?:[$\w.]*\.Values((?:\.\w+)+)|\(?index [$\w]*\.Values((?: +"[^"]+")+))`;

/** Where a template writes a value out as it is, or goes through its keys. */
const WRITTEN_OUT = [
  new RegExp(String.raw`toYaml \(?${VALUE}`, "g"),
  new RegExp(String.raw`${VALUE}\)? *\| *toYaml`, "g"),
  new RegExp(String.raw`range (?:[^}]*:= *)?${VALUE}\)? *-?}}`, "g"),
  new RegExp(
    String.raw`with (?:[^}]*:= *)?${VALUE}\)? *-?}}(?:(?!{{-? *(?:end|with|range))[^])*?(?:toYaml \.[ )|]|{{-? *\. *\| *toYaml)`,
    "g",
  ),
];

function quoted(names: string): string[] {
  return [...names.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
}

function templates(folder: string): string[] {
  if (!existsSync(join(folder, "templates"))) return [];
  return readdirSync(join(folder, "templates"), { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, "templates", name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, "utf8"));
}

interface ChartYaml {
  readonly dependencies?: readonly { readonly name: string; readonly alias?: string; readonly condition?: string }[];
}
