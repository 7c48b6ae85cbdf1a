import { App, LocalBackend, TerraformOutput, TerraformStack } from "cdktf";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Microk8sCluster } from "../../lib";
import { runCommand, type CommandResult } from "../../lib/testing/emulator/command";
import { describeEmulated, testTools } from "./support/emulated";
import { expectSuccess } from "./support/sandbox-cli";

const KUBECONFIG = join(__dirname, "..", "microk8s", "fixtures", "kubeconfig.yaml");

// The stack asks for no provider, so that Terraform alone is tried: the rules hold before any provider is configured.
describeEmulated("Terraform with a kubeconfig", () => {
  const folders: string[] = [];

  afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

  async function terraform(path: string, context: string, command = "plan", home?: string): Promise<CommandResult> {
    const outdir = mkdtempSync(join(tmpdir(), "mec-kubeconfig-"));
    folders.push(outdir);
    const app = new App({ outdir });
    const stack = new TerraformStack(app, "add-ons");
    const cluster = Microk8sCluster.fromKubeconfig(app, "Laptop", { path, context, clusterName: "laptop" });
    cluster.bindProviders(stack);
    new TerraformOutput(stack, "endpoint", { value: cluster.endpoint, staticId: true });
    new LocalBackend(stack, { path: join(outdir, "terraform.tfstate") });
    app.synth();
    const run = (args: readonly string[]) =>
      runCommand(testTools().terraform.path, [`-chdir=${join(outdir, "stacks", "add-ons")}`, ...args], {
        cwd: outdir,
        timeoutSeconds: 60,
        env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_INPUT: "0", ...(home === undefined ? {} : { HOME: home }) },
      });
    expectSuccess(await run(["init", "-input=false", "-no-color"]));
    return run([command, ...(command === "apply" ? ["-auto-approve"] : []), "-input=false", "-no-color"]);
  }

  const text = ({ stdout, stderr }: CommandResult) => `${stdout}${stderr}`.replace(/\s+/g, " ");

  test("finds the endpoint of the context, and keeps nothing but that", async () => {
    const result = await terraform(KUBECONFIG, "microk8s", "apply");
    expectSuccess(result);
    expect(text(result)).toContain('endpoint = "https://127.0.0.1:16443"');
    const state = readFileSync(join(folders.at(-1)!, "terraform.tfstate"), "utf8");
    expect(state).toContain("https://127.0.0.1:16443");
    expect(state).not.toContain("c2VjcmV0");
  }, 120_000);

  test("takes a path below the home folder of whoever deploys", async () => {
    expectSuccess(await terraform("~/kubeconfig.yaml", "microk8s", "plan", join(__dirname, "..", "microk8s", "fixtures")));
  }, 120_000);

  test.each([
    [
      "a missing file",
      "/no/such/kubeconfig",
      /\[MEC1451\] add-ons\/Microk8s-laptop: got "\/no\/such\/kubeconfig" as path of the kubeconfig/,
    ],
    ["a folder", tmpdir(), /\[MEC1451\] .* as path of the kubeconfig/],
  ])(
    "fails the plan for %s, with one sentence",
    async (_, path, message) => {
      const result = await terraform(path, "microk8s");
      expect(result.status).toBe(1);
      expect(text(result)).toMatch(message);
      expect(text(result)).not.toContain("as context of the kubeconfig");
    },
    120_000,
  );

  test("fails the plan for a context that the file lacks, and lists those that it has", async () => {
    const result = await terraform(KUBECONFIG, "lab");
    expect(result.status).toBe(1);
    expect(text(result)).toMatch(/\[MEC1451\] .*got "lab" as context of the kubeconfig: \S*kubeconfig\.yaml has the contexts \[microk8s\]/);
  }, 120_000);

  test("fails the plan for a file that is no kubeconfig, such as what a worker prints", async () => {
    const folder = mkdtempSync(join(tmpdir(), "mec-kubeconfig-"));
    folders.push(folder);
    writeFileSync(
      join(folder, "config"),
      "This MicroK8s deployment is acting as a node in a cluster. Please use the microk8s config on the master.\n",
    );
    const result = await terraform(join(folder, "config"), "microk8s");
    expect(result.status).toBe(1);
    expect(text(result)).toContain("has the contexts []");
  }, 120_000);
});
