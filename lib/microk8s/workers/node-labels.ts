import { Token } from "cdktf";
import { MecError, got } from "../../errors";
import { isListToken } from "../../tokens";
import { faultOfKey, faultOfValue, ownerOfKey } from "./label-syntax";

/**
 * Refuses labels that Kubernetes refuses, or that are not the user's to set, and gives the rest in the order of their keys, so that the
 * order in the code is no change.
 *
 * @param path construct path for the errors
 * @param labels labels as a person wrote them
 * @throws {MecError} MEC1184 for what is no label, MEC1185 for one of Kubernetes', microk8s' or the library's own
 */
export function checkedLabels(path: string, labels: Readonly<Record<string, string>> = {}): Record<string, string> {
  for (const [key, value] of Object.entries(labels)) {
    const fault = faultOfKey(key);
    if (fault !== undefined) {
      throw new MecError("MEC1184", path, `${got(key)} in labels: ${fault}, so write for example "example.com/tier"`);
    }
    const owner = ownerOfKey(key);
    if (owner !== undefined) {
      throw new MecError("MEC1185", path, `${got(key)} in labels: ${owner}, so write a prefix of your own, such as "example.com/tier"`);
    }
    // What only the apply knows is the API's to judge.
    const wrong =
      typeof value !== "string" || isListToken(value) ? "a value is one text" : Token.isUnresolved(value) ? undefined : faultOfValue(value);
    if (wrong !== undefined) {
      throw new MecError("MEC1184", path, `${got(value)} as label ${key}: ${wrong}, so write for example "gold"`);
    }
  }
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
