import { Carrier } from "./carrier";

/** What is known of a zone beyond its name. */
export interface CatalogueEntry {
  /** City or area the zone serves, such as `Boston`; undefined where it is not public. */
  readonly city?: string;
  /** Carrier; undefined where it is not public. */
  readonly carrier?: Carrier;
  /** Network border group; undefined where no public source shows it. */
  readonly networkBorderGroup?: string;
  /** Zone group to opt in to; undefined where no public source shows it. */
  readonly groupName?: string;
  /** Zone id, the same in every account. */
  readonly zoneId?: string;
  /** Instance types the zone is known to offer; undefined where no public source lists them. */
  readonly instanceTypes?: readonly string[];
  /** Whether AWS's list of zones no longer has its Region. */
  readonly probablyWithdrawn: boolean;
}

/**
 * What every zone of the first generation has offered from the start.
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html
 * @see https://github.com/openshift/enhancements/blob/master/enhancements/installer/aws-custom-edge-machineset-wavelength-zones.md
 */
const FIRST_GENERATION_TYPES = ["t3.medium", "t3.xlarge", "r5.2xlarge", "g4dn.2xlarge"];

/** One carrier in one Region: zones `<region>-<wlN>-<city code>-wlz-1`, all in the zone group `<region>-<wlN>`. */
interface CarrierInRegion {
  readonly group: string;
  readonly regionCode: string;
  readonly carrier: Carrier;
  readonly cities: Readonly<Record<string, string>>;
  readonly probablyWithdrawn?: true;
}

/**
 * First generation of names. Groups, ids and border groups are as the EC2 API gives them
 * (https://github.com/boto/boto3/issues/3994 shows one zone whole); names and ids are also in
 * https://github.com/infracost/infracost/blob/master/internal/hcl/zones_aws.go.
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/available-wavelength-zones.html
 */
const FIRST_GENERATION: readonly CarrierInRegion[] = [
  {
    group: "us-east-1-wl1",
    regionCode: "use1",
    carrier: Carrier.VERIZON,
    cities: {
      atl: "Atlanta",
      bna: "Nashville",
      bos: "Boston",
      chi: "Chicago",
      clt: "Charlotte",
      dfw: "Dallas",
      dtw: "Detroit",
      iah: "Houston",
      mia: "Miami",
      msp: "Minneapolis",
      nyc: "New York City",
      tpa: "Tampa",
      was: "Washington DC",
    },
  },
  {
    group: "us-west-2-wl1",
    regionCode: "usw2",
    carrier: Carrier.VERIZON,
    cities: { den: "Denver", las: "Las Vegas", lax: "Los Angeles", phx: "Phoenix", sea: "Seattle", sfo: "San Francisco Bay Area" },
  },
  { group: "ap-northeast-1-wl1", regionCode: "apne1", carrier: Carrier.KDDI, cities: { nrt: "Tokyo", kix: "Osaka" } },
  { group: "ca-central-1-wl1", regionCode: "cac1", carrier: Carrier.BELL, cities: { yto: "Toronto" } },
  { group: "eu-west-2-wl1", regionCode: "euw2", carrier: Carrier.VODAFONE, cities: { lon: "London", man: "Manchester" } },
  { group: "eu-west-2-wl2", regionCode: "euw2", carrier: Carrier.BT, cities: { man: "Manchester" } },
  // Their Regions are not in AWS's list of zones any more.
  {
    group: "ap-northeast-2-wl1",
    regionCode: "apne2",
    carrier: Carrier.SK_TELECOM,
    cities: { cjj: "Daejeon", sel: "Seoul" },
    probablyWithdrawn: true,
  },
  {
    group: "eu-central-1-wl1",
    regionCode: "euc1",
    carrier: Carrier.VODAFONE,
    cities: { ber: "Berlin", dtm: "Dortmund", muc: "Munich" },
    probablyWithdrawn: true,
  },
];

/**
 * Second generation of names. Border group and id of Casablanca are in
 * https://github.com/haproxytech/Terraform-HAPEE-AWS-Wavelength; no public source shows the rest.
 */
const SECOND_GENERATION: Readonly<Record<string, CatalogueEntry>> = {
  "eu-west-3-cmn-wlz-1a": {
    city: "Casablanca",
    carrier: Carrier.ORANGE,
    networkBorderGroup: "eu-west-3-cmn-wlz-1",
    zoneId: "euw3-cmn1-wlz1",
    probablyWithdrawn: false,
  },
  "us-east-1-foe-wlz-1a": { city: "Topeka", probablyWithdrawn: false },
};

function firstGeneration({ group, regionCode, carrier, cities, probablyWithdrawn }: CarrierInRegion): [string, CatalogueEntry][] {
  return Object.entries(cities).map(([code, city]) => {
    const name = `${group}-${code}-wlz-1`;
    const entry: CatalogueEntry = {
      city,
      carrier,
      networkBorderGroup: name,
      groupName: group,
      zoneId: `${regionCode}-${group.slice(group.lastIndexOf("-") + 1)}-${code}-wlz1`,
      instanceTypes: FIRST_GENERATION_TYPES,
      probablyWithdrawn: probablyWithdrawn ?? false,
    };
    return [name, entry];
  });
}

/** The zones this release knows, by name. A hint for people and for checks: AWS adds zones and withdraws them. */
export const ZONE_CATALOGUE: ReadonlyMap<string, CatalogueEntry> = new Map([
  ...FIRST_GENERATION.flatMap(firstGeneration),
  ...Object.entries(SECOND_GENERATION),
]);
