import { Eip } from "@cdktf/provider-aws/lib/eip";
import { PlacementGroup } from "@cdktf/provider-aws/lib/placement-group";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { inOwnStack } from "../dependencies";
import type { IWavelengthNetwork } from "../wavelength/network-interface";
import type { AgentSource } from "./agent-source";
import type { CheckedControlPlane } from "./control-plane";
import { keptFromDestroy } from "./kept-from-destroy";
import { Microk8sNode } from "./node";
import { NodeAlarms, type NodeAlarmsProps } from "./node-alarms";
import { sameMachine } from "./node-instance";
import { userData } from "./user-data";

/** What the parts of a control plane have in common. */
export interface ControlPlaneNodesProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** The network the nodes are in. */
  readonly network: IWavelengthNetwork;
  /** Whether nodes and carrier IPs are kept from being deleted. */
  readonly deletionProtection: boolean;
  /** Tags of everything. */
  readonly tags?: Record<string, string>;
}

/** A carrier IP for each node, by its name: it stays when the instance is replaced. */
export function carrierIps(scope: Construct, names: readonly string[], props: ControlPlaneNodesProps): ReadonlyMap<string, Eip> {
  const { clusterName, network, deletionProtection, tags } = props;
  const egress = inOwnStack(scope, network.carrierSubnet.egress);
  return new Map(
    names.map((nodeName) => [
      nodeName,
      new Eip(scope, `${nodeName}-CarrierIp`, {
        domain: "vpc",
        networkBorderGroup: network.networkBorderGroup,
        tags: { ...tags, Name: `${clusterName}-${nodeName}` },
        lifecycle: keptFromDestroy(deletionProtection),
        dependsOn: egress,
      }),
    ]),
  );
}

/** Properties of {@link controlPlaneNodes}. */
export interface ControlPlaneMachinesProps extends ControlPlaneNodesProps {
  /** The control plane. */
  readonly controlPlane: CheckedControlPlane;
  /** Private addresses, the first for `cp-0`. */
  readonly addresses: readonly string[];
  /** Carrier IPs by the nodes' names, in the nodes' order. */
  readonly carrierIps: ReadonlyMap<string, Eip>;
  /** Where the nodes fetch their agent. */
  readonly agent: AgentSource;
  /** Id of the security group. @attribute */
  readonly securityGroupId: string;
  /** Name of the instance profile. @attribute */
  readonly instanceProfileName: string;
  /** Region of the cluster. */
  readonly region: string;
  /** What must exist before a node boots, and must outlive it. */
  readonly dependsOn: readonly ITerraformDependable[];
  /** What must exist before a second node boots: the rules between nodes. */
  readonly beforeSecond: readonly ITerraformDependable[];
  /** Names of nodes that are to leave: they are no longer kept from being deleted. */
  readonly leaving: readonly string[];
  /** What happens when status checks fail. @default - no alarms */
  readonly alarms?: NodeAlarmsProps;
}

/**
 * The control-plane nodes, by their names.
 *
 * Each depends on the one before it, so that Terraform ends them one by one, the last first, and those that stay have a majority all the
 * time. Creation is in order for it too: some 15 to 40 seconds until EC2 says that an instance runs, for each of at most five. Installation,
 * which takes longer, is in parallel.
 */
export function controlPlaneNodes(scope: Construct, props: ControlPlaneMachinesProps): ReadonlyMap<string, Microk8sNode> {
  const { clusterName, network, controlPlane, addresses, agent, region, deletionProtection, tags } = props;
  const imageId = controlPlane.machineImage.bind(scope, controlPlane.instanceType.architecture);
  const placementGroup = controlPlane.spreadPlacement
    ? new PlacementGroup(scope, "PlacementGroup", { name: `mec-${clusterName}-cp`, strategy: "spread", tags }).name
    : undefined;
  const nodes = new Map<string, Microk8sNode>();
  let before: ITerraformDependable[] = [];
  for (const [nodeName, carrierIp] of props.carrierIps) {
    const node = new Microk8sNode(scope, nodeName, {
      clusterName,
      nodeName,
      network,
      carrierIp,
      privateIp: addresses[nodes.size]!,
      placementGroup,
      instanceType: controlPlane.instanceType,
      rootVolume: controlPlane.rootVolume,
      deletionProtection: deletionProtection && !props.leaving.includes(nodeName),
      replacement: controlPlane.replacements[nodeName],
      resized: controlPlane.resize.includes(nodeName),
      postcondition:
        controlPlane.resize.length > 0
          ? []
          : [
              sameMachine(scope, "instance_type", controlPlane.instanceType.name, [
                "MEC1164",
                `got "${controlPlane.instanceType.name}" as controlPlane.instanceType: ${nodeName} is a \${self.instance_type} and stops while it is resized, so write controlPlane.resize: ["${nodeName}"], one node per apply`,
              ]),
            ],
      imageId,
      securityGroupId: props.securityGroupId,
      instanceProfileName: props.instanceProfileName,
      userData: userData({
        path: scope.node.path,
        clusterName,
        nodeName,
        bucketName: agent.bucketName,
        agentKey: agent.key,
        agentSha256: agent.sha256,
      }),
      dependsOn: [...props.dependsOn, ...before],
      tags,
    });
    nodes.set(nodeName, node);
    before = [...props.beforeSecond, node.instance];
    if (props.alarms !== undefined) {
      const { instanceId } = node;
      new NodeAlarms(scope, `${nodeName}-Alarms`, { clusterName, nodeName, instanceId, region, tags }, props.alarms);
    }
  }
  return nodes;
}
