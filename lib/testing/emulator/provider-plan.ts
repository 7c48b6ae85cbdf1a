import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { MissingTool } from "./missing-tool";
import { mirroredVersions } from "./provider-mirror";
import type { ProviderMirror } from "./provider-mirror";
import { compareVersions } from "./version";

/** A provider that a synthesized stack asks for. */
export interface ProviderRequirement {
  /** Local name in the stack, such as `aws`. */
  readonly name: string;
  /** Full source address, such as `registry.terraform.io/hashicorp/aws`. */
  readonly provider: string;
  /** Version constraint as synthesized; the bindings pin one exact version, such as `6.25.0`. */
  readonly version: string;
}

/** Where one provider of one stack comes from. */
export interface ProviderDecision extends ProviderRequirement {
  /**
   * `mirror`: the pinned version is in a local mirror; `registry`: it is fetched; `override`: only another version is in a
   * mirror and the pin is moved to it; `unavailable`: none of these.
   */
  readonly from: "mirror" | "registry" | "override" | "unavailable";
  /** Version that will run: the pinned one, or the one the pin is moved to. */
  readonly use: string;
  /** The mirror, for `mirror` and `override`. */
  readonly mirror?: ProviderMirror;
}

/** What decides where providers come from. */
export interface ProviderSources {
  /** Local mirrors, best first. */
  readonly mirrors: readonly ProviderMirror[];
  /** Platform of the providers, such as `linux_amd64`. */
  readonly platform: string;
  /** Whether a registry host can be asked; called once per host at most, and only where a mirror lacks the pinned version. */
  readonly registry: (host: string) => Promise<boolean>;
}

/** A synthesized stack on disk. */
export interface SynthesizedStack {
  /** Name of the stack, such as `sandbox-infrastructure`. */
  readonly name: string;
  /** Folder with its `cdk.tf.json`. */
  readonly folder: string;
}

/** {@link SynthesizedStack} with the decisions for all its providers. */
export interface StackProviders extends SynthesizedStack {
  readonly decisions: readonly ProviderDecision[];
}

/** Providers whose pin may be moved: only for AWS does the library support a range of versions. */
const MOVABLE = ["hashicorp/aws"];

/**
 * Reads which providers a synthesized stack asks for.
 *
 * @param folder folder with `cdk.tf.json`
 * @param registryHost host that short sources mean, such as `registry.terraform.io`
 * @throws Error when the file cannot be read
 */
export function requiredProviders(folder: string, registryHost: string): ProviderRequirement[] {
  const stack = JSON.parse(readFileSync(join(folder, "cdk.tf.json"), "utf8")) as {
    terraform?: { required_providers?: Record<string, { source?: string; version?: string }> };
  };
  return Object.entries(stack.terraform?.required_providers ?? {}).map(([name, { source, version }]) => {
    const parts = (source ?? name).split("/");
    if (parts.length === 1) parts.unshift("hashicorp");
    if (parts.length === 2) parts.unshift(registryHost);
    return { name, provider: parts.join("/"), version: version ?? "" };
  });
}

/** Decides where every provider of the stacks comes from. */
export async function planProviders(
  stacks: readonly SynthesizedStack[],
  registryHost: string,
  sources: ProviderSources,
): Promise<StackProviders[]> {
  const asked = new Map<string, Promise<boolean>>();
  const registry = (host: string): Promise<boolean> => {
    const answer = asked.get(host) ?? sources.registry(host);
    asked.set(host, answer);
    return answer;
  };
  const planned: StackProviders[] = [];
  for (const stack of stacks) {
    const decisions: ProviderDecision[] = [];
    for (const requirement of requiredProviders(stack.folder, registryHost)) {
      decisions.push(await decide(requirement, { ...sources, registry }));
    }
    planned.push({ ...stack, decisions });
  }
  return planned;
}

async function decide(requirement: ProviderRequirement, sources: ProviderSources): Promise<ProviderDecision> {
  const pinned = /^=?\s*v?(\d+\.\d+\.\d+\S*)$/.exec(requirement.version.trim())?.[1];
  const held = sources.mirrors.flatMap((mirror) =>
    mirroredVersions(mirror, requirement.provider, sources.platform).map((version) => ({ mirror, version })),
  );
  const exact = held.find(({ version }) => version === pinned);
  if (exact !== undefined) return { ...requirement, from: "mirror", use: exact.version, mirror: exact.mirror };
  const host = requirement.provider.split("/")[0]!;
  if (await sources.registry(host)) return { ...requirement, from: "registry", use: pinned ?? requirement.version };
  const other = [...held].sort((a, b) => compareVersions(b.version, a.version))[0];
  const movable = MOVABLE.some((name) => requirement.provider.endsWith(`/${name}`));
  if (other !== undefined && movable) return { ...requirement, from: "override", use: other.version, mirror: other.mirror };
  return { ...requirement, from: "unavailable", use: "" };
}

/** Short name of a provider for people: `hashicorp/aws`. */
export function shortProviderName(provider: string): string {
  return provider.split("/").slice(-2).join("/");
}

/** What is missing for a provider that cannot be had, with the command that makes a mirror of it. */
export function missingProvider(decision: ProviderDecision, stack: SynthesizedStack, terraform: string): MissingTool {
  return {
    name: `provider ${shortProviderName(decision.provider)} ${decision.version}`,
    reason: `it is in no local mirror and ${decision.provider.split("/")[0]} does not answer`,
    command: `${terraform} -chdir='${stack.folder}' providers mirror ~/.terraform.d/plugins (where the registry answers; or set MEC_PROVIDER_MIRROR to a folder that has it)`,
  };
}
