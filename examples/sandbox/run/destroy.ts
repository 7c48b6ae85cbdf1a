import { Emulator } from "../../../lib/testing/emulator";
import { Cdktf, cdktfEnvironment } from "./cdktf";
import { readRecord } from "./record";
import type { Session } from "./session";
import { teardownPhases, throwComplaints } from "./teardown";

/**
 * Destroys the sandbox that was kept, whatever state it is in; does nothing when there is none.
 *
 * @param showOutput shows all output of cdktf. @default - only logged
 * @throws SandboxFailure when something is left
 */
export async function destroyKept(session: Session, showOutput?: (text: string) => void): Promise<void> {
  const { paths, line } = session;
  const emulator = Emulator.attach(paths.state);
  if (emulator === undefined) {
    line(`No sandbox is running in ${paths.state}; nothing to destroy.`);
    return;
  }
  session.emulator = emulator;
  const record = readRecord(paths.record);
  const env = cdktfEnvironment(emulator.environment(), paths, {
    terraform: record?.terraform ?? "terraform",
    cliConfig: record?.cliConfig ?? paths.cliConfig,
    zone: record?.zone,
  });
  const complaints: string[] = [];
  const cdktf = new Cdktf(session.children, paths, env, showOutput);
  // One that does not answer any more can only be ended: what it emulated ends with it.
  const stacks = (await emulator.isHealthy()) ? (record?.stacks ?? []) : [];
  await session.phases(teardownPhases({ emulator, cdktf, stacks }, complaints));
  throwComplaints(complaints);
}
