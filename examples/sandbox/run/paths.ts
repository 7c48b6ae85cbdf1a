import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/** Where the sandbox keeps its things; everything is absolute. */
export interface SandboxPaths {
  /** Folder with `cdktf.json`. */
  readonly project: string;
  /** State folder; the emulator's record and machines are here too. */
  readonly state: string;
  readonly logs: string;
  /** Terraform state of the stacks (`MEC_STATE_DIRECTORY` of the app). */
  readonly terraform: string;
  /** Output of synth (`cdktf --output`). */
  readonly synthesized: string;
  /** Stack outputs as JSON. */
  readonly outputs: string;
  /** Terraform CLI configuration. */
  readonly cliConfig: string;
  /** What `--destroy` needs to know. */
  readonly record: string;
  /** Held by the one runner that works here. */
  readonly lock: string;
}

/** @param state state folder. @default - `.mec/sandbox` of the project */
export function sandboxPaths(project: string, state: string = join(project, ".mec", "sandbox")): SandboxPaths {
  const root = resolve(state);
  return {
    project,
    state: root,
    logs: join(root, "logs"),
    terraform: join(root, "terraform"),
    synthesized: join(root, "cdktf.out"),
    outputs: join(root, "outputs.json"),
    cliConfig: join(root, "terraformrc"),
    record: join(root, "run.json"),
    lock: join(root, "lock"),
  };
}

/** The nearest folder upwards that holds `cdktf.json`. @throws Error when there is none */
export function findProject(from: string): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, "cdktf.json"))) return folder;
    if (dirname(folder) === folder) throw new Error(`no cdktf.json in ${from} or above it`);
  }
}

/** Removes what an earlier run left, except its lock, and makes the folders of a new one. */
export function prepareFolders(paths: SandboxPaths): void {
  // By name, not the whole folder: --state-directory may point to a folder that has other things too.
  const machines = join(paths.state, "machines");
  for (const path of [paths.logs, paths.terraform, paths.synthesized, paths.outputs, paths.cliConfig, paths.record, machines]) {
    rmSync(path, { recursive: true, force: true });
  }
  for (const folder of [paths.logs, paths.terraform]) mkdirSync(folder, { recursive: true });
}
