import { Ec2AvailabilityZoneGroup } from "@cdktf/provider-aws/lib/ec2-availability-zone-group";
import { Construct } from "constructs";
import type { ITerraformDependable } from "cdktf";
import { MecError, got } from "../errors";
import { guardParentRegion } from "./region-guard";
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
 * @throws {MecError} MEC1002 when `acknowledgeAccountWide` is not true; MEC1010 at synth for a provider of another Region
 */
export class WavelengthZoneOptIn extends Construct {
  /** Name of the zone group, such as `us-east-1-wl1`; a token where only the EC2 API knows it. @attribute */
  public readonly groupName: string;

  /** The zone it was made for. */
  public readonly zone: WavelengthZone;

  /** The provider's own resource. */
  public readonly resource: Ec2AvailabilityZoneGroup;

  public constructor(scope: Construct, id: string, props: WavelengthZoneOptInProps) {
    super(scope, id);
    this.zone = props.zone;
    guardParentRegion(this, props.zone);
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

/**
 * Refuses an opt-in to another group than a zone's: it would be of no use to the zone, and cannot be undone.
 *
 * @param path construct path for the error
 * @param zone the zone
 * @param optIn the opt-in; undefined for none
 * @throws {MecError} MEC1028
 */
export function assertOptInOf(path: string, zone: WavelengthZone, optIn?: WavelengthZoneOptIn): void {
  const other = optIn?.zone;
  if (other === undefined || other.name === zone.name) {
    return;
  }
  const groupsKnown = other.groupName !== undefined && zone.groupName !== undefined;
  if (other.parentRegion !== zone.parentRegion || (groupsKnown && other.groupName !== zone.groupName)) {
    throw new MecError(
      "MEC1028",
      path,
      `${got(other.name)} as zone of optIn: its group ${other.groupName ?? "in " + other.parentRegion} is not that of ${zone} (${zone.groupName ?? "in " + zone.parentRegion}), so write new WavelengthZoneOptIn for ${zone}`,
    );
  }
}
