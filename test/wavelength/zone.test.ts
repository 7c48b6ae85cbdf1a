import { MecError, WavelengthInstanceType, WavelengthZone } from "../../lib";

describe("WavelengthZone", () => {
  test.each([
    ["us-east-1-wl1-bos-wlz-1", "us-east-1", "us-east-1-wl1-bos-wlz-1", "us-east-1-wl1"],
    ["eu-west-2-wl2-man-wlz-1", "eu-west-2", "eu-west-2-wl2-man-wlz-1", "eu-west-2-wl2"],
    ["ap-northeast-1-wl1-kix-wlz-1", "ap-northeast-1", "ap-northeast-1-wl1-kix-wlz-1", "ap-northeast-1-wl1"],
    ["eu-west-3-cmn-wlz-1a", "eu-west-3", "eu-west-3-cmn-wlz-1", "eu-west-3-cmn-wlz-1"],
    ["us-east-1-foe-wlz-1a", "us-east-1", "us-east-1-foe-wlz-1", "us-east-1-foe-wlz-1"],
  ])("%s extends %s, border group %s, opt-in group %s", (name, parentRegion, networkBorderGroup, groupName) => {
    expect(WavelengthZone.of(name)).toMatchObject({ name, parentRegion, networkBorderGroup, groupName });
  });

  test("names given win over names derived", () => {
    const zone = WavelengthZone.of("eu-west-3-cmn-wlz-1a", { networkBorderGroup: "other", groupName: "group" });
    expect(zone).toMatchObject({ networkBorderGroup: "other", groupName: "group" });
  });

  test("the internet opens TCP connections in the zones of eu-west-3 alone", () => {
    expect(WavelengthZone.EU_WEST_3_CMN.acceptsInboundTcp).toBe(true);
    expect(WavelengthZone.US_EAST_1_WL1_BOS.acceptsInboundTcp).toBe(false);
  });

  test.each(["us-east-1a", "us-east-1", "us-east-1-bos-1a", "us-east-1-wl1-bos-wlz", "US-EAST-1-WL1-BOS-WLZ-1", "eu-west-3-wl1-cmn1", ""])(
    "refuses %j with the command that lists zones",
    (name) => {
      expect(() => WavelengthZone.of(name)).toThrow(MecError);
      expect(() => WavelengthZone.of(name)).toThrow(/MEC1001.*describe-availability-zones/);
    },
  );

  test("refuses an empty name", () => {
    expect(() => WavelengthZone.of("eu-west-3-cmn-wlz-1a", { groupName: "" })).toThrow(/MEC1009.*groupName/);
  });
});

describe("WavelengthInstanceType", () => {
  test.each(["t3.medium", "r5.2xlarge", "g4dn.2xlarge", "c6i.metal", "m7i-flex.large"])("accepts %s", (name) => {
    expect(WavelengthInstanceType.of(name).name).toBe(name);
  });

  test.each(["t3", "t3.", "medium", "t3.huge", "T3.MEDIUM"])("refuses %j", (name) => {
    expect(() => WavelengthInstanceType.of(name)).toThrow(/MEC1007.*"t3\.medium"/);
  });
});
