/** A telecommunication carrier whose 5G network has Wavelength Zones. */
export class Carrier {
  /** Verizon, United States. */
  public static readonly VERIZON = new Carrier("Verizon");
  /** KDDI, Japan. */
  public static readonly KDDI = new Carrier("KDDI");
  /** Bell, Canada. */
  public static readonly BELL = new Carrier("Bell");
  /** Vodafone, United Kingdom and Germany. */
  public static readonly VODAFONE = new Carrier("Vodafone");
  /** BT, United Kingdom. */
  public static readonly BT = new Carrier("BT");
  /** Orange, Morocco. */
  public static readonly ORANGE = new Carrier("Orange");
  /** SK Telecom, South Korea. */
  public static readonly SK_TELECOM = new Carrier("SK Telecom");

  private constructor(
    /** Name of the carrier, such as `Verizon`. */
    public readonly name: string,
  ) {}

  /** Name of the carrier. */
  public toString(): string {
    return this.name;
  }
}
