import { join } from "node:path";
import { runCommand, type CommandResult } from "../../../lib/testing/emulator/command";

/** Folder of the project. */
export const PROJECT = join(__dirname, "..", "..", "..");

/** Runs `npm run sandbox -- <args>` as npm does, within a time limit. */
export function sandboxCli(args: readonly string[], timeoutSeconds: number, environment: NodeJS.ProcessEnv = {}): Promise<CommandResult> {
  return runCommand(process.execPath, ["--import", "tsx", "examples/sandbox/run/cli.ts", ...args], {
    cwd: PROJECT,
    timeoutSeconds,
    env: { ...process.env, ...environment },
  });
}

/** Fails with all that the command printed, which is what one needs to see. */
export function expectSuccess(result: CommandResult): void {
  if (result.status !== 0) {
    throw new Error(`exit code ${result.status}${result.timedOut ? ", out of time" : ""}\n${result.stdout}\n${result.stderr}`);
  }
}
