import { Ec2AvailabilityZoneGroup } from "@cdktf/provider-aws/lib/ec2-availability-zone-group";
import { Construct } from "constructs";
import type { ITerraformDependable } from "cdktf";
import { MecError, got } from "../errors";
import type { WavelengthZone } from "./zone";
import { ZoneLookup } from "./zone-lookup";

/** Properties of {@link WavelengthZoneOptIn}. */
export interface WavelengthZoneOptInProps {
  /** A zone of the group to opt in to. */
  readonly zone: WavelengthZone;

  /**
   * Says that you know: opting in is for the whole account and Region, makes the group's zones appear to all other
   * code in the account, and only AWS Support can undo it. `terraform destroy` leaves the account opted in.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyAvailabilityZoneGroup.html
   */
  readonly acknowledgeAccountWide: true;
}

/**
 * Opts the account in to the zone group of a Wavelength Zone; an account that already is stays as it is.
 *
 * @throws {MecError} MEC1002 when `acknowledgeAccountWide` is not true
 */
export class WavelengthZoneOptIn extends Construct {
  /** Name of the zone group, such as `us-east-1-wl1`; a token where only the EC2 API knows it. @attribute */
  public readonly groupName: string;

  /** The provider's own resource. */
  public readonly resource: Ec2AvailabilityZoneGroup;

  public constructor(scope: Construct, id: string, props: WavelengthZoneOptInProps) {
    super(scope, id);
    if (props.acknowledgeAccountWide !== true) {
      throw new MecError(
        "MEC1002",
        this.node.path,
        `${got(props.acknowledgeAccountWide)} as acknowledgeAccountWide: opting in to the zone group of ${props.zone} is for the whole account and ` +
          `only AWS Support can undo it, so write acknowledgeAccountWide: true if that is meant`,
      );
    }
    this.groupName = props.zone.groupName ?? new ZoneLookup(this, "Zone", { zone: props.zone, mustBeUsable: false }).groupName;
    this.resource = new Ec2AvailabilityZoneGroup(this, "Resource", {
      groupName: this.groupName,
      optInStatus: "opted-in",
    });
  }

  /** What waits until the account is opted in, for `dependsOn`. */
  public get dependable(): ITerraformDependable {
    return this.resource;
  }
}
