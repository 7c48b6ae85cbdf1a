import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import type { Instance } from "@cdktf/provider-aws/lib/instance";
import type { SsmParameter } from "@cdktf/provider-aws/lib/ssm-parameter";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { INetworkSubnet } from "../../wavelength/network-subnet";
import type { ClusterCore } from "../cluster-core";
import { keptFromDestroy } from "../kept-from-destroy";
import { NodeAlarms } from "../node-alarms";
import { nodeInstance, sameMachine } from "../node-instance";
import { placeholderParameter } from "../parameters";
import type { AwaitedHost } from "../readiness";
import { userData } from "../user-data";
import type { CheckedWorkerGroup } from "./worker-group-props";

/** Properties of {@link WorkerNode}. */
export interface WorkerNodeProps {
  /** The cluster. */
  readonly cluster: ClusterCore;
  /** What the group was given. */
  readonly group: CheckedWorkerGroup;
  /** Name of the node in its cluster, such as `gpu-0`. */
  readonly nodeName: string;
  /** The subnet the node is in. */
  readonly subnet: INetworkSubnet;
  /** What must exist before the node has a way out; in its own stack. */
  readonly egress: readonly ITerraformDependable[];
  /** Whether the node is to leave: then nothing keeps its machine from being taken away. */
  readonly leaving: boolean;
  /** Id of the machine image. @attribute */
  readonly imageId: string;
  /** Ids of the security groups. @attribute */
  readonly securityGroupIds: string[];
  /** Name of the instance profile. @attribute */
  readonly instanceProfileName: string;
  /** What must exist before the node boots, and must outlive it, beside the way out and its own status. */
  readonly dependsOn: readonly ITerraformDependable[];
}

/** One worker: an EC2 instance in the Wavelength Zone, with any address, its status and perhaps a carrier IP. */
export class WorkerNode extends Construct {
  /** Name of the node in its cluster, such as `gpu-0`. */
  public readonly nodeName: string;
  /** The instance: the provider's own class. */
  public readonly instance: Instance;
  /** The carrier IP's address: the provider's own class; undefined where the node goes out through a NAT gateway. */
  public readonly eip?: Eip;
  /** The parameter that the node writes its status to: the provider's own class. */
  public readonly status: SsmParameter;
  /** What makes the node whole: instance and carrier IP. */
  public readonly dependables: readonly ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: WorkerNodeProps) {
    super(scope, id);
    const { nodeName, group, egress, leaving } = props;
    const { clusterName, network, agent, alarms, region } = props.cluster;
    const deletionProtection = props.cluster.deletionProtection && !leaving;
    this.nodeName = nodeName;
    const tags = { ...group.tags, Name: `${clusterName}-${nodeName}` };
    const status = { clusterName, name: `nodes/${nodeName}`, description: `Status of node ${nodeName}`, tags: group.tags };
    this.status = placeholderParameter(this, status);
    this.eip = group.egress.hasCarrierIp
      ? new Eip(this, "CarrierIp", {
          domain: "vpc",
          networkBorderGroup: network.networkBorderGroup,
          tags,
          lifecycle: keptFromDestroy(deletionProtection),
          dependsOn: egress.length > 0 ? [...egress] : undefined,
        })
      : undefined;
    const { name } = group.instanceType;
    this.instance = nodeInstance(this, {
      imageId: props.imageId,
      instanceType: name,
      subnetId: props.subnet.subnetId,
      securityGroupIds: props.securityGroupIds,
      instanceProfileName: props.instanceProfileName,
      userData: userData({
        path: this.node.path,
        clusterName,
        nodeName,
        role: "worker",
        bucketName: agent.bucketName,
        agentKey: agent.key,
        agentSha256: agent.sha256,
      }),
      rootVolume: group.rootVolume,
      deletionProtection,
      replacement: group.replacements[nodeName],
      // Other machines are for another group: these would all stop, or be replaced, at once.
      kept: ["instance_type", "subnet_id"],
      postcondition: [
        sameMachine(this, "instance_type", name, [
          "MEC1190",
          `got "${name}" as instanceType: ${nodeName} is a \${self.instance_type} and would stop, with all of its group, so add a group with another name and let this one leave`,
        ]),
        sameMachine(this, "subnet_id", props.subnet.subnetId, [
          "MEC1190",
          `got ${group.egress.toString()} as egress: ${nodeName} is in another subnet and would be replaced, with all of its group, so add a group with another name and let this one leave`,
        ]),
      ],
      tags,
      dependsOn: [...egress, ...props.dependsOn, this.status],
    });
    const association = this.eip && [
      new EipAssociation(this, "CarrierIpAssociation", { allocationId: this.eip.allocationId, instanceId: this.instance.id }),
    ];
    this.dependables = [this.instance, ...(association ?? [])];
    if (alarms !== undefined) {
      new NodeAlarms(this, "Alarms", { clusterName, nodeName, instanceId: this.instance.id, region, tags: group.tags }, alarms);
    }
  }

  /** The node as what an apply waits for. @internal */
  public awaited(generation: string): AwaitedHost {
    const { nodeName, instanceId, dependables } = this;
    return { nodeName, instanceId, generation, dependables };
  }

  /** Id of the EC2 instance. @attribute */
  public get instanceId(): string {
    return this.instance.id;
  }

  /** Private IP of the node; another one when the instance is replaced. @attribute */
  public get privateIp(): string {
    return this.instance.privateIp;
  }

  /** Carrier IP; undefined where the node goes out through a NAT gateway. @attribute */
  public get carrierIp(): string | undefined {
    return this.eip?.carrierIp;
  }
}
