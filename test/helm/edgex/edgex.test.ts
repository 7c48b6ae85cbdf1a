import type { App, TerraformStack } from "cdktf";
import { createHash } from "node:crypto";
import {
  ClusterFit,
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  Duration,
  EdgeX,
  EdgeXIngress,
  EdgeXProfile,
  Export,
  ExportCredentials,
  HostpathStorage,
  Prometheus,
  PrometheusProfile,
  ReadWrite,
  Rule,
  RuleAction,
  RuleStream,
  Size,
  ValueType,
  type EdgeXIngressProps,
  type EdgeXLogLevel,
  type EdgeXProps,
  type EventFilter,
  type Microk8sCluster,
} from "../../../lib";
import { EdgeXModel } from "../../../lib/helm/edgex/model";
import { assertReleaseSize } from "../../../lib/helm/edgex/release-size";
import { EdgeXStack, PlatformStack, PrometheusStack } from "../../../stacks";
import { danglingReferences } from "../../support/structure";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { addOnStack, bostonSite } from "../support/add-ons";

/** An EdgeX and its storage in one stack, on the cluster of another. */
const synthEdgeX = (
  props: Partial<EdgeXProps> = {},
  more: (edgex: EdgeX, stack: TerraformStack, cluster: Microk8sCluster, app: App) => void = () => undefined,
): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app);
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster });
    more(new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE, ...props }), stack, cluster, app);
  })["add-ons"]!;

const releaseOf = (json: StackJson, name = "edgex") =>
  Object.values<StackJson>(json.resource.helm_release).find((candidate) => candidate.name === name)!;
const valuesOf = (json: StackJson) => JSON.parse(releaseOf(json).values[0]);

describe("EdgeX", () => {
  const json = synthEdgeX();
  const values = valuesOf(json);

  test("is the library's own chart, in a namespace that refuses what wants more than EdgeX", () => {
    expect(releaseOf(json)).toMatchObject({ chart: expect.stringMatching(/^\.\/assets\//), namespace: "edgex", wait: true });
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toContainEqual({
      name: "edgex",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    expect(danglingReferences(json)).toEqual([]);
    expect(warnings(json)).toEqual([]);
  });

  test("has the core and no more, with generated passwords and no ingress", () => {
    expect(Object.keys(values.services)).toEqual([
      "edgex-core-command",
      "edgex-core-keeper",
      "edgex-core-metadata",
      "edgex-mqtt-broker",
      "edgex-postgres",
    ]);
    expect(values.credentials).toEqual({
      "edgex-broker": { username: "edgex", generate: ["password"] },
      "edgex-database": { username: "edgex", generate: ["password"] },
    });
    expect(values).not.toHaveProperty("ingress");
    expect(values).not.toHaveProperty("monitoring");
    expect(values.revision).toMatch(/^[0-9a-f]{64}$/);
  });

  test("makes no Secret that is made apart, and reads it", () => {
    const own = valuesOf(synthEdgeX({ databaseSecret: "my-database", brokerSecret: "my-broker" }));
    expect(own.credentials).toEqual({});
    expect(own.services["edgex-postgres"].secrets).toEqual([
      { secret: "my-database", path: "/edgex/secrets/database", keys: ["username", "password"] },
    ]);
    expect(own.services["edgex-core-keeper"].configurationSecrets).toEqual([
      { secret: "my-broker", keys: ["password", "username"] },
      { secret: "my-database", keys: ["password", "username"] },
    ]);
  });

  test("makes no Secret that is named, though the name is the one that it would give", () => {
    expect(Object.keys(valuesOf(synthEdgeX({ databaseSecret: "edgex-database" })).credentials)).toEqual(["edgex-broker"]);
    expect(valuesOf(synthEdgeX({ databaseSecret: "edgex-database", brokerSecret: "edgex-broker" })).credentials).toEqual({});
  });

  test("takes its settings, and the user's values last", () => {
    const own = valuesOf(
      synthEdgeX({
        coreData: true,
        dataRetention: Duration.days(1),
        databaseVolume: Size.gibibytes(3),
        logLevel: "DEBUG",
        values: { services: { "edgex-core-command": { env: { SERVICE_REQUESTTIMEOUT: "9s" } } } },
      }),
    );
    expect(own.services["edgex-core-data"].env).toMatchObject({ RETENTION_DEFAULTDURATION: "24h", WRITABLE_LOGLEVEL: "DEBUG" });
    expect(own.services["edgex-postgres"].volumes[0]).toMatchObject({ size: "3072Mi" });
    expect(own.services["edgex-core-command"].env).toMatchObject({ SERVICE_REQUESTTIMEOUT: "9s", SERVICE_HOST: "edgex-core-command" });
  });

  test("has what reads Secrets start anew, after the configuration is written anew, for other credentials", () => {
    const [one, two] = ["1", "2"].map((credentialsVersion) => valuesOf(synthEdgeX({ credentialsVersion, coreData: true })));
    expect(one.revision).not.toBe(two.revision);
    expect(one.jobs["edgex-core-common-config-bootstrapper"]).not.toEqual(two.jobs["edgex-core-common-config-bootstrapper"]);
    const changed = Object.keys(one.services).filter((name) => JSON.stringify(one.services[name]) !== JSON.stringify(two.services[name]));
    expect(changed).toEqual(["edgex-core-keeper", "edgex-mqtt-broker", "edgex-postgres"]);
    const waiting = Object.keys(one.services).filter((name) => one.services[name].waitsForConfiguration);
    // These start anew by the revision that they wait for.
    expect([...changed, ...waiting].sort()).toEqual(Object.keys(one.services).sort());
  });

  test("sends mail with a password that is nowhere in the release, and goes where it is let", () => {
    const mail = { host: "mail.example.com", sender: "line@example.com", secret: "mail" };
    const { services } = valuesOf(
      synthEdgeX({
        notifications: true,
        scheduler: true,
        mail,
        outbound: { "edgex-support-scheduler": [{ cidrs: ["10.9.0.0/16"], ports: [{ port: 443 }] }] },
      }),
    );
    const notifications = services["edgex-support-notifications"];
    expect(JSON.parse(notifications.configuration["/edgex/config/configuration.yaml"])).toMatchObject({
      Writable: {
        InsecureSecrets: { SMTP: { SecretName: "smtp", SecretData: { username: "@@mail/username@@", password: "@@mail/password@@" } } },
      },
      Smtp: { Host: "mail.example.com", Port: 587, Sender: "line@example.com", SecretName: "smtp" },
    });
    expect(notifications.outbound).toEqual([{ cidrs: ["0.0.0.0/0"], ports: [{ port: 587 }] }]);
    expect(services["edgex-support-scheduler"].outbound).toEqual([{ cidrs: ["10.9.0.0/16"], ports: [{ port: 443 }] }]);
    const near = valuesOf(synthEdgeX({ notifications: true, mail: { ...mail, host: "10.9.1.2", port: 2525 } }));
    expect(near.services["edgex-support-notifications"].outbound).toEqual([{ cidrs: ["10.9.1.2/32"], ports: [{ port: 2525 }] }]);
  });

  test("tells where its services are", () => {
    synthEdgeX({ namespace: "line", ui: true }, (edgex) => {
      expect(edgex.brokerHost).toBe("edgex-mqtt-broker.line.svc");
      expect(edgex.brokerSecret).toBe("edgex-broker");
      expect(edgex.restEndpoints).toEqual({
        "edgex-core-command": "http://edgex-core-command.line.svc:59882",
        "edgex-core-keeper": "http://edgex-core-keeper.line.svc:59890",
        "edgex-core-metadata": "http://edgex-core-metadata.line.svc:59881",
        "edgex-ui-go": "http://edgex-ui-go.line.svc:4000",
      });
      expect(edgex.graph.jobs.map(({ name }) => name)).toEqual(["edgex-core-common-config-bootstrapper"]);
    });
  });

  test("lets in pods of the namespaces that are named, and of no others", () => {
    const inbound = (given: StackJson, name: string) => given.services[name].inbound;
    const open = valuesOf(synthEdgeX({ allowedNamespaces: ["apps"] }));
    expect(inbound(open, "edgex-mqtt-broker")).toEqual([{ namespace: "apps", ports: [{ port: 1883 }] }]);
    expect(inbound(open, "edgex-core-command")).toEqual([{ namespace: "apps", ports: [{ port: 59882 }] }]);
    for (const name of ["edgex-postgres", "edgex-core-keeper"]) {
      expect(inbound(open, name)).toBeUndefined();
    }
    for (const { inbound: none } of Object.values<StackJson>(values.services)) {
      expect(none).toBeUndefined();
    }
  });

  test.each<[string, Partial<EdgeXProps>, RegExp]>([
    ["secure mode", { secure: true }, /MEC1475\] add-ons\/EdgeX: got true as secure: .*docs\/edgex-secure-mode\.md\)/],
    ["a log level that EdgeX does not have", { logLevel: "LOUD" as EdgeXLogLevel }, /MEC1482.*got "LOUD" as logLevel.*TRACE, DEBUG/],
    ["a retention of half an hour", { dataRetention: Duration.minutes(30) }, /MEC1482.*got 1800 seconds as dataRetention/],
    ["one Secret for both", { databaseSecret: "one", brokerSecret: "one" }, /MEC1482.*got "one" as databaseSecret and as brokerSecret/],
    ["the database's Secret for the broker", { brokerSecret: "edgex-database" }, /MEC1482.*got "edgex-database"/],
    ["a password in place of a Secret's name", { brokerSecret: "hunter2!" }, /MEC1424.*got 8 characters as brokerSecret/],
    [
      "mail without support-notifications",
      { mail: { host: "mail.example.com", sender: "a@example.com", secret: "mail" } },
      /MEC1478.*got "mail.example.com" as mail.host and no support-notifications/,
    ],
    ...(
      [
        ["a mail server that is none", { host: "https://mail" }, /MEC1482.*as mail.host/],
        ["a sender that is none", { sender: "line" }, /MEC1482.*as mail.sender/],
        ["a port that is none", { port: 0 }, /MEC1482.*as mail.port/],
        ["a password in place of a Secret's name", { secret: "hunter2!" }, /MEC1424.*mail.secret/],
        ["a network of mail that is none", { networks: ["10.0.0.1/8"] }, /MEC1003/],
      ] as [string, object, RegExp][]
    ).map(([name, more, error]): [string, Partial<EdgeXProps>, RegExp] => [
      name,
      { notifications: true, mail: { host: "mail.example.com", sender: "a@example.com", secret: "mail", ...more } },
      error,
    ]),
    ["a way out of a service that is not there", { outbound: { "edgex-core-data": [] } }, /MEC1482.*got "edgex-core-data" in outbound/],
    [
      "a way out to what is no network",
      { outbound: { "edgex-core-command": [{ cidrs: ["everywhere"], ports: [{ port: 443 }] }] } },
      /MEC1003/,
    ],
    ...(
      [
        [
          "to no ports, which would be all",
          { cidrs: ["10.0.0.0/8"], ports: [] },
          /MEC1482.*in outbound of edgex-core-command: it has ports/,
        ],
        ["to nobody, which would be everybody", { ports: [{ port: 443 }] }, /MEC1482.*it is networks or a namespace/],
        ["to no networks, which would be all", { cidrs: [], ports: [{ port: 443 }] }, /MEC1482.*it is networks or a namespace/],
        ["to both", { cidrs: ["10.0.0.0/8"], namespace: "apps", ports: [{ port: 443 }] }, /MEC1482.*one of them/],
        ["to port 0", { namespace: "apps", ports: [{ port: 0 }] }, /MEC1482.*0 is no port/],
        ["to what is no namespace", { namespace: "Apps", ports: [{ port: 443 }] }, /MEC1414.*"Apps"/],
      ] as const
    ).map(([name, outside, error]): [string, Partial<EdgeXProps>, RegExp] => [
      `a way out ${name}`,
      { outbound: { "edgex-core-command": [outside] } },
      error,
    ]),
    ["what is no namespace", { allowedNamespaces: ["Apps"] }, /MEC1414.*"Apps"/],
    ["a mistyped value", { values: { servcies: {} } }, /MEC1470.*servcies.*write "services"/],
  ])("refuses %s", (_, props, error) => {
    expect(() => synthEdgeX(props)).toThrow(error);
  });

  test("refuses a second one in its namespace, and takes one in another", () => {
    const second = (namespace: string) => () =>
      synthEdgeX(
        {},
        (_, stack, cluster) => new EdgeX(stack, "Second", { cluster, namespace, releaseName: "second", profile: EdgeXProfile.CORE }),
      );
    expect(second("edgex")).toThrow(/MEC1476\] add-ons\/Second: got the namespace edgex, where add-ons\/EdgeX is: /);
    expect(second("other")).not.toThrow();
  });
});

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

describe("EdgeX beside Prometheus", () => {
  const synthBoth = (isFirst: boolean, props: Partial<EdgeXProps> = {}) =>
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      new PlatformStack(app, "platform", { cluster });
      const prometheus = () => new PrometheusStack(app, "prometheus", { cluster, profile: PrometheusProfile.LITE, namespace: "watching" });
      if (isFirst) prometheus();
      new EdgeXStack(app, "edgex", { cluster, profile: EdgeXProfile.CORE, ...props });
      if (!isFirst) prometheus();
    });

  test.each([true, false])("is watched by it and installed after it, in whatever order of the code (%s)", (isFirst) => {
    const { edgex } = synthBoth(isFirst);
    expect(edgex!.dependencies).toEqual(expect.arrayContaining(["prometheus", "platform"]));
    const { monitoring, services } = valuesOf(edgex!);
    expect(monitoring).toMatchObject({ enabled: true, namespace: "watching" });
    expect(Object.keys(monitoring.dashboards)).toEqual(["edgex"]);
    const elsewhere = new EdgeXModel("line/EdgeX", { profile: EdgeXProfile.CORE, monitoring: true, namespace: "line" }).values;
    expect(elsewhere.monitoring).toMatchObject({ dashboards: { "edgex-line": expect.stringContaining('namespace=\\"line\\"') } });
    expect(monitoring.rules.length).toBeGreaterThan(0);
    expect(Object.keys(services)).toEqual(expect.arrayContaining(["edgex-app-metrics", "edgex-metrics"]));
  });

  test("has core-data tell its metrics too, where it is there", () => {
    const { services } = valuesOf(synthBoth(true, { coreData: true }).edgex!);
    expect(services["edgex-core-data"].env).toMatchObject({ WRITABLE_TELEMETRY_METRICS_EVENTSPERSISTED: "true" });
    expect(valuesOf(synthEdgeX({ coreData: true })).services["edgex-core-data"].env).not.toHaveProperty(
      "WRITABLE_TELEMETRY_METRICS_EVENTSPERSISTED",
    );
  });

  test("is not watched where that is switched off, and can be where Prometheus is another's", () => {
    expect(valuesOf(synthBoth(true, { monitoring: false }).edgex!)).not.toHaveProperty("monitoring");
    expect(valuesOf(synthEdgeX({ monitoring: true })).monitoring).toMatchObject({ enabled: true, namespace: "monitoring" });
  });

  test("fits with LITE on a t3.xlarge with half of it to spare", () => {
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      const stack = addOnStack(app);
      new HostpathStorage(stack, "Storage", { cluster });
      new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE });
      new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE });
      const { requested, available } = ClusterFit.of(app, cluster);
      expect(requested.cpuMillis).toBeLessThanOrEqual(available!.cpuMillis! / 2);
      expect(requested.memoryMebibytes).toBeLessThanOrEqual(available!.memoryMebibytes! / 2);
    });
  });

  test("counts what is switched on", () => {
    const cpu = (props: Partial<EdgeXProps>) => {
      let millis = 0;
      synthEdgeX(props, (edgex) => (millis = edgex.footprint.cpuMillis));
      return millis;
    };
    const { cpuMillis } = EdgeXProfile.CORE.settings.service;
    expect(cpu({ coreData: true }) - cpu({})).toBe(cpuMillis);
    expect(EdgeXProfile.of({ ...EdgeXProfile.CORE.settings, name: "mine" }).name).toBe("mine");
  });
});

describe("an ingress", () => {
  const props = { host: "line.example.com", tlsSecret: "line-tls", basicAuthSecret: "line-users" };

  test("of Traefik leads to the web interface, by TLS and a middleware that asks for a password", () => {
    const { ingress } = valuesOf(synthEdgeX({ ui: true, ingress: EdgeXIngress.traefik({ ...props, clusterIssuer: "letsencrypt" }) }));
    expect(ingress).toEqual({
      className: "traefik",
      host: "line.example.com",
      tlsSecret: "line-tls",
      annotations: {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        // Not at port 80, where a password would be in the clear.
        "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
        "traefik.ingress.kubernetes.io/router.tls": "true",
      },
      basicAuthMiddlewareSecret: "line-users",
      controllerNamespace: "ingress",
      paths: [{ path: "/", service: "edgex-ui-go", port: 4000 }],
    });
  });

  test("of NGINX asks for a password too, and another controller of the class serves nothing", () => {
    const paths = [{ path: "/api/v3/device", service: "edgex-core-metadata", port: 59881 }];
    const { ingress } = valuesOf(
      synthEdgeX({ ingress: EdgeXIngress.nginx({ ...props, paths, className: "mine", controllerNamespace: "nginx" }) }),
    );
    expect(ingress).toMatchObject({ className: "mine", controllerNamespace: "nginx", paths });
    expect(ingress.annotations).toMatchObject({
      "nginx.ingress.kubernetes.io/auth-type": "basic",
      "nginx.ingress.kubernetes.io/auth-secret": "line-users",
      "traefik.ingress.kubernetes.io/router.middlewares": "edgex-is-for-nginx@kubernetescrd",
    });
    expect(ingress).not.toHaveProperty("basicAuthMiddlewareSecret");
  });

  test.each<[string, Partial<Omit<EdgeXIngressProps, "paths">> & { paths?: object[] }, RegExp]>([
    ["no host", { host: "" }, /MEC1479\] EdgeXIngress: got "" as host/],
    ["a URL as host", { host: "https://line.example.com" }, /MEC1479.*as host/],
    ["no Secret of passwords", { basicAuthSecret: undefined }, /MEC1424.*basicAuthSecret/],
    ["no Secret of the certificate", { tlsSecret: undefined }, /MEC1424.*tlsSecret/],
    ["no path", { paths: [] }, /MEC1479.*as paths/],
    ["a class that is none", { className: "Traefik!" }, /MEC1479.*got "Traefik!" as className.*write for example "traefik"/],
    ["an empty class", { className: "" }, /MEC1479.*as className/],
    ["an issuer that is none", { clusterIssuer: "let's encrypt" }, /MEC1479.*as clusterIssuer/],
    ["a namespace that is none", { controllerNamespace: "kube.system" }, /MEC1479.*got "kube.system" as controllerNamespace/],
    ["a path to the database", { paths: [{ path: "/", service: "edgex-postgres", port: 5432 }] }, /MEC1479.*as paths\[0\]\.service/],
    [
      "a path to the message bus",
      {
        paths: [
          { path: "/", service: "edgex-ui-go", port: 4000 },
          { path: "/bus", service: "edgex-mqtt-broker", port: 1883 },
        ],
      },
      /MEC1479.*got "edgex-mqtt-broker" as paths\[1\]\.service/,
    ],
    ["a pattern as path", { paths: [{ path: "/api/(.*)", service: "a", port: 1 }] }, /MEC1479.*paths\[0\]\.path/],
    [
      "a path twice",
      {
        paths: [
          { path: "/a", service: "a", port: 1 },
          { path: "/a", service: "b", port: 1 },
        ],
      },
      /MEC1479.*paths\[1\]\.path/,
    ],
  ])("with %s is refused", (_, more, error) => {
    const given = { ...props, ...more } as Parameters<typeof EdgeXIngress.traefik>[0];
    expect(() => EdgeXIngress.traefik(given)).toThrow(error);
    expect(() => EdgeXIngress.nginx(given)).toThrow(error);
  });

  test("that leads nowhere is refused", () => {
    expect(() => synthEdgeX({ ingress: EdgeXIngress.traefik(props) })).toThrow(
      /MEC1479.*got "edgex-ui-go:4000" as where the ingress path \/ leads: it is the default, and this EdgeX has no web interface/,
    );
    const paths = [{ path: "/", service: "edgex-core-metadata", port: 80 }];
    expect(() => synthEdgeX({ ingress: EdgeXIngress.traefik({ ...props, paths }) })).toThrow(
      /MEC1479.*no service of this EdgeX answers there/,
    );
  });
});
