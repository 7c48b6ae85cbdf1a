import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { signalProcesses, processTree, stopTree } from "../../../lib/testing/emulator/process-tree";

/** A program to run and where its output goes. */
export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** File that all output is appended to. */
  readonly log: string;
  /** Limit in seconds. */
  readonly timeoutSeconds: number;
  /** Called with each piece of output too. @default - not shown */
  readonly onOutput?: (text: string) => void;
}

/** How a child ended. */
export interface ChildResult {
  /** Exit code; `undefined` when it was killed or could not be started. */
  readonly status?: number;
  /** Everything it printed, both streams in order. */
  readonly output: string;
  /** Why it did not end by itself, for people. */
  readonly trouble?: string;
}

/** Starts children, each the leader of a process group of its own, and ends all of them when the user interrupts. */
export class Children {
  private stopped = false;

  /** Runs a child to its end. @throws Error after {@link stopAll} */
  public run(file: string, args: readonly string[], options: ChildOptions): Promise<ChildResult> {
    if (this.stopped) return Promise.reject(new Error("interrupted"));
    return new Promise((resolve) => {
      const log = createWriteStream(options.log, { flags: "a", mode: 0o600 });
      const child = spawn(file, [...args], { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe"], detached: true });
      let output = "";
      let trouble: string | undefined;
      const onData = (text: string): void => {
        output += text;
        log.write(text);
        options.onOutput?.(text);
      };
      child.stdout.setEncoding("utf8").on("data", onData);
      child.stderr.setEncoding("utf8").on("data", onData);
      const timer = setTimeout(() => {
        trouble = `it did not end in ${options.timeoutSeconds} seconds`;
        if (child.pid !== undefined) void stopTree(child.pid, { graceSeconds: 5 });
      }, options.timeoutSeconds * 1000);
      const end = (status: number | undefined, reason?: string): void => {
        clearTimeout(timer);
        log.end(() => resolve({ status, output, trouble: trouble ?? reason }));
      };
      child.on("error", (error) => end(undefined, error.message));
      child.on("close", (code, signal) =>
        end(trouble === undefined && code !== null ? code : undefined, signal ? `ended by ${signal}` : undefined),
      );
    });
  }

  /** Ends everything this process has started, whatever its session; what it started later too. */
  public async stopAll(graceSeconds: number, except: readonly number[] = []): Promise<void> {
    this.stopped = true;
    const mine = processTree(process.pid).filter((entry) => entry.parent === process.pid && !except.includes(entry.pid));
    await Promise.all(mine.map((entry) => stopTree(entry.pid, { graceSeconds })));
  }

  /** {@link stopAll} without any waiting, for a user who interrupts twice. */
  public killAll(alsoTreesOf: readonly number[] = []): void {
    this.stopped = true;
    for (let round = 0; round < 3; round++) {
      const trees = [process.pid, ...alsoTreesOf].flatMap((pid) => processTree(pid));
      signalProcesses(
        trees.filter((entry) => entry.pid !== process.pid),
        "SIGKILL",
      );
    }
  }
}
