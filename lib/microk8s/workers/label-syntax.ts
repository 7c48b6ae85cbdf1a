/** Longest name of a label, after the prefix; and longest value. */
const MAX_PART = 63;

/** Longest prefix of a label. */
const MAX_PREFIX = 253;

/** Begins and ends with a letter or digit, with dashes, underscores and dots between. */
const PART = /^[A-Za-z0-9](?:[A-Za-z0-9_.-]*[A-Za-z0-9])?$/;

/** A DNS subdomain, as RFC 1123 has it: lowercase labels of up to 63 characters with dots between. */
const SUBDOMAIN = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * Prefixes of Kubernetes' own, with all that is below them.
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
 */
const KUBERNETES = /(?:^|\.)(?:kubernetes|k8s)\.io$/;

/** Names under Kubernetes' own prefixes that are made for administrators (https://kubernetes.io/docs/reference/labels-annotations-taints/). */
const FOR_ADMINISTRATORS =
  /^(?:node-role\.kubernetes\.io\/(?!(?:control-plane|master)$)|node-restriction\.kubernetes\.io\/)|^(?:topology\.kubernetes\.io\/(?:zone|region)|node\.kubernetes\.io\/(?:instance-type|exclude-from-external-load-balancers))$/;

/** Prefix of this library's own labels and annotations on nodes. */
export const OWN_PREFIX = "wavelength-mec";

/**
 * What is wrong with the key of a label or taint: an optional prefix (a DNS subdomain of up to 253 characters) and a slash, then a name of
 * up to 63 characters.
 *
 * @param key the key
 * @returns the rule that is broken; undefined for a key that fits
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function faultOfKey(key: string): string | undefined {
  const parts = key.split("/");
  const [prefix, name] = parts.length === 2 ? parts : [undefined, key];
  if (name === undefined || name.length > MAX_PART || !PART.test(name)) {
    return `a name has 1 to ${MAX_PART} letters, digits, dashes, underscores and dots, and a letter or digit at both ends`;
  }
  if (prefix !== undefined && (prefix.length > MAX_PREFIX || !SUBDOMAIN.test(prefix))) {
    return `what is before the slash is a DNS subdomain of up to ${MAX_PREFIX} characters`;
  }
  return undefined;
}

/**
 * What is wrong with the value of a label or taint: empty, or up to 63 characters.
 *
 * @param value the value
 * @returns the rule that is broken; undefined for a value that fits
 * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
 */
export function faultOfValue(value: string): string | undefined {
  return value === "" || (value.length <= MAX_PART && PART.test(value))
    ? undefined
    : `a value is empty or has up to ${MAX_PART} letters, digits, dashes, underscores and dots, and a letter or digit at both ends`;
}

/**
 * Whose a key is, where it is not the user's to set.
 *
 * @param key a key of the right form
 * @returns who owns it and why; undefined for one that is the user's
 * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 * @see https://github.com/canonical/microk8s/blob/master/scripts/wrappers/join.py (labels of the kubelet on a worker)
 */
export function ownerOfKey(key: string): string | undefined {
  const prefix = key.includes("/") ? key.slice(0, key.indexOf("/")) : "";
  if (prefix === OWN_PREFIX) {
    return `the library marks its nodes with ${OWN_PREFIX}/`;
  }
  if (prefix === "microk8s.io") {
    return "microk8s marks its nodes with microk8s.io/";
  }
  return KUBERNETES.test(prefix) && !FOR_ADMINISTRATORS.test(key)
    ? "Kubernetes and microk8s keep kubernetes.io/ and k8s.io/ for themselves"
    : undefined;
}
