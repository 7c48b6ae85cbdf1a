import type { IConstruct } from "constructs";
import type { ClusterCapabilities, IMicrok8sCluster, NodeCapabilities } from "../microk8s/cluster-interface";
import { DEFAULT_RESERVATION } from "../microk8s/node-reservation";
import type { Size } from "../units";
import { WavelengthInstanceType } from "../wavelength/instance-type";
import { ClusterAddOns, type InstalledAddOn } from "./cluster-add-ons";
import { assertFootprint, type Footprint } from "./footprint";

/**
 * What microk8s itself takes of each node: Calico's pod requests a quarter of a vCPU
 * (https://github.com/canonical/microk8s/blob/master/upgrade-scripts/000-switch-to-calico/resources/calico.yaml), and microk8s runs in as
 * little as 540 MB of memory (https://microk8s.io/docs/getting-started), which no pod requests.
 */
const MICROK8S_PER_NODE = { cpuMillis: 250, mebibytes: 515 };

/** What CoreDNS requests, once for a cluster (https://github.com/canonical/microk8s-core-addons/blob/main/addons/dns/coredns.yaml). */
const COREDNS = { cpuMillis: 100, mebibytes: 70 };

/** What of a root volume is not for volumes of pods: Ubuntu, snaps, images and logs. A figure of this library's own, in GiB. */
export const SYSTEM_GIBIBYTES = 10;

/** Share of what there is above which add-ons fit, and barely. */
const CLOSE = 0.8;

/** Amounts of what add-ons ask for and nodes have. */
export interface Amounts {
  /** Processor time, in thousandths of a vCPU. */
  readonly cpuMillis: number;
  /** Memory in MiB. */
  readonly memoryMebibytes: number;
  /** Volumes in GiB. */
  readonly volumeGibibytes: number;
  /** Number of GPUs. */
  readonly gpus: number;
}

/** An add-on as the fit check sees it. */
export interface FitEntry {
  /** Name for people, such as `prometheus`. */
  readonly name: string;
  /** What it needs. */
  readonly footprint: Footprint;
}

/** A row of the table: somebody, and what is asked for. */
export interface FitRow extends Amounts {
  /** Who asks. */
  readonly name: string;
}

/** The dimensions in their order, with their units for people. */
const DIMENSIONS = [
  { key: "cpuMillis", name: "CPU", unit: "m" },
  { key: "memoryMebibytes", name: "memory", unit: " MiB" },
  { key: "volumeGibibytes", name: "volumes", unit: " GiB" },
  { key: "gpus", name: "GPUs", unit: "" },
] as const satisfies readonly { key: keyof Amounts; name: string; unit: string }[];

/**
 * Whether the add-ons of a cluster fit on its nodes: the sum of what they request, and of what microk8s itself takes, against what the
 * types of the nodes have, less what their kubelets keep from pods. Nodes that take no pods do not count.
 *
 * It is a sum: pods that fit together may still not fit one by one, so it finds what cannot be, and does not prove what can.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#how-pods-with-resource-requests-are-scheduled
 */
export class ClusterFit {
  /**
   * That of all add-ons of a cluster which are in the app.
   *
   * @param scope any construct of the app
   * @param cluster the cluster
   */
  public static of(scope: IConstruct, cluster: IMicrok8sCluster): ClusterFit {
    const entries = ClusterAddOns.of(scope, cluster).addOns.map((addOn) => ({ name: addOn.kind, footprint: footprintOnNodes(addOn) }));
    return new ClusterFit(knownCapabilities(scope, cluster)?.nodes, entries);
  }

  /** Who asks for what, microk8s itself last; for each node once where the nodes are not known. */
  public readonly rows: readonly FitRow[];

  /** The sum of the rows. */
  public readonly requested: Amounts;

  /** Whether an add-on makes no sense without a GPU, though it keeps none for itself. */
  private readonly needsGpu: boolean;

  /** What the nodes have; undefined where they or their types are not known. A dimension that is not known is not in it. */
  public readonly available?: Partial<Amounts>;

  /** Names of instance types that this release does not know. */
  public readonly unknownTypes: readonly string[];

  /**
   * @param nodes the nodes; undefined where they are not known
   * @param entries the add-ons
   * @throws {MecError} MEC1008 for a footprint with a figure that is none
   */
  public constructor(nodes: readonly NodeCapabilities[] | undefined, entries: readonly FitEntry[]) {
    entries.forEach(({ name, footprint }) => assertFootprint(name, footprint));
    const usable = nodes?.filter(({ takesPods }) => takesPods !== false);
    const count = usable?.length ?? 1;
    this.rows = [
      ...entries.map(({ name, footprint }) => ({ name, ...amountsOf(footprint, count) })),
      {
        name: "microk8s",
        cpuMillis: MICROK8S_PER_NODE.cpuMillis * count + COREDNS.cpuMillis,
        memoryMebibytes: MICROK8S_PER_NODE.mebibytes * count + COREDNS.mebibytes,
        volumeGibibytes: 0,
        gpus: 0,
      },
    ];
    this.requested = sum(this.rows);
    this.needsGpu = entries.some(({ footprint }) => footprint.needsGpu === true);
    const types = (usable ?? []).map(({ instanceType }) => WavelengthInstanceType.of(instanceType));
    this.unknownTypes = [...new Set(types.filter(({ vCpus }) => vCpus === undefined).map(({ name }) => name))];
    this.available = nodes && usable && { ...capacity(usable, types), gpus: gpusOf(nodes) };
  }

  /** What is asked for and is not there, in words with both figures; empty where everything fits or nothing is known. */
  public get excesses(): readonly string[] {
    return this.compared()
      .filter(({ wanted, there }) => wanted > there)
      .map(({ text }) => text);
  }

  /** What takes more than four fifths of what there is, and still fits, in words with both figures. GPUs are there to be used. */
  public get tight(): readonly string[] {
    return this.compared()
      .filter(({ key, wanted, there }) => key !== "gpus" && wanted > 0 && wanted <= there && wanted > CLOSE * there)
      .map(({ text, wanted, there }) => `${text}, ${Math.round((100 * wanted) / there)} percent`);
  }

  /** The rows that ask for anything, in one line. */
  public get breakdown(): string {
    return this.rows
      .map((row) => {
        const parts = DIMENSIONS.filter(({ key }) => row[key] > 0).map(({ key, unit, name }) => amountText(row[key], unit || ` ${name}`));
        return `${row.name} ${parts.join(" ") || "nothing"}`;
      })
      .join(", ");
  }

  /** The whole as a table for people: a row for each add-on, their sum, and what the nodes have. */
  public toTable(): string {
    const line = (name: string, amounts: Partial<Amounts>) => [
      name,
      ...DIMENSIONS.map(({ key, unit }) => (amounts[key] === undefined ? "unknown" : amountText(amounts[key], unit))),
    ];
    const share = (key: keyof Amounts) => {
      const there = this.available?.[key];
      return there === undefined || there === 0 ? "-" : `${Math.round((100 * this.requested[key]) / there)} %`;
    };
    const lines = [
      ["add-on", ...DIMENSIONS.map(({ name }) => name)],
      ...this.rows.map((row) => line(row.name, row)),
      line("sum", this.requested),
      line("nodes have", this.available ?? {}),
      ["used", ...DIMENSIONS.map(({ key }) => share(key))],
    ];
    const widths = [0, ...DIMENSIONS.map((_, index) => index + 1)].map((column) =>
      Math.max(...lines.map((cells) => cells[column]!.length)),
    );
    return lines
      .map((cells) =>
        cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join("  "),
      )
      .join("\n");
  }

  private compared() {
    return DIMENSIONS.flatMap(({ key, name, unit }) => {
      // A GPU that must be there may be one that another add-on asks for.
      const wanted = key === "gpus" && this.needsGpu ? Math.max(1, this.requested.gpus) : this.requested[key];
      const there = this.available?.[key];
      return there === undefined
        ? []
        : [{ key, wanted, there, text: `${amountText(wanted, unit)} of ${name} where the nodes have ${amountText(there, unit)}` }];
    });
  }
}

/**
 * What a cluster offers as far as the app knows: one that is imported by its name may be made in the same app, and another add-on have it.
 *
 * @param scope any construct of the app
 * @param cluster the cluster
 * @returns undefined where no add-on's cluster of that Region and name knows
 */
export function knownCapabilities(scope: IConstruct, cluster: IMicrok8sCluster): ClusterCapabilities | undefined {
  const clusters = [cluster, ...ClusterAddOns.of(scope, cluster).addOns.map((addOn) => addOn.cluster)];
  return clusters.map(({ capabilities }) => capabilities).find((capabilities) => capabilities !== undefined);
}

/**
 * What an add-on needs of the nodes: volumes of a class that some add-on brings and that are not on disks of nodes are left out.
 *
 * @param addOn the add-on
 * @see https://kubernetes.io/docs/concepts/storage/storage-classes/
 */
export function footprintOnNodes(addOn: InstalledAddOn): Footprint {
  const { footprint, definition, cluster } = addOn;
  const { storageClass } = definition;
  const bringer = storageClass === undefined ? undefined : ClusterAddOns.of(addOn, cluster).storageBy(storageClass);
  const offer = bringer?.definition.storageClasses?.find(({ name }) => name === storageClass);
  return offer?.isNodeLocal === false ? { ...footprint, volumes: undefined } : footprint;
}

/** What an add-on asks for on a number of nodes. */
export function amountsOf({ cpuMillis, memory, volumes, perNode, gpus = 0 }: Footprint, nodes: number): Amounts {
  return {
    cpuMillis: cpuMillis + nodes * (perNode?.cpuMillis ?? 0),
    memoryMebibytes: (memory?.toMebibytes() ?? 0) + nodes * (perNode?.memory?.toMebibytes() ?? 0),
    volumeGibibytes: volumes?.toGibibytes() ?? 0,
    gpus,
  };
}

/** What microk8s itself takes of a type of machine is not for pods: what is left, but for what is reserved, for the check at plan. */
export function podsGet({ vCpus, memory }: { readonly vCpus: number; readonly memory: Size }): { cpuMillis: number; mebibytes: number } {
  return {
    cpuMillis: vCpus * 1000 - MICROK8S_PER_NODE.cpuMillis,
    mebibytes: memory.toMebibytes() - MICROK8S_PER_NODE.mebibytes,
  };
}

/** What microk8s' own pods take once for a cluster. */
export const ONCE_PER_CLUSTER = COREDNS;

function sum(rows: readonly Amounts[]): Amounts {
  const of = (key: keyof Amounts) => rows.reduce((total, row) => total + row[key], 0);
  return {
    cpuMillis: of("cpuMillis"),
    memoryMebibytes: of("memoryMebibytes"),
    volumeGibibytes: of("volumeGibibytes"),
    gpus: of("gpus"),
  };
}

/** What nodes have; undefined for a dimension of which one node is not known. */
function capacity(nodes: readonly NodeCapabilities[], types: readonly WavelengthInstanceType[]): Partial<Amounts> {
  const reserved = nodes.map((node) => node.reserved ?? DEFAULT_RESERVATION);
  return {
    cpuMillis: total(types.map(({ vCpus }, index) => vCpus && vCpus * 1000 - reserved[index]!.cpuMillis)),
    memoryMebibytes: total(types.map(({ memory }, index) => memory && memory.toMebibytes() - reserved[index]!.mebibytes)),
    volumeGibibytes: total(nodes.map(({ rootVolume }) => rootVolume && Math.max(0, rootVolume.toGibibytes() - SYSTEM_GIBIBYTES))),
  };
}

/** GPUs of all nodes that stay, with those that a taint keeps for pods which use one; undefined where the number of one node is not known. */
function gpusOf(nodes: readonly NodeCapabilities[]): number | undefined {
  const staying = nodes.filter(({ leaves }) => leaves !== true);
  const types = staying.map(({ instanceType }) => WavelengthInstanceType.of(instanceType)).filter(({ hasGpu }) => hasGpu);
  return total(types.map(({ gpu }) => gpu?.count));
}

function total(values: readonly (number | undefined)[]): number | undefined {
  return values.includes(undefined) ? undefined : values.reduce<number>((all, value) => all + (value ?? 0), 0);
}

function amountText(amount: number, unit: string): string {
  return `${Number.isInteger(amount) ? amount : amount.toFixed(1)}${unit}`;
}
