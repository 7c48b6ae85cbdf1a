import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { Construct } from "constructs";
import type { ApiAccessTarget, ApiEndpoint } from "../../microk8s/api-access";
import { GatewayRole } from "../../microk8s/roles/gateway-role";
import { MICROK8S_PORTS, NODE_NEEDS } from "../../microk8s/ports";
import { userData } from "../../microk8s/user-data";
import { Connections, type IConnectable } from "../../wavelength/connections";
import { Peer } from "../../wavelength/peer";
import { Port } from "../../wavelength/port";
import { GatewayHost } from "./host";
import { GATEWAY, GatewayParameters } from "./parameters";
import type { RegionGatewaySettings } from "./settings";

/**
 * A small host in the parent Region that passes connections to the Kubernetes API on to the control plane, by its private addresses. It
 * ends no TLS and holds no secret.
 */
export class RegionGateway extends Construct implements IConnectable {
  /** Who may connect to the gateway, and whom it may connect to. */
  public readonly connections: Connections;

  /** Where the API answers, and the host that the apply waits for. */
  public readonly endpoint: ApiEndpoint;

  public constructor(scope: Construct, id: string, target: ApiAccessTarget, settings: RegionGatewaySettings) {
    super(scope, id);
    const { clusterName, network, agent, logGroup, roles, deletionProtection, tags } = target;
    const { instanceType, port } = settings;
    const { parentRegion } = network.zone;
    const api = Port.tcp(MICROK8S_PORTS.api);

    const subnet = network.parentPublicSubnet();
    const offered = instanceType.require(this, parentRegion);
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: `mec-${clusterName}-gw-`,
      description: `API gateway of the cluster ${clusterName}`,
      vpcId: network.vpcId,
      tags: { ...tags, Name: `${clusterName}-${GATEWAY}` },
    });
    this.connections = new Connections(this, "Connections", {
      name: `${clusterName}-${GATEWAY}`,
      securityGroupId: securityGroup.id,
      tags,
    });
    const inbound = [
      ...settings.peers.flatMap((peer) => this.connections.allowFrom(peer, Port.tcp(port), "Kubernetes API")),
      // From anywhere, since any router on the way may send it.
      ...this.connections.allowFrom(Peer.anywhere(), Port.icmpFragmentationNeeded(), "Path MTU discovery"),
      ...target.connections.allowFrom(Peer.of(this), api, "Kubernetes API"),
    ];
    const outbound = [
      ...NODE_NEEDS.flatMap(([needed, what]) => this.connections.allowTo(Peer.anywhere(), needed, what)),
      ...this.connections.allowTo(Peer.of(target), api, "Kubernetes API"),
    ];

    const role = new GatewayRole(this, "Role", { clusterName, region: parentRegion, agent, logGroup, roles, tags });
    // A right, and what it is for, is there before a living gateway is told to use it.
    const beforeTold = [...agent.dependables, ...role.dependables, ...target.hostsNeed];
    const parameters = new GatewayParameters(this, "Parameters", target, settings, beforeTold);
    const host = new GatewayHost(this, "Host", {
      clusterName,
      subnet,
      instanceType: instanceType.name,
      imageId: settings.machineImage.bind(this, instanceType.architecture),
      securityGroupId: securityGroup.id,
      instanceProfileName: role.instanceProfileName,
      deletionProtection,
      userData: userData({
        path: this.node.path,
        clusterName,
        nodeName: GATEWAY,
        role: "gateway",
        bucketName: agent.bucketName,
        agentKey: agent.key,
        agentSha256: agent.sha256,
      }),
      dependsOn: [...offered, ...outbound, ...role.dependables, ...agent.dependables, ...parameters.all, ...target.hostsNeed],
      tags,
    });
    this.endpoint = {
      url: `https://${host.eip.publicIp}:${port}`,
      dependables: inbound,
      host: {
        nodeName: GATEWAY,
        instanceId: host.instance.id,
        generation: parameters.generation,
        dependables: host.dependables,
      },
    };
  }
}
