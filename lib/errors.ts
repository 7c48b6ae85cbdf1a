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

/**
 * The rules this library checks, by their stable codes; the title heads the entry in `docs/errors.md`. Codes from MEC1901
 * on are warnings.
 */
export const MEC_ERRORS = {
  MEC1001: "Not a Wavelength Zone name",
  MEC1002: "Opt-in without acknowledgement",
  MEC1003: "Not an IPv4 network in CIDR notation",
  MEC1004: "Network of a size that AWS refuses",
  MEC1005: "Network overlaps the cluster's own networks",
  MEC1006: "No room for another control plane in the subnet",
  MEC1007: "Not an EC2 instance type",
  MEC1008: "Quantity out of range",
  MEC1009: "Half of the names of a zone",
  MEC1010: "Provider Region is not the parent Region",
  MEC1011: "Volume type that a Wavelength Zone does not have",
  MEC1012: "Instance type that the zone does not offer",
  MEC1013: "Half of an existing network",
  MEC1014: "Not the id of such a resource",
  MEC1015: "Subnets that do not fit together",
  MEC1016: "Network overlaps a peer network",
  MEC1017: "No room for a subnet",
  MEC1018: "Control-plane addresses that cannot be",
  MEC1019: "No such zone in the catalogue",
  MEC1020: "Not a port",
  MEC1021: "Open to everybody or to nobody",
  MEC1022: "Second carrier gateway in a VPC",
  MEC1023: "Retention that CloudWatch Logs does not have",
  MEC1024: "Network that is not known at synth",
  MEC1025: "Network that a VPC cannot have",
  MEC1026: "Zone of no use to this account",
  MEC1027: "Peer without a name",
  MEC1028: "Opt-in to another zone group",
  MEC1029: "Two peers of one name",
  MEC1030: "Not the ARN of a KMS key",
  MEC1031: "Not the ARN of a permissions boundary",
  MEC1032: "Not an IAM path",
  MEC1033: "Tag that AWS refuses",
  MEC1034: "Rule description that EC2 refuses",
  MEC1101: "Not a cluster name",
  MEC1102: "Not a microk8s channel",
  MEC1103: "Unsupported number of control-plane nodes",
  MEC1104: "Root volume of an unusable size",
  MEC1105: "Node description too long",
  MEC1106: "User data too long",
  MEC1107: "Cluster name used twice",
  MEC1108: "Provider package missing",
  MEC1109: "Readiness time out of range",
  MEC1110: "Add-ons in the cluster's own stack",
  MEC1120: "Not a registry host",
  MEC1121: "Unusable registry endpoint",
  MEC1122: "Registry or mirror named twice",
  MEC1123: "Unusable parameter of registry credentials",
  MEC1125: "Not a machine image",
  MEC1130: "Unusable action of an alarm",
  MEC1131: "Alarms that tell nobody",
  MEC1132: "Not a time of day",
  MEC1140: "Not a flag",
  MEC1141: "Flag that is not yours to set",
  MEC1142: "Flag that is set twice",
  MEC1143: "Value that no flag can have",
  MEC1144: "Node argument out of range",
  MEC1145: "Nothing left for pods",
  MEC1146: "Unusable audit log",
  MEC1147: "Argument that undoes the hardening",
  MEC1148: "Not a name for a certificate",
  MEC1149: "Name that the certificate has already",
  MEC1150: "Not the instance of a lost cluster",
  MEC1151: "Channel too far from the running one",
  MEC1152: "Unusable OpenID Connect issuer",
  MEC1153: "Another key for a living cluster",
  MEC1160: "Fewer addresses than control-plane nodes",
  MEC1161: "Nodes that cannot leave",
  MEC1162: "Fewer than three control-plane nodes without consent",
  MEC1163: "Not one node to resize",
  MEC1164: "Another instance type for a living node",
  MEC1165: "Not a node to replace",
  MEC1180: "Not a name of a worker group",
  MEC1181: "Worker group named twice",
  MEC1182: "Number of workers out of range",
  MEC1183: "More leaving nodes than there are",
  MEC1184: "Label that Kubernetes refuses",
  MEC1185: "Label that is not yours to set",
  MEC1186: "Not a taint",
  MEC1187: "Taint that is set twice",
  MEC1188: "Workers without a way out",
  MEC1189: "Replacement of no node of the group",
  MEC1190: "Other machines for a living group",
  MEC1201: "API open to everybody or to nobody",
  MEC1202: "MTU out of range",
  MEC1203: "Acknowledgement of nothing",
  MEC1204: "Instance type that the Region does not offer",
  MEC1301: "Setting not understood",
  MEC1401: "Region of the AWS settings",
  MEC1402: "Credentials in the app",
  MEC1403: "Not an AWS account id",
  MEC1404: "Not an IAM role to assume",
  MEC1405: "Unusable state backend",
  MEC1410: "Resource type without known rights",
  MEC1411: "Not an account or a Region",
  MEC1412: "Chart that is not pinned",
  MEC1413: "Not the folder of a chart",
  MEC1414: "Not a name of a release or a namespace",
  MEC1415: "What a cluster has once, twice",
  MEC1416: "Add-on that is missing",
  MEC1417: "Add-ons that wait for one another",
  MEC1418: "Add-ons that cannot share a cluster",
  MEC1419: "Storage class that the cluster does not have",
  MEC1420: "Add-ons that do not fit",
  MEC1421: "Not a value of a chart",
  MEC1424: "Not the name of a Secret",
  MEC1430: "More metrics than the volume holds",
  MEC1431: "Retention of less than a block",
  MEC1432: "Metrics that the cluster tells nobody",
  MEC1433: "Unusable receiver of metrics",
  MEC1434: "Setting of a part that is off",
  MEC1435: "Not a target of the path probe",
  MEC1436: "Profile that no node is large enough for",
  MEC1437: "Secret in the values of Prometheus",
  MEC1450: "Unusable kubeconfig",
  MEC1451: "No such kubeconfig, or no such context in it",
  MEC1452: "Two clusters of one name",
  MEC1470: "Value that the chart does not know",
  MEC1500: "Not a name within Kubeflow",
  MEC1501: "Model whose runtime is off",
  MEC1502: "GPU that no node has",
  MEC1503: "GPU without the GPU operator",
  MEC1504: "Unusable storage of a model",
  MEC1505: "Part of Kubeflow that the profile leaves out",
  MEC1506: "Name within Kubeflow used twice",
  MEC1507: "Model that cannot be reached so",
  MEC1508: "Image without an exact version",
  MEC1509: "Training run that cannot be",
  MEC1515: "Volume that pipelines would soon fill",
  MEC1516: "Not a number of runs",
  MEC1517: "Not a namespace that may open pipelines",
  MEC1518: "Unusable resources of a part of pipelines",
  MEC1519: "Not a place in S3 for pipelines",
  MEC1901: "More Elastic IPs than the default quota",
  MEC1902: "Zone probably withdrawn",
  MEC1903: "Region of the provider not known",
  MEC1904: "Carrier IP unreachable from the internet",
  MEC1905: "Port open to the internet too",
  MEC1906: "Recovery not confirmed in a Wavelength Zone",
  MEC1909: "More networks than a security group takes by default",
  MEC1914: "Workers may take an address of the control plane",
  MEC1920: "Add-ons that barely fit",
  MEC1921: "Nodes that are not known at synth",
  MEC1922: "Nodes of a size that is not known",
  MEC1923: "Data on the disk of one node",
  MEC1924: "Storage class that nothing here knows",
  MEC1940: "Machines whose metrics nobody reaches",
  MEC1941: "Nodes too small for Prometheus among others",
  MEC1950: "Kubeconfig that is not there yet",
  MEC1970: "Model that answers whoever reaches it",
  MEC1971: "Trainer that may not fit a release",
} as const;

/** Code of a rule in {@link MEC_ERRORS}. */
export type MecErrorCode = keyof typeof MEC_ERRORS;

/** Renders a value for an error message: strings in quotes, everything else as JSON. */
export function got(value: unknown): string {
  return `got ${JSON.stringify(value) ?? String(value)}`;
}
