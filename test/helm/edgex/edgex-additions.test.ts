import { createHash } from "node:crypto";
import {
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  type EdgeX,
  EdgeXIngress,
  EdgeXProfile,
  Export,
  ExportCredentials,
  ReadWrite,
  Rule,
  RuleAction,
  RuleStream,
  ValueType,
  type EventFilter,
} from "../../../lib";
import { EdgeXModel } from "../../../lib/helm/edgex/model";
import { assertReleaseSize } from "../../../lib/helm/edgex/release-size";
import { synthEdgeX, valuesOf } from "./support/synth-edgex";

describe("what is added to EdgeX", () => {
  const oven = (name = "oven", resource = "Temperature") =>
    DeviceProfile.of({
      name,
      deviceResources: [{ name: resource, properties: { valueType: ValueType.FLOAT64, readWrite: ReadWrite.READ } }],
    });
  const device = (name: string, service = DeviceService.virtual(), profile = oven()) => ({
    name,
    service,
    profile,
    protocols: DeviceProtocol.virtual(),
  });
  const cloud = (filter?: EventFilter) =>
    Export.http({ name: "cloud", endpoints: [{ url: "https://example.com/events", credentials: ExportCredentials.anonymous() }], filter });
  const hot = (from: RuleStream, actions = [RuleAction.edgex()]) =>
    Rule.of({ name: "hot", select: "*", from, where: "Temperature > 80", actions });

  test("is in the values, whatever is added first", () => {
    const fill = (edgex: EdgeX, isDeviceFirst: boolean) => {
      const service = DeviceService.virtual();
      const deviceFirst = () => void edgex.addDevice(device("oven-1", service));
      if (isDeviceFirst) deviceFirst();
      expect(edgex.addDeviceService(service)).toBe(service);
      if (!isDeviceFirst) deviceFirst();
      const stream = edgex.addStream(RuleStream.device({ name: "ovens", profile: "oven" }));
      edgex.addRule(hot(stream));
      // What rules publish goes out too.
      edgex.addExport(cloud({ devices: ["oven-1", "ekuiper"], profiles: ["oven", "ekuiper"] }));
    };
    const [one, two] = [true, false].map((isDeviceFirst) =>
      valuesOf(synthEdgeX({ rulesEngine: true }, (edgex) => fill(edgex, isDeviceFirst))),
    );
    expect(one).toEqual(two);
    expect(Object.keys(one.services)).toEqual(
      expect.arrayContaining(["edgex-device-virtual", "edgex-app-http-export-cloud", "edgex-kuiper", "edgex-app-rules-engine"]),
    );
    expect(Object.keys(one.jobs)).toEqual(["edgex-core-common-config-bootstrapper", "edgex-update-devices"]);
    // core-command brings commands to it, and core-keeper looks after it.
    for (const name of ["edgex-core-command", "edgex-core-keeper"]) {
      expect(one.services[name].talksTo).toContainEqual({ service: "edgex-device-virtual", port: 59900 });
    }
    const { memory, cpu } = one.services["edgex-kuiper"].resources.requests;
    expect([memory, cpu]).toEqual(["96Mi", "50m"]);
    expect(one.services["edgex-kuiper"].configuration["/edgex/kuiper/etc/init.json"]).toContain("CREATE STREAM ovens");
  });

  test("counts in the footprint", () => {
    synthEdgeX({}, (edgex) => {
      const before = edgex.footprint.cpuMillis;
      edgex.addDeviceService(DeviceService.virtual());
      expect(edgex.footprint.cpuMillis).toBeGreaterThan(before);
    });
  });

  test("profiles without a device are loaded by the first device service", () => {
    const { services } = valuesOf(
      synthEdgeX({}, (edgex) => {
        edgex.addDeviceProfile(oven("spare"));
        edgex.addDeviceService(DeviceService.virtual());
        edgex.addDeviceService(DeviceService.virtual({ instance: "two" }));
      }),
    );
    expect(JSON.stringify(services["edgex-device-virtual"].files)).toContain("spare");
    expect(JSON.stringify(services["edgex-device-virtual-two"].files ?? [])).not.toContain("spare");
  });

  test.each<[string, (edgex: EdgeX) => void, RegExp]>([
    [
      "a stream without a rules engine",
      (edgex) => edgex.addStream(RuleStream.events("all")),
      /MEC1478\] add-ons\/EdgeX: got the stream "all" and no rules engine/,
    ],
    [
      "a rule without a rules engine",
      (edgex) => edgex.addRule(hot(RuleStream.events("all"))),
      /MEC1478.*got the rule "hot" and no rules engine/,
    ],
    [
      "a profile that no device service could load",
      (edgex) => edgex.addDeviceProfile(oven()),
      /MEC1478.*got the profile "oven" and no device service/,
    ],
    ["a device on a service that nobody added", (edgex) => edgex.addDevice(device("a")), /MEC1491.*edgex-device-virtual.*nobody added it/],
    [
      "two devices of one name",
      (edgex) => ["a", "a"].forEach((name) => edgex.addDevice(device(name))),
      /MEC1490\] add-ons\/EdgeX: got "a" as the name of two devices/,
    ],
    [
      "two profiles of one name that are not the same",
      (edgex) => [oven(), oven("oven", "Pressure")].forEach((profile) => edgex.addDeviceProfile(profile)),
      /MEC1490.*two profiles that are not the same/,
    ],
    [
      "a device's profile that is not the one of its name",
      (edgex) => {
        edgex.addDeviceProfile(oven());
        edgex.addDevice(device("a", undefined, oven("oven", "Pressure")));
      },
      /MEC1490.*two profiles that are not the same/,
    ],
    [
      "two device services of one name",
      (edgex) => [1, 2].forEach(() => edgex.addDeviceService(DeviceService.virtual())),
      /MEC1490.*"edgex-device-virtual" as the name of two device services/,
    ],
    [
      "two exports of one name",
      (edgex) => [1, 2].forEach(() => edgex.addExport(cloud())),
      /MEC1499.*"edgex-app-http-export-cloud" as service of two exports/,
    ],
    [
      "an export of a device that is not there",
      (edgex) => edgex.addExport(cloud({ devices: ["nobody"] })),
      /MEC1497.*got "nobody" as device/,
    ],
    ["a profile that is none", (edgex) => edgex.addDeviceProfile({ name: "a/b" }), /MEC1486/],
  ])("refuses %s", (_, fill, error) => {
    expect(() => synthEdgeX({}, fill)).toThrow(error);
  });

  test("says each fault once", () => {
    const paths = [{ path: "/", service: "edgex-core-data", port: 59880 }];
    const ingress = EdgeXIngress.traefik({ host: "line.example.com", tlsSecret: "tls", basicAuthSecret: "users", paths });
    const model = new EdgeXModel("p", { profile: EdgeXProfile.CORE, ingress, outbound: { "edgex-core-data": [] } });
    expect(model.errors.map(({ code }) => code)).toEqual(["MEC1479", "MEC1482"]);
  });

  test("refuses rules on what is not there", () => {
    const synthRule = (from: RuleStream, actions?: RuleAction[]) => () =>
      synthEdgeX({ rulesEngine: true }, (edgex) => {
        const service = edgex.addDeviceService(DeviceService.virtual());
        edgex.addDevice(device("oven-1", service));
        edgex.addStream(RuleStream.device({ name: "ovens", device: "oven-1" }));
        edgex.addRule(hot(from, actions));
      });
    expect(synthRule(RuleStream.events("others"))).toThrow(/MEC1497.*others/);
    const write = RuleAction.command({ device: "oven-1", command: "Temperature", values: { Temperature: 1 } });
    expect(synthRule(RuleStream.device({ name: "ovens", device: "oven-1" }), [write])).toThrow(/MEC1498.*cannot be written/);
  });

  test("lets devices in that connect to the broker themselves", () => {
    const { services } = valuesOf(
      synthEdgeX({}, (edgex) => {
        edgex.addDeviceService(DeviceService.mqtt({ networks: ["10.20.0.0/16"] }));
        edgex.addDeviceService(DeviceService.mqtt({ instance: "two", networks: ["10.30.0.0/16", "10.20.0.0/16"] }));
      }),
    );
    expect(services["edgex-mqtt-broker"].inbound).toEqual([{ cidrs: ["10.20.0.0/16", "10.30.0.0/16"], ports: [{ port: 1883 }] }]);
  });

  test("refuses more than the Secret of a release holds", () => {
    const noise = (seed: number) => createHash("sha512").update(String(seed)).digest("hex").repeat(2);
    expect(() => assertReleaseSize("p", { noise: Array.from({ length: 2_000 }, (_, seed) => noise(seed)) })).not.toThrow();
    expect(() => assertReleaseSize("p", { noise: Array.from({ length: 20_000 }, (_, seed) => noise(seed)) })).toThrow(
      /MEC1483\] p: got devices, profiles and rules of about \d+ bytes, compressed/,
    );
  });

  test("is known at brokers of others by its site, and by its namespace where that is another than usual", () => {
    const clients = (namespace?: string) => {
      const model = new EdgeXModel("a/EdgeX", { profile: EdgeXProfile.CORE, namespace }, { site: "boston" });
      model.addDeviceService(DeviceService.mqtt({ broker: { host: "10.9.0.5" } }));
      const credentials = ExportCredentials.anonymous();
      model.addExport(Export.mqtt({ name: "cloud", broker: "mqtts://example.com", topic: "line", credentials }));
      return [...JSON.stringify(model.values).matchAll(/ClientId\\+":\\+"([\w-]*(?:devices|cloud))\\+"/g)].map(([, id]) => id);
    };
    expect(clients()).toEqual(expect.arrayContaining(["boston-device-mqtt-devices", "boston-app-mqtt-export-cloud"]));
    expect(clients("hall")).toEqual(expect.arrayContaining(["boston-hall-device-mqtt-devices", "boston-hall-app-mqtt-export-cloud"]));
  });

  test("takes rules of devices that a service finds by itself, beside those of the code", () => {
    const rules = (options: Parameters<typeof DeviceService.onvif>[0]) => () =>
      synthEdgeX({ rulesEngine: true }, (edgex) => {
        const service = edgex.addDeviceService(DeviceService.onvif(options));
        const profile = DeviceProfile.fromImage("onvif-camera");
        edgex.addDevice({ name: "door", service, profile, protocols: DeviceProtocol.onvif({ address: "10.9.0.9" }) });
        edgex.addStream(RuleStream.device({ name: "found", device: "found-later" }));
      });
    expect(rules({ discovery: { subnets: ["10.9.0.0/24"] } })).not.toThrow();
    expect(rules({})).toThrow(/MEC1497.*got "found-later" as device/);
  });

  test("refuses a service of others that would let in or out more than it says", () => {
    const custom = (more: object) => () =>
      synthEdgeX({}, (edgex) => {
        edgex.addDeviceService(DeviceService.of({ name: "device-s7", image: "docker.io/a/device-s7:4.0.1", port: 59994, ...more }));
      });
    expect(custom({ inbound: [{ cidrs: ["10.9.0.0/24"], ports: [] }] })).toThrow(/MEC1482.*in inbound of edgex-device-s7: it has ports/);
    expect(custom({ outbound: [{ cidrs: ["everywhere"], ports: [{ port: 102 }] }] })).toThrow(/MEC1003/);
    expect(custom({ outbound: [{ cidrs: ["10.9.0.0/24"], ports: [{ port: 102 }] }] })).not.toThrow();
  });

  test("takes rules and exports of devices that come at run time", () => {
    expect(() =>
      synthEdgeX({}, (edgex) => {
        edgex.addDeviceService(DeviceService.virtual());
        edgex.addExport(cloud({ devices: ["found-later"] }));
      }),
    ).not.toThrow();
  });
});
