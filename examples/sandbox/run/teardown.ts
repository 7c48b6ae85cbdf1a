import type { Emulator } from "../../../lib/testing/emulator";
import { stillRunning, listProcesses } from "../../../lib/testing/emulator/process-tree";
import type { Cdktf } from "./cdktf";
import { SandboxFailure } from "./failure";
import { remainingLeftovers } from "./leftovers";
import type { Phase } from "./progress";
import { failureText } from "./terraform-errors";

/** What is to be taken down. */
export interface Teardown {
  readonly emulator: Emulator;
  readonly cdktf: Cdktf;
  /** Stacks that were deployed, or begun. */
  readonly stacks: readonly string[];
}

/**
 * Phases that destroy the stacks, check that nothing is left, and end the emulator. The emulator ends even where the
 * first two fail, so they collect their complaints.
 *
 * @param complaints receives one text per failure
 */
export function teardownPhases(teardown: Teardown, complaints: string[]): Phase[] {
  const { emulator, cdktf, stacks } = teardown;
  const complain = (text: string, result: string): string => {
    complaints.push(text);
    return result;
  };
  return [
    {
      title: "destroy",
      run: async (note) => {
        if (stacks.length === 0) return "nothing was deployed";
        note(stacks.join(", "));
        const result = await cdktf.destroy([...stacks].reverse());
        return result.status === 0 ? stacks.join(", ") : complain(`destroy failed:\n${failureText(result)}`, "failed");
      },
    },
    {
      title: "leftovers",
      run: async () => {
        try {
          const left = await remainingLeftovers(() => emulator.inventory());
          if (left.length === 0) return "no resource, parameter or process";
          return complain(`left after destroy:\n${left.map((line) => `  ${line}`).join("\n")}`, `${left.length} found`);
        } catch (error) {
          return complain(`cannot look for leftovers: ${(error as Error).message}`, "unknown");
        }
      },
    },
    {
      title: "stop",
      run: async () => {
        const processes = await emulator.inventory().then(
          ({ processes: pids }) => pids,
          (): number[] => [],
        );
        const entries = listProcesses().filter(({ pid }) => processes.includes(pid));
        try {
          await emulator.stop();
        } catch (error) {
          return complain((error as Error).message, "failed");
        }
        const survivors = stillRunning(entries);
        if (survivors.length === 0) return "emulated AWS has ended";
        return complain(`processes of machines go on: ${survivors.map(({ pid }) => pid).join(", ")}`, "failed");
      },
    },
  ];
}

/** @throws SandboxFailure with all complaints when there are any */
export function throwComplaints(complaints: readonly string[]): void {
  if (complaints.length > 0) throw new SandboxFailure(complaints.join("\n"));
}
