import type { Size } from "../units";
import type { NodeCapabilities } from "./cluster-interface";
import type { DesiredNode, DesiredWorkers } from "./desired";
import type { NodeReservation } from "./node-reservation";

/** A group of workers, as the cluster must know of it. */
export interface RosterGroup {
  /** What the nodes are told of it. */
  readonly desired: DesiredWorkers;
  /** EC2 instance type of its nodes, such as `t3.large`. */
  readonly instanceType: string;
  /** Size of the root volumes of its nodes. */
  readonly rootVolume: Size;
  /** Whether its nodes have a GPU. */
  readonly gpu: boolean;
  /**
   * What of its nodes pods never get.
   * @default - microk8s' own: no CPU, and 100 MiB of memory
   */
  readonly reserved?: NodeReservation;
  /** Names of its nodes that are to leave. */
  readonly leaving: readonly string[];
}

/** The control plane, as the cluster must know of it. */
export interface RosterControlPlane {
  /** Its nodes in order, those that are to leave included. */
  readonly nodes: readonly DesiredNode[];
  /** EC2 instance type of its nodes. */
  readonly instanceType: string;
  /** Size of the root volumes of its nodes. */
  readonly rootVolume: Size;
  /** Whether its nodes have a GPU. */
  readonly gpu: boolean;
  /**
   * What of its nodes pods never get.
   * @default - microk8s' own: no CPU, and 100 MiB of memory
   */
  readonly reserved?: NodeReservation;
  /** Names of its nodes that are to leave. */
  readonly leaving: readonly string[];
  /** Names of its nodes that take on another instance type. */
  readonly resizing: readonly string[];
}

/**
 * The nodes of a cluster in their order: the control plane by number, then the groups of workers by name, each by number. Groups come after
 * the cluster is made, so whoever tells of all nodes asks at synth.
 */
export class ClusterRoster {
  private readonly byName = new Map<string, RosterGroup>();

  public constructor(public readonly controlPlane: RosterControlPlane) {}

  /** Takes in a group; its name is its own. */
  public addGroup(group: RosterGroup): void {
    this.byName.set(group.desired.name, group);
  }

  /** Whether there is a group of the name. */
  public hasGroup(name: string): boolean {
    return this.byName.has(name);
  }

  /** The groups in the order of their names, whatever the order of the code. */
  public get groups(): readonly RosterGroup[] {
    return [...this.byName].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, group]) => group);
  }

  /** Names of all nodes that are to leave. */
  public get leaving(): readonly string[] {
    return [...this.controlPlane.leaving, ...this.groups.flatMap(({ leaving }) => leaving)];
  }

  /**
   * What the name of a node's waiting stack ends with: its generation, and what else of it this apply waits for.
   *
   * @param nodeName name of the node
   * @param generation generation of what it shall be
   */
  public awaitedAs(nodeName: string, generation: string): string {
    if (this.leaving.includes(nodeName)) {
      return `${generation}-leaving`;
    }
    return this.controlPlane.resizing.includes(nodeName) ? `${generation}-resized` : generation;
  }

  /** What the nodes are for add-ons, in their order. */
  public get capabilities(): readonly NodeCapabilities[] {
    const { leaving } = this;
    const staysOrLeaves = (name: string, isOpen: boolean) =>
      leaving.includes(name) ? { takesPods: false, leaves: true } : { takesPods: isOpen };
    const { nodes, instanceType, rootVolume, reserved } = this.controlPlane;
    return [
      ...nodes.map(({ name, role }) => ({ name, role, instanceType, rootVolume, ...staysOrLeaves(name, true), reserved })),
      ...this.groups.flatMap((group) => {
        const { instanceType, rootVolume, reserved, desired } = group;
        const isOpen = desired.taints?.every((taint) => taint.endsWith(":PreferNoSchedule")) ?? true;
        return nodeNames(group).map((name) => ({
          name,
          role: "worker",
          instanceType,
          rootVolume,
          ...staysOrLeaves(name, isOpen),
          reserved,
        }));
      }),
    ];
  }

  /** Whether a node that stays has a GPU; one of the control plane always stays. */
  public get gpu(): boolean {
    return this.controlPlane.gpu || this.groups.some(({ gpu, desired, leaving }) => gpu && desired.count > leaving.length);
  }

  /** Number of nodes before this one; 0 for a machine that is no node, which waits for none. */
  public positionOf(nodeName: string): number {
    const names = [...this.controlPlane.nodes.map(({ name }) => name), ...this.groups.flatMap(nodeNames)];
    return Math.max(names.indexOf(nodeName), 0);
  }
}

/** Names of the nodes of a group, those that are to leave included. */
function nodeNames({ desired: { name, count } }: RosterGroup): string[] {
  return Array.from({ length: count }, (_, index) => `${name}-${index}`);
}
