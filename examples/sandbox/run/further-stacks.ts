import type { MissingTool, StackProviders } from "../../../lib/testing/emulator";
import type { ManifestStack } from "./cdktf";

/** What becomes of a stack that runs in the cluster. */
export interface StackFate {
  readonly name: string;
  readonly folder: string;
  /** Why it is skipped. @default - it is deployed */
  readonly skipped?: string;
}

/**
 * Decides what becomes of the stacks in the cluster, in the order in which they are deployed: one whose provider or charts cannot be had is
 * skipped, and with it what depends on it.
 *
 * @param stacks the stacks, after those they depend on
 * @param unusable those that lack a provider
 * @param withoutCharts names of those that were tried, and whose charts cannot be had. @default - none
 */
export function fatesOf(
  stacks: readonly ManifestStack[],
  unusable: readonly { readonly stack: StackProviders; readonly missing: readonly MissingTool[] }[],
  withoutCharts: readonly string[] = [],
): StackFate[] {
  const fates: StackFate[] = [];
  for (const { name, folder, dependencies } of stacks) {
    const missing = unusable.find(({ stack }) => stack.name === name)?.missing;
    const needed = fates.find((other) => other.skipped !== undefined && dependencies.includes(other.name));
    const lacking = missing ? `no ${missing.map((item) => item.name).join(", ")}` : needed && `it needs ${needed.name}`;
    const skipped = lacking ?? (withoutCharts.includes(name) ? "its charts cannot be had" : undefined);
    fates.push({ name, folder, skipped });
  }
  return fates;
}

/** The fates in one line for people: names, reasons, and a count where not all are deployed. */
export function describeFates(fates: readonly StackFate[]): string {
  if (fates.length === 0) return "no such stack";
  const texts = fates.map(({ name, skipped }) => (skipped === undefined ? name : `${name} skipped, ${skipped}`));
  const skipped = fates.filter((one) => one.skipped !== undefined).length;
  const count = skipped === 0 ? "" : ` (${fates.length - skipped} of ${fates.length} deployed, ${skipped} skipped)`;
  return `${texts.join("; ")}${count}`;
}
