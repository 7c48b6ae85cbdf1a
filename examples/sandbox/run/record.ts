import { readFileSync, writeFileSync } from "node:fs";

/** What `--destroy` needs to know of the run that made the sandbox. */
export interface RunRecord {
  readonly protocol: 1;
  /** Stacks that a deploy was begun for, in that order. */
  readonly stacks: readonly string[];
  /** Program that runs as Terraform; absolute path. */
  readonly terraform: string;
  /** Terraform CLI configuration file. */
  readonly cliConfig: string;
  /** Zone setting. */
  readonly zone?: string;
}

/** Writes the record. */
export function writeRecord(path: string, record: RunRecord): void {
  writeFileSync(path, `${JSON.stringify(record, undefined, 2)}\n`);
}

/** @returns the record, or `undefined` when there is no readable one */
export function readRecord(path: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
    return record.protocol === 1 && Array.isArray(record.stacks) ? record : undefined;
  } catch {
    return undefined;
  }
}
