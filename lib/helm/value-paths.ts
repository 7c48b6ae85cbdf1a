import { Token } from "cdktf";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MecError } from "../errors";
import { editDistance } from "./edit-distance";
import { escaped, pathOf, type Keys } from "./key-path";
import { schemaPaths } from "./schema-paths";

/** Values of a chart, as far as this check looks at them. */
type ChartValues = { readonly [key: string]: unknown };

/** Where the lists are: beside this file, one a chart and version. */
const FOLDER = join(__dirname, "value-paths");

/** More unknown keys than these are counted and not named. */
const NAMED = 3;

/**
 * Refuses values with a key that the chart does not know. Helm passes over such a key in silence, so a mistyped one looks as if it
 * had worked; most charts have no schema that would catch it.
 *
 * A chart of a repository is checked where its version has a list in `lib/helm/value-paths/`; a chart in a folder by its
 * `values.schema.json`, where that allows no other keys.
 *
 * @param scopePath path of the construct that has the values
 * @param chart name of the chart, such as `kube-prometheus-stack`
 * @param version version of the chart, such as `88.5.3`; nothing for a chart in a folder
 * @param values what is checked; tokens and arrays are not looked into
 * @param openMaps key paths below which any key goes, such as `grafana.grafana\.ini`, beside those the list tells of
 * @param folder folder of the chart
 * @throws MEC1470 with the nearest known key, and for what is no map where the chart has one: Helm passes over that too
 */
export function assertKnownPaths(
  scopePath: string,
  chart: string,
  version: string | undefined,
  values: ChartValues,
  openMaps: readonly string[],
  folder?: string,
): void {
  const known = folder === undefined ? knownPaths(chart, version ?? "") : pathsOfFolder(folder);
  if (known === undefined) return;
  const unknown = known.unknown(values, openMaps);
  if (unknown.length === 0) {
    assertMaps(scopePath, [chart, version].join(" ").trim(), known, values, openMaps);
    return;
  }
  const several = unknown.length > 1;
  const named = unknown.slice(0, NAMED).map((keys) => JSON.stringify(pathOf(keys)));
  const more = unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : "";
  const better = unknown.slice(0, NAMED).map((keys) => known.nearest(keys));
  const found = [...new Set(better)].filter((path) => path !== undefined).map((path) => JSON.stringify(path));
  const advice =
    found.length > 0 ? `write ${found.join(", ")}` : `take ${several ? "them" : "it"} out, or write keys of the chart's values.yaml`;
  throw new MecError(
    "MEC1470",
    scopePath,
    `got the value ${several ? "keys" : "key"} ${named.join(", ")}${more}, which the chart ${[chart, version].join(" ").trim()} does not know, so nothing would be set: ${advice}`,
  );
}

/** Refuses a text, number, boolean or list where the chart has a map: `coalesceTables` of Helm leaves the map as it was, with a warning. */
function assertMaps(scopePath: string, chart: string, known: ValuePaths, values: ChartValues, openMaps: readonly string[]): void {
  const [keys] = known.flattened(values, openMaps);
  if (keys === undefined) return;
  const path = pathOf(keys);
  throw new MecError(
    "MEC1470",
    scopePath,
    `got no map as the value ${JSON.stringify(path)}, which is one in the chart ${chart}, so nothing would be set: write keys below it, such as ${JSON.stringify(known.firstBelow(keys))}`,
  );
}

/**
 * Key paths of values that a list does not have, as text.
 *
 * @param values what is checked
 * @param list lines of a file of `lib/helm/value-paths/`
 * @param openMaps key paths below which any key goes
 */
export function unknownPaths(values: ChartValues, list: readonly string[], openMaps: readonly string[] = []): string[] {
  return new ValuePaths(list.join("\n")).unknown(values, openMaps).map(pathOf);
}

/** The list of a chart's version, or `undefined` where there is none. Read once. */
export function knownPaths(chart: string, version: string): ValuePaths | undefined {
  const name = `${chart}-${version}`;
  if (!lists.has(name)) {
    const file = join(FOLDER, `${name}.txt`);
    // The name is the user's: it must not lead out of the folder.
    const isThere = /^[\w.-]+$/.test(name) && existsSync(file);
    lists.set(name, isThere ? new ValuePaths(readFileSync(file, "utf8")) : undefined);
  }
  return lists.get(name);
}

const lists = new Map<string, ValuePaths | undefined>();

/** What the schema of a chart in a folder knows, or `undefined` where there is none, or one that allows any key. */
function pathsOfFolder(folder: string): ValuePaths | undefined {
  const file = join(folder, "values.schema.json");
  const lines = existsSync(file) ? schemaPaths(readFileSync(file, "utf8")) : undefined;
  return lines === undefined ? undefined : new ValuePaths(lines.join("\n"));
}

/** The key paths that one version of a chart knows. */
export class ValuePaths {
  private readonly text: string;

  /** @param text a path a line, `.*` at its end where any key goes below; empty lines and lines with `#` first say nothing */
  public constructor(text: string) {
    // Searched as it is: values have a hundred keys and a list thousands, which would all have to be taken apart first.
    this.text = `\n${text}\n`;
  }

  /** Keys of the values that are not known, each as far as the first key that is not. */
  public unknown(values: ChartValues, openMaps: readonly string[] = []): Keys[] {
    return this.found(values, openMaps, (path) => !this.isKnown(path));
  }

  /** Keys of the values that are a map in the chart and none here; a null takes the map away, and what a token stands for is not known. */
  public flattened(values: ChartValues, openMaps: readonly string[] = []): Keys[] {
    const isFlat = (value: unknown) => value !== null && !isMap(value) && !Token.isUnresolved(value);
    return this.found(values, openMaps, (path, value) => isFlat(value) && this.isOnlyMap(path));
  }

  /** The first path of the list below another. */
  public firstBelow(keys: Keys): string | undefined {
    const start = `${pathOf(keys)}.`;
    return this.allPaths().find((path) => path.startsWith(start));
  }

  /** Keys of which something is true, as far down as the list tells of keys. */
  private found(values: ChartValues, openMaps: readonly string[], isFound: (path: string, value: unknown) => boolean): Keys[] {
    const found: Keys[] = [];
    const walk = (inner: ChartValues, above: Keys): void => {
      for (const [key, value] of Object.entries(inner)) {
        if (value === undefined) continue;
        const keys = [...above, key];
        const path = pathOf(keys);
        if (openMaps.includes(path) || openMaps.includes(keys.join(".")) || this.isOpen(path)) continue;
        if (isFound(path, value)) found.push(keys);
        else if (isMap(value)) walk(value, keys);
      }
    };
    walk(values, []);
    return found;
  }

  /** The known path that was probably meant, or `undefined`. */
  public nearest(keys: Keys): string | undefined {
    const above = keys.slice(0, -1);
    const key = keys[keys.length - 1];
    const siblings = this.keysBelow(above);
    // A map where the chart has a single value.
    if (siblings.length === 0) return pathOf(above);
    const typed = closest(key, siblings);
    if (typed !== undefined) return pathOf([...above, typed]);
    // A path written as one key, as `--set` takes it.
    const nested = [...above.map(escaped), key].join(".");
    if (this.isKnown(nested)) return nested;
    // The right key in another place.
    const path = pathOf(keys);
    const elsewhere = this.allPaths().filter((known) => known.endsWith(`.${escaped(key)}`));
    return elsewhere.sort((a, b) => editDistance(a, path) - editDistance(b, path))[0];
  }

  private isOpen(path: string): boolean {
    return this.text.includes(`\n${path}.*\n`);
  }

  private isKnown(path: string): boolean {
    return this.text.includes(`\n${path}\n`) || this.text.includes(`\n${path}.`);
  }

  private isOnlyMap(path: string): boolean {
    return this.text.includes(`\n${path}.`) && !this.text.includes(`\n${path}\n`);
  }

  /** Every path of the list, and every path above one. */
  private allPaths(): string[] {
    const lines = this.text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
    const keys = lines.map((line) => line.replace(/\.\*$/, "").split(BETWEEN_KEYS));
    return [...new Set(keys.flatMap((path) => path.map((_, index) => path.slice(0, index + 1).join("."))))];
  }

  private keysBelow(above: Keys): string[] {
    const start = above.map((key) => `${escaped(key)}.`).join("");
    const inner = this.allPaths().filter((path) => path.startsWith(start));
    const names = inner.map((path) => path.slice(start.length)).filter((path) => !BETWEEN_KEYS.test(path));
    return names.map((key) => key.replace(/\\([\\.])/g, "$1"));
  }
}

/** A dot that no backslash stands before. */
const BETWEEN_KEYS = /(?<!\\)\./;

/** The name that a mistyped one is a few letters away from. */
function closest(key: string, names: readonly string[]): string | undefined {
  const distances = names.map((name): [string, number] => [name, editDistance(key.toLowerCase(), name.toLowerCase())]);
  const [best] = distances.sort(([, a], [, b]) => a - b);
  return best[1] <= Math.max(1, Math.floor(key.length / 3)) ? best[0] : undefined;
}

function isMap(value: unknown): value is ChartValues {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !Token.isUnresolved(value);
}
