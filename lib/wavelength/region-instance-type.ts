import { DataAwsEc2InstanceTypeOfferings } from "@cdktf/provider-aws/lib/data-aws-ec2-instance-type-offerings";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { planError } from "../annotations";
import { got } from "../errors";
import { architectureOf, assertInstanceTypeName, type CpuArchitecture } from "./instance-type";

/**
 * An EC2 instance type for a machine in the parent Region, which offers far more types than a Wavelength Zone does.
 * @see https://aws.amazon.com/ec2/instance-types/
 */
export class RegionInstanceType {
  /** 2 vCPU, 1 GiB, x86. */
  public static readonly T3_MICRO = RegionInstanceType.of("t3.micro");
  /** 2 vCPU, 2 GiB, x86. */
  public static readonly T3_SMALL = RegionInstanceType.of("t3.small");
  /** 2 vCPU, 1 GiB, Arm. */
  public static readonly T4G_MICRO = RegionInstanceType.of("t4g.micro");
  /** 2 vCPU, 2 GiB, Arm. */
  public static readonly T4G_SMALL = RegionInstanceType.of("t4g.small");

  /**
   * The instance type with this name.
   *
   * @param name family and size, such as `c7g.medium`
   * @throws {MecError} MEC1007 when the name is not of the form family.size
   */
  public static of(name: string): RegionInstanceType {
    assertInstanceTypeName("RegionInstanceType.of", name, "t3.micro");
    return new RegionInstanceType(name);
  }

  /** Processor architecture, by the family. */
  public readonly architecture: CpuArchitecture;

  private constructor(
    /** Family and size, such as `t3.micro`. */
    public readonly name: string,
  ) {
    this.architecture = architectureOf(name);
  }

  /**
   * Has the EC2 API asked at plan whether the Region offers the type.
   *
   * @internal
   * @param scope where the lookup is made
   * @param region the Region
   * @returns the check, for `dependsOn` of the instance
   */
  public require(scope: Construct, region: string): ITerraformDependable[] {
    const { name } = this;
    return [
      new DataAwsEc2InstanceTypeOfferings(scope, "Offering", {
        locationType: "region",
        filter: [{ name: "instance-type", values: [name] }],
        lifecycle: {
          postcondition: [
            {
              condition: "${length(self.instance_types) > 0}",
              errorMessage: planError(
                scope,
                "MEC1204",
                `${got(name)}: ${region} does not offer it, so write one that \`aws ec2 describe-instance-type-offerings --region ${region}\` shows, such as RegionInstanceType.T3_MICRO`,
              ),
            },
          ],
        },
      }),
    ];
  }

  /** Family and size. */
  public toString(): string {
    return this.name;
  }
}
