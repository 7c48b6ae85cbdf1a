import { readFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../lib/testing/emulator/process-tree";
import { createKey, putSecret, readUserData } from "./support/aws";
import { Deployment } from "./support/deployment";
import { describeEmulated } from "./support/emulated";
import { expectSuccess } from "./support/sandbox-cli";
import { filesUnder, leaks, readAll } from "./support/secrets";

const REGION = "eu-west-3";
const PARAMETER = "/team/registry";
const PASSWORD = "not-for-everybodys-eyes-4711";
const BASIC = Buffer.from(`edge:${PASSWORD}`).toString("base64");
const CERTS_D = "var/snap/microk8s/current/args/certs.d";

describeEmulated("registries with credentials", () => {
  let deployment: Deployment;
  let keyArn: string;
  let reason: unknown;
  let machine: { instanceId: string };
  let root: string;

  const hosts = (registry: string) => readFileSync(join(root, CERTS_D, registry, "hosts.toml"), "utf8");

  beforeAll(async () => {
    deployment = await Deployment.of("test/emulated/registries/main.ts", ["registries"], async ({ endpoint }) => {
      keyArn = await createKey(endpoint, REGION);
      return { MEC_TEST_PARAMETER: PARAMETER, MEC_TEST_KEY_ARN: keyArn };
    });
    expectSuccess(await deployment.terraform(["plan", "-input=false", "-no-color", "-out=first.tfplan"], 120));
    const apply = deployment.apply(150);
    // The parameter is made late: its absence is what the node has to tell, and to get over.
    await until(async () => {
      ({ reason } = await deployment.status("registries").catch(() => ({ reason: undefined })));
      return Boolean(reason);
    }, 90_000);
    await putSecret(deployment.emulator.endpoint, REGION, PARAMETER, { username: "edge", password: PASSWORD }, keyArn);
    expectSuccess(await apply);
    [machine] = (await deployment.emulator.machines()) as [{ instanceId: string }];
    root = join(deployment.state, "machines", machine.instanceId, "root");
  }, 300_000);

  afterAll(() => deployment?.end(), 60_000);

  test("a missing parameter is the reason that the node gives, and the node goes on when it is there", async () => {
    expect(reason).toBe(`configure: missing parameter ${PARAMETER}`);
    expect(await deployment.status("registries")).toMatchObject({ state: "ready", phase: "ready", reason: "" });
  });

  test("containerd has the header for the mirror and the private registry, and for nobody else", () => {
    const header = `Authorization = ["Basic ${BASIC}"]`;
    expect(hosts("docker.io")).toBe(
      `[host."https://mirror.example.com/hub"]\ncapabilities = ["pull", "resolve"]\n[host."https://mirror.example.com/hub".header]\n${header}\n`,
    );
    expect(hosts("registry.example.com:5000")).toBe(`capabilities = ["pull", "resolve"]\n[header]\n${header}\n[host]\n`);
    expect(hosts("ghcr.io")).toBe('server = "https://ghcr.example.com"\ncapabilities = ["pull", "resolve"]\n[host]\n');
  });

  test("nobody but the node's own disk has the password", async () => {
    const show = async (...args: string[]) => (await deployment.terraform(args, 60)).stdout;
    // What is on the node's disk is what containerd needs; the machine's logs beside it are not.
    const files = filesUnder(
      deployment.state,
      (path) => path.startsWith(root) || path.includes("/.terraform/") || path.endsWith(".tfplan"),
    );
    expect(files.filter((path) => /agent\.log|emulator\.log|cdk\.tf\.json|\.tfstate$/.test(path)).length).toBeGreaterThanOrEqual(4);
    const userData = await readUserData(deployment.emulator.endpoint, REGION, machine.instanceId);
    const plan = await show("show", "-json", "first.tfplan");
    const state = await show("state", "pull");
    expect([userData, plan, state]).toEqual([
      expect.stringMatching(/^#cloud-config\n/),
      expect.stringContaining("containerdRegistryConfigs"),
      expect.stringContaining("containerdRegistryConfigs"),
    ]);
    const desired = (await deployment.emulator.parameters("/mec/registries/"))["/mec/registries/desired"]!.value!;
    const texts = new Map([...readAll(files), ["user data", userData], ["plan", plan], ["state", state], ["desired", desired]]);
    expect(leaks(texts, [PASSWORD, BASIC])).toEqual([]);
    // The check itself finds both where they are.
    expect(leaks(readAll([join(root, CERTS_D, "docker.io", "hosts.toml")]), [BASIC])).toHaveLength(1);
  }, 60_000);

  test("a second plan is empty, and destroy leaves nothing but what the user made", async () => {
    expectSuccess(await deployment.terraform(["plan", "-detailed-exitcode", "-input=false", "-no-color"], 120));
    expectSuccess(await deployment.destroy(120));
    expect(await deployment.emulator.inventory()).toEqual({
      resources: { aws_kms_key: [keyArn.split("/")[1]], aws_ssm_parameter: [PARAMETER] },
      parameters: [],
      processes: [],
    });
  }, 250_000);
});
