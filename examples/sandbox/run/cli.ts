import { constants } from "node:os";
import { checkNodeVersion, missingToolLine } from "../../../lib/testing/emulator";
import { ArgumentsEnd, parseArguments } from "./arguments";
import { destroyKept } from "./destroy";
import { SandboxFailure } from "./failure";
import { findProject, sandboxPaths } from "./paths";
import { SandboxRun } from "./sandbox";
import { Session } from "./session";

/**
 * `npm run sandbox`.
 *
 * @param argv arguments after the script's name
 * @param project folder with `cdktf.json`. @default - the nearest one above this file
 * @returns the exit code: 0, 1 for a failure, 2 for a mistake in the arguments, 128 + signal
 */
export async function main(argv: readonly string[], project: string = findProject(__dirname)): Promise<number> {
  let args;
  try {
    args = parseArguments(argv);
  } catch (error) {
    if (error instanceof ArgumentsEnd) return error.exitCode;
    throw error;
  }
  const line = (text: string): void => void process.stdout.write(`${text}\n`);
  const unsupported = checkNodeVersion();
  if (unsupported !== undefined) {
    line(missingToolLine(unsupported));
    return 1;
  }
  const terminal = process.stdout.isTTY === true;
  const paths = sandboxPaths(project, args.stateDirectory);
  // A live list and the output of cdktf would overwrite each other, and a list needs some width.
  const live = terminal && process.stdout.columns >= 40 && !args.verbose && !process.env.CI;
  const session = new Session(paths, args, line, live);
  const showOutput = args.verbose ? (text: string): void => void process.stdout.write(text) : undefined;
  handleSignals(session, line);
  let code = 0;
  try {
    session.lock();
    await (args.destroy ? destroyKept(session, showOutput) : new SandboxRun(session, showOutput, terminal && !process.env.NO_COLOR).run());
  } catch (error) {
    if (session.interruptedBy === undefined) {
      line(error instanceof SandboxFailure ? error.message : String((error as Error).stack ?? error));
    }
    code = 1;
  }
  await session.settled();
  await session.sweep();
  session.unlock();
  if (session.interruptedBy === undefined) return code;
  line(`Interrupted; everything was stopped. Logs are in ${paths.logs}`);
  return signalCode(session.interruptedBy);
}

function handleSignals(session: Session, line: (text: string) => void): void {
  let first = 0;
  // A terminal that was closed must not turn the orderly end into a crash.
  process.stdout.on("error", () => undefined);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      if (session.interruptedBy === undefined) {
        first = Date.now();
        line(`\n${signal}: stopping (once more to kill)`);
        session.interrupt(signal);
      } else if (Date.now() - first > 500) {
        // Ctrl-C arrives twice at once where npm passes it on too; that is not a user who insists.
        session.kill();
        process.exit(signalCode(signal));
      }
    });
  }
}

function signalCode(signal: NodeJS.Signals): number {
  return 128 + (constants.signals[signal] ?? 0);
}

if (require.main === module) {
  void main(process.argv.slice(2)).then(
    // Not exitCode alone: a handle that somebody forgot must not keep the command from ending.
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${String((error as Error).stack ?? error)}\n`);
      process.exit(1);
    },
  );
}
