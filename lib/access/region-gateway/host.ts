import { Eip } from "@cdktf/provider-aws/lib/eip";
import { EipAssociation } from "@cdktf/provider-aws/lib/eip-association";
import { Instance } from "@cdktf/provider-aws/lib/instance";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { inOwnStack } from "../../dependencies";
import { keptFromDestroy } from "../../microk8s/kept-from-destroy";
import type { INetworkSubnet } from "../../wavelength/network-subnet";
import { GATEWAY } from "./parameters";

/**
 * Arguments that never replace or change a host once it is born: a newer image, other user data, and the address flag, which the provider
 * reads anew once the Elastic IP has taken the place of the address that the host was launched with.
 */
const NEVER_REPLACES = ["ami", "user_data", "user_data_base64", "associate_public_ip_address"];

/** Size of the root volume in GiB: that of Ubuntu's images. */
const ROOT_GIBIBYTES = 8;

/** Properties of {@link GatewayHost}. */
export interface GatewayHostProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Public subnet in the parent Region. */
  readonly subnet: INetworkSubnet;
  /** Name of the instance type. */
  readonly instanceType: string;
  /** Id of the machine image. @attribute */
  readonly imageId: string;
  /** Id of the security group. @attribute */
  readonly securityGroupId: string;
  /** Name of the instance profile. @attribute */
  readonly instanceProfileName: string;
  /** Whether neither Terraform nor the EC2 API can take the instance away. */
  readonly deletionProtection: boolean;
  /** Text of the user data. */
  readonly userData: string;
  /** What must exist before the host boots, and must outlive it. */
  readonly dependsOn: readonly ITerraformDependable[];
  /** Tags of the instance, its root volume and its address. */
  readonly tags?: Record<string, string>;
}

/** The machine of a gateway: an EC2 instance in the parent Region with an Elastic IP. */
export class GatewayHost extends Construct {
  /** The instance: the provider's own class. */
  public readonly instance: Instance;
  /** The Elastic IP: the provider's own class. */
  public readonly eip: Eip;
  /** What makes the host whole: instance and address. */
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: GatewayHostProps) {
    super(scope, id);
    const { deletionProtection } = props;
    const tags = { ...props.tags, Name: `${props.clusterName}-${GATEWAY}` };
    const egress = inOwnStack(this, props.subnet.egress) ?? [];

    this.eip = new Eip(this, "Address", {
      domain: "vpc",
      tags,
      lifecycle: keptFromDestroy(deletionProtection),
      dependsOn: egress.length > 0 ? egress : undefined,
    });
    this.instance = new Instance(this, "Resource", {
      ami: props.imageId,
      instanceType: props.instanceType,
      subnetId: props.subnet.subnetId,
      vpcSecurityGroupIds: [props.securityGroupId],
      iamInstanceProfile: props.instanceProfileName,
      // From launch: an Elastic IP can only be associated with what runs, and what the host installs first needs a way out.
      associatePublicIpAddress: true,
      userData: props.userData,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { volumeType: "gp3", volumeSize: ROOT_GIBIBYTES, encrypted: true, deleteOnTermination: true, tags },
      tags,
      // Always said: the provider keeps what AWS has where an argument goes away.
      disableApiTermination: deletionProtection,
      lifecycle: { ignoreChanges: NEVER_REPLACES, ...keptFromDestroy(deletionProtection) },
      dependsOn: [...egress, ...props.dependsOn],
    });
    const association = new EipAssociation(this, "AddressAssociation", {
      allocationId: this.eip.allocationId,
      instanceId: this.instance.id,
    });
    this.dependables = [this.instance, association];
  }
}
