import type { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import type { Instance } from "@cdktf/provider-aws/lib/instance";
import type { ITerraformDependable, Postcondition } from "cdktf";
import { Construct } from "constructs";
import { nodeInstance } from "./node-instance";
import type { AwaitedHost } from "./readiness";
import type { RootVolumeProps } from "./root-volume";
import type { WavelengthInstanceType } from "../wavelength/instance-type";
import type { IWavelengthNetwork } from "../wavelength/network-interface";

/** Properties of {@link Microk8sNode}. */
export interface Microk8sNodeProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Name of the node in its cluster, such as `cp-0`. */
  readonly nodeName: string;
  /** The network the node is in. */
  readonly network: IWavelengthNetwork;
  /** The carrier IP of the node. */
  readonly carrierIp: Eip;
  /** Private IP of the node. */
  readonly privateIp: string;
  /** Instance type. */
  readonly instanceType: WavelengthInstanceType;
  /** Name of the placement group. @attribute @default - none */
  readonly placementGroup?: string;
  /** Root volume. */
  readonly rootVolume: Required<RootVolumeProps>;
  /** Id of the machine image. @attribute */
  readonly imageId: string;
  /** Id of the security group. @attribute */
  readonly securityGroupId: string;
  /** Name of the instance profile. @attribute */
  readonly instanceProfileName: string;
  /** Whether neither Terraform nor the EC2 API can take the instance away. */
  readonly deletionProtection: boolean;
  /** Text that replaces the machine once when it is new. @default - nothing is replaced */
  readonly replacement?: string;
  /** Whether the machine takes on another instance type, stopped meanwhile. */
  readonly resized: boolean;
  /** What must hold of the machine. */
  readonly postcondition: readonly Postcondition[];
  /** Text of the user data. */
  readonly userData: string;
  /** What must exist before the node boots, and must outlive it. */
  readonly dependsOn: ITerraformDependable[];
  /** Tags of the instance and its root volume. */
  readonly tags?: Record<string, string>;
}

/** One microk8s node: an EC2 instance in the Wavelength Zone with its carrier IP. */
export class Microk8sNode extends Construct {
  /** Name of the node in its cluster, such as `cp-0`. */
  public readonly nodeName: string;
  /** Private IP of the node; it stays when the instance is replaced. */
  public readonly privateIp: string;
  /** The instance: the provider's own class. */
  public readonly instance: Instance;
  /** The carrier IP's address: the provider's own class. */
  public readonly eip: Eip;
  /** What makes the node whole: instance and carrier IP. */
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: Microk8sNodeProps) {
    super(scope, id);
    this.nodeName = props.nodeName;
    this.privateIp = props.privateIp;
    this.instance = nodeInstance(this, {
      imageId: props.imageId,
      instanceType: props.instanceType.name,
      subnetId: props.network.carrierSubnet.subnetId,
      privateIp: props.privateIp,
      placementGroup: props.placementGroup,
      securityGroupIds: [props.securityGroupId],
      instanceProfileName: props.instanceProfileName,
      userData: props.userData,
      rootVolume: props.rootVolume,
      deletionProtection: props.deletionProtection,
      replacement: props.replacement,
      kept: ["placement_group", ...(props.resized ? [] : ["instance_type"])],
      postcondition: props.postcondition,
      tags: { ...props.tags, Name: `${props.clusterName}-${props.nodeName}` },
      dependsOn: props.dependsOn,
    });
    this.eip = props.carrierIp;
    const association = new EipAssociation(this, "CarrierIpAssociation", {
      allocationId: this.eip.allocationId,
      instanceId: this.instance.id,
    });
    this.dependables = [this.instance, association];
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

  /** Carrier IP: the node's address in the carrier's network and, for what it opens itself, in the internet. @attribute */
  public get carrierIp(): string {
    return this.eip.carrierIp;
  }
}
