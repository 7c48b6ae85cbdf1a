import { MecError, got } from "../../errors";
import { assertNamespace } from "../names";

/** Longest pattern that is taken. */
const MAX_PATTERN = 512;

/**
 * Refuses rules that a collector could not take.
 *
 * @param path construct path for the error
 * @param namespaces namespaces that are not read
 * @param patterns regular expressions of lines that are dropped
 * @throws {MecError} MEC1524 for a pattern, MEC1414 for a namespace
 */
export function assertDropRules(path: string, namespaces: readonly string[], patterns: readonly string[]): void {
  namespaces.forEach((namespace) => assertNamespace(path, namespace));
  patterns.forEach((pattern, index) => {
    const fault = faultOf(pattern);
    if (fault !== undefined) {
      throw new MecError("MEC1524", path, `${got(pattern)} as dropLines[${index}]: ${fault}, so write for example "GET /healthz"`);
    }
  });
}

function faultOf(pattern: string): string | undefined {
  if (pattern.trim() === "") {
    return "every line has nothing in it, so all would be dropped";
  }
  if (pattern.length > MAX_PATTERN) {
    return `it has ${pattern.length} characters, and at most ${MAX_PATTERN} are taken`;
  }
  // The collector puts variables of its environment in their place, and a line has no second one.
  if (/\$\{|[\r\n]/.test(pattern)) {
    return "it is one line without ${, which the collector would take for a variable";
  }
  try {
    return new RegExp(pattern).test("") ? "every line has nothing in it, so all would be dropped" : undefined;
  } catch {
    return "it is no regular expression";
  }
}
