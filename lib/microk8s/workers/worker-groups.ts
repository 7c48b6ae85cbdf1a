import { Construct } from "constructs";
import { MecError, got } from "../../errors";
import type { ClusterCore } from "../cluster-core";
import { assertGroupName } from "./group-name";
import { WorkerGroup } from "./worker-group";
import type { WorkerGroupProps } from "./worker-group-props";
import { WorkerNetwork } from "./worker-network";

/** The groups of workers of a cluster: whatever the order of the calls, they are told in the order of their names. */
export class WorkerGroups extends Construct {
  private readonly byName = new Map<string, WorkerGroup>();
  private network?: WorkerNetwork;

  public constructor(
    scope: Construct,
    id: string,
    private readonly cluster: ClusterCore,
  ) {
    super(scope, id);
  }

  /**
   * Makes a group.
   *
   * @param name name of the group
   * @param props what a person wrote
   * @throws {MecError} MEC1180 for what is no name of a group, MEC1181 for a name that a group has already, and what {@link WorkerGroup} refuses
   */
  public add(name: string, props: WorkerGroupProps): WorkerGroup {
    assertGroupName(this.node.path, name);
    if (this.byName.has(name)) {
      throw new MecError(
        "MEC1181",
        this.node.path,
        `${got(name)} as name of a worker group: the cluster has a group of that name already, so write another, or a higher count there`,
      );
    }
    const group = new WorkerGroup(this, name, this.cluster, props, () => this.inCluster());
    this.byName.set(name, group);
    return group;
  }

  /** The groups by their names, in the order of these. */
  public get groups(): ReadonlyMap<string, WorkerGroup> {
    return new Map([...this.byName].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  private inCluster(): WorkerNetwork {
    const { clusterName, network, registries, controlPlaneMetrics, tags } = this.cluster;
    return (this.network ??= new WorkerNetwork(this, "Network", {
      clusterName,
      network,
      controlPlane: this.cluster,
      registryPorts: registries.ports,
      metrics: controlPlaneMetrics,
      tags,
    }));
  }
}
