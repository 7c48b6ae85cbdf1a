import {
  cacheDirectory,
  findMirrors,
  missingProvider,
  missingToolLine,
  planProviders,
  registryReachable,
  shortProviderName,
  userCliConfig,
  writeCliConfig,
  writeOverride,
} from "../../../lib/testing/emulator";
import type { MissingTool, StackProviders, SynthesizedStack, TerraformTool } from "../../../lib/testing/emulator";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

/** Where the providers of the stacks come from, and what follows for the run. */
export interface ProviderSetup {
  /** Terraform CLI configuration to use: the user's own, or one that was written. */
  readonly cliConfig: string;
  /** Cache for what is fetched; `undefined` when nothing is. */
  readonly pluginCache?: string;
  /** Stacks that can run. */
  readonly usable: readonly StackProviders[];
  /** Stacks that cannot, with what they lack. */
  readonly unusable: readonly { readonly stack: StackProviders; readonly missing: readonly MissingTool[] }[];
  /** Sentences for people: moved pins and skipped stacks. */
  readonly notes: readonly string[];
}

/**
 * Decides per provider of every synthesized stack, writes the overrides and the CLI configuration.
 *
 * @param cliConfig where to write the configuration when the user has none
 */
export async function setUpProviders(
  stacks: readonly SynthesizedStack[],
  terraform: TerraformTool,
  cliConfig: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ProviderSetup> {
  // A mirror that was named for this run counts more than a configuration for all.
  const user = env.MEC_PROVIDER_MIRROR ? undefined : userCliConfig(env, terraform.flavor);
  const planned = await planProviders(stacks, terraform.registryHost, {
    mirrors: user?.mirrors ?? findMirrors({ env, registryHost: terraform.registryHost }),
    platform: terraform.platform,
    registry: async (host) => (user?.network ?? true) && registryReachable(host, env),
  });
  const usable: StackProviders[] = [];
  const unusable: { stack: StackProviders; missing: MissingTool[] }[] = [];
  const notes: string[] = [];
  for (const stack of planned) {
    const lacking = stack.decisions.filter((decision) => decision.from === "unavailable");
    if (lacking.length === 0) {
      usable.push(stack);
      notes.push(...writeOverride(stack));
    } else {
      unusable.push({ stack, missing: lacking.map((decision) => missingProvider(decision, stack, terraform.path)) });
    }
  }
  for (const { stack, missing } of unusable) {
    notes.push(`${stack.name} is synthesized but not deployed; ${missing.map(missingToolLine).join("; ")}`);
  }
  const decisions = usable.flatMap((stack) => stack.decisions);
  if (user === undefined) writeCliConfig(cliConfig, decisions);
  const fetched = decisions.some((decision) => decision.from === "registry");
  const pluginCache = fetched ? join(cacheDirectory(env), "terraform-plugins") : undefined;
  if (pluginCache !== undefined) mkdirSync(pluginCache, { recursive: true });
  return { cliConfig: user?.path ?? cliConfig, pluginCache, usable, unusable, notes };
}

/** `AWS provider 5.100.0` and the like, for the line that says what was real. */
export function providerVersions(stacks: readonly StackProviders[]): string[] {
  const versions = stacks.flatMap((stack) => stack.decisions.map(({ provider, use }) => `provider ${shortProviderName(provider)} ${use}`));
  return [...new Set(versions)];
}
