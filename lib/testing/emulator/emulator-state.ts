import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProcess } from "./process-tree";

/** What is kept of a running emulator in `<stateDirectory>/emulator.json`, so that another process can find it. */
export interface EmulatorRecord {
  readonly protocol: 1;
  readonly pid: number;
  /** Start time of that process as the system spells it; tells a reused process id apart. */
  readonly started: string;
  readonly port: number;
  /** URL of the emulated AWS. */
  readonly endpoint: string;
  /** When it was started, ISO 8601. */
  readonly startedAt: string;
}

function recordPath(stateDirectory: string): string {
  return join(stateDirectory, "emulator.json");
}

/** Writes the record, readable by the user alone. */
export function writeEmulatorRecord(stateDirectory: string, record: EmulatorRecord): void {
  mkdirSync(stateDirectory, { recursive: true });
  const path = recordPath(stateDirectory);
  writeFileSync(`${path}.new`, `${JSON.stringify(record, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** @returns the record of an emulator whose process still runs, or `undefined` */
export function readEmulatorRecord(stateDirectory: string): EmulatorRecord | undefined {
  let record: EmulatorRecord;
  try {
    record = JSON.parse(readFileSync(recordPath(stateDirectory), "utf8")) as EmulatorRecord;
  } catch {
    return undefined;
  }
  if (record.protocol !== 1 || !Number.isInteger(record.pid)) return undefined;
  return findProcess(record.pid)?.started === record.started ? record : undefined;
}

/** Removes the record. */
export function removeEmulatorRecord(stateDirectory: string): void {
  rmSync(recordPath(stateDirectory), { force: true });
}
