import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { SynthesizedStack } from "../../../stacks/synthesized-stack";
import type { ChildResult, Children } from "./children";
import type { SandboxPaths } from "./paths";

/** Limits in seconds; generous, so that only what hangs runs into them. */
export const LIMITS = { synth: 180, deploy: 2400, destroy: 900, plan: 300 } as const;

/** What is added to the emulator's environment for cdktf and the app. */
export interface CdktfSettings {
  /** Program that cdktf runs; absolute path of `terraform` or `tofu`. */
  readonly terraform: string;
  /** Terraform CLI configuration file. */
  readonly cliConfig: string;
  /** Zone setting for the app. */
  readonly zone?: string;
  /** What the cluster shall have beside what the app's own setting says. @default - nothing more */
  readonly with?: readonly string[];
  /** Folder that fetched providers are kept in between runs. */
  readonly pluginCache?: string;
}

/** Environment of `cdktf`: `base` plus what keeps it quiet, offline and inside the state folder. */
export function cdktfEnvironment(base: NodeJS.ProcessEnv, paths: SandboxPaths, settings: CdktfSettings): NodeJS.ProcessEnv {
  return {
    ...base,
    CI: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    CHECKPOINT_DISABLE: "1",
    DISABLE_VERSION_CHECK: "1",
    CDKTF_LOG_LEVEL: "error",
    // Without these cdktf makes a plugin cache in the home folder.
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    ...(settings.pluginCache === undefined || base.TF_PLUGIN_CACHE_DIR
      ? {}
      : { TF_PLUGIN_CACHE_DIR: settings.pluginCache, TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "1" }),
    TERRAFORM_BINARY_NAME: settings.terraform,
    TF_CLI_CONFIG_FILE: settings.cliConfig,
    TF_INPUT: "0",
    MEC_STATE_DIRECTORY: paths.terraform,
    MEC_S3_USE_PATH_STYLE: "true",
    // The emulated account starts like a new one: opted in to no zone.
    MEC_OPT_IN: "true",
    ...(settings.zone === undefined ? {} : { MEC_ZONE: settings.zone }),
    ...(settings.with === undefined || settings.with.length === 0 ? {} : { MEC_ALSO_WITH: settings.with.join(",") }),
  };
}

/** Runs the project's own `cdktf` command. */
export class Cdktf {
  /**
   * @param env environment of every command, from {@link cdktfEnvironment}
   * @param onOutput shows the output too. @default - only logged
   */
  public constructor(
    private readonly children: Children,
    private readonly paths: SandboxPaths,
    private readonly env: NodeJS.ProcessEnv,
    private readonly onOutput?: (text: string) => void,
  ) {}

  /** `cdktf synth`; the stacks are then read from the manifest. */
  public synth(): Promise<ChildResult> {
    return this.cdktf(["synth", "--output", this.paths.synthesized], "synth.log", LIMITS.synth);
  }

  /**
   * `cdktf deploy` of one synthesized stack.
   *
   * @param outputs file for its outputs. @default - not written
   */
  public deploy(stack: string, outputs?: string): Promise<ChildResult> {
    // Dependencies were deployed before, by an earlier call.
    const options = ["--ignore-missing-stack-dependencies", ...(outputs === undefined ? [] : ["--outputs-file", outputs])];
    return this.cdktf(["deploy", stack, ...options, ...this.common()], "deploy.log", LIMITS.deploy);
  }

  /** `cdktf destroy` of synthesized stacks. */
  public destroy(stacks: readonly string[]): Promise<ChildResult> {
    return this.cdktf(["destroy", ...stacks, "--ignore-missing-stack-dependencies", ...this.common()], "destroy.log", LIMITS.destroy);
  }

  /** A second plan of a deployed stack: exit code 0 when nothing would change, 2 when something would. */
  public plan(terraform: string, stackFolder: string): Promise<ChildResult> {
    const args = [`-chdir=${stackFolder}`, "plan", "-detailed-exitcode", "-input=false", "-lock=false", "-no-color"];
    return this.run(terraform, args, "plan.log", LIMITS.plan);
  }

  private common(): string[] {
    // The stacks on disk carry the override; they were synthesized a moment ago.
    return ["--auto-approve", "--skip-synth", "--skip-provider-lock", "--no-color", "--output", this.paths.synthesized];
  }

  private cdktf(args: string[], log: string, timeoutSeconds: number): Promise<ChildResult> {
    return this.run(process.execPath, [cdktfProgram(this.paths.project), ...args], log, timeoutSeconds);
  }

  private run(file: string, args: string[], log: string, timeoutSeconds: number): Promise<ChildResult> {
    return this.children.run(file, args, {
      env: this.env,
      cwd: this.paths.project,
      log: join(this.paths.logs, log),
      timeoutSeconds,
      onOutput: this.onOutput,
    });
  }
}

/** Script of the project's cdktf-cli. @throws Error when it is not installed */
export function cdktfProgram(project: string): string {
  const manifest = createRequire(join(project, "package.json")).resolve("cdktf-cli/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: Record<string, string> };
  return join(dirname(manifest), bin.cdktf!);
}

/** A stack of the manifest that synth wrote. */
export interface ManifestStack {
  readonly name: string;
  /** Folder with its `cdk.tf.json`. */
  readonly folder: string;
  /** Names of the stacks it depends on. */
  readonly dependencies: readonly string[];
}

/** Reads the manifest of a synthesized app; stacks come after those they depend on. */
export function readManifest(synthesized: string): ManifestStack[] {
  const { stacks } = JSON.parse(readFileSync(join(synthesized, "manifest.json"), "utf8")) as {
    stacks: Record<string, { name: string; workingDirectory: string; dependencies?: string[] }>;
  };
  const all = Object.values(stacks).map((stack) => ({
    name: stack.name,
    folder: join(synthesized, stack.workingDirectory),
    dependencies: stack.dependencies ?? [],
  }));
  const ordered: ManifestStack[] = [];
  const add = (stack: ManifestStack): void => {
    if (ordered.includes(stack)) return;
    for (const name of stack.dependencies) {
      const needed = all.find((other) => other.name === name);
      if (needed !== undefined) add(needed);
    }
    ordered.push(stack);
  };
  all.forEach(add);
  return ordered;
}

/** Reads what was synthesized of a stack. */
export function readSynthesized({ folder }: { readonly folder: string }): SynthesizedStack {
  return JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as SynthesizedStack;
}
