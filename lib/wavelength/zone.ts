import { MecError, got } from "../errors";

/** Names of a zone that its name alone does not tell for certain. */
export interface WavelengthZoneOptions {
  /**
   * Network border group of the zone: the pool its carrier IPs come from.
   * @default - derived from the zone name, see {@link WavelengthZone.networkBorderGroup}
   */
  readonly networkBorderGroup?: string;

  /**
   * Zone group that an account opts in to.
   * @default - derived from the zone name, see {@link WavelengthZone.groupName}
   */
  readonly groupName?: string;
}

/** `us-east-1-wl1-bos-wlz-1`: the border group is the zone, the opt-in group is one carrier in one Region. */
const NUMBERED_CARRIER = /^(?<region>[a-z]{2}(?:-[a-z]+)+-\d)-(?<carrier>wl\d+)-(?<city>[a-z]{3})-wlz-\d+$/;
/** `eu-west-3-cmn-wlz-1a`: the border group is the zone without its letter. */
const LETTERED_ZONE = /^(?<region>[a-z]{2}(?:-[a-z]+)+-\d)-(?<city>[a-z]{3})-wlz-\d+[a-z]$/;

/**
 * One AWS Wavelength Zone: AWS compute inside a carrier's 5G network, extending one parent Region.
 *
 * Zone names come in two generations, `us-east-1-wl1-bos-wlz-1` and `eu-west-3-cmn-wlz-1a`; both are understood,
 * whether this release knows the zone or not.
 *
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/available-wavelength-zones.html
 */
export class WavelengthZone {
  /** Boston, Massachusetts (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_BOS = WavelengthZone.of("us-east-1-wl1-bos-wlz-1");
  /** New York City (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_NYC = WavelengthZone.of("us-east-1-wl1-nyc-wlz-1");
  /** Chicago, Illinois (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_CHI = WavelengthZone.of("us-east-1-wl1-chi-wlz-1");
  /** Las Vegas, Nevada (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_LAS = WavelengthZone.of("us-west-2-wl1-las-wlz-1");
  /** San Francisco Bay Area, California (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_SFO = WavelengthZone.of("us-west-2-wl1-sfo-wlz-1");
  /** Tokyo (KDDI), parent Region ap-northeast-1. */
  public static readonly AP_NORTHEAST_1_WL1_NRT = WavelengthZone.of("ap-northeast-1-wl1-nrt-wlz-1");
  /** London, parent Region eu-west-2. */
  public static readonly EU_WEST_2_WL1_LON = WavelengthZone.of("eu-west-2-wl1-lon-wlz-1");
  /** Casablanca, parent Region eu-west-3: carrier IPs accept TCP from the internet. */
  public static readonly EU_WEST_3_CMN = WavelengthZone.of("eu-west-3-cmn-wlz-1a");

  /**
   * The zone with this name.
   *
   * @param name zone name as the EC2 API gives it, such as `us-east-1-wl1-bos-wlz-1`
   * @param options names to use instead of those derived from the zone name
   * @throws {MecError} MEC1001 when the name follows neither generation's form
   * @throws {MecError} MEC1009 when an option is an empty string
   */
  public static of(name: string, options: WavelengthZoneOptions = {}): WavelengthZone {
    const match = NUMBERED_CARRIER.exec(name) ?? LETTERED_ZONE.exec(name);
    if (!match?.groups) {
      throw new MecError(
        "MEC1001",
        "WavelengthZone.of",
        `${got(name)}: a Wavelength Zone is named like "us-east-1-wl1-bos-wlz-1" or "eu-west-3-cmn-wlz-1a", so write one that ` +
          `\`aws ec2 describe-availability-zones --all-availability-zones --filters Name=zone-type,Values=wavelength-zone\` lists`,
      );
    }
    for (const [option, value] of Object.entries(options)) {
      if (value === "") {
        throw new MecError(
          "MEC1009",
          "WavelengthZone.of",
          `${got(value)} as ${option} of ${name}: leave the option out or write the name that the EC2 API gives`,
        );
      }
    }
    const { region, carrier } = match.groups;
    const borderGroup = carrier ? name : name.replace(/[a-z]$/, "");
    return new WavelengthZone(
      name,
      region,
      options.networkBorderGroup ?? borderGroup,
      options.groupName ?? (carrier ? `${region}-${carrier}` : borderGroup),
    );
  }

  private constructor(
    /** Name of the zone, such as `us-east-1-wl1-bos-wlz-1`. */
    public readonly name: string,
    /** Code of the Region the zone extends, such as `us-east-1`; every API call about the zone goes there. */
    public readonly parentRegion: string,
    /**
     * Network border group, the pool of the zone's carrier IPs: the zone name in the first generation
     * (`us-east-1-wl1-bos-wlz-1`), the zone name without its letter in the second (`eu-west-3-cmn-wlz-1`).
     * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
     */
    public readonly networkBorderGroup: string,
    /**
     * Zone group an account opts in to: all zones of one carrier in one Region in the first generation
     * (`us-east-1-wl1`), the network border group in the second.
     * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html
     */
    public readonly groupName: string,
  ) {}

  /**
   * Whether the carrier gateway lets the internet open TCP connections to a carrier IP of this zone: only in the
   * zones of eu-west-3. Elsewhere TCP goes out and its answers come back, whatever a security group says.
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html
   */
  public get acceptsInboundTcp(): boolean {
    return this.parentRegion === "eu-west-3";
  }

  /** The name of the zone. */
  public toString(): string {
    return this.name;
  }
}
