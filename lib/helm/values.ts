import { Lazy, Token, type IResolveContext } from "cdktf";
import { MecError, got } from "../errors";
import { withoutTemplates } from "../tokens";
import { jsonTemplate } from "./json-template";

/** Values of a chart, as its `values.yaml` nests them. A `null` removes a default of the chart; `undefined` is as if the key were not there. */
export type Values = { readonly [key: string]: unknown };

/**
 * Lays values over one another: maps are merged key by key, anything else of a later layer takes the place of what was there, lists
 * included. No layer is changed, and the result shares nothing with them.
 *
 * @param layers from the weakest to the strongest; undefined for none
 */
export function mergeValues(...layers: readonly (Values | undefined)[]): Values {
  const merged = new Map<string, unknown>();
  for (const layer of layers) {
    for (const [key, value] of Object.entries(layer ?? {})) {
      if (value === undefined) {
        continue;
      }
      const before = merged.get(key);
      merged.set(key, isMap(value) ? mergeValues(isMap(before) ? before : undefined, value) : copyOf(value));
    }
  }
  // Entries and not assignments: a key such as __proto__ stays a key.
  return Object.fromEntries(merged);
}

/** Whether a value is a map of values, and not a leaf: a token is a leaf, whatever it stands for. */
export function isMap(value: unknown): value is Values {
  if (typeof value !== "object" || value === null || Array.isArray(value) || Token.isUnresolved(value)) {
    return false;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A copy of a leaf, or of a list with all that is in it. */
function copyOf(value: unknown): unknown {
  return Array.isArray(value) ? value.map((item) => (isMap(item) ? mergeValues(item) : copyOf(item))) : value;
}

/**
 * The text that Helm takes for values: JSON, which is YAML, with the keys of each map in their order, so that the same values are the same
 * text. What only the apply knows is put in by Terraform.
 *
 * @param path construct path for the error
 * @param values the values
 * @throws {MecError} MEC1421 for what neither JSON nor YAML can hold
 */
export function valuesText(path: string, values: Values): string {
  assertValues(path, values);
  if (hasToken(values)) {
    return Lazy.stringValue({ produce: (context) => jsonTemplate(values, context) });
  }
  return withoutTemplates(JSON.stringify(sortedKeys(values)));
}

/**
 * The same for values that are known at synth alone.
 *
 * @param path construct path for the error
 * @param values the values
 * @param context what tokens are resolved by
 * @throws {MecError} MEC1421 for what neither JSON nor YAML can hold
 */
export function lateValuesText(path: string, values: Values, context: IResolveContext): string | undefined {
  assertValues(path, values);
  return hasToken(values) ? jsonTemplate(values, context) : withoutTemplates(JSON.stringify(sortedKeys(values)));
}

/**
 * Refuses what a chart cannot have as values.
 *
 * @param path construct path for the error
 * @param values what was given as values
 * @throws {MecError} MEC1421 for what is no map at the top or only the apply knows whole, for what neither JSON nor YAML can hold, for a
 *   map or list within itself, and for an empty key
 */
export function assertValues(path: string, values: unknown): asserts values is Values {
  if (!isMap(values)) {
    const what = Token.isUnresolved(values) ? "a token" : `a ${Array.isArray(values) ? "list" : typeof values}`;
    throw new MecError("MEC1421", path, `got ${what} as values: they are a plain map, so write for example { replicaCount: 1 }`);
  }
  assertValue(path, "values", values, []);
}

/** @param above the maps and lists that the value is in */
function assertValue(path: string, at: string, value: unknown, above: readonly unknown[]): void {
  if (Token.isUnresolved(value) || value === null || typeof value === "string" || typeof value === "boolean") {
    return;
  }
  if (typeof value === "number" && Number.isFinite(value)) {
    return;
  }
  const isList = Array.isArray(value);
  if (!isList && !isMap(value)) {
    throw new MecError(
      "MEC1421",
      path,
      `${got(typeof value === "object" ? (Object.getPrototypeOf(value) as object).constructor.name : String(value))} as ${at}: values are texts, finite numbers, booleans, null, lists and plain maps, so write one of these`,
    );
  }
  if (above.includes(value)) {
    throw new MecError("MEC1421", path, `got a ${isList ? "list" : "map"} within itself as ${at}: JSON has no end of it, so write a copy`);
  }
  const inside = [...above, value];
  if (isList) {
    value.forEach((item, index) => assertValue(path, `${at}[${index}]`, item, inside));
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    if (key === "") {
      throw new MecError("MEC1421", path, `got an empty key in ${at}: no chart has one, so write its name or take it out`);
    }
    if (inner !== undefined) {
      assertValue(path, `${at}.${key}`, inner, inside);
    }
  }
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sortedKeys);
  }
  return isMap(value)
    ? Object.fromEntries(
        Object.keys(value)
          .sort((one, other) => (one < other ? -1 : 1))
          .map((key) => [key, sortedKeys(value[key])]),
      )
    : value;
}

/** Whether a token is anywhere in a value. */
function hasToken(value: unknown): boolean {
  if (Token.isUnresolved(value)) {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some(hasToken);
  }
  return isMap(value) && Object.entries(value).some(([key, inner]) => Token.isUnresolved(key) || hasToken(inner));
}
