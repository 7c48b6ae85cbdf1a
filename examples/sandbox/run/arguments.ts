import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SANDBOX_ADD_ONS, sandboxAddOn, type SandboxAddOn } from "../add-on-names";

/** What the user asked of `npm run sandbox`. */
export interface SandboxArguments {
  /** Leave the sandbox running instead of destroying it at the end. */
  readonly keep: boolean;
  /** Destroy a sandbox that was kept. */
  readonly destroy: boolean;
  /** Wavelength Zone to deploy to; by default the app's own setting. */
  readonly zone?: string;
  /** Show all output of cdktf and Terraform. */
  readonly verbose: boolean;
  /** Plan again after the deploy and fail when that plan is not empty. */
  readonly checkPlan: boolean;
  /** Folder for state and logs; by default `.mec/sandbox` of the project. */
  readonly stateDirectory?: string;
  /** JSON file with faults to inject. */
  readonly faults?: string;
  /** What the cluster shall have, added to what the app's own setting (`MEC_WITH` or the context value `with`) says; each once. */
  readonly with: readonly SandboxAddOn[];
}

/** The process has nothing to do but end: help was printed, or the arguments were refused. */
export class ArgumentsEnd extends Error {
  /** @param exitCode 0 after help, 2 after a mistake */
  public constructor(public readonly exitCode: number) {
    super("end");
  }
}

/**
 * Reads the arguments after the script's name.
 *
 * @param write where help and complaints go
 * @throws ArgumentsEnd when there is nothing more to do
 */
export function parseArguments(
  argv: readonly string[],
  write: (text: string) => void = (text) => process.stderr.write(text),
): SandboxArguments {
  const command = new Command("npm run sandbox --")
    .description(
      "Deploys a MEC, of one node unless MEC_CONTROL_PLANE_COUNT says more, to emulated AWS with the real cdktf, Terraform and node agent, and destroys it again.",
    )
    .option("--keep", "leave it running; look at it, then destroy it with --destroy", false)
    .addOption(
      new Option("--destroy", "destroy the sandbox that was kept")
        .default(false)
        .conflicts(["keep", "zone", "checkPlan", "faults", "with"]),
    )
    .option("--zone <name>", "Wavelength Zone, such as us-east-1-wl1-bos-wlz-1")
    .addOption(
      new Option("--with <name>", `add-ons in the cluster, beside those of MEC_WITH: ${SANDBOX_ADD_ONS.join(" or ")}; may be repeated`)
        .default([], "none")
        .argParser(collectAddOn),
    )
    .option("--verbose", "show all output of cdktf and Terraform", false)
    .option("--check-plan", "plan again after the deploy; fail unless nothing would change", false)
    .option("--faults <file>", "JSON file with faults to inject")
    .option("--state-directory <folder>", "folder for state and logs (default: .mec/sandbox)")
    .allowExcessArguments(false)
    .configureOutput({ writeOut: write, writeErr: write })
    .exitOverride();
  try {
    command.parse([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) throw new ArgumentsEnd(error.exitCode === 0 ? 0 : 2);
    throw error;
  }
  return command.opts<SandboxArguments>();
}

function collectAddOn(names: string, before: readonly SandboxAddOn[]): readonly SandboxAddOn[] {
  const known = names.split(",").map((name) => {
    const addOn = sandboxAddOn(name.trim());
    if (addOn === undefined) throw new InvalidArgumentError(`The sandbox has ${SANDBOX_ADD_ONS.join(" and ")}.`);
    return addOn;
  });
  return [...new Set([...before, ...known])];
}
