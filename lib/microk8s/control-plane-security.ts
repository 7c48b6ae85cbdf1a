import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { Connections } from "../wavelength/connections";
import { peersOfNetwork, vpcPeers, type IWavelengthNetwork } from "../wavelength/network-interface";
import { Peer } from "../wavelength/peer";
import { Port } from "../wavelength/port";
import { METRICS_OF_CONTROL_PLANE } from "./control-plane-metrics";
import { BETWEEN_CONTROL_PLANE_NODES, GUARDED_PORTS, NODE_NEEDS } from "./ports";

/** Properties of {@link controlPlaneSecurity}. */
export interface ControlPlaneSecurityProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** The network the nodes are in. */
  readonly network: IWavelengthNetwork;
  /** Ports beside 443 and 80 that nodes must be able to connect to, with what for. */
  readonly ports: readonly (readonly [Port, string])[];
  /** Tags of group and rules. */
  readonly tags?: Record<string, string>;
}

/** What {@link controlPlaneSecurity} makes. */
export interface ControlPlaneSecurity {
  readonly securityGroup: SecurityGroup;
  readonly connections: Connections;
  /** Rules that let the nodes out, which must be there before one boots. */
  readonly outbound: readonly ITerraformDependable[];
}

/** The security group of the control-plane nodes, and whom they may connect to. */
export function controlPlaneSecurity(scope: Construct, props: ControlPlaneSecurityProps): ControlPlaneSecurity {
  const { clusterName, network, tags } = props;
  const securityGroup = new SecurityGroup(scope, "SecurityGroup", {
    namePrefix: `mec-${clusterName}-cp-`,
    description: `Control-plane nodes of the cluster ${clusterName}`,
    vpcId: network.vpcId,
    tags: { ...tags, Name: `${clusterName}-control-plane` },
  });
  const connections = new Connections(scope, "Connections", {
    name: clusterName,
    securityGroupId: securityGroup.id,
    zone: network.zone,
    guardedPorts: GUARDED_PORTS,
    tags,
  });
  const outbound = [...NODE_NEEDS, ...props.ports]
    .flatMap(([port, what]) => connections.allowTo(Peer.anywhere(), port, what))
    .concat(
      vpcPeers(network).flatMap((peer) => connections.allowTo(peer, Port.allTraffic(), "The VPC")),
      peersOfNetwork(network).flatMap((peer) => connections.allowTo(peer, Port.allTraffic(), "A peer network")),
    );
  return { securityGroup, connections, outbound };
}

/**
 * Lets the control-plane nodes reach each other; a single one needs no rule. Rules that come later touch no node.
 *
 * @param metrics whether they read each other's metrics too
 * @returns the rules, which must be there before a second node joins
 */
export function allowBetweenControlPlaneNodes(connections: Connections, metrics: boolean): ITerraformDependable[] {
  return [...BETWEEN_CONTROL_PLANE_NODES, ...(metrics ? METRICS_OF_CONTROL_PLANE : [])].flatMap(([port, what]) =>
    connections.allowFrom(Peer.of({ connections }), port, what),
  );
}
