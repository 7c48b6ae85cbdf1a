import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** A running process; `pid` together with `started` is unique, `pid` alone is used again by the system. */
export interface ProcessEntry {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Start time in the system's own spelling; only good for comparison. */
  readonly started: string;
}

/** How {@link stopTree} ends processes. */
export interface StopOptions {
  /** Seconds between the polite signal and SIGKILL. @default 5 */
  readonly graceSeconds?: number;
  /** The polite signal. @default SIGTERM */
  readonly signal?: NodeJS.Signals;
  /** Processes that belong to the tree although they are not (or no longer) its descendants. @default - none */
  readonly also?: readonly ProcessEntry[];
}

/** All processes of this machine, without zombies. */
export function listProcesses(): ProcessEntry[] {
  return process.platform === "linux" ? fromProc() : fromPs();
}

function fromProc(): ProcessEntry[] {
  const entries: ProcessEntry[] = [];
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const text = readFileSync(`/proc/${name}/stat`, "utf8");
      // The command's name may hold spaces and brackets: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
      const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
      const [state, parent, group] = fields;
      if (state === "Z" || state === "X" || parent === undefined || group === undefined) continue;
      entries.push({ pid: Number(name), parent: Number(parent), group: Number(group), started: fields[19] ?? "" });
    } catch {
      // It ended between the two reads.
    }
  }
  return entries;
}

function fromPs(): ProcessEntry[] {
  const text = execFileSync("ps", ["-A", "-o", "pid=,ppid=,pgid=,stat=,lstart="], { encoding: "utf8", timeout: 10_000 });
  const entries: ProcessEntry[] = [];
  for (const line of text.split("\n")) {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (match === null || match[4]?.startsWith("Z")) continue;
    entries.push({ pid: Number(match[1]), parent: Number(match[2]), group: Number(match[3]), started: match[5] ?? "" });
  }
  return entries;
}

/** The process itself and all its descendants, parents first; empty when it is gone. */
export function processTree(root: number, table: readonly ProcessEntry[] = listProcesses()): ProcessEntry[] {
  const found = table.filter((entry) => entry.pid === root);
  for (let index = 0; index < found.length; index++) {
    const parent = found[index]!.pid;
    found.push(...table.filter((entry) => entry.parent === parent && !found.includes(entry)));
  }
  return found;
}

/** The entry of a running process, or `undefined` when no such process runs. */
export function findProcess(pid: number): ProcessEntry | undefined {
  return listProcesses().find((entry) => entry.pid === pid);
}

/** Those of the given processes that still run (and are not another process with a reused number). */
export function stillRunning(entries: readonly ProcessEntry[]): ProcessEntry[] {
  const table = listProcesses();
  return entries.filter((entry) => table.some((now) => now.pid === entry.pid && now.started === entry.started));
}

/** Signals every one of the processes that still runs, and the process groups they lead. */
export function signalProcesses(entries: readonly ProcessEntry[], signal: NodeJS.Signals): void {
  for (const entry of stillRunning(entries)) {
    // A group also catches what was forked after the list was made; never this process's own group.
    if (entry.group === entry.pid && entry.pid !== process.pid) tryKill(-entry.pid, signal);
    tryKill(entry.pid, signal);
  }
}

function tryKill(target: number, signal: NodeJS.Signals): void {
  try {
    process.kill(target, signal);
  } catch {
    // Already gone.
  }
}

/**
 * Ends a process with all its descendants, also those in sessions of their own (`cdktf` runs Terraform in a
 * pseudo-terminal, which a process group does not reach).
 *
 * @returns the processes that survived even SIGKILL; normally none
 */
export async function stopTree(root: number, options: StopOptions = {}): Promise<ProcessEntry[]> {
  const known = new Map<string, ProcessEntry>();
  const remember = (entries: readonly ProcessEntry[]): void => {
    for (const entry of entries) known.set(`${entry.pid}/${entry.started}`, entry);
  };
  remember(processTree(root));
  for (const entry of options.also ?? []) remember([entry]);
  // Each look also finds what the processes known so far have started since.
  const look = (): ProcessEntry[] => {
    const table = listProcesses();
    const alive = (): ProcessEntry[] => table.filter((entry) => known.has(`${entry.pid}/${entry.started}`));
    for (const entry of alive()) remember(processTree(entry.pid, table));
    return alive();
  };
  signalProcesses(look(), options.signal ?? "SIGTERM");
  if (await until(() => look().length === 0, (options.graceSeconds ?? 5) * 1000)) return [];
  for (let attempt = 0; attempt < 3; attempt++) {
    signalProcesses(look(), "SIGKILL");
    if (await until(() => look().length === 0, 1000)) return [];
  }
  return look();
}

/** Waits until a condition holds, at most so many milliseconds. @returns whether it held */
export async function until(condition: () => boolean | Promise<boolean>, milliseconds: number, pause = 50): Promise<boolean> {
  const end = Date.now() + milliseconds;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() >= end) return false;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}
