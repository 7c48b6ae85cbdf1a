import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUpProviders } from "../../../examples/sandbox/run/providers";
import { Emulator, findToolchain, type EmulatorFaults, type Toolchain } from "../../../lib/testing/emulator";
import { runCommand, type CommandResult } from "../../../lib/testing/emulator/command";
import { PROJECT, expectSuccess } from "./sandbox-cli";

/** One stack of an app, applied by Terraform itself to an emulator of its own. */
export class Deployment {
  /**
   * Starts the emulator, synthesizes the app (which puts its output where MEC_TEST_OUT says) and initialises Terraform.
   *
   * @param app path of the app's main file, from the project
   * @param stack name of the stack
   * @param settings environment variables of the app, or what makes them in the running emulator
   */
  public static async of(
    app: string,
    stack: string,
    settings: Record<string, string> | ((emulator: Emulator) => Promise<Record<string, string>>),
    faults?: EmulatorFaults,
  ): Promise<Deployment> {
    const { tools } = await findToolchain();
    const state = mkdtempSync(join(tmpdir(), "mec-emulated-"));
    const emulator = await Emulator.start({ stateDirectory: state, python: tools!.python.path, faults });
    const deployment = new Deployment(state, join(state, "cdktf.out", "stacks", stack), tools!, emulator);
    try {
      const given = typeof settings === "function" ? await settings(emulator) : settings;
      const out = { ...given, MEC_TEST_OUT: join(state, "cdktf.out") };
      expectSuccess(await deployment.run(process.execPath, ["--import", "tsx", app], 60, out));
      await setUpProviders([{ name: stack, folder: deployment.folder }], tools!.terraform, deployment.cliConfig);
      expectSuccess(await deployment.terraform(["init", "-input=false", "-no-color"], 120));
    } catch (error) {
      await deployment.end();
      throw error;
    }
    return deployment;
  }

  private constructor(
    /** Folder of everything: state, synthesized files, logs, and the machines with their disks. */
    public readonly state: string,
    private readonly folder: string,
    private readonly tools: Toolchain,
    public readonly emulator: Emulator,
  ) {}

  /** Runs Terraform in the stack's folder against the emulator. */
  public terraform(args: readonly string[], timeoutSeconds: number): Promise<CommandResult> {
    return this.run(this.tools.terraform.path, [`-chdir=${this.folder}`, ...args], timeoutSeconds);
  }

  /** Applies what is synthesized. */
  public apply(timeoutSeconds: number): Promise<CommandResult> {
    return this.terraform(["apply", "-auto-approve", "-input=false", "-no-color"], timeoutSeconds);
  }

  /** Destroys it all. */
  public destroy(timeoutSeconds: number): Promise<CommandResult> {
    return this.terraform(["destroy", "-auto-approve", "-input=false", "-no-color"], timeoutSeconds);
  }

  /** The status record of a cluster's node. */
  public async status(cluster: string, node = "cp-0"): Promise<Record<string, unknown>> {
    const name = `/mec/${cluster}/nodes/${node}`;
    return JSON.parse((await this.emulator.parameters(name))[name]!.value!) as Record<string, unknown>;
  }

  /** The emulator's log: one line for each AWS call, with caller, service, action and status. */
  public log(): string {
    return readFileSync(join(this.state, "logs", "emulator.log"), "utf8");
  }

  /** Stops the emulator and removes everything. */
  public async end(): Promise<void> {
    await this.emulator.stop();
    rmSync(this.state, { recursive: true, force: true });
  }

  private get cliConfig(): string {
    return join(this.state, "terraformrc");
  }

  private run(
    program: string,
    args: readonly string[],
    timeoutSeconds: number,
    settings: Record<string, string> = {},
  ): Promise<CommandResult> {
    const env = { ...this.emulator.environment(), TF_CLI_CONFIG_FILE: this.cliConfig, CHECKPOINT_DISABLE: "1", TF_INPUT: "0", ...settings };
    return runCommand(program, args, { cwd: PROJECT, timeoutSeconds, env });
  }
}
