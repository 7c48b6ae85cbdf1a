import { Token } from "cdktf";
import { MecError } from "../../errors";
import { pathOf, type Keys } from "../key-path";
import { isMap, type Values } from "../values";

/** Values of the chart in which people write secrets. */
interface Place {
  /** Where they begin. */
  readonly keys: Keys;
  /** Keys below it that hold a secret. */
  readonly secret: RegExp;
  /** What to write instead. */
  readonly instead: string;
}

/** Keys of Alertmanager's and Prometheus' own configuration that hold a secret; what ends with `_file` or `_url` is none, but for these. */
const OF_CONFIGURATION = /(?:password|^(?:slack_)?api_url|webhook_url|_key|^key|token|secret|credentials)$/i;

const PLACES: readonly Place[] = [
  { keys: ["grafana"], secret: /^adminPassword$/, instead: "grafanaAdminSecret with the name of a Secret" },
  {
    keys: ["grafana", "grafana.ini"],
    secret: /(?:^|_)(?:password|secret|secret_key|secret_access_key|token)$/i,
    instead: "grafana.envFromSecret with the name of a Secret that has it as GF_<SECTION>_<KEY>",
  },
  {
    keys: ["grafana", "env"],
    secret: /(?:password|secret|secret_key|token|api_?key)$/i,
    instead: "grafana.envFromSecret with the name of a Secret",
  },
  {
    keys: ["grafana", "additionalDataSources"],
    secret: /(?:password|token|secret|key|httpHeaderValue\d+)$/i,
    instead: "${NAME} and grafana.envFromSecret with the name of a Secret that has it as NAME",
  },
  { keys: ["alertmanager", "config"], secret: OF_CONFIGURATION, instead: "alertmanagerSecret with the name of a Secret" },
  ...["additionalScrapeConfigs", "additionalAlertManagerConfigs"].map((key) => ({
    keys: ["prometheus", "prometheusSpec", key],
    secret: OF_CONFIGURATION,
    instead: `prometheus.prometheusSpec.${key}Secret with the name of a Secret`,
  })),
];

/** Places where a whole configuration is one text. */
const TEXTS: readonly { readonly keys: Keys; readonly instead: string }[] = [
  { keys: ["alertmanager", "stringConfig"], instead: "alertmanagerSecret with the name of a Secret" },
];

/** A URL with a password in it. */
const URL_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]*:[^\s/?#]*@/i;

/**
 * Refuses values in which a secret is written: it would be in what is synthesized, in state and plan, and in the release. Values that only the
 * apply knows and Grafana's references (`$__env{…}`, `$__file{…}`) are let through. No value is repeated in the error.
 *
 * @param path construct path for the error
 * @param values what a person wrote as `values`
 * @throws {MecError} MEC1437
 * @see https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#variable-expansion
 * @see https://prometheus.io/docs/alerting/latest/configuration/
 */
export function assertNoLiteralSecrets(path: string, values: Values = {}): void {
  for (const { keys, secret, instead } of PLACES) {
    // Of Grafana's own values it is this one key alone: what is below has places of its own.
    const depth = keys.length === 1 ? 1 : Infinity;
    visit(at(values, keys), keys, depth, (found, value) => {
      if (secret.test(found.at(-1)!) && isLiteral(value)) {
        refuse(path, found, instead);
      }
    });
  }
  for (const { keys, instead } of TEXTS) {
    if (isLiteral(at(values, keys))) {
      refuse(path, keys, instead);
    }
  }
  visit(values, [], Infinity, (found, value) => {
    if (typeof value === "string" && URL_WITH_PASSWORD.test(value)) {
      refuse(path, found, "the URL without user and password, and these by the name of a Secret");
    }
  });
}

function refuse(path: string, keys: Keys, instead: string): never {
  throw new MecError(
    "MEC1437",
    path,
    `got a secret as values.${pathOf(keys)} (it is not shown): state, plan and release would hold it, so write ${instead}`,
  );
}

function at(values: unknown, keys: Keys): unknown {
  return keys.reduce<unknown>((within, key) => (isMap(within) && Object.hasOwn(within, key) ? within[key] : undefined), values);
}

/** Shows each leaf below a value, with the keys that lead there; an item of a list has its list's keys. A circle is followed once. */
function visit(value: unknown, keys: Keys, depth: number, see: (keys: Keys, leaf: unknown) => void, above: readonly unknown[] = []): void {
  if (above.includes(value)) {
    return;
  }
  const entries = Array.isArray(value)
    ? value.map((item: unknown) => [keys, item] as const)
    : isMap(value)
      ? Object.entries(value).map(([key, item]) => [[...keys, key], item] as const)
      : [];
  for (const [found, item] of entries) {
    if (!Array.isArray(item) && !isMap(item)) {
      see(found, item);
    } else if (depth > 1) {
      visit(item, found, depth - 1, see, [...above, value]);
    }
  }
}

/** Whether a value is there in what is synthesized, and no reference to one. */
function isLiteral(value: unknown): boolean {
  if (typeof value === "number") {
    return !Token.isUnresolved(value);
  }
  return typeof value === "string" && value !== "" && !Token.isUnresolved(value) && !/^\$(?:__\w+)?\{/.test(value);
}
