import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { EmulatorClient } from "./emulator-client";
import type { EmulatedParameter, EmulatorFaults, EmulatorInventory } from "./emulator-client";
import { EmulatorError } from "./emulator-error";
import { readEmulatorRecord, removeEmulatorRecord, writeEmulatorRecord } from "./emulator-state";
import { emulatorEnvironment } from "./environment";
import { missingToolLine } from "./missing-tool";
import { findProcess, processTree, stopTree, until } from "./process-tree";
import { findPython } from "./python";

/** How {@link Emulator.start} starts the emulated AWS. */
export interface EmulatorOptions {
  /** Folder for its state, its logs and its machines; made when it is not there. */
  readonly stateDirectory: string;
  /** Python with moto, as {@link findPython} returns it. @default - found, or made */
  readonly python?: string;
  /** TCP port on 127.0.0.1. @default - a free one */
  readonly port?: number;
  /** Process whose end ends the emulator. @default - this process, or none when `detached` */
  readonly parent?: number;
  /** Faults to inject from the start. @default - none */
  readonly faults?: EmulatorFaults;
  /** Whether it goes on when this process ends. @default false */
  readonly detached?: boolean;
  /** Limit for the start, in seconds. @default 90 */
  readonly startSeconds?: number;
  /** Environment to start from. @default - that of this process */
  readonly env?: NodeJS.ProcessEnv;
  /** Program to run instead of the emulator that comes with this library. @default - `python/main.py` beside this file */
  readonly script?: string;
}

/**
 * A running emulated AWS: one process that answers for EC2, IAM, KMS, S3, SSM, STS and CloudFormation on a loopback
 * port and boots a simulated machine for every instance.
 *
 * Made by {@link Emulator.start}, or found again by {@link Emulator.attach}.
 */
export class Emulator {
  /**
   * Starts an emulator and waits until it answers.
   *
   * @throws EmulatorError when one runs in that folder already, when Python is missing, or when it does not answer in
   * time; the message ends with the last lines of its log
   */
  public static async start(options: EmulatorOptions): Promise<Emulator> {
    const stateDirectory = resolve(options.stateDirectory);
    const running = readEmulatorRecord(stateDirectory);
    if (running !== undefined) {
      throw new EmulatorError(`an emulator (process ${running.pid}, ${running.endpoint}) already runs in ${stateDirectory}`);
    }
    const python = options.python ?? (await defaultPython(options.env));
    const logs = join(stateDirectory, "logs");
    mkdirSync(logs, { recursive: true });
    const announcement = join(logs, "emulator.out");
    const log = join(logs, "emulator.log");
    const child = launch(python, argumentsFor(options, stateDirectory), options.env ?? process.env, announcement, log);
    let exit: string | undefined;
    child.on("error", (error) => (exit = error.message));
    child.on("exit", (code, signal) => (exit = `it ended with ${signal ?? `exit code ${code}`}`));
    // A failed start leaves nothing behind, whatever went wrong.
    try {
      const seconds = options.startSeconds ?? 90;
      const end = Date.now() + seconds * 1000;
      let port: number | undefined;
      await until(() => (port = announcedPort(announcement)) !== undefined || exit !== undefined, seconds * 1000);
      if (port === undefined) throw new EmulatorError(`${exit ?? `it did not answer in ${seconds} seconds`}`);
      const endpoint = `http://127.0.0.1:${port}`;
      const client = new EmulatorClient(endpoint);
      const answers = await until(async () => exit !== undefined || (await client.healthy()), Math.max(end - Date.now(), 1000));
      const entry = child.pid === undefined ? undefined : findProcess(child.pid);
      if (!answers || exit !== undefined || entry === undefined) throw new EmulatorError(exit ?? `it did not answer in ${seconds} seconds`);
      const { pid, started } = entry;
      writeEmulatorRecord(stateDirectory, { protocol: 1, pid, started, port, endpoint, startedAt: new Date().toISOString() });
      child.unref();
      return new Emulator(stateDirectory, endpoint, pid, started);
    } catch (error) {
      if (child.pid !== undefined) await stopTree(child.pid, { graceSeconds: 2 });
      throw new EmulatorError(`the emulated AWS did not start: ${(error as Error).message}${lastLines(log)}`);
    }
  }

  /** @returns the emulator that runs in a state folder, or `undefined` when none does */
  public static attach(stateDirectory: string): Emulator | undefined {
    const record = readEmulatorRecord(resolve(stateDirectory));
    return record && new Emulator(resolve(stateDirectory), record.endpoint, record.pid, record.started);
  }

  private readonly client: EmulatorClient;

  private constructor(
    /** Absolute path of the folder with its state, logs and machines. */
    public readonly stateDirectory: string,
    /** URL of the emulated AWS, such as `http://127.0.0.1:40123`. */
    public readonly endpoint: string,
    /** Process id of the emulator. */
    public readonly pid: number,
    private readonly started: string,
  ) {
    this.client = new EmulatorClient(endpoint);
  }

  /**
   * Environment for Terraform, cdktf and SDKs against this emulator; see {@link emulatorEnvironment}.
   *
   * @param base environment to start from. @default - that of this process
   */
  public environment(base: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
    return emulatorEnvironment(base, this.endpoint);
  }

  /** Whether its process runs. */
  public isRunning(): boolean {
    return findProcess(this.pid)?.started === this.started;
  }

  /** Whether it answers, within two seconds. */
  public isHealthy(): Promise<boolean> {
    return this.client.healthy();
  }

  /** What a deploy has left in the emulated account. @throws EmulatorError when it does not answer */
  public inventory(): Promise<EmulatorInventory> {
    return this.client.inventory();
  }

  /** The simulated machines, as the emulator describes them. @throws EmulatorError when it does not answer */
  public machines(): Promise<unknown> {
    return this.client.machines();
  }

  /**
   * Parameters by name; values of SecureStrings are `null`.
   *
   * @param prefix such as `/mec/sandbox/`
   * @throws EmulatorError when it does not answer
   */
  public parameters(prefix: string): Promise<Readonly<Record<string, EmulatedParameter>>> {
    return this.client.parameters(prefix);
  }

  /**
   * Cuts a machine's power, or gives it back, without EC2 noticing.
   *
   * @param instanceId such as `i-0123456789abcdef0`
   * @param on false cuts it
   * @throws EmulatorError when it does not answer
   */
  public setPower(instanceId: string, on: boolean): Promise<void> {
    return this.client.setPower(instanceId, on);
  }

  /** Replaces the faults to inject. @throws EmulatorError when it does not answer or refuses them */
  public setFaults(faults: EmulatorFaults): Promise<void> {
    return this.client.setFaults(faults);
  }

  /**
   * Ends the emulator with all its machines, by request first and by signal where that does not help, and forgets its
   * record. Does nothing when it has ended already.
   *
   * @param graceSeconds time to end by itself. @default 10
   * @throws EmulatorError when a process survives even SIGKILL
   */
  public async stop(graceSeconds = 10): Promise<void> {
    if (this.isRunning()) {
      // Listed before: a machine's processes have no parent any more once the emulator is gone.
      const tree = processTree(this.pid);
      if (graceSeconds > 0) {
        await this.client.requestStop();
        await until(() => !this.isRunning(), graceSeconds * 1000);
      }
      const left = await stopTree(this.pid, { graceSeconds: graceSeconds > 0 ? 2 : 0, also: tree });
      if (left.length > 0) throw new EmulatorError(`processes that do not end: ${left.map((entry) => entry.pid).join(", ")}`);
    }
    removeEmulatorRecord(this.stateDirectory);
  }
}

async function defaultPython(env: NodeJS.ProcessEnv | undefined): Promise<string> {
  const found = await findPython({ env });
  if ("path" in found) return found.path;
  throw new EmulatorError(missingToolLine(found));
}

function argumentsFor(options: EmulatorOptions, stateDirectory: string): string[] {
  const args = [options.script ?? join(__dirname, "python", "main.py"), "--state", stateDirectory];
  if (options.port !== undefined) args.push("--port", String(options.port));
  const parent = options.parent ?? (options.detached ? undefined : process.pid);
  if (parent !== undefined) args.push("--parent", String(parent));
  if (options.faults !== undefined) {
    const path = join(stateDirectory, "faults.json");
    writeFileSync(path, JSON.stringify(options.faults));
    args.push("--faults", path);
  }
  return args;
}

function launch(python: string, args: string[], base: NodeJS.ProcessEnv, out: string, log: string): ChildProcess {
  // Files, not pipes: a detached emulator must not fail on a pipe whose reader has ended.
  const [stdout, stderr] = [openSync(out, "w", 0o600), openSync(log, "w", 0o600)];
  try {
    const env = { ...emulatorEnvironment(base), PYTHONUNBUFFERED: "1", PYTHONDONTWRITEBYTECODE: "1" };
    // A session of its own: Ctrl-C in the terminal is for the runner, which then ends things in order.
    return spawn(python, args, { detached: true, stdio: ["ignore", stdout, stderr], env });
  } finally {
    closeSync(stdout);
    closeSync(stderr);
  }
}

function announcedPort(path: string): number | undefined {
  const line = readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .find((text) => text.startsWith("{"));
  if (line === undefined) return undefined;
  try {
    const port = (JSON.parse(line) as { port?: unknown }).port;
    return typeof port === "number" ? port : undefined;
  } catch {
    return undefined;
  }
}

function lastLines(path: string, count = 20): string {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n").slice(-count);
  return lines.join("").trim() === "" ? "" : `\n--- ${path}\n${lines.join("\n")}`;
}
