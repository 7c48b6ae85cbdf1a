import { MecError, got, type MecErrorCode } from "../../../errors";
import { Token } from "cdktf";
import { isMap } from "../../values";
import { jsonText } from "./json-text";

/**
 * Refuses what JSON cannot hold in a map that only a device service knows, such as attributes and tags.
 *
 * @param code the rule
 * @param path name of the input for the error
 * @param property name of the map
 * @param values the map
 * @throws {MecError} of the code for what is no map, a number that is none, a function, and a token
 */
export function assertFreeValues(code: MecErrorCode, path: string, property: string, values: unknown): void {
  if (values === undefined) {
    return;
  }
  if (!isMap(values)) {
    throw new MecError(code, path, `${got(values)} as ${property}: it is a map, so write for example { key: "value" }`);
  }
  walk(code, path, property, values);
}

function walk(code: MecErrorCode, path: string, property: string, value: unknown): void {
  if (Array.isArray(value)) {
    value.forEach((item, index) => walk(code, path, `${property}[${index}]`, item));
  } else if (isMap(value)) {
    Object.entries(value).forEach(([key, item]) => walk(code, path, `${property}.${key}`, item));
  } else if (typeof value === "number" ? !Number.isFinite(value) : !FIT.has(typeof value) && value !== null) {
    throw new MecError(
      code,
      path,
      `got ${typeof value === "number" ? String(value) : `a ${typeof value}`} as ${property}: EdgeX takes what JSON can hold, so write a text, a number, a truth value, a list or a map`,
    );
  }
}

const FIT: ReadonlySet<string> = new Set(["string", "boolean", "bigint", "undefined"]);

/**
 * Refuses what only the apply knows: it would be put, as it is, into a text that is JSON itself.
 *
 * @param code the rule
 * @param path name of the input for the error
 * @param object what is written as JSON
 * @throws {MecError} of the code
 */
export function assertKnown(code: MecErrorCode, path: string, object: object): void {
  if (Token.isUnresolved(jsonText(object))) {
    throw new MecError(code, path, `got a token: it is part of a file that is written at synth, so write the text itself`);
  }
}
