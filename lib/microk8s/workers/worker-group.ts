import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import { warn } from "../../annotations";
import { inOwnStack } from "../../dependencies";
import { MecError } from "../../errors";
import { Connections, type IConnectable } from "../../wavelength/connections";
import type { WavelengthInstanceType } from "../../wavelength/instance-type";
import type { IWavelengthNetwork } from "../../wavelength/network-interface";
import type { INetworkSubnet } from "../../wavelength/network-subnet";
import type { ClusterCore } from "../cluster-core";
import type { DesiredWorkers } from "../desired";
import { nodeReservation } from "../node-reservation";
import { GUARDED_PORTS } from "../ports";
import { WorkerRole } from "../roles/worker-role";
import { checkedWorkerGroup, workerNames, type WorkerGroupProps } from "./worker-group-props";
import { workerKubeletFlags } from "./worker-kubelet";
import type { WorkerNetwork } from "./worker-network";
import { WorkerNode } from "./worker-node";

/**
 * A group of like workers, made by {@link Microk8sCluster.addWorkers}. All of it hangs on its name and the numbers of its nodes: another
 * group, or another number of nodes, changes nothing on those that are there.
 *
 * @throws {MecError} MEC1182 to MEC1189 for its own properties, MEC1104 for the root volume, MEC1140 to MEC1147 for arguments of
 *   the kubelet, MEC1012 for an instance type that the zone does not offer, MEC1033 for tags
 */
export class WorkerGroup extends Construct implements IConnectable {
  /** Name of the group, such as `gpu`. */
  public readonly groupName: string;

  /** Instance type of the nodes. */
  public readonly instanceType: WavelengthInstanceType;

  /** The nodes by their names, `<group>-0` first. */
  public readonly nodes: ReadonlyMap<string, WorkerNode>;

  /** The security group of this group of workers alone: the provider's own class. */
  public readonly securityGroup: SecurityGroup;

  /**
   * Who may connect to the workers of this group, beside the cluster itself: nobody from the start. Whom they may connect to, beside the VPC
   * and its peer networks and TCP ports 443 and 80 everywhere.
   */
  public readonly connections: Connections;

  /** @internal */
  public constructor(scope: Construct, name: string, cluster: ClusterCore, props: WorkerGroupProps, inCluster: () => WorkerNetwork) {
    super(scope, name);
    const { path } = this.node;
    const { clusterName, network, agent, cisHardening } = cluster;
    const group = checkedWorkerGroup(path, name, props, cluster.tags);
    const { count, instanceType, rootVolume, labels, taints, leaving, tags } = group;
    const kubeletArgs = workerKubeletFlags(group.kubelet, {
      path,
      instanceType,
      disk: rootVolume.size,
      cisHardening,
      ofCluster: cluster.nodeArguments?.kubelet,
    });
    this.groupName = name;
    this.instanceType = instanceType;
    const offered = network.requireInstanceType(this, instanceType);
    const subnet = group.egress.hasCarrierIp ? network.carrierSubnet : privateSubnet(path, network);
    if (group.egress.hasCarrierIp && cluster.reservation.length === 0 && count > 0) {
      warn(
        this,
        "MEC1914",
        "got WorkerEgress.CARRIER_IP beside controlPlane.privateIps: EC2 may give a worker an address that a control-plane node is to have, so keep those of the subnet by a reservation of your own, or write WorkerEgress.NAT",
      );
    }
    const own = {
      labels: Object.keys(labels).length > 0 ? labels : undefined,
      taints: taints.length > 0 ? taints : undefined,
      kubeletArgs,
    };
    const generation = cluster.desired.generationWith(this, own);
    const desired: DesiredWorkers = { name, count, generation, ...own };

    const shared = inCluster();
    this.securityGroup = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: `mec-${clusterName}-${name}-`,
      description: `Workers ${name} of the cluster ${clusterName}`,
      vpcId: network.vpcId,
      tags: { ...tags, Name: `${clusterName}-${name}` },
    });
    this.connections = new Connections(this, "Connections", {
      name: `${clusterName}-${name}`,
      securityGroupId: this.securityGroup.id,
      zone: network.zone,
      guardedPorts: GUARDED_PORTS,
      tags,
    });
    const role = new WorkerRole(this, "Role", {
      clusterName,
      group: name,
      region: cluster.region,
      keyArn: cluster.keyArn,
      agent,
      registryCredentials: cluster.registries.credentials,
      logGroup: cluster.logGroup,
      roles: cluster.roles,
      tags,
    });
    const common = {
      cluster,
      group,
      subnet,
      egress: inOwnStack(this, subnet.egress) ?? [],
      imageId: count > 0 ? group.machineImage.bind(this, instanceType.architecture) : "",
      securityGroupIds: [shared.securityGroupId, this.securityGroup.id],
      instanceProfileName: role.instanceProfileName,
      dependsOn: [...offered, ...cluster.reservation, ...shared.dependables, ...role.dependables, ...cluster.workersNeed],
    };
    const names = workerNames(name, count);
    const leavers = names.slice(count - leaving);
    this.nodes = new Map(
      names.map((nodeName, index) => [
        nodeName,
        new WorkerNode(this, `${index}`, { ...common, nodeName, leaving: leavers.includes(nodeName) }),
      ]),
    );
    cluster.roster.addGroup({
      desired,
      instanceType: instanceType.name,
      rootVolume: rootVolume.size,
      gpu: instanceType.hasGpu,
      // The arguments of a group are all of its arguments: those of the cluster are not laid under them.
      reserved: nodeReservation(group.kubelet ?? cluster.nodeArguments?.kubelet, instanceType),
      leaving: leavers,
    });
    // A right is there before living nodes are told to use it.
    cluster.parameters.tellAfter(...role.dependables);
    for (const node of this.nodes.values()) {
      cluster.readiness.addHost(node.awaited(cluster.roster.awaitedAs(node.nodeName, generation)));
    }
  }
}

/** The subnet with a way out through a NAT gateway; the error says what else there is. */
function privateSubnet(path: string, network: IWavelengthNetwork): INetworkSubnet {
  try {
    return network.privateSubnet();
  } catch (error) {
    if (!(error instanceof MecError)) {
      throw error;
    }
    throw new MecError(
      "MEC1188",
      path,
      `got WorkerEgress.NAT as egress: the network has no private subnet with a way out (${error.message}), so write that, or WorkerEgress.CARRIER_IP`,
    );
  }
}
