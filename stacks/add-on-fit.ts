import type { TerraformStack } from "cdktf";
import { ClusterFit, type FitEntry } from "../lib/helm/fit";
import type { NodeCapabilities } from "../lib/microk8s/cluster-interface";
import { Size } from "../lib/units";
import { blocksOf, isLiteral, providerOf, synthesized, type SynthesizedStack } from "./synthesized-stack";
import { ADD_ONS_OUTPUT, type DescribedAddOn } from "./add-on-stack";

/** Whether the add-ons of one cluster fit. */
export interface AddOnFit {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster, in which its name is its own; undefined for one without. */
  readonly region?: string;
  /** The figures; `toTable()` makes a table of them. */
  readonly fit: ClusterFit;
}

/**
 * Whether the add-ons of ready-made stacks fit on the nodes of their clusters, read from what is synthesized: the output `add_ons` of each
 * stack, and the capabilities and machines of the stack that makes the cluster, where that is among them.
 *
 * @param stacks stacks once all their constructs are there, or parsed `cdk.tf.json`
 * @returns one for each cluster with add-ons, in the order of the stacks
 */
export function addOnFit(stacks: readonly (TerraformStack | SynthesizedStack)[]): AddOnFit[] {
  const all = stacks.map((stack) => synthesized(stack));
  const clusters = new Map<string, { clusterName: string; region?: string; entries: FitEntry[] }>();
  for (const { output } of all) {
    const addOns = (output?.[ADD_ONS_OUTPUT]?.value ?? {}) as Readonly<Record<string, DescribedAddOn>>;
    for (const [name, addOn] of Object.entries(addOns)) {
      const { cluster: clusterName, region } = addOn;
      const key = `${region} ${clusterName}`;
      const cluster = clusters.get(key) ?? { clusterName, region, entries: [] };
      cluster.entries.push({ name, footprint: footprintOf(addOn) });
      clusters.set(key, cluster);
    }
  }
  return [...clusters.values()].map(({ clusterName, region, entries }) => ({
    clusterName,
    region,
    fit: new ClusterFit(nodesOf(all, clusterName, region), entries),
  }));
}

/** Like nodes of a group, as a cluster publishes them. */
interface PublishedNodes extends Omit<NodeCapabilities, "name" | "rootVolume"> {
  readonly group: string;
  readonly count: number;
}

function footprintOf(addOn: DescribedAddOn): FitEntry["footprint"] {
  // A size is above zero: the least there is counts as none.
  const size = (mebibytes: number) => Size.mebibytes(Math.max(mebibytes, Number.MIN_VALUE));
  const { cpu_millis_per_node: cpuMillis, memory_mebibytes_per_node: memory } = addOn;
  return {
    cpuMillis: addOn.cpu_millis,
    memory: size(addOn.memory_mebibytes),
    volumes: addOn.volume_gibibytes > 0 ? Size.gibibytes(addOn.volume_gibibytes) : undefined,
    perNode: cpuMillis > 0 || memory > 0 ? { cpuMillis, memory: size(memory) } : undefined,
    gpus: addOn.gpus,
    needsGpu: addOn.needs_gpu,
  };
}

/** The nodes of a cluster by what it publishes, with the disks of their machines; undefined where no stack makes it. */
function nodesOf(stacks: readonly SynthesizedStack[], clusterName: string, region?: string): NodeCapabilities[] | undefined {
  for (const stack of stacks) {
    const blocks = blocksOf(stack).filter(({ kind }) => kind === "resource");
    const published = blocks.find(
      (block) =>
        block.type === "aws_ssm_parameter" &&
        block.arguments.name === `/mec/${clusterName}/capabilities` &&
        isIn(providerOf(stack, block)?.region, region),
    );
    if (published !== undefined) {
      const { nodes } = JSON.parse(String(published.arguments.insecure_value)) as { nodes: PublishedNodes[] };
      return nodes.flatMap(({ group, count, ...node }) => {
        const first = `${clusterName}-${group}-0`;
        const machine = blocks.find(
          ({ type, arguments: { tags } }) => type === "aws_instance" && (tags as { Name?: string } | undefined)?.Name === first,
        );
        const disk = (machine?.arguments.root_block_device as { volume_size?: number } | undefined)?.volume_size;
        const rootVolume = disk === undefined ? undefined : Size.gibibytes(disk);
        return Array.from({ length: count }, (_, index) => ({ ...node, name: `${group}-${index}`, rootVolume }));
      });
    }
  }
  return undefined;
}

/** Whether a provider is in a Region; one whose Region is not known at synth is taken to be. */
function isIn(ofProvider: unknown, region?: string): boolean {
  return !isLiteral(ofProvider) || ofProvider === region;
}
