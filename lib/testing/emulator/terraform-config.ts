import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

/** Name of the file that points a stack's kubernetes and helm providers to the simulated machines. */
export const API_OVERRIDE_FILE = "emulator_api_override.tf.json";

/**
 * Points the kubernetes and helm providers of a synthesized stack to the simulated API servers, which listen on loopback: the private
 * and carrier IPs of the emulated network lead nowhere. Providers are told apart by their alias, the cluster's name. The helm provider has
 * its connection in one argument, which an override replaces whole.
 *
 * @param folder folder with `cdk.tf.json`
 * @param ports loopback port of the API server by cluster name
 * @returns names of the clusters whose providers were pointed elsewhere
 * @see https://developer.hashicorp.com/terraform/language/files/override
 */
export function writeApiOverride(folder: string, ports: ReadonlyMap<string, number>): string[] {
  const { provider } = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
    provider?: { kubernetes?: AliasedProvider[]; helm?: (AliasedProvider & { kubernetes?: object })[] };
  };
  const simulated = <Provider extends AliasedProvider>(providers: readonly Provider[] = []) =>
    providers.flatMap((one) => {
      const port = one.alias === undefined ? undefined : ports.get(one.alias);
      return port === undefined ? [] : [{ one, alias: one.alias!, host: `https://127.0.0.1:${port}` }];
    });
  const kubernetes = simulated(provider?.kubernetes).map(({ alias, host }) => ({ alias, host }));
  const helm = simulated(provider?.helm).map(({ one, alias, host }) => ({ alias, kubernetes: { ...one.kubernetes, host } }));
  const path = join(folder, API_OVERRIDE_FILE);
  const clusters = [...new Set([...kubernetes, ...helm].map(({ alias }) => alias))];
  if (clusters.length === 0) {
    rmSync(path, { force: true });
    return [];
  }
  const moved = { ...(kubernetes.length > 0 ? { kubernetes } : {}), ...(helm.length > 0 ? { helm } : {}) };
  writeFileSync(path, `${JSON.stringify({ provider: moved }, undefined, 2)}\n`);
  return clusters;
}

/** A provider block, as far as it is told apart by. */
interface AliasedProvider {
  readonly alias?: string;
}
