/** Keys from the outermost inward. */
export type Keys = readonly string[];

/** A key as part of a path: a dot within it is written `\.`, as in Helm's `--set`. */
export function escaped(key: string): string {
  return key.replace(/[\\.]/g, "\\$&");
}

/** Keys as one text, such as `grafana.grafana\.ini`. */
export function pathOf(keys: Keys): string {
  return keys.map(escaped).join(".");
}
