/* eslint-disable @typescript-eslint/no-explicit-any -- records have no static shape */
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { putPlain, readParameter } from "./support/aws";
import { Deployment } from "./support/deployment";
import { describeEmulated } from "./support/emulated";
import { expectSuccess } from "./support/sandbox-cli";

const REGION = "eu-west-3";
const KEY = "arn:aws:kms:eu-west-3:123456789012:key/11111111-2222-3333-4444-555555555555";
const DATA = "var/snap/microk8s/current";

/** Terraform breaks the lines of its errors and frames them. */
const flat = (text: string) => text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");

describeEmulated("arguments", () => {
  let deployment: Deployment;
  let desired: {
    generation: string;
    agent: { sha256: string };
    channel: string;
    launchConfiguration: Record<string, any>;
    osPatches: object;
    logs: object;
  };
  let root: string;

  const args = (program: string) => readFileSync(join(root, DATA, "args", program), "utf8").split("\n");

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/arguments/main.ts", ["arguments", "channel"]);
    expectSuccess(await deployment.apply(200));
    const name = "/mec/arguments/desired";
    desired = JSON.parse((await deployment.emulator.parameters(name))[name]!.value!);
    const [machine] = (await deployment.emulator.machines()) as [{ instanceId: string }];
    root = join(deployment.state, "machines", machine.instanceId, "root");
  }, 300_000);

  afterAll(() => deployment?.end(), 60_000);

  test("reach the nodes with microk8s' variables in them, and the API server's file beside them", () => {
    expect(desired.launchConfiguration.extraKubeAPIServerArgs["--audit-policy-file"]).toBe("${SNAP_DATA}/args/mec-audit-policy.yaml");
    expect(args("kube-apiserver")).toEqual(
      expect.arrayContaining([
        "--audit-policy-file=${SNAP_DATA}/args/mec-audit-policy.yaml",
        "--audit-log-path=/var/log/mec-audit/audit.log",
        expect.stringMatching(/^--feature-gates=SidecarContainers=true,ListFromCacheSnapshot=false,/),
      ]),
    );
    expect(JSON.parse(args("mec-audit-policy.yaml").join("\n"))).toMatchObject({ kind: "Policy", rules: [{ level: "Metadata" }] });
    expect(args("kubelet")).toEqual(expect.arrayContaining(["--max-pods=60", "--system-reserved=memory=256Mi"]));
    expect(args("kubelet").filter((line) => line.startsWith("--serialize-image-pulls"))).toEqual([]);
    expect(args("kube-scheduler")).toContain("--v=3");
  });

  test("and names that Terraform alone knows have the generation that they would have at synth", () => {
    expect(desired.launchConfiguration.extraSANs).toContain("api.example.com");
    const { agent, channel, launchConfiguration, osPatches, logs } = desired;
    const actedUpon = JSON.stringify({ agent: agent.sha256, channel, launchConfiguration, osPatches, logs });
    expect(desired.generation).toBe(createHash("sha256").update(actedUpon).digest("hex").slice(0, 8));
  });

  test("a second plan is empty", async () => {
    expectSuccess(await deployment.plan(120));
  }, 150_000);

  test("an edit of a secret parameter's description, tier, key and tags keeps the secret", async () => {
    const read = () => readParameter(deployment.emulator.endpoint, REGION, "/mec/arguments/credential");
    const before = await read();
    expect(before).toMatchObject({ key: expect.stringContaining("PRIVATE KEY") });
    const file = join(deployment.folder("arguments"), "cdk.tf.json");
    const json = JSON.parse(readFileSync(file, "utf8"));
    const parameters = Object.values<any>(json.resource.aws_ssm_parameter);
    const edit = { description: "of another release", tier: "Advanced", key_id: KEY, tags: { edited: "yes" } };
    Object.assign(
      parameters.find(({ name }) => name === "/mec/arguments/credential")!,
      edit,
    );
    writeFileSync(file, JSON.stringify(json));
    const { stdout, ...rest } = await deployment.apply(120);
    expectSuccess({ stdout, ...rest });
    expect(stdout).toMatch(/Resources: 0 added, 1 changed, 0 destroyed/);
    expect(await read()).toEqual(before);
    expectSuccess(await deployment.plan(120));
  }, 300_000);

  test.each([
    [{ protocol: 2, placeholder: true }, undefined],
    [{ channel: "", instanceId: "i-1" }, undefined],
    [{ channel: "1.35/edge", instanceId: "i-1" }, undefined],
    [{ channel: "1.34/stable", instanceId: "i-1" }, undefined],
    [{ channel: "1.30/stable", instanceId: "i-0123456789abcdef0" }, undefined],
    [
      { channel: "1.33/stable", instanceId: "i-1" },
      /\[MEC1151\] channel: got "1\.35\/stable" as channel: nodes run Kubernetes 1\.33, which/,
    ],
    [{ keyId: "", instanceId: "i-1" }, undefined],
    [{ keyId: KEY, instanceId: "i-1" }, undefined],
    [{ keyId: `${KEY}0`, instanceId: "i-0123456789abcdef0" }, undefined],
    [
      { keyId: `${KEY}0`, instanceId: "i-1" },
      /\[MEC1153\] channel: got arn:\S+5 as key .*: nodes have the credential under arn:\S+50 and would/,
    ],
    [{ channel: "1.36/stable", instanceId: "i-1" }, /\[MEC1151\].* nodes run Kubernetes 1\.36, which goes up one minor version at a time/],
  ])(
    "a node that told %j",
    async (status, refusal) => {
      await putPlain(deployment.emulator.endpoint, REGION, "/mec/elsewhere/nodes/cp-0", status);
      const { status: code, stderr } = await deployment.plan(60, "channel");
      expect([code, refusal === undefined || refusal.test(flat(stderr))]).toEqual([refusal === undefined ? 0 : 1, true]);
    },
    90_000,
  );

  test("destroy leaves nothing but what the test made", async () => {
    expectSuccess(await deployment.destroy(150));
    const { resources } = await deployment.emulator.inventory();
    expect(resources).toEqual({ aws_ssm_parameter: ["/mec/elsewhere/nodes/cp-0"] });
  }, 200_000);
});
