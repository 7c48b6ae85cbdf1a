import type { TerraformStack } from "cdktf";
import { RegistryCredentials } from "../../../lib";
import { AgentSource } from "../../../lib/microk8s/agent-source";
import { ControlPlaneRole } from "../../../lib/microk8s/roles/control-plane-role";
import { GatewayRole } from "../../../lib/microk8s/roles/gateway-role";
import { WorkerRole } from "../../../lib/microk8s/roles/worker-role";
import { allows, type IamRequest } from "../../support/iam";
import { resources, synthStack, type StackJson } from "../../support/synth";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const TEAM_KEY = "arn:aws:kms:us-east-1:123456789012:key/66666666-7777-8888-9999-000000000000";
const boundary = "arn:aws:iam::123456789012:policy/edge";

function rolesOf(stack: TerraformStack, clusterName: string): void {
  const agent = new AgentSource(stack, "Agent", { clusterName });
  const registryCredentials = [RegistryCredentials.fromSsmParameter({ parameterName: "/team/registry", keyArn: TEAM_KEY })];
  const props = { clusterName, region: "us-east-1", agent, logGroup: `/mec/${clusterName}`, keyArn: KEY };
  new ControlPlaneRole(stack, "ControlPlane", {
    ...props,
    keyGuard: { condition: "true", errorMessage: "other key" },
    registryCredentials,
  });
  new WorkerRole(stack, "Worker", { ...props, registryCredentials: [], group: "gpu" });
  new GatewayRole(stack, "Gateway", { ...props, roles: { path: "/edge/", permissionsBoundaryArn: boundary } });
}

const json = synthStack((stack) => rolesOf(stack, "bos"));

/* eslint-disable @typescript-eslint/no-explicit-any -- synthesized JSON has no static shape */

/** The block of a role's own type, and what its expressions are in AWS. */
function block(of: StackJson, type: string, role: string): any {
  const [, found] = Object.entries<any>(of.resource[type]).find(([id]) => id.startsWith(`${role}_`)) ?? [];
  const known = (text: string) =>
    text
      .replace(/\$\{data\.aws_partition\.\w+\.partition\}/g, "aws")
      .replace(/\$\{data\.aws_caller_identity\.\w+\.account_id\}/g, "123456789012")
      .replace(/\$\{aws_s3_bucket\.\w+\.arn\}/g, "arn:aws:s3:::mec-bos-1234");
  return JSON.parse(known(JSON.stringify(found)));
}
const policyOf = (role: string): string => block(json, "aws_iam_role_policy", role).policy;

/** Clusters whose names begin with one another, and an account and a Region that are others. */
const SCOPES = [
  ["us-east-1:123456789012", "bos"],
  ["us-east-1:123456789012", "bos-1"],
  ["us-east-1:123456789012", "bo"],
  ["us-east-1:123456789012", "nyc"],
  ["us-east-1:210987654321", "bos"],
  ["us-west-2:123456789012", "bos"],
] as const;
const NODES = ["cp-0", "cp-12", "gpu-0", "gpu2-0", "web-0", "gateway"];
const NAMES = ["desired", "cluster", "credential", "join", "gateway", "endpoint", "capabilities", ...NODES.map((name) => `nodes/${name}`)];

const scoped = <T>(make: (where: string, cluster: string) => T[]): T[] => SCOPES.flatMap(([where, cluster]) => make(where, cluster));
const parameter = ([where, cluster]: readonly [string, string], name: string) => `arn:aws:ssm:${where}:parameter/mec/${cluster}/${name}`;
const parameters = [
  ...scoped((where, cluster) => NAMES.map((name) => parameter([where, cluster], name))),
  "arn:aws:ssm:us-east-1:123456789012:parameter/team/registry",
  "arn:aws:ssm:us-east-1:123456789012:parameter/team/other",
];

/** Everything a machine could ask for, by service. */
const ASKED: Readonly<Record<string, IamRequest[]>> = {
  ssm: ["GetParameters", "GetParameter", "GetParametersByPath", "GetParameterHistory", "PutParameter", "DeleteParameter"].flatMap(
    (action) => parameters.map((resource) => ({ action: `ssm:${action}`, resource })),
  ),
  kms: ["Encrypt", "Decrypt", "GenerateDataKey", "CreateGrant", "DescribeKey"].flatMap((action) =>
    [KEY, TEAM_KEY].flatMap((resource) => [
      { action: `kms:${action}`, resource },
      ...parameters.map((arn) => ({ action: `kms:${action}`, resource, context: { "kms:EncryptionContext:PARAMETER_ARN": arn } })),
    ]),
  ),
  cloudformation: ["DescribeStacks", "SignalResource", "CreateStack", "DeleteStack"].flatMap((action) =>
    scoped((where, cluster) =>
      NODES.map((node) => ({
        action: `cloudformation:${action}`,
        resource: `arn:aws:cloudformation:${where}:stack/mec-${cluster}--${node}-i-0123456789abcdef0-3f2a9c1e/11111111`,
      })),
    ),
  ),
  logs: ["CreateLogStream", "PutLogEvents", "GetLogEvents", "FilterLogEvents", "DeleteLogStream", "CreateLogGroup"].flatMap((action) =>
    scoped((where, cluster) => [
      { action: `logs:${action}`, resource: `arn:aws:logs:${where}:log-group:/mec/${cluster}` },
      ...[...NODES, "gateway-0"].flatMap((node) =>
        ["agent", "audit"].map((stream) => ({
          action: `logs:${action}`,
          resource: `arn:aws:logs:${where}:log-group:/mec/${cluster}:log-stream:${node}/${stream}`,
        })),
      ),
    ]),
  ),
  s3: ["GetObject", "PutObject", "DeleteObject", "ListBucket"].flatMap((action) =>
    ["mec-bos-1234/agent/00.pyz", "mec-bos-1234/other", "mec-bos-1234", "mec-bos-1-5678/agent/00.pyz"].map((name) => ({
      action: `s3:${action}`,
      resource: `arn:aws:s3:::${name}`,
    })),
  ),
};

/** What a role is allowed of that, in short: `action name`, and for what a key is used. */
function allowed(role: string, service: keyof typeof ASKED): string[] {
  const policy = policyOf(role);
  const name = (arn: string) =>
    arn
      .replace("arn:aws:ssm:us-east-1:123456789012:parameter", "")
      .replace(/^arn:aws:(?:cloudformation|logs):us-east-1:123456789012:/, "")
      .replace(/-i-0123456789abcdef0-3f2a9c1e\/11111111$/, "");
  return ASKED[service]!.filter((request) => allows(policy, request)).map(({ action, resource, context }) =>
    [action.split(":")[1], name(resource), ...Object.values(context ?? {}).map(name)].join(" "),
  );
}

const both = (verbs: readonly string[], names: readonly string[]) => verbs.flatMap((verb) => names.map((name) => `${verb} ${name}`));
const streams = (...nodes: string[]) =>
  nodes.flatMap((node) => ["agent", "audit"].map((log) => `log-group:/mec/bos:log-stream:${node}/${log}`));
const [SIGNAL, WRITE_LOGS, FETCH] = [
  ["DescribeStacks", "SignalResource"],
  ["CreateLogStream", "PutLogEvents"],
  ["GetObject arn:aws:s3:::mec-bos-1234/agent/00.pyz"],
];

describe.each([
  [
    "ControlPlane",
    {
      ssm: [
        ...both(
          ["GetParameters"],
          [
            ...["desired", "cluster", "credential", "join"].map((name) => `/mec/bos/${name}`),
            ...NODES.map((name) => `/mec/bos/nodes/${name}`),
            "/team/registry",
          ],
        ),
        ...both(
          ["PutParameter"],
          ["cluster", "credential", "join", "nodes/cp-0", "nodes/cp-12"].map((name) => `/mec/bos/${name}`),
        ),
      ],
      kms: [
        ...both(["Encrypt", "Decrypt", "GenerateDataKey"], [`${KEY} /mec/bos/credential`, `${KEY} /mec/bos/join`]),
        `Decrypt ${TEAM_KEY} /team/registry`,
      ],
      cloudformation: both(SIGNAL, ["stack/mec-bos--cp-0", "stack/mec-bos--cp-12"]),
      logs: both(WRITE_LOGS, streams("cp-0", "cp-12")),
      s3: FETCH,
    },
  ],
  [
    "Worker",
    {
      ssm: [
        ...both(
          ["GetParameters"],
          ["/mec/bos/desired", "/mec/bos/cluster", "/mec/bos/join", ...NODES.map((name) => `/mec/bos/nodes/${name}`)],
        ),
        "PutParameter /mec/bos/nodes/gpu-0",
      ],
      kms: [`Decrypt ${KEY} /mec/bos/join`],
      cloudformation: both(SIGNAL, ["stack/mec-bos--gpu-0"]),
      logs: both(WRITE_LOGS, streams("gpu-0")),
      s3: FETCH,
    },
  ],
  [
    "Gateway",
    {
      ssm: ["GetParameters /mec/bos/gateway", "GetParameters /mec/bos/nodes/gateway", "PutParameter /mec/bos/nodes/gateway"],
      kms: [],
      cloudformation: both(SIGNAL, ["stack/mec-bos--gateway"]),
      logs: both(WRITE_LOGS, streams("gateway")),
      s3: FETCH,
    },
  ],
])("the role %s", (role, rights) => {
  test.each(Object.entries(rights))("may do in %s exactly what is its own", (service, expected) => {
    expect(allowed(role, service).sort()).toEqual([...expected].sort());
  });

  test("has on every resource Session Manager's actions alone, each by its name", () => {
    const open = JSON.parse(policyOf(role)).Statement.filter(({ Resource }: { Resource: unknown }) => Resource === "*");
    expect(open).toHaveLength(1);
    expect(Object.keys(open[0]).sort()).toEqual(["Action", "Effect", "Resource"]);
    for (const action of open[0].Action) {
      expect(action).toMatch(/^(ssm:UpdateInstanceInformation|ssmmessages:(Create|Open)\w+|ec2messages:\w+)$/);
    }
  });

  test("is for EC2 alone, and has no managed policy", () => {
    const { assume_role_policy: trust, ...more } = block(json, "aws_iam_role", role);
    expect(JSON.parse(trust).Statement).toEqual([
      { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    ]);
    expect(more).not.toHaveProperty("managed_policy_arns");
    expect(resources(json, "aws_iam_role_policy_attachment")).toEqual([]);
  });

  test("fits into the names that IAM takes, whatever the cluster's", () => {
    const { name_prefix: prefix } = block(json, "aws_iam_role", role);
    expect(prefix.length - "bos".length + 30).toBeLessThanOrEqual(38);
  });
});

test("path and boundary are the role's, the path its profile's too", () => {
  expect(block(json, "aws_iam_role", "Gateway")).toMatchObject({ path: "/edge/", permissions_boundary: boundary });
  expect(block(json, "aws_iam_instance_profile", "Gateway").path).toBe("/edge/");
});

test("without a log group there is no right to write logs", () => {
  const quiet = synthStack((stack) => {
    const agent = new AgentSource(stack, "Agent", { clusterName: "bos" });
    new GatewayRole(stack, "Gateway", { clusterName: "bos", region: "us-east-1", agent });
  });
  expect(block(quiet, "aws_iam_role_policy", "Gateway").policy).not.toContain("logs:");
});
