import { MecError } from "../../../errors";
import { isMap } from "../../values";

/** What a place of a Secret begins and ends with (`secretText`). */
const MARK = "@@";

/**
 * Refuses texts of the user that could be taken for places of a Secret in a configuration: a key of any Secret of the namespace would be put in.
 * Half of a place is refused too, since texts are joined.
 *
 * @param path name of the input, for the error
 * @param texts texts by name of the property, also in lists and maps; values that are of a class, such as credentials, make places themselves
 * @throws {MecError} MEC1482
 */
export function assertNoSecretPlaces(path: string, texts: object): void {
  Object.entries(texts).forEach(([property, value]) => walk(path, property, value));
}

function walk(path: string, property: string, value: unknown): void {
  if (typeof value === "string") {
    if (value.includes(MARK)) {
      throw new MecError(
        "MEC1482",
        path,
        `got a text with ${MARK} in ${property}: between two of these a key of a Secret is put in when the service starts, so write it with one @ at most`,
      );
    }
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => walk(path, `${property}[${index}]`, item));
  } else if (isMap(value)) {
    for (const [key, item] of Object.entries(value)) {
      walk(path, `a name in ${property}`, key);
      walk(path, `${property}.${key}`, item);
    }
  }
}
