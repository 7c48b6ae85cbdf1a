import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { shortProviderName } from "./provider-plan";
import type { ProviderDecision, StackProviders } from "./provider-plan";

/** Name of the file that moves a stack's provider pin; Terraform merges `*_override.tf.json` over the rest. */
export const OVERRIDE_FILE = "emulator_override.tf.json";

/**
 * Renders a Terraform CLI configuration: what the decisions take from mirrors comes from there and is not asked of the
 * registry, everything else is fetched directly.
 *
 * @see https://developer.hashicorp.com/terraform/cli/config/config-file#explicit-installation-method-configuration
 */
export function renderCliConfig(decisions: readonly ProviderDecision[]): string {
  const byMirror = new Map<string, Set<string>>();
  for (const { mirror, provider } of decisions) {
    if (mirror === undefined) continue;
    byMirror.set(mirror.path, (byMirror.get(mirror.path) ?? new Set()).add(provider));
  }
  const lines = ["# Written by the sandbox runner; made anew on each run.", "disable_checkpoint = true", "provider_installation {"];
  for (const [path, providers] of byMirror) {
    lines.push("  filesystem_mirror {", `    path    = ${JSON.stringify(path)}`, `    include = ${JSON.stringify([...providers])}`, "  }");
  }
  const mirrored = [...new Set([...byMirror.values()].flatMap((providers) => [...providers]))];
  lines.push("  direct {", ...(mirrored.length > 0 ? [`    exclude = ${JSON.stringify(mirrored)}`] : []), "  }", "}", "");
  return lines.join("\n");
}

/** Writes {@link renderCliConfig} to a file, for `TF_CLI_CONFIG_FILE`. */
export function writeCliConfig(path: string, decisions: readonly ProviderDecision[]): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, renderCliConfig(decisions));
}

/**
 * Moves the provider pin of a stack where its decisions say so, and removes an override of an earlier run where they do not.
 *
 * @returns one sentence per moved pin, for people
 * @see https://developer.hashicorp.com/terraform/language/files/override
 */
export function writeOverride(stack: StackProviders): string[] {
  const path = join(stack.folder, OVERRIDE_FILE);
  const moved = stack.decisions.filter((decision) => decision.from === "override");
  if (moved.length === 0) {
    rmSync(path, { force: true });
    return [];
  }
  const required = Object.fromEntries(moved.map(({ name, provider, use }) => [name, { source: sourceOf(provider), version: use }]));
  writeFileSync(path, `${JSON.stringify({ terraform: { required_providers: required } }, undefined, 2)}\n`);
  return moved.map(
    ({ provider, version, use, mirror }) =>
      `${stack.name}: provider ${shortProviderName(provider)} ${version}, which the binding pins, cannot be had here; ${use} from ${mirror?.path} runs instead (${OVERRIDE_FILE})`,
  );
}

/** The binding's own spelling of a source: the host and `hashicorp` are left out. */
function sourceOf(provider: string): string {
  const [, namespace, type] = provider.split("/");
  return namespace === "hashicorp" ? type! : `${namespace}/${type}`;
}
