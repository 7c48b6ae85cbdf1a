import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setUpProviders } from "../../../examples/sandbox/run/providers";
import { Emulator, type EmulatorFaults, type Toolchain } from "../../../lib/testing/emulator";
import { runCommand, type CommandResult } from "../../../lib/testing/emulator/command";
import { testTools } from "./emulated";
import { PROJECT, expectSuccess } from "./sandbox-cli";

/** Stacks of an app, applied by Terraform itself to an emulator of their own. */
export class Deployment {
  /**
   * Starts the emulator, synthesizes the app (which puts its output where CDKTF_OUTDIR says) and initialises Terraform.
   *
   * @param app path of the app's main file, from the project
   * @param stacks names of the stacks, those that others need first
   * @param settings environment variables of the app
   */
  public static async of(
    app: string,
    stacks: readonly [string, ...string[]],
    settings: Record<string, string> | ((emulator: Emulator) => Promise<Record<string, string>>) = {},
    faults?: EmulatorFaults,
  ): Promise<Deployment> {
    const tools = testTools();
    const state = mkdtempSync(join(tmpdir(), "mec-emulated-"));
    const emulator = await Emulator.start({ stateDirectory: state, python: tools.python.path, faults });
    const deployment = new Deployment(state, app, stacks, tools, emulator);
    try {
      await deployment.synthesize(typeof settings === "function" ? await settings(emulator) : settings);
      const folders = stacks.map((name) => ({ name, folder: deployment.folder(name) }));
      await setUpProviders(folders, tools.terraform, deployment.cliConfig);
      for (const name of stacks) {
        expectSuccess(await deployment.terraform(["init", "-input=false", "-no-color"], 120, name));
      }
    } catch (error) {
      await deployment.end();
      throw error;
    }
    return deployment;
  }

  private constructor(
    /** Folder of everything: state, synthesized files, logs, and the machines with their disks. */
    public readonly state: string,
    private readonly app: string,
    private readonly stacks: readonly [string, ...string[]],
    private readonly tools: Toolchain,
    public readonly emulator: Emulator,
  ) {}

  /** Synthesizes the app anew, as a person does who has changed it. */
  public async synthesize(settings: Record<string, string>): Promise<void> {
    const out = {
      CDKTF_OUTDIR: join(this.state, "cdktf.out"),
      MEC_STATE_DIRECTORY: join(this.state, "terraform"),
      MEC_S3_USE_PATH_STYLE: "true",
      ...settings,
    };
    expectSuccess(await this.run(process.execPath, ["--import", "tsx", this.app], 60, out));
  }

  /** Folder of a synthesized stack. */
  public folder(stack: string): string {
    return join(this.state, "cdktf.out", "stacks", stack);
  }

  /** Runs Terraform in a stack's folder against the emulator; in the first stack's unless another is named. */
  public terraform(args: readonly string[], timeoutSeconds: number, stack: string = this.stacks[0]): Promise<CommandResult> {
    return this.run(this.tools.terraform.path, [`-chdir=${this.folder(stack)}`, ...args], timeoutSeconds);
  }

  /** Applies what is synthesized. */
  public apply(timeoutSeconds: number, stack?: string): Promise<CommandResult> {
    return this.terraform(["apply", "-auto-approve", "-input=false", "-no-color"], timeoutSeconds, stack);
  }

  /** Plans; exit code 0 when nothing would change, 2 when something would. */
  public plan(timeoutSeconds: number, stack?: string): Promise<CommandResult> {
    return this.terraform(["plan", "-detailed-exitcode", "-input=false", "-no-color"], timeoutSeconds, stack);
  }

  /** Destroys a stack. */
  public destroy(timeoutSeconds: number, stack?: string): Promise<CommandResult> {
    return this.terraform(["destroy", "-auto-approve", "-input=false", "-no-color"], timeoutSeconds, stack);
  }

  /** The status record of a cluster's node. */
  public async status(cluster: string, node = "cp-0"): Promise<Record<string, unknown>> {
    const name = `/mec/${cluster}/nodes/${node}`;
    return JSON.parse((await this.emulator.parameters(name))[name]!.value!) as Record<string, unknown>;
  }

  /** Text of a file on a simulated machine's disk. */
  public readMachineFile(instanceId: string, path: string): string {
    return readFileSync(join(this.state, "machines", instanceId, "root", path), "utf8");
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
