import { MecError, got } from "../errors";
import type { Carrier } from "./carrier";
import { WavelengthInstanceType } from "./instance-type";
import { ZONE_CATALOGUE } from "./zone-catalogue";

/** What its name alone does not tell of a zone. */
export interface WavelengthZoneOptions {
  /**
   * Network border group of the zone: the pool its carrier IPs come from.
   * @default - the catalogue's; for a zone that is not in it, what the EC2 API says at plan
   */
  readonly networkBorderGroup?: string;

  /**
   * Zone group that an account opts in to.
   * @default - the catalogue's; for a zone that is not in it, what the EC2 API says at plan
   */
  readonly groupName?: string;

  /**
   * Instance types the zone offers, where you know better than the catalogue; see {@link WavelengthZone.instanceTypes}.
   * @default - the catalogue's; for a zone that is not in it, not known at synth
   */
  readonly instanceTypes?: readonly WavelengthInstanceType[];
}

/** What to look for in the catalogue; at least one of both. */
export interface WavelengthZoneQuery {
  /**
   * City, such as `Boston`, in any case.
   * @default - any
   */
  readonly city?: string;
  /**
   * Carrier.
   * @default - any
   */
  readonly carrier?: Carrier;
}

/** `us-east-1-wl1-bos-wlz-1`: Region, carrier in the Region, city, number. */
const FIRST_GENERATION = /^(?<region>[a-z]{2}(?:-[a-z]+)+-\d)-wl\d+-[a-z]{3}-wlz-\d+$/;
/** `eu-west-3-cmn-wlz-1a`: Region, city, number and letter. */
const SECOND_GENERATION = /^(?<region>[a-z]{2}(?:-[a-z]+)+-\d)-[a-z]{3}-wlz-\d+[a-z]$/;

/**
 * One AWS Wavelength Zone: AWS compute inside a carrier's 5G network, extending one parent Region.
 *
 * Zone names come in two generations, `us-east-1-wl1-bos-wlz-1` and `eu-west-3-cmn-wlz-1a`; both are understood,
 * whether this release knows the zone or not.
 *
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/available-wavelength-zones.html
 */
export class WavelengthZone {
  /** Atlanta, Georgia (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_ATL = WavelengthZone.of("us-east-1-wl1-atl-wlz-1");
  /** Nashville, Tennessee (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_BNA = WavelengthZone.of("us-east-1-wl1-bna-wlz-1");
  /** Boston, Massachusetts (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_BOS = WavelengthZone.of("us-east-1-wl1-bos-wlz-1");
  /** Chicago, Illinois (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_CHI = WavelengthZone.of("us-east-1-wl1-chi-wlz-1");
  /** Charlotte, North Carolina (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_CLT = WavelengthZone.of("us-east-1-wl1-clt-wlz-1");
  /** Dallas, Texas (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_DFW = WavelengthZone.of("us-east-1-wl1-dfw-wlz-1");
  /** Detroit, Michigan (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_DTW = WavelengthZone.of("us-east-1-wl1-dtw-wlz-1");
  /** Houston, Texas (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_IAH = WavelengthZone.of("us-east-1-wl1-iah-wlz-1");
  /** Miami, Florida (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_MIA = WavelengthZone.of("us-east-1-wl1-mia-wlz-1");
  /** Minneapolis, Minnesota (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_MSP = WavelengthZone.of("us-east-1-wl1-msp-wlz-1");
  /** New York City (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_NYC = WavelengthZone.of("us-east-1-wl1-nyc-wlz-1");
  /** Tampa, Florida (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_TPA = WavelengthZone.of("us-east-1-wl1-tpa-wlz-1");
  /** Washington DC (Verizon), parent Region us-east-1. */
  public static readonly US_EAST_1_WL1_WAS = WavelengthZone.of("us-east-1-wl1-was-wlz-1");
  /** Denver, Colorado (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_DEN = WavelengthZone.of("us-west-2-wl1-den-wlz-1");
  /** Las Vegas, Nevada (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_LAS = WavelengthZone.of("us-west-2-wl1-las-wlz-1");
  /** Los Angeles, California (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_LAX = WavelengthZone.of("us-west-2-wl1-lax-wlz-1");
  /** Phoenix, Arizona (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_PHX = WavelengthZone.of("us-west-2-wl1-phx-wlz-1");
  /** Seattle, Washington (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_SEA = WavelengthZone.of("us-west-2-wl1-sea-wlz-1");
  /** San Francisco Bay Area, California (Verizon), parent Region us-west-2. */
  public static readonly US_WEST_2_WL1_SFO = WavelengthZone.of("us-west-2-wl1-sfo-wlz-1");
  /** Tokyo (KDDI), parent Region ap-northeast-1. */
  public static readonly AP_NORTHEAST_1_WL1_NRT = WavelengthZone.of("ap-northeast-1-wl1-nrt-wlz-1");
  /** Osaka (KDDI), parent Region ap-northeast-1. */
  public static readonly AP_NORTHEAST_1_WL1_KIX = WavelengthZone.of("ap-northeast-1-wl1-kix-wlz-1");
  /** Toronto (Bell), parent Region ca-central-1. */
  public static readonly CA_CENTRAL_1_WL1_YTO = WavelengthZone.of("ca-central-1-wl1-yto-wlz-1");
  /** London (Vodafone), parent Region eu-west-2. */
  public static readonly EU_WEST_2_WL1_LON = WavelengthZone.of("eu-west-2-wl1-lon-wlz-1");
  /** Manchester (Vodafone), parent Region eu-west-2. */
  public static readonly EU_WEST_2_WL1_MAN = WavelengthZone.of("eu-west-2-wl1-man-wlz-1");
  /** Manchester (BT), parent Region eu-west-2. */
  public static readonly EU_WEST_2_WL2_MAN = WavelengthZone.of("eu-west-2-wl2-man-wlz-1");
  /** Daejeon (SK Telecom), parent Region ap-northeast-2. Probably withdrawn. */
  public static readonly AP_NORTHEAST_2_WL1_CJJ = WavelengthZone.of("ap-northeast-2-wl1-cjj-wlz-1");
  /** Seoul (SK Telecom), parent Region ap-northeast-2. Probably withdrawn. */
  public static readonly AP_NORTHEAST_2_WL1_SEL = WavelengthZone.of("ap-northeast-2-wl1-sel-wlz-1");
  /** Berlin (Vodafone), parent Region eu-central-1. Probably withdrawn. */
  public static readonly EU_CENTRAL_1_WL1_BER = WavelengthZone.of("eu-central-1-wl1-ber-wlz-1");
  /** Dortmund (Vodafone), parent Region eu-central-1. Probably withdrawn. */
  public static readonly EU_CENTRAL_1_WL1_DTM = WavelengthZone.of("eu-central-1-wl1-dtm-wlz-1");
  /** Munich (Vodafone), parent Region eu-central-1. Probably withdrawn. */
  public static readonly EU_CENTRAL_1_WL1_MUC = WavelengthZone.of("eu-central-1-wl1-muc-wlz-1");
  /** Casablanca (Orange), parent Region eu-west-3: carrier IPs accept TCP from the internet. */
  public static readonly EU_WEST_3_CMN = WavelengthZone.of("eu-west-3-cmn-wlz-1a");
  /** Topeka, Kansas (carrier not public), parent Region us-east-1. */
  public static readonly US_EAST_1_FOE = WavelengthZone.of("us-east-1-foe-wlz-1a");

  /**
   * The zone with this name.
   *
   * @param name zone name as the EC2 API gives it, such as `us-east-1-wl1-bos-wlz-1`
   * @param options what to use instead of what the catalogue or the EC2 API says
   * @throws {MecError} MEC1001 when the name follows neither generation's form
   * @throws {MecError} MEC1009 when an option is empty
   */
  public static of(name: string, options: WavelengthZoneOptions = {}): WavelengthZone {
    const region = (FIRST_GENERATION.exec(name) ?? SECOND_GENERATION.exec(name))?.groups?.region;
    if (region === undefined) {
      throw new MecError(
        "MEC1001",
        "WavelengthZone.of",
        `${got(name)}: a Wavelength Zone is named like "us-east-1-wl1-bos-wlz-1" or "eu-west-3-cmn-wlz-1a", so write one that ` +
          `\`aws ec2 describe-availability-zones --all-availability-zones --filters Name=zone-type,Values=wavelength-zone\` lists`,
      );
    }
    for (const [option, value] of Object.entries(options)) {
      if (value !== undefined && value.length === 0) {
        throw new MecError(
          "MEC1009",
          "WavelengthZone.of",
          `${got(value)} as ${option} of ${name}: leave the option out or write what the EC2 API gives`,
        );
      }
    }
    return new WavelengthZone(name, region, options);
  }

  /**
   * The one zone of the catalogue in a city, of a carrier, or both.
   *
   * @param query what to look for, such as `{ city: "Manchester", carrier: Carrier.BT }`
   * @throws {MecError} MEC1019 when the catalogue has no such zone or more than one; the message lists those it has
   */
  public static find(query: WavelengthZoneQuery): WavelengthZone {
    const city = query.city?.trim().toLowerCase();
    const found = WavelengthZone.all().filter(
      (zone) => (city === undefined || zone.city?.toLowerCase() === city) && (query.carrier ?? zone.carrier) === zone.carrier,
    );
    if (found.length === 1 && (city !== undefined || query.carrier !== undefined)) {
      return found[0];
    }
    const shown = (found.length > 0 ? found : WavelengthZone.all()).map((zone) => `${zone.name} (${zone.city}, ${zone.carrier ?? "?"})`);
    throw new MecError(
      "MEC1019",
      "WavelengthZone.find",
      `${got({ city: query.city, carrier: query.carrier?.name })}: the catalogue has ${found.length || "no"} such zone${found.length > 1 ? "s" : ""} ` +
        `and one is meant, so write city and carrier of one of these, or WavelengthZone.of(name) for another: ${shown.join(", ")}`,
    );
  }

  /** All zones of the catalogue, those that are probably withdrawn too. */
  public static all(): WavelengthZone[] {
    return [...ZONE_CATALOGUE.keys()].map((name) => WavelengthZone.of(name));
  }

  /** City or area the zone serves, such as `Boston`; undefined for a zone that is not in the catalogue. */
  public readonly city?: string;

  /** Carrier of the zone; undefined where it is not known. */
  public readonly carrier?: Carrier;

  /**
   * Network border group, the pool of the zone's carrier IPs, such as `us-east-1-wl1-bos-wlz-1` or `eu-west-3-cmn-wlz-1`;
   * undefined where it is not known at synth: a network asks the EC2 API at plan then.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html
   */
  public readonly networkBorderGroup?: string;

  /**
   * Zone group an account opts in to, such as `us-east-1-wl1` (all zones of one carrier in one Region); undefined where it is
   * not known at synth: the opt-in asks the EC2 API at plan then.
   * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AvailabilityZone.html
   */
  public readonly groupName?: string;

  /** Id of the zone, the same in every account, such as `use1-wl1-bos-wlz1`; undefined where it is not known. */
  public readonly zoneId?: string;

  /** Instance types the zone offers; undefined where that is not known at synth. */
  public readonly instanceTypes?: readonly WavelengthInstanceType[];

  /** Whether AWS's list of zones no longer has the zone's Region; a network in such a zone carries a warning. */
  public readonly probablyWithdrawn: boolean;

  private constructor(
    /** Name of the zone, such as `us-east-1-wl1-bos-wlz-1`. */
    public readonly name: string,
    /** Code of the Region the zone extends, such as `us-east-1`; every API call about the zone goes there. */
    public readonly parentRegion: string,
    options: WavelengthZoneOptions,
  ) {
    const known = ZONE_CATALOGUE.get(name);
    this.city = known?.city;
    this.carrier = known?.carrier;
    this.networkBorderGroup = options.networkBorderGroup ?? known?.networkBorderGroup;
    this.groupName = options.groupName ?? known?.groupName;
    this.zoneId = known?.zoneId;
    this.instanceTypes = options.instanceTypes ?? known?.instanceTypes?.map((type) => WavelengthInstanceType.of(type));
    this.probablyWithdrawn = known?.probablyWithdrawn ?? false;
  }

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
