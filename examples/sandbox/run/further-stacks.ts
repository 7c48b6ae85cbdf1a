import type { MissingTool, StackProviders } from "../../../lib/testing/emulator";
import { blocksOf } from "../../../stacks/synthesized-stack";
import { readSynthesized, type ManifestStack } from "./cdktf";

/** What becomes of a stack that runs in the cluster. */
export type StackFate =
  | { readonly name: string; readonly folder: string; readonly fate: "deploy" | "plan" }
  | { readonly name: string; readonly fate: "skip"; readonly reason: string };

/**
 * Decides what becomes of the stacks in the cluster, in the order in which they are deployed. A stack whose provider cannot be had is
 * skipped, and with it what depends on it; one with Helm releases, and what depends on it, is planned: Terraform downloads its charts, but
 * the emulated API installs none.
 *
 * @param stacks the stacks, after those they depend on
 * @param unusable those that lack a provider
 */
export function fatesOf(
  stacks: readonly ManifestStack[],
  unusable: readonly { readonly stack: StackProviders; readonly missing: readonly MissingTool[] }[],
): StackFate[] {
  const fates = new Map<string, StackFate>();
  for (const { name, folder, dependencies } of stacks) {
    const missing = unusable.find(({ stack }) => stack.name === name)?.missing;
    const needs = (fate: StackFate["fate"]) => dependencies.find((needed) => fates.get(needed)?.fate === fate);
    const skipped = needs("skip");
    if (missing !== undefined) {
      fates.set(name, { name, fate: "skip", reason: `no ${missing.map((item) => item.name).join(", ")}` });
    } else if (skipped !== undefined) {
      fates.set(name, { name, fate: "skip", reason: `it needs ${skipped}` });
    } else {
      const helm = blocksOf(readSynthesized({ folder })).some(({ type }) => type === "helm_release");
      fates.set(name, { name, folder, fate: helm || needs("plan") !== undefined ? "plan" : "deploy" });
    }
  }
  return [...fates.values()];
}

/** The fates in one line for people: names, reasons, and a count where not all were deployed. */
export function describeFates(fates: readonly StackFate[]): string {
  if (fates.length === 0) return "no such stack";
  const texts = fates.map((one) => {
    if (one.fate === "skip") return `${one.name} skipped, ${one.reason}`;
    return one.fate === "plan" ? `${one.name} planned, not deployed: the emulated API runs no Helm chart` : one.name;
  });
  const count = (fate: StackFate["fate"]) => fates.filter((one) => one.fate === fate).length;
  const counts = [`${count("deploy")} of ${fates.length} deployed`, `${count("plan")} planned`, `${count("skip")} skipped`];
  const told = counts.filter((text, index) => index === 0 || !text.startsWith("0 "));
  return count("deploy") === fates.length ? texts.join("; ") : `${texts.join("; ")} (${told.join(", ")})`;
}
