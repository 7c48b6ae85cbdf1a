import {
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  Duration,
  EdgeXProfile,
  Export,
  ExportCredentials,
  ReadWrite,
  ValueType,
  type EdgeXOptions,
} from "../../../../lib";
import type { KubernetesObject } from "../../support/helm";
import { Cloud } from "./cloud";
import { describeLive, edgexObjects, later, until } from "./live";
import { LiveNamespace } from "./namespace";
import { POD_NETWORK } from "./network";

const USER = "boston";
/** With what a shell, JSON and YAML read otherwise. */
const PASSWORD = "p\"w\\x $y 'z' @@a/b@@ #";
const TOKEN = "Bearer t0k'n\"\\";

/** What Helm makes of an EdgeX with two thermostats and two exports. */
function thermostats(units: string, options: Partial<EdgeXOptions> = {}): KubernetesObject[] {
  return edgexObjects({ profile: EdgeXProfile.STANDARD, rulesEngine: false, monitoring: true, ...options }, (edgex) => {
    const service = edgex.addDeviceService(DeviceService.virtual());
    const profile = DeviceProfile.of({
      name: "thermostat",
      deviceResources: [
        { name: "Temperature", properties: { valueType: ValueType.FLOAT32, readWrite: ReadWrite.READ, units, minimum: -20, maximum: 60 } },
        { name: "Mode", properties: { valueType: ValueType.UINT8, readWrite: ReadWrite.READ_WRITE, defaultValue: "1" } },
      ],
      deviceCommands: [
        { name: "State", readWrite: ReadWrite.READ, resourceOperations: [{ deviceResource: "Temperature" }, { deviceResource: "Mode" }] },
      ],
    });
    for (const name of ["line-1", "line-2"]) {
      const autoEvents = ["Temperature", "Mode"].map((sourceName) => ({ interval: Duration.seconds(1), sourceName }));
      edgex.addDevice({ name, service, profile, protocols: DeviceProtocol.virtual(), autoEvents });
    }
    edgex.addExport(
      Export.mqtt({
        name: "region",
        broker: "tcp://cloud:1883",
        topic: "edgex/boston/{devicename}",
        networks: [POD_NETWORK],
        credentials: ExportCredentials.userPassword("region-broker"),
        filter: { resources: ["Temperature"] },
        tags: { site: "boston" },
      }),
    );
    edgex.addExport(
      Export.http({
        name: "hook",
        endpoints: [{ url: "http://cloud:8080/in", networks: [POD_NETWORK], credentials: ExportCredentials.header("hook") }],
        filter: { devices: ["line-1"] },
        storeAndForward: { retryInterval: Duration.seconds(1) },
      }),
    );
  });
}

const secret = (name: string, stringData: Record<string, string>): KubernetesObject => ({ kind: "Secret", metadata: { name }, stringData });

// The programs of the images themselves, each on a host of its own: read-only roots, users, Secrets, policies are as the chart has them.
describeLive("EdgeX itself, by the rendered chart", () => {
  const first = thermostats("°C");
  let live: LiveNamespace;
  let cloud: Cloud;

  beforeAll(async () => {
    live = new LiveNamespace(
      [...first, secret("region-broker", { username: USER, password: PASSWORD }), secret("hook", { token: TOKEN })],
      ["cloud"],
    );
    cloud = new Cloud(live.netns("cloud"), USER, PASSWORD);
    await live.ready(180);
  }, 240_000);

  afterAll(async () => {
    cloud?.remove();
    await live?.remove();
  }, 60_000);

  test("each service is ready, each job has ended, and core-keeper finds all of them well", async () => {
    expect([...live.missing.keys()]).toEqual([]);
    const registry = async () =>
      JSON.parse((await live.ask("edgex-core-keeper", 59890, "/api/v3/registry/all")).text).registrations as KubernetesObject[];
    const names = async () =>
      (await registry())
        .filter(({ status }) => status === "UP")
        .map(({ serviceId }) => serviceId as string)
        .sort();
    const all = [
      "app-http-export-hook",
      "app-metrics",
      "app-mqtt-export-region",
      "core-command",
      "core-data",
      "core-metadata",
      "device-virtual",
      "support-notifications",
      "support-scheduler",
    ];
    await until(
      async () => (await names()).length >= all.length,
      () => "core-keeper does not find all of them well",
    );
    expect(await names()).toEqual(all);
  }, 90_000);

  test("devices are there, tell values, and take commands", async () => {
    const state = JSON.parse((await live.ask("edgex-core-command", 59882, "/api/v3/device/name/line-1/State")).text);
    expect(state.event.readings).toMatchObject([
      { resourceName: "Temperature", valueType: "Float32", units: "°C" },
      { resourceName: "Mode", valueType: "Uint8" },
    ]);
    const set = await live.ask("edgex-core-command", 59882, "/api/v3/device/name/line-1/Mode", { method: "PUT", body: '{"Mode":"7"}' });
    expect(JSON.parse(set.text)).toMatchObject({ statusCode: 200 });
    const events = async () => JSON.parse((await live.ask("edgex-core-data", 59880, "/api/v3/event/count")).text).count as number;
    await until(
      async () => (await events()) > 3,
      () => "core-data keeps no events",
    );
  }, 60_000);

  test("an export publishes what its filter lets through, with its credentials and tags", async () => {
    await until(
      () => /line-1 .*\n(.*\n)*.*line-2 /.test(cloud.published),
      () => live.log("edgex-app-mqtt-export-region").slice(-2_000),
    );
    for (const line of cloud.published.trim().split("\n").slice(0, -1)) {
      const [, topic, text] = /^(\S+) (.*)$/.exec(line)!;
      const event = JSON.parse(text!);
      expect(topic).toBe(`edgex/boston/${event.deviceName}`);
      expect(event.readings.map(({ resourceName }: KubernetesObject) => resourceName)).toEqual(["Temperature"]);
      expect(event.tags).toEqual({ site: "boston" });
    }
  }, 60_000);

  test("an export keeps what its endpoint does not take, and brings it later", async () => {
    const identities = () =>
      [...cloud.sent.matchAll(/"deviceName":"(line-\d)".*?"origin":(\d+)/g)].map(([, device, origin]) => `${device} ${origin}`);
    await until(
      () => identities().length > 0,
      () => live.log("edgex-app-http-export-hook").slice(-2_000),
    );
    expect(cloud.sent.startsWith(`${TOKEN}\t`)).toBe(true);
    cloud.stopServer();
    await later(4);
    const down = Date.now() * 1e6;
    cloud.startServer();
    const whileDown = () =>
      identities()
        .map((text) => Number(text.split(" ")[1]))
        .filter((origin) => origin < down && origin > down - 3e9);
    await until(
      () => whileDown().length >= 2,
      () => live.log("edgex-app-http-export-hook").slice(-2_000),
    );
    expect(new Set(identities().map((text) => text.split(" ")[0]))).toEqual(new Set(["line-1"]));
  }, 90_000);

  test("its telemetry gets to the exporter, as metrics", async () => {
    const metrics = () => live.ask("edgex-metrics", 9122, "/metrics").then(({ text }) => text, String);
    const told = () => live.log("edgex-app-metrics").slice(-1_500);
    await until(async () => /^EventsSent_counter_count\{.*service="device-virtual".*\} \d/m.test(await metrics()), told);
    await until(
      async () => /^HttpExportSize_histogram_count\{.*service="app-http-export-hook".*\} \d/m.test(await metrics()),
      async () => `${told()} ${await metrics()}`,
    );
  }, 90_000);

  const unit = async () =>
    JSON.parse((await live.ask("edgex-core-metadata", 59881, "/api/v3/deviceprofile/name/thermostat")).text).profile.deviceResources[0]
      .properties.units as string;

  test("another profile in code changes the one that is there", async () => {
    expect(await unit()).toBe("°C");
    const started = await live.upgrade(thermostats("°F"));
    expect(started.map((name) => name.replace(/-[0-9a-f]{8}$/, "")).sort()).toEqual(["edgex-device-virtual", "edgex-update-devices"]);
    await live.ready(120);
    expect(await unit()).toBe("°F");
  }, 150_000);

  test("policies let through what the graph has, and nothing else", () => {
    const connects = (from: string, host: string, port: number): boolean =>
      live.pods.get(from)!.exec(["/bin/sh", "-c", `timeout 2 nc ${host} ${port} </dev/null`]).status === 0;
    expect(connects("edgex-core-command", "edgex-core-metadata", 59881)).toBe(true);
    expect(connects("edgex-core-command", "edgex-postgres", 5432)).toBe(false);
    expect(connects("edgex-device-virtual", "edgex-core-command", 59882)).toBe(false);
    expect(connects("edgex-device-virtual", "cloud", 8080)).toBe(false);
    expect(connects("edgex-app-http-export-hook", "cloud", 1883)).toBe(false);
  }, 60_000);

  test("no secret is in a log, and the message bus takes nobody without one", () => {
    const generated = first.filter(({ kind }) => kind === "Secret").map(({ data }) => Buffer.from(data.password, "base64").toString());
    expect(generated).toHaveLength(2);
    for (const name of live.pods.keys()) {
      for (const text of [PASSWORD, "t0k'n", ...generated]) {
        expect(live.log(name).includes(text) ? `${name} tells ${text}` : "").toBe("");
      }
    }
    const { stderr, stdout } = live.pods
      .get("edgex-mqtt-broker")!
      .exec(["/usr/bin/mosquitto_sub", "-h", "127.0.0.1", "-t", "#", "-C", "1", "-W", "3"]);
    expect(stderr + stdout).toMatch(/not authorised/i);
  }, 60_000);

  test("another password of the bus, and fewer services, are an upgrade: all start anew in their order, and devices are still there", async () => {
    const rotated = secret("edgex-broker", { username: "edgex", password: "another one" });
    const later = thermostats("°F", { credentialsVersion: "2", notifications: false, scheduler: false });
    const started = await live.upgrade(later, [rotated]);
    expect(started).toEqual(expect.arrayContaining(["edgex-mqtt-broker", "edgex-core-keeper", "edgex-device-virtual"]));
    expect([...live.pods.keys()]).not.toContain("edgex-support-scheduler");
    await live.ready(180);
    expect(await unit()).toBe("°F");
    const published = cloud.published.length;
    await until(
      () => /line-1 /.test(cloud.published.slice(published)),
      () => live.log("edgex-app-mqtt-export-region").slice(-2_000),
    );
    const listen = [
      "/usr/bin/mosquitto_sub",
      "-h",
      "127.0.0.1",
      "-u",
      "edgex",
      "-P",
      "another one",
      "-t",
      "edgex/events/#",
      "-C",
      "1",
      "-W",
      "20",
    ];
    expect(live.pods.get("edgex-mqtt-broker")!.exec(listen).stdout).toContain("line-");
  }, 240_000);
});
