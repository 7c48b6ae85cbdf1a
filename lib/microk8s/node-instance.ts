import { Instance } from "@cdktf/provider-aws/lib/instance";
import { Token, type ITerraformDependable, type Postcondition } from "cdktf";
import type { Construct } from "constructs";
import { planError } from "../annotations";
import type { MecErrorCode } from "../errors";
import { TerraformData } from "../terraform-data";
import { keptFromDestroy } from "./kept-from-destroy";
import type { RootVolumeProps } from "./root-volume";

/**
 * Arguments that never replace or change a node once it is born: a newer image, other user data, and the address flag,
 * which the provider reads as set as soon as a carrier IP is associated.
 */
const NEVER_REPLACES = ["ami", "user_data", "user_data_base64", "associate_public_ip_address"];

/** Properties of {@link nodeInstance}. */
export interface NodeInstanceProps {
  /** Id of the machine image. @attribute */
  readonly imageId: string;
  /** EC2 instance type, such as `t3.large`. */
  readonly instanceType: string;
  /** Id of the subnet. @attribute */
  readonly subnetId: string;
  /** Private IP. @default - any of the subnet */
  readonly privateIp?: string;
  /** Name of the placement group. @attribute @default - none */
  readonly placementGroup?: string;
  /** Ids of the security groups. @attribute */
  readonly securityGroupIds: string[];
  /** Name of the instance profile. @attribute */
  readonly instanceProfileName: string;
  /** Text of the user data. */
  readonly userData: string;
  /** Root volume. */
  readonly rootVolume: Required<RootVolumeProps>;
  /** Whether neither Terraform nor the EC2 API can take the instance away. */
  readonly deletionProtection: boolean;
  /** Text that replaces the machine once when it is new. @default - nothing is replaced */
  readonly replacement?: string;
  /** Further arguments, by their names in Terraform, that change nothing on a machine that is there. @default - none */
  readonly kept?: readonly string[];
  /** What must hold of the machine. @default - nothing */
  readonly postcondition?: readonly Postcondition[];
  /** Tags of the instance and its root volume. */
  readonly tags: Record<string, string>;
  /** What must exist before the node boots, and must outlive it. */
  readonly dependsOn: ITerraformDependable[];
}

/**
 * The machine of a node, control plane or worker: its instance as `Resource`, and as `Replacement` what its explicit replacement hangs on.
 *
 * @param scope the node
 * @param props what tells it from others
 */
export function nodeInstance(scope: Construct, props: NodeInstanceProps): Instance {
  const { replacement, rootVolume, deletionProtection, postcondition = [], tags } = props;
  // Always there: its creation replaces nothing, a change does. A text that goes away is no change.
  const marker = new TerraformData(scope, "Replacement", {
    input: { text: replacement ?? "" },
    lifecycle: replacement === undefined ? { ignoreChanges: ["input"] } : undefined,
  });
  return new Instance(scope, "Resource", {
    ami: props.imageId,
    instanceType: props.instanceType,
    subnetId: props.subnetId,
    privateIp: props.privateIp,
    placementGroup: props.placementGroup,
    vpcSecurityGroupIds: props.securityGroupIds,
    iamInstanceProfile: props.instanceProfileName,
    userData: props.userData,
    // Tokens for IMDS are asked for, and do not get further than the host: pods have none.
    metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    // Said outright, since an image may name gp3, which Wavelength Zones do not have.
    rootBlockDevice: {
      volumeType: rootVolume.volumeType.name,
      volumeSize: Math.ceil(rootVolume.size.toGibibytes()),
      encrypted: true,
      deleteOnTermination: true,
      tags,
    },
    tags,
    // Always said: the provider keeps what AWS has where an argument goes away.
    disableApiTermination: deletionProtection,
    lifecycle: {
      ignoreChanges: [...NEVER_REPLACES, ...(props.kept ?? [])],
      // An address, since Terraform takes no template here.
      replaceTriggeredBy: [`${marker.terraformResourceType}.${marker.friendlyUniqueId}`],
      postcondition: postcondition.length > 0 ? [...postcondition] : undefined,
      ...keptFromDestroy(deletionProtection),
    },
    dependsOn: props.dependsOn,
  });
}

/**
 * Fails the plan where a node that is there is another machine than the wanted one, which it would never become by itself.
 *
 * @param scope construct whose path the error names
 * @param attribute attribute of the instance, by its name in Terraform
 * @param wanted what it shall be
 * @param error code and text of the error
 */
export function sameMachine(
  scope: Construct,
  attribute: string,
  wanted: string,
  [code, text]: readonly [MecErrorCode, string],
): Postcondition {
  // A token stands for an expression of Terraform's, which is no text in quotes.
  const value = Token.isUnresolved(wanted) ? wanted : JSON.stringify(wanted);
  return { condition: `\${self.${attribute} == ${value}}`, errorMessage: planError(scope, code, text) };
}
