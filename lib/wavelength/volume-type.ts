import { MecError, got } from "../errors";

/** An EBS volume type of Wavelength Zones. There is one: gp2. */
export class WavelengthVolumeType {
  /** General purpose SSD of the second generation. */
  public static readonly GP2 = WavelengthVolumeType.of("gp2");

  /**
   * The volume type with this name.
   *
   * @param name name as the EC2 API gives it: `gp2`
   * @throws {MecError} MEC1011 for any type that Wavelength Zones do not have, gp3 among them
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html
   */
  public static of(name: string): WavelengthVolumeType {
    assertVolumeType("WavelengthVolumeType.of", name);
    return new WavelengthVolumeType(name);
  }

  private constructor(
    /** Name of the type: `gp2`. */
    public readonly name: string,
  ) {}

  /** Name of the type. */
  public toString(): string {
    return this.name;
  }
}

/**
 * Refuses a volume type that Wavelength Zones do not have.
 *
 * @param path construct path for the error
 * @param name name of the type
 * @throws {MecError} MEC1011
 */
export function assertVolumeType(path: string, name: string): void {
  if (name !== "gp2") {
    throw new MecError("MEC1011", path, `${got(name)} as volume type: a Wavelength Zone has gp2 volumes only, so write "gp2"`);
  }
}
