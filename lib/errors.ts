/**
 * What every refused input of this library is thrown as.
 *
 * The message is one sentence: the construct path, the value that was given, the rule it breaks and what to write
 * instead. The code is stable over releases; `docs/errors.md` has an entry for each.
 */
export class MecError extends Error {
  /** Stable identifier of the rule, such as `MEC1001`; a section of `docs/errors.md`. */
  public readonly code: MecErrorCode;

  /** Path of the construct (or name of the input) that was refused, such as `sandbox/Network`. */
  public readonly path: string;

  /**
   * @param code the rule that is broken
   * @param path path of the construct, or name of the input
   * @param detail value, rule and way out, without the code and the path
   */
  public constructor(code: MecErrorCode, path: string, detail: string) {
    super(`[${code}] ${path}: ${detail}`);
    this.name = "MecError";
    this.code = code;
    this.path = path;
  }
}

/** The rules this library checks, by their stable codes; the title heads the entry in `docs/errors.md`. */
export const MEC_ERRORS = {
  MEC1001: "Not a Wavelength Zone name",
  MEC1002: "Opt-in without acknowledgement",
  MEC1003: "Not an IPv4 network in CIDR notation",
  MEC1004: "VPC network of an unusable size",
  MEC1005: "VPC network overlaps the cluster's own networks",
  MEC1006: "No room for another control plane in the subnet",
  MEC1007: "Not an EC2 instance type",
  MEC1008: "Quantity out of range",
  MEC1009: "Half of the names of a zone",
  MEC1101: "Not a cluster name",
  MEC1102: "Not a microk8s channel",
  MEC1103: "Unsupported number of control-plane nodes",
  MEC1104: "Root volume too small",
  MEC1105: "Node description too long",
  MEC1106: "User data too long",
  MEC1107: "Cluster name used twice",
  MEC1108: "Provider package missing",
  MEC1109: "Readiness time out of range",
  MEC1110: "Add-ons in the cluster's own stack",
  MEC1201: "API open to everybody or to nobody",
  MEC1301: "Setting not understood",
  MEC1410: "Resource type without known rights",
  MEC1411: "Not an account or a Region",
} as const;

/** Code of a rule in {@link MEC_ERRORS}. */
export type MecErrorCode = keyof typeof MEC_ERRORS;

/** Renders a value for an error message: strings in quotes, everything else as JSON. */
export function got(value: unknown): string {
  return `got ${JSON.stringify(value) ?? String(value)}`;
}
