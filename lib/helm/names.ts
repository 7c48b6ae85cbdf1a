import { Token } from "cdktf";
import { MecError, got } from "../errors";

/** Longest name of a release: Helm's own limit, which leaves room for what charts put behind it (https://helm.sh/docs/chart_best_practices/conventions/). */
const MAX_RELEASE = 53;

/** Longest label of DNS, which a namespace is (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names). */
const MAX_LABEL = 63;

/** Longest name of an object. */
const MAX_SUBDOMAIN = 253;

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;

/** Namespaces that Kubernetes makes itself. */
const SYSTEM_NAMESPACES = ["default", "kube-system", "kube-public", "kube-node-lease"];

/** Whether every cluster has the namespace from the start, so that nobody has to make it. */
export function isSystemNamespace(namespace: string): boolean {
  return SYSTEM_NAMESPACES.includes(namespace);
}

/**
 * Refuses what cannot name a release.
 *
 * @param path construct path for the error
 * @param name the name
 * @throws {MecError} MEC1414
 */
export function assertReleaseName(path: string, name: string): void {
  assertLabel(path, "releaseName", name, MAX_RELEASE, "prometheus");
}

/**
 * The name of a second release of an add-on: that of the first, with a suffix.
 *
 * @param path construct path for the error
 * @param releaseName name of the add-on's release
 * @param suffix what comes behind it
 * @throws {MecError} MEC1414 where both together are too long
 */
export function ownReleaseName(path: string, releaseName: string, suffix: string): string {
  const name = `${releaseName}${suffix}`;
  if (name.length > MAX_RELEASE) {
    throw new MecError(
      "MEC1414",
      path,
      `${got(releaseName)} as releaseName, of ${releaseName.length} characters: a second release of this add-on has "${suffix}" behind it, and a release has ${MAX_RELEASE} characters at most, so write one of at most ${MAX_RELEASE - suffix.length}`,
    );
  }
  return name;
}

/**
 * Refuses what cannot name a namespace.
 *
 * @param path construct path for the error
 * @param name the name
 * @throws {MecError} MEC1414
 */
export function assertNamespace(path: string, name: string): void {
  assertLabel(path, "namespace", name, MAX_LABEL, "monitoring");
}

/** Whether a text can name a namespace, for those that refuse it in words of their own. */
export function isNamespace(name: string): boolean {
  return isLabel(name, MAX_LABEL);
}

function isLabel(name: string, max: number): boolean {
  return name.length <= max && LABEL.test(name);
}

function assertLabel(path: string, property: string, name: string, max: number, example: string): void {
  if (Token.isUnresolved(name)) {
    throw new MecError(
      "MEC1414",
      path,
      `got a token as ${property}: names of the stack hang on it, so write the text itself, such as "${example}"`,
    );
  }
  if (!isLabel(name, max)) {
    throw new MecError(
      "MEC1414",
      path,
      `${got(name)} as ${property}, of ${name.length} characters: it has 1 to ${max} lowercase letters, digits and dashes, and a letter or digit at both ends, so write for example "${example}"`,
    );
  }
}

/**
 * The name of a Kubernetes Secret that exists already, or is made apart from charts: only its name goes into values, never what is in it.
 *
 * @param path construct path for the error; in front of `super()` it is `${scope.node.path}/${id}`
 * @param property name of the property, for the error
 * @param name the name
 * @throws {MecError} MEC1424 for what is no name of a Secret
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
export function secretName(path: string, property: string, name: string): string {
  if (!Token.isUnresolved(name) && (name.length > MAX_SUBDOMAIN || !name.split(".").every((label) => LABEL.test(label)))) {
    // It may be the secret itself that somebody wrote here: it is not shown.
    throw new MecError(
      "MEC1424",
      path,
      `got ${name.length} characters as ${property} (they are not shown, since they may be a secret): it is the name of a Secret in the add-on's namespace, made of lowercase letters, digits, dashes and dots, so make the Secret apart and write for example "grafana-admin"`,
    );
  }
  return name;
}
