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
  // AWS asks for them beside the action of the call, and the emulator does not.
  "cloudformation:TagResource": "CreateStack with tags",
  "iam:PassRole": "AddRoleToInstanceProfile and RunInstances",
  "iam:TagInstanceProfile": "CreateInstanceProfile with tags",
  "iam:TagRole": "CreateRole with tags",
  "kms:Decrypt": "GetParameter of a secret",
  "kms:Encrypt": "PutParameter of a secret",
  "kms:TagResource": "CreateKey with tags",
  "s3:GetObjectTagging": "HeadObject with the count of tags",
  "s3:PutObjectTagging": "PutObject with tags",
  "ssm:AddTagsToResource": "PutParameter with tags",
};

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

  /** Applies what can change in place: all tags, and one argument of every type that has such. */
  async function change(stack: SynthesizedStack): Promise<void> {
    const changed = JSON.parse(JSON.stringify(stack), (key, value) =>
      key === "tags" ? { ...value, "mec:site": undefined, "mec:changed": "yes" } : value,
    ) as { resource: Record<string, Record<string, Record<string, unknown>>> };
    const set = (type: string, argument: string, value: unknown) => {
      for (const block of Object.values(changed.resource[type]!)) {
        block[argument] = value;
      }
    };
    set("aws_vpc_security_group_egress_rule", "description", "changed");
    set("aws_kms_key", "description", "changed");
    set("aws_kms_key", "enable_key_rotation", false);
    set("aws_iam_role", "description", "changed");
    writeFileSync(join(folder, "cdk.tf.json"), JSON.stringify(changed));
    const { terraform } = JSON.parse(readFileSync(join(state, "run.json"), "utf8")) as { terraform: string };
    const env = { ...Emulator.attach(state)!.environment(), TF_CLI_CONFIG_FILE: join(state, "terraformrc"), CHECKPOINT_DISABLE: "1" };
    const apply = ["apply", "-auto-approve", "-input=false", "-no-color"];
    expectSuccess(await runCommand(terraform, [`-chdir=${folder}`, ...apply], { timeoutSeconds: 150, env }));
  }

  test("allows every call that Terraform made", () => {
    expect(calls.size).toBeGreaterThan(80);
    expect([...calls].filter((call) => !allowed.has(actionOf(call)))).toEqual([]);
  });

  test("allows nothing that no call needs, but for what has its reason", () => {
    const used = new Set([...calls].map(actionOf));
    expect([...allowed].filter((action) => !used.has(action)).sort()).toEqual(Object.keys(UNUSED).sort());
  });
});
