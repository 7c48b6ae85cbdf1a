import { spawn } from "node:child_process";
import { stopTree } from "./process-tree";

/** Outcome of a bounded command; a command that cannot be started is an outcome too, never an exception. */
export interface CommandResult {
  /** Exit code; `undefined` when the program was missing, was killed, or ran into the time limit. */
  readonly status?: number;
  /** Standard output, UTF-8. */
  readonly stdout: string;
  /** Standard error, UTF-8; the reason when the program could not be started. */
  readonly stderr: string;
  /** Whether the time limit ended it. */
  readonly timedOut: boolean;
}

/** Where and for how long a command may run. */
export interface CommandOptions {
  /** Limit in seconds after which the command and its children are killed. */
  readonly timeoutSeconds: number;
  /** Complete environment. @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Working directory. @default - that of this process */
  readonly cwd?: string;
}

/** Runs a program without a shell and within a time limit. */
export type CommandRunner = (file: string, args: readonly string[], options: CommandOptions) => Promise<CommandResult>;

/** {@link CommandRunner} that starts a real process, in its own process group. Never throws. */
export const runCommand: CommandRunner = (file, args, options) =>
  new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    let timedOut = false;
    const child = spawn(file, [...args], {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const timer = setTimeout(() => {
      timedOut = true;
      if (child.pid !== undefined) void stopTree(child.pid, { graceSeconds: 1 });
    }, options.timeoutSeconds * 1000);
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", (error) => {
      clearTimeout(timer);
      resolve({ stdout, stderr: error.message, timedOut });
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      resolve({ status: timedOut || code === null ? undefined : code, stdout, stderr, timedOut });
    });
  });
