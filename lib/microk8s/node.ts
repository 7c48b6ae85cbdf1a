import type { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import { DataResource, type ITerraformDependable, type Postcondition } from "cdktf";
import { Construct } from "constructs";
import type { RootVolumeProps } from "./control-plane";
import type { AwaitedHost } from "./readiness";
import type { WavelengthInstanceType } from "../wavelength/instance-type";
import type { IWavelengthNetwork } from "../wavelength/network-interface";

/**
 * Arguments that never replace or change a node once it is born: a newer image, other user data, and the address flag,
 * which the provider reads as set as soon as a carrier IP is associated.
 */
export const NEVER_REPLACES = ["ami", "user_data", "user_data_base64", "associate_public_ip_address"];

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

/** Lifecycle of what a destroy must not take away; undefined where it may. */
export function keptFromDestroy(deletionProtection: boolean): { preventDestroy: true } | undefined {
  return deletionProtection ? { preventDestroy: true } : undefined;
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
    const tags = { ...props.tags, Name: `${props.clusterName}-${props.nodeName}` };

    // Always there: its creation replaces nothing, a change does. A text that goes away is no change.
    const replacement = new DataResource(this, "Replacement", {
      input: { text: props.replacement ?? "" },
      lifecycle: props.replacement === undefined ? { ignoreChanges: ["input"] } : undefined,
    });
    this.instance = new Instance(this, "Resource", {
      ami: props.imageId,
      instanceType: props.instanceType.name,
      subnetId: props.network.carrierSubnet.subnetId,
      privateIp: props.privateIp,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: props.instanceProfileName,
      userData: props.userData,
      // Tokens for IMDS are asked for, and do not get further than the host: pods have none.
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      // Said outright, since an image may name gp3, which Wavelength Zones do not have.
      rootBlockDevice: {
        volumeType: props.rootVolume.volumeType.name,
        volumeSize: Math.ceil(props.rootVolume.size.toGibibytes()),
        encrypted: true,
        deleteOnTermination: true,
        tags,
      },
      tags,
      // Always said: the provider keeps what AWS has where an argument goes away.
      disableApiTermination: props.deletionProtection,
      lifecycle: {
        ignoreChanges: [...NEVER_REPLACES, ...(props.resized ? [] : ["instance_type"])],
        // An address, since Terraform takes no template here.
        replaceTriggeredBy: [`${replacement.terraformResourceType}.${replacement.friendlyUniqueId}`],
        postcondition: props.postcondition.length > 0 ? [...props.postcondition] : undefined,
        ...keptFromDestroy(props.deletionProtection),
      },
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
