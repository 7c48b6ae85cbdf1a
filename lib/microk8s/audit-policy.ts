import { Token } from "cdktf";
import { isListToken } from "../tokens";
import { MecError, got } from "../errors";

/** Resources that a rule is about. */
export interface AuditResources {
  /** API group; empty for the core. @default "" */
  readonly group?: string;
  /** Resources, such as `pods` or `pods/log`. @default - all of the group */
  readonly resources?: readonly string[];
  /** Names of instances; only with `resources`. @default - all */
  readonly resourceNames?: readonly string[];
}

/** One rule of a policy: the first that fits an event decides. */
export interface AuditRule {
  /** How much is written: `None`, `Metadata`, `Request` or `RequestResponse`. */
  readonly level: string;
  /** Users. @default - all */
  readonly users?: readonly string[];
  /** Groups that a user is in one of. @default - all */
  readonly userGroups?: readonly string[];
  /** Verbs, such as `get`. @default - all */
  readonly verbs?: readonly string[];
  /** Resources; not with `nonResourceURLs`. @default - all */
  readonly resources?: readonly AuditResources[];
  /** Namespaces, the empty one for what is in none; not with `nonResourceURLs`. @default - all */
  readonly namespaces?: readonly string[];
  /** Paths that are no resources, such as `/healthz*`. @default - none */
  readonly nonResourceURLs?: readonly string[];
  /** Stages of which nothing is written. @default - none */
  readonly omitStages?: readonly string[];
  /** Whether managed fields are left out. @default - as the policy says */
  readonly omitManagedFields?: boolean;
}

/**
 * A Kubernetes audit policy, as its YAML has it.
 * @see https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
 */
export interface AuditPolicy {
  /** `audit.k8s.io/v1`. */
  readonly apiVersion: string;
  /** `Policy`. */
  readonly kind: string;
  /** One rule at least. */
  readonly rules: readonly AuditRule[];
  /** Stages of which nothing is written, whatever the rule. @default - none */
  readonly omitStages?: readonly string[];
  /** Whether managed fields are left out. @default false */
  readonly omitManagedFields?: boolean;
  /** Metadata of the object, which nobody looks at. @default - none */
  readonly metadata?: object;
}

const LEVELS = ["None", "Metadata", "Request", "RequestResponse"];
const STAGES = ["RequestReceived", "ResponseStarted", "ResponseComplete", "Panic"];
const POLICY_KEYS = ["apiVersion", "kind", "rules", "omitStages", "omitManagedFields", "metadata"];
const LISTS = ["users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages"];
const RESOURCE_KEYS = ["group", "resources", "resourceNames"];

/**
 * Refuses what the API server would not start with, and what it would pass over.
 *
 * @param path construct path, or name of the input, for the error
 * @param policy the policy
 * @throws {MecError} MEC1146
 * @see https://github.com/kubernetes/apiserver/blob/master/pkg/apis/audit/validation/validation.go
 */
export function assertAuditPolicy(path: string, policy: AuditPolicy): void {
  const refuse = (value: unknown, where: string, rule: string) => {
    throw new MecError("MEC1146", path, `${got(value)} as ${where}: ${rule}`);
  };
  const onlyKeys = (object: object, keys: readonly string[], where: string) => {
    const unknown = Object.keys(object).find((key) => !keys.includes(key));
    if (unknown !== undefined) {
      refuse(unknown, `field of ${where}`, `audit.k8s.io/v1 does not know it, so write one of ${keys.join(", ")}`);
    }
  };
  // Whoever reads a policy from a file has no types.
  const texts = (list: unknown, where: string) => {
    const wrong = Array.isArray(list) ? list.find((text) => typeof text !== "string" || isListToken(text)) : list;
    if (wrong !== undefined || (list !== undefined && !Array.isArray(list))) {
      refuse(wrong ?? list, where, "it is a list of texts that are known at synth, so write for example []");
    }
  };
  const stages = (where: string, list: readonly string[] = []) => {
    texts(list, `${where}.omitStages`);
    const wrong = list.find((stage) => !STAGES.includes(stage));
    if (wrong !== undefined) {
      refuse(wrong, `${where}.omitStages`, `there is no such stage, so write of ${STAGES.join(", ")}`);
    }
  };
  if (!isObject(policy) || policy.apiVersion !== "audit.k8s.io/v1" || policy.kind !== "Policy") {
    const shown = isObject(policy) ? { apiVersion: policy.apiVersion, kind: policy.kind } : policy;
    refuse(
      shown,
      "policy",
      'it is an object, so write for example { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] }',
    );
  }
  onlyKeys(policy, POLICY_KEYS, "policy");
  stages("policy", policy.omitStages);
  if (!Array.isArray(policy.rules) || policy.rules.length === 0) {
    refuse(policy.rules, "policy.rules", 'the API server does not start without a rule, so write for example [{ level: "Metadata" }]');
  }
  policy.rules.forEach((rule, index) => {
    const where = `policy.rules[${index}]`;
    if (!isObject(rule) || !LEVELS.includes(rule.level)) {
      refuse(isObject(rule) ? rule.level : rule, `${where}.level`, `a rule has a level, so write one of ${LEVELS.join(", ")}`);
    }
    onlyKeys(rule, ["level", "omitManagedFields", ...LISTS], where);
    if (rule.omitManagedFields !== undefined && typeof rule.omitManagedFields !== "boolean") {
      refuse(rule.omitManagedFields, `${where}.omitManagedFields`, "it is yes or no, so write true or false");
    }
    for (const key of LISTS) {
      const list: unknown = rule[key as keyof AuditRule];
      if (key !== "resources") {
        texts(list, `${where}.${key}`);
      } else if (list !== undefined && !Array.isArray(list)) {
        refuse(list, `${where}.${key}`, "it is a list, so write []");
      }
    }
    stages(where, rule.omitStages);
    const { nonResourceURLs = [], resources = [], namespaces = [] } = rule;
    if (nonResourceURLs.length > 0 && resources.length + namespaces.length > 0) {
      refuse(nonResourceURLs, `${where}.nonResourceURLs`, "a rule is about these or about resources and namespaces, so write two rules");
    }
    const url = nonResourceURLs.find((text) => !Token.isUnresolved(text) && text !== "*" && !/^\/[^*]*\*?$/.test(text));
    if (url !== undefined) {
      refuse(url, `${where}.nonResourceURLs`, 'it begins with a slash and has a "*" at its end alone, so write for example "/healthz*"');
    }
    resources.forEach((entry, at) => {
      if (!isObject(entry)) {
        refuse(entry, `${where}.resources[${at}]`, 'it is an object, so write for example { group: "", resources: ["pods"] }');
      }
      onlyKeys(entry, RESOURCE_KEYS, `${where}.resources[${at}]`);
      if (entry.group !== undefined && typeof entry.group !== "string") {
        refuse(entry.group, `${where}.resources[${at}].group`, 'it is a text, so write for example "apps"');
      }
      texts(entry.resources, `${where}.resources[${at}].resources`);
      texts(entry.resourceNames, `${where}.resources[${at}].resourceNames`);
      if (/[/]|^v\d/.test(entry.group ?? "")) {
        refuse(
          entry.group,
          `${where}.resources[${at}].group`,
          'it is a group without its version, so write "" for the core or for example "apps"',
        );
      }
      if ((entry.resourceNames ?? []).length > 0 && (entry.resources ?? []).length === 0) {
        refuse(entry.resourceNames, `${where}.resources[${at}].resourceNames`, "names are of resources, so write resources too");
      }
    });
  });
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
