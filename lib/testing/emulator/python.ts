import { createHash } from "node:crypto";
import { mkdirSync, renameSync, rmSync, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command";
import type { CommandRunner } from "./command";
import { findExecutable } from "./executable";
import { commandFor } from "./missing-tool";
import type { MissingTool } from "./missing-tool";
import { compareVersions } from "./version";

/** What a virtual environment of the emulator is made with; the version is pinned because moto's inner modules are used. */
export const MOTO_REQUIREMENT = "moto[server,ec2,ssm,cloudformation,s3,iam,kms]==5.2.1";

/** A Python interpreter that can run the emulator. */
export interface PythonTool {
  /** Absolute path of the interpreter. */
  readonly path: string;
  /** Version, such as `3.11.7`. */
  readonly version: string;
  /** Version of the installed moto, such as `5.2.1`. */
  readonly moto: string;
  /** Whether the interpreter belongs to a virtual environment that this library made. */
  readonly ownEnvironment: boolean;
}

/** What {@link findPython} looks at; the defaults are the real machine. */
export interface FindPythonOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly run?: CommandRunner;
  readonly platform?: NodeJS.Platform;
  /** Folder for the virtual environment. @default - {@link cacheDirectory} */
  readonly cache?: string;
  /** Called with a short text when something slow begins. */
  readonly onNote?: (text: string) => void;
}

// One bounded call answers all: version, and whether moto with all it needs can really be imported.
const PROBE = `
import json, sys
answer = {"version": "%d.%d.%d" % sys.version_info[:3]}
try:
    import importlib.metadata as metadata
    answer["moto"] = metadata.version("moto")
    import boto3, cryptography, flask, werkzeug, moto.server, moto.cloudformation.models, moto.ec2.models, moto.iam.models, moto.kms.models, moto.logs.models, moto.s3.models, moto.ssm.models
except Exception as error:
    answer["error"] = "%s: %s" % (type(error).__name__, error)
print(json.dumps(answer))
`;

/** The cache folder of this library: `$XDG_CACHE_HOME/cdktf-wavelength-mec`, by default under `~/.cache`. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "cdktf-wavelength-mec");
}

/**
 * Finds a Python (3.10 or later) with moto 5.2, or makes a virtual environment with the pinned one. `MEC_PYTHON`, when
 * set, is the only candidate.
 */
export async function findPython(options: FindPythonOptions = {}): Promise<PythonTool | MissingTool> {
  const env = options.env ?? process.env;
  const run = options.run ?? runCommand;
  const names = env.MEC_PYTHON ? [env.MEC_PYTHON] : ["python3", "python3.13", "python3.12", "python3.11", "python3.10", "python"];
  const rejected: string[] = [];
  let base: { path: string; version: string } | undefined;
  for (const name of names) {
    const path = findExecutable(name, env);
    if (path === undefined) continue;
    const answer = await probe(path, env, run);
    if (typeof answer === "string") {
      rejected.push(`${path} ${answer}`);
    } else if (compareVersions(answer.version, "3.10") < 0) {
      rejected.push(`${path} is version ${answer.version}`);
    } else if (usable(answer)) {
      return { path, version: answer.version, moto: answer.moto!, ownEnvironment: false };
    } else {
      base ??= { path, version: answer.version };
    }
  }
  if (base === undefined) {
    return {
      name: "python",
      reason: `Python 3.10 or later is needed${env.MEC_PYTHON ? " (MEC_PYTHON)" : ""}, but ${rejected.join(" and ") || "none is there"}`,
      command: commandFor(options.platform ?? process.platform, {
        linux: "sudo apt-get install --yes python3 python3-venv",
        darwin: "brew install python@3.13",
      }),
    };
  }
  return ownEnvironment(base, options, env, run);
}

interface ProbeAnswer {
  readonly version: string;
  readonly moto?: string;
  readonly error?: string;
}

function usable(answer: ProbeAnswer): boolean {
  return answer.error === undefined && /^5\.2\./.test(answer.moto ?? "");
}

async function probe(path: string, env: NodeJS.ProcessEnv, run: CommandRunner): Promise<ProbeAnswer | string> {
  const result = await run(path, ["-c", PROBE], { timeoutSeconds: 60, env });
  if (result.timedOut) return "did not answer in 60 seconds";
  try {
    return JSON.parse(result.stdout) as ProbeAnswer;
  } catch {
    return `cannot run (${result.stderr.trim().split("\n").pop() || `exit code ${result.status}`})`;
  }
}

async function ownEnvironment(
  base: { path: string; version: string },
  options: FindPythonOptions,
  env: NodeJS.ProcessEnv,
  run: CommandRunner,
): Promise<PythonTool | MissingTool> {
  const cache = options.cache ?? cacheDirectory(env);
  const digest = createHash("sha256").update(`${MOTO_REQUIREMENT} ${base.path} ${base.version}`).digest("hex").slice(0, 12);
  const folder = join(cache, `emulator-${digest}`);
  const interpreter = join(folder, "bin", "python");
  const existing = existsSync(interpreter) ? await probe(interpreter, env, run) : undefined;
  if (existing !== undefined && typeof existing !== "string" && usable(existing)) {
    return { path: interpreter, version: existing.version, moto: existing.moto!, ownEnvironment: true };
  }
  options.onNote?.(`making a Python environment with ${MOTO_REQUIREMENT}`);
  // Built beside and renamed: a half-made environment, or one made twice at once, is never used.
  const making = `${folder}.${process.pid}`;
  try {
    mkdirSync(cache, { recursive: true });
    rmSync(making, { recursive: true, force: true });
    const venv = await run(base.path, ["-m", "venv", making], { timeoutSeconds: 120, env });
    if (venv.status !== 0) {
      return missingMoto(
        `${base.path} cannot make a virtual environment (${lastLine(venv)})`,
        {
          linux: "sudo apt-get install --yes python3-venv",
          darwin: "brew install python@3.13",
        },
        options.platform,
      );
    }
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", MOTO_REQUIREMENT];
    const installed = await run(join(making, "bin", "python"), pip, { timeoutSeconds: 900, env });
    if (installed.status !== 0) {
      return missingMoto(`pip could not install it (${lastLine(installed)})`, pipCommand(base.path), options.platform);
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(making, folder);
  } catch (error) {
    return missingMoto(`${folder} cannot be written (${(error as Error).message})`, pipCommand(base.path), options.platform);
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  const made = await probe(interpreter, env, run);
  if (typeof made !== "string" && usable(made)) {
    return { path: interpreter, version: made.version, moto: made.moto!, ownEnvironment: true };
  }
  const reason = typeof made === "string" ? made : (made.error ?? `has moto ${made.moto}`);
  return missingMoto(`the new environment ${folder} ${reason}`, pipCommand(base.path), options.platform);
}

function missingMoto(
  reason: string,
  commands: { readonly linux: string; readonly darwin?: string },
  platform: NodeJS.Platform = process.platform,
): MissingTool {
  return { name: "moto", reason: `moto 5.2 is not there, and ${reason}`, command: commandFor(platform, commands) };
}

function pipCommand(python: string): { linux: string } {
  return { linux: `${python} -m pip install '${MOTO_REQUIREMENT}'` };
}

function lastLine(result: { stdout: string; stderr: string; timedOut: boolean }): string {
  if (result.timedOut) return "no end in sight";
  return (result.stderr.trim() || result.stdout.trim()).split("\n").pop()?.trim() || "no message";
}
