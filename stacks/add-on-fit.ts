import type { TerraformStack } from "cdktf";
import { ClusterFit, type FitEntry } from "../lib/helm/fit";
import type { NodeCapabilities } from "../lib/microk8s/cluster-interface";
import { Size } from "../lib/units";
import { blocksOf, synthesized, type SynthesizedStack } from "./synthesized-stack";
import { ADD_ONS_OUTPUT, type DescribedAddOn } from "./add-on-stack";

/** Whether the add-ons of one cluster fit. */
export interface AddOnFit {
  /** Name of the cluster. */
  readonly clusterName: string;
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
  const byCluster = new Map<string, FitEntry[]>();
  for (const { output } of all) {
    const addOns = (output?.[ADD_ONS_OUTPUT]?.value ?? {}) as Readonly<Record<string, DescribedAddOn>>;
    for (const [name, addOn] of Object.entries(addOns)) {
      byCluster.set(addOn.cluster, [...(byCluster.get(addOn.cluster) ?? []), { name, footprint: footprintOf(addOn) }]);
    }
  }
  return [...byCluster].map(([clusterName, entries]) => ({ clusterName, fit: new ClusterFit(nodesOf(all, clusterName), entries) }));
}

/** Like nodes of a group, as a cluster publishes them. */
interface PublishedNodes extends Omit<NodeCapabilities, "name" | "rootVolume"> {
  readonly group: string;
  readonly count: number;
}

function footprintOf(addOn: DescribedAddOn): FitEntry["footprint"] {
  const memory = addOn.memory_mebibytes_per_node;
  return {
    cpuMillis: addOn.cpu_millis,
    memory: Size.mebibytes(addOn.memory_mebibytes),
    volumes: addOn.volume_gibibytes > 0 ? Size.gibibytes(addOn.volume_gibibytes) : undefined,
    perNode: memory > 0 ? { cpuMillis: addOn.cpu_millis_per_node, memory: Size.mebibytes(memory) } : undefined,
    gpus: addOn.gpus,
  };
}

/** The nodes of a cluster by what it publishes, with the disks of their machines; undefined where no stack makes it. */
function nodesOf(stacks: readonly SynthesizedStack[], clusterName: string): NodeCapabilities[] | undefined {
  for (const stack of stacks) {
    const blocks = blocksOf(stack).filter(({ kind }) => kind === "resource");
    const published = blocks.find(
      ({ type, arguments: { name } }) => type === "aws_ssm_parameter" && name === `/mec/${clusterName}/capabilities`,
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
