import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Emulator } from "../../lib/testing/emulator";
import { runCommand } from "../../lib/testing/emulator/command";
import { deployerPolicy, type SynthesizedStack } from "../../stacks";
import { describeEmulated } from "./support/emulated";
import { actionOf, terraformCalls } from "./support/iam-actions";
import { expectSuccess, sandboxCli } from "./support/sandbox-cli";

/** Actions that no call of this test uses, by the reason why they are in the policy all the same. */
const UNUSED: Readonly<Record<string, string>> = {
  // AWS asks for them beside the action of the call; the emulator does not tell.
  "cloudformation:TagResource": "CreateStack with tags",
  "cloudformation:UntagResource": "UpdateStack without a tag",
  "iam:PassRole": "AddRoleToInstanceProfile and RunInstances",
  "kms:Decrypt": "GetParameter of a secret",
  "kms:Encrypt": "PutParameter of a secret",
  // What went another way than here.
  "cloudformation:DescribeStackEvents": "a wait that failed, for its reason",
  "logs:AssociateKmsKey": "aws_cloudwatch_log_group.kms_key_id, when it changes",
  "logs:DeleteRetentionPolicy": "aws_cloudwatch_log_group.retention_in_days, when it goes away",
  "logs:DisassociateKmsKey": "aws_cloudwatch_log_group.kms_key_id, when it goes away",
  "s3:DeleteObjectVersion": "a bucket that has more than Terraform put there when it goes",
  "s3:ListBucketVersions": "as DeleteObjectVersion",
  // Arguments that change in place to another resource, which the sandbox has none of.
  "ec2:AssociateIamInstanceProfile": "aws_instance.iam_instance_profile",
  "ec2:DescribeIamInstanceProfileAssociations": "aws_instance.iam_instance_profile",
  "ec2:DisassociateIamInstanceProfile": "aws_instance.iam_instance_profile",
  "ec2:ModifyNetworkInterfaceAttribute": "aws_instance.vpc_security_group_ids",
  "ec2:ReplaceIamInstanceProfileAssociation": "aws_instance.iam_instance_profile",
  "ec2:ReplaceRoute": "aws_route.carrier_gateway_id",
  "ec2:ReplaceRouteTableAssociation": "aws_route_table_association.route_table_id",
};

/** The provider tags buckets by the first two up to 6.22 and by the others since; which one runs is not this test's choice. */
const BY_VERSION = ["s3:GetBucketTagging", "s3:PutBucketTagging", "s3:ListTagsForResource", "s3:TagResource", "s3:UntagResource"];

describeEmulated("the deployer's policy", () => {
  const state = mkdtempSync(join(tmpdir(), "mec-policy-"));
  const folder = join(state, "cdktf.out", "stacks", "sandbox-infrastructure");
  let calls: ReadonlySet<string>;
  let allowed: ReadonlySet<string>;

  beforeAll(async () => {
    expectSuccess(await sandboxCli(["--keep", "--check-plan", "--state-directory", state], 200));
    const stack = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as SynthesizedStack;
    allowed = new Set(deployerPolicy(stack).flatMap(({ Statement }) => Statement.flatMap(({ Action }) => Action)));
    await change(stack);
    expectSuccess(await sandboxCli(["--destroy", "--state-directory", state], 120));
    calls = terraformCalls(readFileSync(join(state, "logs", "emulator.log"), "utf8"));
  }, 450_000);

  afterAll(async () => {
    await Emulator.attach(state)?.stop();
    rmSync(state, { recursive: true, force: true });
  }, 30_000);

  /** Applies what can change in place: all tags, and arguments of the types that have such. */
  async function change(stack: SynthesizedStack): Promise<void> {
    const changed = JSON.parse(JSON.stringify(stack), (key, value) =>
      key === "tags" && Object.keys(value as object).length > 0 ? { ...value, "mec:site": undefined, "mec:changed": "yes" } : value,
    ) as { resource: Record<string, Record<string, Record<string, unknown>>> };
    const set = (type: string, args: Record<string, unknown>) =>
      Object.values(changed.resource[type]!).forEach((block) =>
        Object.entries(args).forEach(([name, value]) => {
          block[name] = typeof value === "object" ? { ...(block[name] as object), ...value } : value;
        }),
      );
    set("aws_vpc_security_group_ingress_rule", { description: "changed" });
    set("aws_kms_key", { description: "changed", enable_key_rotation: false });
    Object.values(changed.resource.aws_kms_key!).forEach((key) => {
      key.policy = String(key.policy).replace("kms:Describe*", "kms:DescribeKey");
    });
    const trust = {
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: ["ec2.amazonaws.com", "ssm.amazonaws.com"] } }],
    };
    set("aws_iam_role", { description: "changed", assume_role_policy: JSON.stringify({ Version: "2012-10-17", ...trust }) });
    set("aws_instance", {
      // As a resize has it.
      instance_type: "t3.medium",
      lifecycle: { ignore_changes: ["ami", "user_data", "user_data_base64", "associate_public_ip_address"], postcondition: undefined },
      metadata_options: { http_put_response_hop_limit: 2 },
      root_block_device: { volume_size: 60 },
    });
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(changed, undefined, 1));
    const { terraform } = JSON.parse(readFileSync(join(state, "run.json"), "utf8")) as { terraform: string };
    const env = { ...Emulator.attach(state)!.environment(), TF_CLI_CONFIG_FILE: join(state, "terraformrc"), CHECKPOINT_DISABLE: "1" };
    const apply = ["apply", "-auto-approve", "-input=false", "-no-color"];
    expectSuccess(await runCommand(terraform, [`-chdir=${folder}`, ...apply], { timeoutSeconds: 200, env }));
  }

  test("allows every call that Terraform made", () => {
    expect(calls.size).toBeGreaterThan(110);
    expect([...calls].filter((call) => !allowed.has(actionOf(call)))).toEqual([]);
  });

  test("allows nothing that no call needs, but for what has its reason", () => {
    const used = new Set([...calls].map(actionOf));
    const unused = [...allowed].filter((action) => !used.has(action) && !BY_VERSION.includes(action));
    expect(unused.sort()).toEqual(Object.keys(UNUSED).sort());
  });
});
