import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { findProcess } from "../../../lib/testing/emulator/process-tree";

/**
 * Takes the lock file of a state folder; the lock of a process that has ended does not count.
 *
 * @returns process id of the runner that holds it, or `undefined` when this process has it now
 */
export function takeLock(path: string): number | undefined {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const file = openSync(path, "wx", 0o600);
      writeSync(file, `${process.pid} ${findProcess(process.pid)?.started ?? ""}`);
      closeSync(file);
      return undefined;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    const holder = readHolder(path);
    if (holder !== undefined) return holder;
    rmSync(path, { force: true });
  }
  return readHolder(path) ?? 0;
}

/** Gives the lock back. */
export function releaseLock(path: string): void {
  if (readHolder(path) === process.pid) rmSync(path, { force: true });
}

function readHolder(path: string): number | undefined {
  try {
    const [pid, ...started] = readFileSync(path, "utf8").split(" ");
    return findProcess(Number(pid))?.started === started.join(" ") ? Number(pid) : undefined;
  } catch {
    return undefined;
  }
}
