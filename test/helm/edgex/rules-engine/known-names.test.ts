import { Export } from "../../../../lib/helm/edgex/exports/export";
import { ExportCredentials } from "../../../../lib/helm/edgex/exports/export-credentials";
import type { EventFilter } from "../../../../lib/helm/edgex/exports/event-filter";
import { assertExports, assertRules, type KnownNames } from "../../../../lib/helm/edgex/rules-engine/known-names";
import { Rule, type RuleProps } from "../../../../lib/helm/edgex/rules-engine/rule";
import { RuleAction } from "../../../../lib/helm/edgex/rules-engine/rule-action";
import { RuleStream } from "../../../../lib/helm/edgex/rules-engine/rule-stream";

const known: KnownNames = {
  profiles: {
    Thermostat: {
      resources: { Temperature: { readable: true, writable: false }, SetPoint: { readable: true, writable: true } },
      commands: {
        All: { writable: false, resources: ["Temperature", "SetPoint"] },
        Set: { writable: true, resources: ["SetPoint"] },
      },
    },
    Lamp: { resources: { On: { readable: true, writable: true } }, commands: {} },
  },
  devices: { Boiler: "Thermostat", Hall: "Lamp" },
};

const readings = RuleStream.events("readings");
const check = (props: Partial<RuleProps>, streams = [readings], names = known) =>
  assertRules(streams, [Rule.of({ name: "hot", select: "*", from: streams[0]!, actions: [RuleAction.edgex()], ...props })], names);
const command = (device: string, name: string, values: Record<string, number>) => ({
  actions: [RuleAction.command({ device, command: name, values })],
});

describe("a rule", () => {
  test("on what is there passes", () => {
    expect(() =>
      check({ select: ["avg(Temperature) AS mean", "`On`"], where: 'SetPoint > 1 AND meta(deviceName) = "Boiler"' }),
    ).not.toThrow();
    expect(() => check(command("Boiler", "SetPoint", { SetPoint: 20 }))).not.toThrow();
    expect(() => check(command("Boiler", "Set", { SetPoint: 20 }))).not.toThrow();
  });

  test("on a resource or a device that is not there is refused, with those that are", () => {
    expect(() => check({ where: "Temprature > 80" })).toThrow(
      '[MEC1497] Rule hot: got "Temprature" as resource: no such resource was added to EdgeX, so write Temperature or SetPoint or On',
    );
    expect(() => check({ where: 'meta(deviceName) = "Oven"' })).toThrow(/MEC1497.*got "Oven" as device/);
    expect(() => check(command("Oven", "SetPoint", { SetPoint: 20 }))).toThrow(/MEC1497.*got "Oven" as device/);
    expect(() => check(command("Boiler", "SetPiont", { SetPiont: 20 }))).toThrow(
      /MEC1497.*got "SetPiont" as command.*Temperature or SetPoint or All or Set/,
    );
  });

  test("that reads some devices alone has their resources alone", () => {
    const boiler = RuleStream.device({ name: "boiler", device: "Boiler" });
    const lamps = RuleStream.device({ name: "lamps", profile: "Lamp" });
    expect(() => check({ where: "Temperature > 80" }, [boiler])).not.toThrow();
    expect(() => check({ where: "`On` = TRUE" }, [boiler])).toThrow(/MEC1497.*got "On" as resource/);
    expect(() => check({ where: "Temperature > 80" }, [lamps])).toThrow(/MEC1497.*write On/);
    expect(() => check({}, [RuleStream.device({ name: "oven", device: "Oven" })])).toThrow(
      /MEC1497.*RuleStream oven: got "Oven" as device/,
    );
  });

  test("that writes what cannot be written is refused", () => {
    expect(() => check(command("Boiler", "Temperature", { Temperature: 20 }))).toThrow(/MEC1498.*cannot be written/);
    expect(() => check(command("Boiler", "All", { SetPoint: 20 }))).toThrow(/MEC1498.*cannot be written/);
    expect(() => check(command("Boiler", "Set", { Temperature: 20 }))).toThrow(
      /MEC1498.*got "Temperature" in values of Set of Boiler: it writes SetPoint/,
    );
  });

  test("passes where not all is known", () => {
    const others = { ...known, others: true };
    expect(() => check({ where: 'Unheard > 1 AND meta(deviceName) = "Oven"' }, [readings], others)).not.toThrow();
    expect(() => check(command("Oven", "SetPoint", { SetPoint: 20 }), [readings], others)).not.toThrow();
    expect(() => check(command("Boiler", "SetPiont", { SetPiont: 20 }), [readings], others)).toThrow(/MEC1497/);
    const ofImage: KnownNames = { profiles: { ...known.profiles, Camera: undefined }, devices: { ...known.devices, Gate: "Camera" } };
    expect(() => check({ where: "Unheard > 1" }, [readings], ofImage)).not.toThrow();
    expect(() => check(command("Gate", "Open", { Open: 1 }), [readings], ofImage)).not.toThrow();
    expect(() => check({ where: "Unheard > 1" }, [RuleStream.device({ name: "boiler", device: "Boiler" })], ofImage)).toThrow(/MEC1497/);
  });
});

describe("an export", () => {
  const one = (filter?: EventFilter, name = "region") =>
    Export.mqtt({ name, broker: "mqtts://broker.example.com", topic: "t", credentials: ExportCredentials.userPassword("cloud"), filter });

  test("of what is there passes, and of names with a star", () => {
    const filter = {
      profiles: ["Lamp"],
      devices: ["Boiler", "Any-*"],
      sources: ["All", "On"],
      resources: ["On"],
      exclude: { devices: ["Hall"] },
    };
    expect(() => assertExports([one(filter), one(undefined, "other")], known)).not.toThrow();
  });

  test.each([
    [{ profiles: ["Oven"] }, "profile"],
    [{ devices: ["Oven"] }, "device"],
    [{ resources: ["All"] }, "resource"],
    [{ sources: ["None"] }, "source"],
    [{ exclude: { devices: ["Oven"] } }, "device"],
  ] as const)("of %p is refused", (filter, kind) => {
    expect(() => assertExports([one(filter)], known)).toThrow(new RegExp(`MEC1497.*edgex-app-mqtt-export-region: got .* as ${kind}`));
    expect(() => assertExports([one(filter)], { ...known, others: true })).not.toThrow();
  });

  test("has a name of its own", () => {
    expect(() => assertExports([one(), one()], known)).toThrow(/MEC1499.*got "edgex-app-mqtt-export-region" as service of two exports/);
  });

  test("says what to do where nothing was added", () => {
    expect(() => assertExports([one({ devices: ["Oven"] })], { profiles: {}, devices: {} })).toThrow(/MEC1497.*so add the device$/);
  });
});
