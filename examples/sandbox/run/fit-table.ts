import { ClusterFit, type FitEntry } from "../../../lib/helm/fit";
import type { NodeCapabilities } from "../../../lib/microk8s/cluster-interface";
import { Size } from "../../../lib/units";
import { blocksOf, type SynthesizedStack } from "../../../stacks/synthesized-stack";

/** The output `add_ons` of a stack, as far as it is read here. */
interface AddOnOutput {
  readonly cpu_millis: number;
  readonly memory_mebibytes: number;
  readonly volume_gibibytes: number;
  readonly gpus: number;
  readonly cpu_millis_per_node: number;
  readonly memory_mebibytes_per_node: number;
}

/**
 * What the add-ons of an app ask for, and what the nodes of its cluster have, from what was synthesized.
 *
 * @param infrastructure the stack that makes the cluster
 * @param stacks all stacks
 * @returns the table; undefined without any add-on
 */
export function fitTable(infrastructure: SynthesizedStack, stacks: readonly SynthesizedStack[]): string | undefined {
  const entries = stacks.flatMap(entriesOf);
  return entries.length === 0 ? undefined : new ClusterFit(nodesOf(infrastructure), entries).toTable();
}

function entriesOf(stack: SynthesizedStack): FitEntry[] {
  const { output } = stack as { readonly output?: { readonly add_ons?: { readonly value: Record<string, AddOnOutput> } } };
  return Object.entries(output?.add_ons?.value ?? {}).map(([name, asked]) => ({
    name,
    footprint: {
      cpuMillis: asked.cpu_millis,
      memory: mebibytes(asked.memory_mebibytes),
      volumes: asked.volume_gibibytes > 0 ? Size.gibibytes(asked.volume_gibibytes) : undefined,
      gpus: asked.gpus,
      perNode: { cpuMillis: asked.cpu_millis_per_node, memory: mebibytes(asked.memory_mebibytes_per_node) },
    },
  }));
}

/** There is no size of nothing, so it is one that no sum shows. */
function mebibytes(amount: number): Size {
  return Size.mebibytes(amount > 0 ? amount : Number.MIN_VALUE);
}

/** The nodes as the cluster publishes them, with the root volumes of the instances that have their names. */
function nodesOf(infrastructure: SynthesizedStack): NodeCapabilities[] | undefined {
  const blocks = blocksOf(infrastructure);
  for (const { type, arguments: args } of blocks) {
    const cluster = type === "aws_ssm_parameter" ? /^\/mec\/([^/]+)\/capabilities$/.exec(String(args.name))?.[1] : undefined;
    if (cluster === undefined) continue;
    const { nodes } = JSON.parse(String(args.insecure_value)) as { readonly nodes: readonly NodeCapabilities[] };
    return nodes.map((node) => ({ ...node, rootVolume: rootVolumeOf(`${cluster}-${node.name}`, blocks) }));
  }
  return undefined;
}

function rootVolumeOf(name: string, blocks: ReturnType<typeof blocksOf>): Size | undefined {
  for (const { type, arguments: args } of blocks) {
    const { tags, root_block_device: root } = args as { tags?: { Name?: string }; root_block_device?: { volume_size?: number } };
    if (type === "aws_instance" && tags?.Name === name) {
      return typeof root?.volume_size === "number" ? Size.gibibytes(root.volume_size) : undefined;
    }
  }
  return undefined;
}
