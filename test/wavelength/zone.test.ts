import { Carrier, MecError, WavelengthNetwork, WavelengthZone, WavelengthZoneOptIn } from "../../lib";
import { resource, synthStack, warnings } from "../support/synth";

const constants = Object.values(WavelengthZone).filter((value) => value instanceof WavelengthZone);

describe("the catalogue", () => {
  test("every zone's name gives the same zone again", () => {
    expect(WavelengthZone.all().length).toBeGreaterThan(30);
    for (const zone of WavelengthZone.all()) {
      expect(WavelengthZone.of(zone.name)).toEqual(zone);
    }
  });

  test("every zone has a constant, named after it", () => {
    expect(constants.map(({ name }) => name).sort()).toEqual(
      WavelengthZone.all()
        .map(({ name }) => name)
        .sort(),
    );
    for (const [key, zone] of Object.entries(WavelengthZone)) {
      expect(key.toLowerCase().replaceAll("_", "-")).toBe(zone.name.replace(/-wlz-.*$/, ""));
    }
  });

  test("names are unique, ids too, and Regions are the names' own", () => {
    const zones = WavelengthZone.all();
    const ids = zones.flatMap(({ zoneId }) => zoneId ?? []);
    expect(new Set(zones.map(({ name }) => name)).size).toBe(zones.length);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { name, parentRegion, networkBorderGroup, groupName } of zones) {
      for (const part of [networkBorderGroup, groupName].flatMap((part) => part ?? [])) {
        expect(name.startsWith(part)).toBe(true);
      }
      expect(name.startsWith(`${parentRegion}-`)).toBe(true);
    }
  });

  test.each([
    ["us-east-1-wl1-bos-wlz-1", "Boston", Carrier.VERIZON, "use1-wl1-bos-wlz1", "us-east-1-wl1-bos-wlz-1", "us-east-1-wl1"],
    ["eu-west-2-wl2-man-wlz-1", "Manchester", Carrier.BT, "euw2-wl2-man-wlz1", "eu-west-2-wl2-man-wlz-1", "eu-west-2-wl2"],
    ["eu-west-3-cmn-wlz-1a", "Casablanca", Carrier.ORANGE, "euw3-cmn1-wlz1", "eu-west-3-cmn-wlz-1", undefined],
    ["us-east-1-foe-wlz-1a", "Topeka", undefined, undefined, undefined, undefined],
  ])("%s is in %s", (name, city, carrier, zoneId, networkBorderGroup, groupName) => {
    expect(WavelengthZone.of(name)).toMatchObject({ name, city, carrier, zoneId, networkBorderGroup, groupName });
  });
});

describe("find", () => {
  test("gives the one zone of a city, a carrier, or both", () => {
    expect(WavelengthZone.find({ city: "boston" }).name).toBe("us-east-1-wl1-bos-wlz-1");
    expect(WavelengthZone.find({ carrier: Carrier.BELL }).name).toBe("ca-central-1-wl1-yto-wlz-1");
    expect(WavelengthZone.find({ city: "Manchester", carrier: Carrier.BT }).name).toBe("eu-west-2-wl2-man-wlz-1");
  });

  test.each([
    [{ city: "Manchester" }, /has 2 such zones.*eu-west-2-wl1-man-wlz-1 \(Manchester, Vodafone\), eu-west-2-wl2-man-wlz-1/],
    [{ city: "Atlantis" }, /has no such zone.*us-east-1-wl1-atl-wlz-1/],
    [{ city: "Boston", carrier: Carrier.KDDI }, /"carrier":"KDDI".*has no such zone/],
    [{}, /and one is meant/],
  ])("refuses %j and lists what there is", (query, message) => {
    expect(() => WavelengthZone.find(query)).toThrow(message);
    expect(() => WavelengthZone.find(query)).toThrow(/MEC1019/);
  });
});

describe("a zone by its name", () => {
  test.each(["us-east-1-wl1-xyz-wlz-1", "ap-southeast-2-wl1-syd-wlz-12", "eu-west-3-dss-wlz-1a", "us-gov-west-1-abc-wlz-2b"])(
    "%s is accepted although no catalogue has it, and only the EC2 API knows its groups",
    (name) => {
      const zone = WavelengthZone.of(name);
      expect(zone).toMatchObject({ name, networkBorderGroup: undefined, groupName: undefined, instanceTypes: undefined });
      expect(name.startsWith(`${zone.parentRegion}-`)).toBe(true);
    },
  );

  test("what is given wins over the catalogue", () => {
    const zone = WavelengthZone.of("eu-west-3-cmn-wlz-1a", { networkBorderGroup: "other", groupName: "group" });
    expect(zone).toMatchObject({ networkBorderGroup: "other", groupName: "group" });
  });

  test("the internet opens TCP connections in the zones of eu-west-3 alone", () => {
    expect(WavelengthZone.all().filter((zone) => zone.acceptsInboundTcp)).toEqual([WavelengthZone.EU_WEST_3_CMN]);
  });

  test.each([
    "us-east-1a",
    "us-east-1",
    "us-east-1-bos-1a",
    "us-east-1-wl1",
    "use1-wl1-bos-wlz1",
    "us-east-1-wl1-bos-wlz",
    "US-EAST-1-WL1-BOS-WLZ-1",
    "eu-west-3-wl1-cmn1",
    "",
  ])("refuses %j with the command that lists zones", (name) => {
    expect(() => WavelengthZone.of(name)).toThrow(MecError);
    expect(() => WavelengthZone.of(name)).toThrow(/MEC1001.*describe-availability-zones/);
  });

  test.each([{ groupName: "" }, { networkBorderGroup: "" }, { instanceTypes: [] }])("refuses the empty option %j", (options) => {
    expect(() => WavelengthZone.of("eu-west-3-cmn-wlz-1a", options)).toThrow(/MEC1009/);
  });
});

test("a network in a zone that is probably withdrawn says so", () => {
  expect(WavelengthZone.EU_CENTRAL_1_WL1_BER.probablyWithdrawn).toBe(true);
  const json = synthStack(
    (stack) => new WavelengthNetwork(stack, "Network", { zone: WavelengthZone.EU_CENTRAL_1_WL1_BER }),
    "eu-central-1",
  );
  expect(warnings(json)).toEqual([
    expect.stringMatching(/\[MEC1902\] stack\/Network: got "eu-central-1-wl1-ber-wlz-1".*describe-availability-zones/),
  ]);
});

describe("the opt-in", () => {
  const optIn = (zone: WavelengthZone) =>
    synthStack((stack) => new WavelengthZoneOptIn(stack, "OptIn", { zone, acknowledgeAccountWide: true }), zone.parentRegion);

  test("names the zone's group where it is known", () => {
    const json = optIn(WavelengthZone.US_EAST_1_WL1_BOS);
    expect(resource(json, "aws_ec2_availability_zone_group")).toEqual({
      group_name: "us-east-1-wl1",
      opt_in_status: "opted-in",
      "//": expect.anything(),
    });
    expect(json.data).toBeUndefined();
  });

  test("asks the EC2 API elsewhere, before the account is opted in", () => {
    const json = optIn(WavelengthZone.of("eu-west-3-dss-wlz-1a"));
    const [[id, lookup]] = Object.entries<Record<string, unknown>>(json.data.aws_availability_zone);
    expect(lookup).toMatchObject({ name: "eu-west-3-dss-wlz-1a", all_availability_zones: true });
    expect(lookup).not.toHaveProperty("depends_on");
    expect(JSON.stringify(lookup)).not.toContain("opt_in_status");
    expect(resource(json, "aws_ec2_availability_zone_group").group_name).toBe(`\${data.aws_availability_zone.${id}.group_name}`);
  });

  test("is refused unless it is acknowledged", () => {
    expect(() =>
      synthStack(
        (stack) =>
          new WavelengthZoneOptIn(stack, "OptIn", { zone: WavelengthZone.US_EAST_1_WL1_BOS, acknowledgeAccountWide: false as never }),
      ),
    ).toThrow(/\[MEC1002\] stack\/OptIn: got false .*only AWS Support can undo it/);
  });
});
