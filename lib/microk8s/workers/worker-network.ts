import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { Connections, type IConnectable } from "../../wavelength/connections";
import { peersOfNetwork, vpcPeers, type IWavelengthNetwork } from "../../wavelength/network-interface";
import { Peer } from "../../wavelength/peer";
import { Port } from "../../wavelength/port";
import { METRICS_OF_CONTROL_PLANE, METRICS_OF_NODES } from "../control-plane-metrics";
import { GUARDED_PORTS, MICROK8S_PORTS, NODE_NEEDS } from "../ports";

/** Properties of {@link WorkerNetwork}. */
export interface WorkerNetworkProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** The network the workers are in. */
  readonly network: IWavelengthNetwork;
  /** The control plane. */
  readonly controlPlane: IConnectable;
  /** Ports of registries beside 443 and 80, with what for. */
  readonly registryPorts: readonly (readonly [Port, string])[];
  /** Whether nodes read each other's metrics. */
  readonly metrics: boolean;
  /** Tags of security group and rules. */
  readonly tags?: Record<string, string>;
}

/**
 * The security group that all workers of a cluster have in common: what control plane and workers need of each other. One for all groups,
 * so that another group adds no rule to those that are there.
 *
 * @see https://microk8s.io/docs/services-and-ports
 */
export class WorkerNetwork extends Construct implements IConnectable {
  /** Id of the security group. @attribute */
  public readonly securityGroupId: string;

  /** Who may connect to workers, as far as it is the cluster's own business. */
  public readonly connections: Connections;

  /** What must exist before a worker boots, and must outlive it: the rules of both sides. */
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: WorkerNetworkProps) {
    super(scope, id);
    const { clusterName, network, controlPlane, tags } = props;
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: `mec-${clusterName}-wk-`,
      description: `Workers of the cluster ${clusterName}`,
      vpcId: network.vpcId,
      tags: { ...tags, Name: `${clusterName}-workers` },
    });
    this.securityGroupId = securityGroup.id;
    this.connections = new Connections(this, "Connections", {
      name: `${clusterName}-workers`,
      securityGroupId: securityGroup.id,
      zone: network.zone,
      guardedPorts: GUARDED_PORTS,
      tags,
    });
    const api = Port.tcp(MICROK8S_PORTS.api);
    const clusterAgent = Port.tcp(MICROK8S_PORTS.clusterAgent);
    const kubelet = Port.tcp(MICROK8S_PORTS.kubelet);
    const podNetwork = Port.udp(MICROK8S_PORTS.vxlan);
    const [workers, members] = [Peer.of(this), Peer.of(controlPlane)];
    const outside = [...NODE_NEEDS, ...props.registryPorts];
    const metrics = props.metrics
      ? [
          ...METRICS_OF_CONTROL_PLANE.flatMap(([port, what]) => controlPlane.connections.allowFrom(workers, port, what)),
          ...METRICS_OF_NODES.flatMap(([port, what]) => [members, workers].flatMap((peer) => this.connections.allowFrom(peer, port, what))),
        ]
      : [];
    this.dependables = [
      ...controlPlane.connections.allowFrom(workers, api, "Kubernetes API for workers"),
      ...controlPlane.connections.allowFrom(workers, clusterAgent, "Workers join"),
      ...controlPlane.connections.allowFrom(workers, kubelet, "Metrics server on a worker"),
      ...controlPlane.connections.allowFrom(workers, podNetwork, "Pod network"),
      ...this.connections.allowFrom(members, clusterAgent, "Cluster agent"),
      ...this.connections.allowFrom(members, kubelet, "Logs, exec and metrics"),
      ...this.connections.allowFrom(members, podNetwork, "Pod network"),
      ...this.connections.allowFrom(workers, kubelet, "Metrics server on a worker"),
      ...this.connections.allowFrom(workers, podNetwork, "Pod network"),
      ...outside.flatMap(([port, what]) => this.connections.allowTo(Peer.anywhere(), port, what)),
      ...vpcPeers(network).flatMap((peer) => this.connections.allowTo(peer, Port.allTraffic(), "The VPC")),
      ...peersOfNetwork(network).flatMap((peer) => this.connections.allowTo(peer, Port.allTraffic(), "A peer network")),
      ...metrics,
    ];
  }
}
