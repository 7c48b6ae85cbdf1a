import { MecError, got } from "../errors";

/**
 * An EC2 instance type for a Wavelength Zone.
 *
 * The four constants are those that Wavelength Zones have offered from the start; zones differ, and
 * `aws ec2 describe-instance-type-offerings --location-type availability-zone` lists what one has.
 */
export class WavelengthInstanceType {
  /** 2 vCPU, 4 GiB: the smallest that microk8s recommends for one node with a light workload. */
  public static readonly T3_MEDIUM = WavelengthInstanceType.of("t3.medium");
  /** 4 vCPU, 16 GiB. */
  public static readonly T3_XLARGE = WavelengthInstanceType.of("t3.xlarge");
  /** 8 vCPU, 64 GiB. */
  public static readonly R5_2XLARGE = WavelengthInstanceType.of("r5.2xlarge");
  /** 8 vCPU, 32 GiB, one NVIDIA T4. */
  public static readonly G4DN_2XLARGE = WavelengthInstanceType.of("g4dn.2xlarge");

  /**
   * The instance type with this name, for a type that no constant names.
   *
   * @param name family and size, such as `t3.medium`
   * @throws {MecError} MEC1007 when the name is not of the form family.size
   */
  public static of(name: string): WavelengthInstanceType {
    if (!/^[a-z][a-z0-9-]*\.(?:\d*x?large|metal(?:-\d+xl)?|nano|micro|small|medium)$/.test(name)) {
      throw new MecError(
        "MEC1007",
        "WavelengthInstanceType.of",
        `${got(name)}: an instance type is a family and a size, so write for example "t3.medium"`,
      );
    }
    return new WavelengthInstanceType(name);
  }

  private constructor(
    /** Family and size, such as `t3.medium`. */
    public readonly name: string,
  ) {}

  /** Family and size. */
  public toString(): string {
    return this.name;
  }
}
