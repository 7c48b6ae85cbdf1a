import { ClusterLogs, Duration, OsPatches, type Microk8sClusterProps } from "../../lib";
import { synthBostonCluster } from "../support/cluster";
import { clusterBlock, parameter, resource, resources, type StackJson } from "../support/synth";

const KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
const desiredOf = (json: StackJson) => JSON.parse(parameter(json, "desired").insecure_value);
const groupOf = (json: StackJson) => clusterBlock(json, "aws_cloudwatch_log_group");
const keyPolicyOf = (json: StackJson) => JSON.parse(resource(json, "aws_kms_key").policy).Statement;

describe("the logs of a cluster", () => {
  const json = synthBostonCluster({ tags: { team: "edge" } });

  test("go to a group of its own for a month, encrypted by its own key", () => {
    expect(groupOf(json)).toEqual(
      expect.objectContaining({
        name: "/mec/boston",
        retention_in_days: 30,
        kms_key_id: expect.stringMatching(/^\$\{aws_kms_key\.Cluster_Key_\w+\.arn\}$/),
        tags: { team: "edge" },
      }),
    );
    expect(desiredOf(json).logs).toEqual({ group: "/mec/boston" });
  });

  test("have their group before a node boots, so that on destroy it goes after the node", () => {
    const needs: string[] = resource(json, "aws_instance").depends_on;
    expect(needs.filter((address) => address.startsWith("aws_cloudwatch_log_group."))).toEqual([
      expect.stringContaining("Cluster_LogGroup"),
    ]);
  });

  test("are encrypted by CloudWatch Logs for exactly this group, and the account's IAM keeps the key", () => {
    const account = String.raw`\$\{data\.aws_caller_identity\.\w+\.account_id\}`;
    expect(keyPolicyOf(json)).toEqual([
      {
        Effect: "Allow",
        Principal: {
          AWS: expect.stringMatching(new RegExp(String.raw`^arn:\$\{data\.aws_partition\.\w+\.partition\}:iam::${account}:root$`)),
        },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Effect: "Allow",
        Principal: { Service: "logs.us-east-1.amazonaws.com" },
        Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        Resource: "*",
        Condition: {
          ArnEquals: {
            "kms:EncryptionContext:aws:logs:arn": expect.stringMatching(new RegExp(`:logs:us-east-1:${account}:log-group:/mec/boston$`)),
          },
        },
      },
    ]);
  });
});

test("logs take a retention, and a key of their own, which the cluster's then leaves alone", () => {
  const json = synthBostonCluster({ logs: ClusterLogs.toCloudWatch({ retention: Duration.days(365), encryptionKeyArn: KEY }) });
  expect(groupOf(json)).toMatchObject({ retention_in_days: 365, kms_key_id: KEY });
  expect(keyPolicyOf(json)).toHaveLength(1);
});

test("a key of yours for the secrets is not taken for logs: its policy would have to let CloudWatch Logs use it", () => {
  const json = synthBostonCluster({ encryptionKeyArn: KEY });
  expect(groupOf(json)).not.toHaveProperty("kms_key_id");
  expect(resources(json, "aws_kms_key")).toEqual([]);
});

test("no logs: no group, no right to write to any, no word of them to the nodes", () => {
  const json = synthBostonCluster({ logs: ClusterLogs.none() });
  expect(Object.keys(json.resource.aws_cloudwatch_log_group)).toEqual([expect.stringContaining("FlowLogs")]);
  expect(clusterBlock(json, "aws_iam_role_policy").policy).not.toContain("logs:");
  expect(desiredOf(json)).not.toHaveProperty("logs");
  expect(keyPolicyOf(json)).toHaveLength(1);
});

test("deletion protection keeps the logs", () => {
  // Also where the block goes from the code, and its lifecycle with it.
  expect(groupOf(synthBostonCluster({ deletionProtection: true }))).toMatchObject({
    skip_destroy: true,
    lifecycle: { prevent_destroy: true },
  });
});

test.each<[Partial<Microk8sClusterProps>, RegExp]>([
  [{ logs: ClusterLogs.toCloudWatch({ retention: Duration.days(31) }) }, /\[MEC1023\] stack\/Cluster: got 31 days .*Duration\.days\(60\)/],
  [
    { logs: ClusterLogs.toCloudWatch({ encryptionKeyArn: "alias/logs" }) },
    /\[MEC1030\] stack\/Cluster: got "alias\/logs" as logs\.encryptionKeyArn/,
  ],
  [
    { logs: ClusterLogs.toCloudWatch({ encryptionKeyArn: KEY.replace("us-east-1", "eu-west-3") }) },
    /\[MEC1030\] stack\/Cluster: .*is in eu-west-3/,
  ],
])("refuses logs that cannot be: %j", (props, message) => {
  expect(() => synthBostonCluster(props)).toThrow(message);
});

describe("patches of the system", () => {
  test.each<[OsPatches | undefined, object]>([
    [undefined, { mode: "security" }],
    [OsPatches.SECURITY, { mode: "security" }],
    [OsPatches.securityWithReboot({ at: "03:30" }), { mode: "security", rebootAt: "03:30" }],
    [OsPatches.NONE, { mode: "none" }],
  ])("are told to the nodes: %j", (osPatches, rendered) => {
    expect(desiredOf(synthBostonCluster({ osPatches })).osPatches).toEqual(rendered);
  });

  test.each(["24:00", "3:30", "03:60", "03:30:00", "03.30", "03:30 ", "", "\n03:30"])("have no reboot at %j", (at) => {
    expect(() => OsPatches.securityWithReboot({ at })).toThrow(/\[MEC1132\] OsPatches\.securityWithReboot: got .* HH:MM in UTC.*"03:30"/);
  });
});
