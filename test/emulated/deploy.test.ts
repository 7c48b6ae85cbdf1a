import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand, type CommandResult } from "../../lib/testing/emulator/command";
import { Emulator } from "../../lib/testing/emulator";
import { findProcess } from "../../lib/testing/emulator/process-tree";
import { describeEmulated } from "./support/emulated";
import { flowLogStatuses, kubernetes, readParameter, readUserData, type Credential } from "./support/aws";
import { filesUnder, leaks, pemLines, readAll } from "./support/secrets";
import { expectSuccess, sandboxCli } from "./support/sandbox-cli";

interface Machine {
  readonly instanceId: string;
  readonly agentPid: number;
  readonly apiPort: number;
}

describeEmulated("the sandbox", () => {
  const state = mkdtempSync(join(tmpdir(), "mec-deploy-"));
  const stack = join(state, "cdktf.out", "stacks", "sandbox-infrastructure");
  let deploy: CommandResult;
  let emulator: Emulator;
  let machine: Machine;
  let credential: Credential;

  const terraform = (...args: string[]) => terraformIn(stack, ...args);
  const terraformIn = (folder: string, ...args: string[]) => {
    const record = JSON.parse(readFileSync(join(state, "run.json"), "utf8")) as { terraform: string };
    return runCommand(record.terraform, [`-chdir=${folder}`, ...args], {
      timeoutSeconds: 120,
      env: { ...emulator.environment(), TF_CLI_CONFIG_FILE: join(state, "terraformrc"), CHECKPOINT_DISABLE: "1", TF_INPUT: "0" },
    });
  };

  beforeAll(async () => {
    deploy = await sandboxCli(["--keep", "--state-directory", state], 200);
    expectSuccess(deploy);
    emulator = Emulator.attach(state)!;
    [machine] = (await emulator.machines()) as [Machine];
    credential = (await readParameter(emulator.endpoint, "us-east-1", "/mec/sandbox/credential")) as Credential;
  }, 220_000);

  afterAll(async () => {
    await Emulator.attach(state)?.stop();
    rmSync(state, { recursive: true, force: true });
  }, 30_000);

  test("ends with a ready node and a summary", () => {
    expect(deploy.stdout).toMatch(/cp-0\W+us-east-1-wl1-bos-wlz-1\W+10\.0\.0\.16\W+\d+\.\d+\.\d+\.\d+\W+ready\W+\d+/);
    expect(deploy.stdout).toContain("https://10.0.0.16:16443");
    expect(deploy.stdout).toMatch(/^billable +on AWS: 1 x EC2 instance t3\.xlarge, 50 GiB gp2 volume, 1 x carrier IP address/m);
    expect(deploy.stdout).toMatch(/real:.*Terraform.*emulated:/i);
  });

  test("is valid Terraform, and a second plan is empty", async () => {
    expectSuccess(await terraform("validate", "-no-color"));
    // 0 is "no changes"; 2 would be "changes".
    expectSuccess(await terraform("plan", "-detailed-exitcode", "-no-color", "-out=second.tfplan"));
  }, 150_000);

  test("flows can be delivered: their role may write to the log group", async () => {
    expect(await flowLogStatuses(emulator.endpoint, "us-east-1")).toEqual(["SUCCESS"]);
  });

  test("the node's status names its instance", async () => {
    const { value } = (await emulator.parameters("/mec/sandbox/nodes/"))["/mec/sandbox/nodes/cp-0"]!;
    const status = JSON.parse(String(value));
    expect(status).toMatchObject({ protocol: 2, state: "ready", phase: "ready", instanceId: machine.instanceId });
  });

  test("the node's credential makes a namespace, and nothing less does", async () => {
    const namespaces = "/api/v1/namespaces";
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: "mec-smoke" } };
    expect(await kubernetes(machine.apiPort, undefined, "POST", namespaces, body)).toBe(401);
    expect(await kubernetes(machine.apiPort, credential, "POST", namespaces, body)).toBe(201);
    expect(await kubernetes(machine.apiPort, credential, "GET", `${namespaces}/mec-smoke`)).toBe(200);
  });

  test("the smoke stack's credential is read as an ephemeral value, and not kept", async () => {
    // The kubernetes provider may not be had, so a second AWS provider takes its place: its Region tells what it was given.
    const smoke = JSON.parse(readFileSync(join(state, "cdktf.out", "stacks", "sandbox-smoke", "cdk.tf.json"), "utf8"));
    const [{ client_key, host }] = smoke.provider.kubernetes;
    const given = (expression: string) => expression.slice(2, -1);
    const region = `\${startswith(${given(client_key)}, "-----BEGIN EC PRIVATE") && ${given(host)} == "https://10.0.0.16:16443" ? "us-west-2" : "eu-north-1"}`;
    const pins = ["emulator_override.tf.json", "cdk.tf.json"].map((file) => join(stack, file)).filter(existsSync);
    const { version } = JSON.parse(readFileSync(pins[0]!, "utf8")).terraform.required_providers.aws;
    const probe = mkdtempSync(join(state, "probe-"));
    writeFileSync(
      join(probe, "main.tf.json"),
      JSON.stringify({
        terraform: { required_providers: { aws: { source: "aws", version } } },
        provider: { aws: [...smoke.provider.aws, { alias: "told", region }] },
        ephemeral: smoke.ephemeral,
        data: { ...smoke.data, aws_region: { told: { provider: "aws.told" } } },
        output: { told: { value: "${data.aws_region.told.id}" } },
      }),
    );
    expectSuccess(await terraformIn(probe, "init", "-no-color"));
    expectSuccess(await terraformIn(probe, "apply", "-auto-approve", "-no-color"));
    expect((await terraformIn(probe, "output", "-raw", "told")).stdout).toBe("us-west-2");
    expect(leaks(readAll([join(probe, "terraform.tfstate")]), pemLines(credential.key))).toEqual([]);
  }, 90_000);

  test("state, plan, outputs, user data and logs hold no key", async () => {
    const root = join(state, "machines", machine.instanceId, "root");
    const caKey = readFileSync(join(root, "var/snap/microk8s/current/certs/ca.key"), "utf8");
    const secrets = [...pemLines(caKey), ...pemLines(credential.key)];
    expect(secrets.length).toBeGreaterThan(10);
    const plan = await terraform("show", "-json", "second.tfplan");
    const outputs = await terraform("output", "-json");
    const userData = await readUserData(emulator.endpoint, "us-east-1", machine.instanceId);
    const pulled = await terraform("state", "pull");
    // What is inside the machine is what the keys are for; its logs and its user data are not.
    const files = filesUnder(state, (path) => path.startsWith(root) || path.includes("/.terraform/") || path.endsWith(".tfplan"));
    expect(files.filter((path) => /agent\.log|emulator\.log|deploy\.log|\.tfstate$/.test(path)).length).toBeGreaterThanOrEqual(4);
    const texts = new Map([
      ...readAll(files),
      ["plan", plan.stdout],
      ["outputs", outputs.stdout],
      ["state", pulled.stdout],
      ["screen", deploy.stdout + deploy.stderr],
      ["user data", userData],
    ]);
    expect(userData).toMatch(/^#cloud-config\n/);
    expect(pulled.stdout).toContain("aws_instance");
    expect(plan.stdout).toContain("aws_instance");
    expect(leaks(texts, secrets)).toEqual([]);
    // The check itself finds a key where there is one.
    expect(leaks(new Map([["x", JSON.stringify(credential)]]), secrets)).toEqual(["x"]);
  }, 60_000);

  test("destroy leaves no resource, no parameter, no process", async () => {
    const { pid } = emulator;
    const destroy = await sandboxCli(["--destroy", "--state-directory", state], 120);
    expectSuccess(destroy);
    expect([pid, machine.agentPid].map(findProcess)).toEqual([undefined, undefined]);
    expect(Emulator.attach(state)).toBeUndefined();
    const left = JSON.parse(readFileSync(join(state, "terraform", "sandbox-infrastructure.tfstate"), "utf8"));
    expect(left.resources).toEqual([]);
  }, 130_000);
});
