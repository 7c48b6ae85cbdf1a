import type { RuleGroup } from "../rule";
import { CARRIER_PATH_RULES } from "./carrier-path-rules";
import { CERTIFICATE_RULES } from "./certificate-rules";
import { DQLITE_RULES } from "./dqlite-rules";
import { NODE_RULES } from "./node-rules";
import { volumeRules } from "./volume-rules";

/**
 * All alerts of the library's own.
 *
 * @param volumeBytes size of Prometheus' own volume
 */
export function mecRules(volumeBytes: number): readonly RuleGroup[] {
  return [NODE_RULES, CARRIER_PATH_RULES, DQLITE_RULES, CERTIFICATE_RULES, volumeRules(volumeBytes)];
}
