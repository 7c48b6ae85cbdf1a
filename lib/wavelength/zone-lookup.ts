import { DataAwsAvailabilityZone } from "@cdktf/provider-aws/lib/data-aws-availability-zone";
import { Construct } from "constructs";
import type { ITerraformDependable } from "cdktf";
import { planError } from "../annotations";
import type { WavelengthZone } from "./zone";

/** Properties of {@link ZoneLookup}. */
export interface ZoneLookupProps {
  /** The zone to ask about. */
  readonly zone: WavelengthZone;
  /** Whether the account must be opted in by the time of the answer. */
  readonly mustBeUsable: boolean;
  /**
   * What must be done before. Only for a lookup that nothing takes values from: they would not be known at plan, and what has them would
   * be replaced.
   */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * Asks the EC2 API about a zone when Terraform plans, whether the account is opted in or not. The plan fails where the answer is
 * of no use.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAvailabilityZones.html
 */
export class ZoneLookup extends Construct {
  /** The provider's own data source. */
  public readonly resource: DataAwsAvailabilityZone;

  public constructor(scope: Construct, id: string, props: ZoneLookupProps) {
    super(scope, id);
    const { zone, mustBeUsable, dependsOn } = props;
    const check = (attribute: string, value: string, rule: string) => ({
      condition: `\${self.${attribute} == "${value}"}`,
      errorMessage: planError(scope, "MEC1026", rule),
    });
    this.resource = new DataAwsAvailabilityZone(this, "Resource", {
      name: zone.name,
      allAvailabilityZones: true,
      dependsOn,
      lifecycle: {
        postcondition: [
          check(
            "zone_type",
            "wavelength-zone",
            `got "${zone.name}": EC2 knows it as another kind of zone, so write a zone that WavelengthZone.all() or the EC2 API lists as a Wavelength Zone`,
          ),
          ...(mustBeUsable
            ? [
                check(
                  "opt_in_status",
                  "opted-in",
                  `got "${zone.name}": this account is not opted in to its zone group, so opt in once for the account with ` +
                    `new WavelengthZoneOptIn({ zone, acknowledgeAccountWide: true }) and give it as optIn, or with ` +
                    "aws ec2 modify-availability-zone-group --opt-in-status opted-in",
                ),
              ]
            : []),
        ],
      },
    });
  }

  /** Network border group of the zone. @attribute */
  public get networkBorderGroup(): string {
    return this.resource.networkBorderGroup;
  }

  /** Zone group to opt in to. @attribute */
  public get groupName(): string {
    return this.resource.groupName;
  }

  /** Name of the parent Availability Zone in this account, such as `us-east-1a`. @attribute */
  public get parentZoneName(): string {
    return this.resource.parentZoneName;
  }
}
