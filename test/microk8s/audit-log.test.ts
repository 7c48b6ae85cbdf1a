import { Token } from "cdktf";
import { AuditLog, Duration, Size, type AuditLogRotation, type AuditPolicy } from "../../lib";

const policy = (more: object): AuditPolicy => ({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "None" }], ...more });
const rules = (...list: object[]): AuditPolicy => policy({ rules: list });

test("writes metadata, in flags and one file that is JSON and YAML", () => {
  const log = AuditLog.metadata({ maxAge: Duration.days(7), maxBackups: 3, maxSize: Size.mebibytes(50) });
  expect(log.flags).toEqual({
    "--audit-log-path": "/var/log/mec-audit/audit.log",
    "--audit-policy-file": "${SNAP_DATA}/args/mec-audit-policy.yaml",
    "--audit-log-maxage": "7",
    "--audit-log-maxbackup": "3",
    "--audit-log-maxsize": "50",
  });
  expect(log.files).toEqual({
    "mec-audit-policy.yaml": '{"apiVersion":"audit.k8s.io/v1","kind":"Policy","rules":[{"level":"Metadata"}]}',
  });
});

test("takes a policy of the user's", () => {
  const own = rules(
    { level: "None", nonResourceURLs: ["/healthz*", "*"], users: ["system:kube-proxy"] },
    { level: "Metadata", resources: [{ group: "", resources: ["secrets"], resourceNames: ["a"] }], namespaces: [""] },
    { level: "Request", omitStages: ["RequestReceived"], omitManagedFields: true },
  );
  expect(JSON.parse(AuditLog.policy({ policy: own }).files["mec-audit-policy.yaml"]!)).toEqual(own);
});

test.each<[unknown, RegExp]>([
  ["apiVersion: audit.k8s.io/v1", /MEC1146.*it is an object/],
  [null, /MEC1146/],
  [policy({ apiVersion: "audit.k8s.io/v1beta1" }), /MEC1146.*v1beta1/],
  [policy({ kind: "policy" }), /MEC1146/],
  [policy({ rules: [] }), /MEC1146.*does not start without a rule/],
  [policy({ rule: [] }), /MEC1146.*got "rule" as field of policy/],
  [policy({ omitStages: ["Received"] }), /MEC1146.*got "Received" as policy\.omitStages/],
  [rules({ level: "metadata" }), /MEC1146.*got "metadata" as policy\.rules\[0\]\.level/],
  [rules({ level: "None" }, { level: "None", verb: ["get"] }), /MEC1146.*policy\.rules\[1\]/],
  [rules({ level: "None", verbs: "get" }), /MEC1146.*it is a list/],
  [rules({ level: "None", nonResourceURLs: ["healthz"] }), /MEC1146.*begins with a slash/],
  [rules({ level: "None", nonResourceURLs: ["/a*b"] }), /MEC1146/],
  [rules({ level: "None", nonResourceURLs: ["/a"], namespaces: ["b"] }), /MEC1146.*write two rules/],
  [rules({ level: "None", resources: [{ group: "apps/v1" }] }), /MEC1146.*without its version/],
  [rules({ level: "None", resources: [{ kind: "Pod" }] }), /MEC1146.*got "kind"/],
  [rules({ level: "None", resources: [{ resourceNames: ["a"] }] }), /MEC1146.*write resources too/],
  // What a file says that nobody has typed.
  [policy({ omitStages: "RequestReceived" }), /MEC1146.*got "RequestReceived" as policy\.omitStages/],
  [rules({ level: "None", users: [1] }), /MEC1146.*got 1 as policy\.rules\[0\]\.users/],
  [rules({ level: "None", users: Token.asList("${var.users}") }), /MEC1146.*known at synth/],
  [rules({ level: "None", resources: [null] }), /MEC1146.*policy\.rules\[0\]\.resources\[0\]/],
  [rules({ level: "None", resources: ["pods"] }), /MEC1146.*got "pods"/],
  [rules({ level: "None", resources: [{ resources: "pods" }] }), /MEC1146.*resources\[0\]\.resources/],
  [rules({ level: "None", omitManagedFields: "yes" }), /MEC1146.*omitManagedFields/],
])("refuses the policy %j", (wrong, message) => {
  expect(() => AuditLog.policy({ policy: wrong as AuditPolicy })).toThrow(message);
});

test.each<[AuditLogRotation]>([
  [{ maxAge: Duration.hours(36) }],
  [{ maxBackups: 0 }],
  [{ maxBackups: 1.5 }],
  [{ maxSize: Size.mebibytes(0.5) }],
])("refuses the rotation %j", (rotation) => {
  expect(() => AuditLog.metadata(rotation)).toThrow(/MEC1146.*whole number from 1 on/);
});

test("may not take more than half of the disk", () => {
  const log = AuditLog.metadata({ maxSize: Size.gibibytes(3) });
  expect(() => log.assertFits("stack/Cluster", Size.gibibytes(80))).not.toThrow();
  expect(() => log.assertFits("stack/Cluster", Size.gibibytes(50))).toThrow(/MEC1146.*up to 33\.0 GiB.*50 GiB/);
});
