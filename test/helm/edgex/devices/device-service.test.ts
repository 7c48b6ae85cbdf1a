import { Size } from "../../../../lib";
import {
  Device,
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  type DeviceServiceContext,
  type DeviceServiceOptions,
} from "../../../../lib/helm/edgex/devices";
import { SECRET_TEXT } from "../../../../lib/helm/edgex/graph/service-node";
import { refusal, resource, thermostat } from "./support";

const node = (service: DeviceService, context: Partial<DeviceServiceContext> = {}) => service.toNode({ devices: [], ...context });
const configuration = (service: DeviceService, context: Partial<DeviceServiceContext> = {}) =>
  node(service, context).configuration?.["/edgex/config/configuration.yaml"] as Record<string, never>;

const ALL: readonly [string, (options?: DeviceServiceOptions) => DeviceService, string, string, string, number][] = [
  ["virtual", DeviceService.virtual, "edgex-device-virtual", "device-virtual", "device-virtual:4.0.1", 59900],
  ["rest", DeviceService.rest, "edgex-device-rest", "device-rest", "device-rest:4.0.1", 59986],
  ["mqtt", DeviceService.mqtt, "edgex-device-mqtt", "device-mqtt", "device-mqtt:4.0.1", 59982],
  ["modbus", DeviceService.modbusTcp, "edgex-device-modbus", "device-modbus", "device-modbus:4.0.1", 59901],
  ["coap", DeviceService.coap, "edgex-device-coap", "device-coap", "device-coap:4.0.0", 59988],
  ["snmp", DeviceService.snmp, "edgex-device-snmp", "device-snmp", "device-snmp:4.0.1", 59993],
  ["opc-ua", DeviceService.opcUa, "edgex-device-opc-ua", "device-opcua", "device-opc-ua:4.0.1", 59997],
  ["onvif-camera", DeviceService.onvif, "edgex-device-onvif-camera", "device-onvif-camera", "device-onvif-camera:4.0.1", 59984],
  ["rfid-llrp", DeviceService.rfidLlrp, "edgex-device-rfid-llrp", "device-rfid-llrp", "device-rfid-llrp:4.0.1", 59989],
];

describe.each(ALL)("the device service %s", (kind, make, name, key, image, port) => {
  test("has the name, the image and the port of the compose files", () => {
    expect(make()).toMatchObject({ name, serviceKey: key, image: `docker.io/edgexfoundry/${image}`, port });
    expect(DeviceService.named(kind).name).toBe(name);
    expect(DeviceService.named(`device-${kind}`).serviceKey).toBe(key);
  });

  test("is a node that waits for its configuration and talks to keeper, metadata and broker", () => {
    const one = node(make());
    expect(one).toMatchObject({
      name,
      image: `docker.io/edgexfoundry/${image}`,
      probe: { http: { path: "/api/v3/ping", port } },
      waitsForConfiguration: true,
      talksTo: [
        { service: "edgex-core-keeper", port: 59890 },
        { service: "edgex-core-metadata", port: 59881 },
        { service: "edgex-mqtt-broker", port: 1883 },
      ],
      env: { SERVICE_HOST: name, EDGEX_SECURITY_SECRET_STORE: "false", EDGEX_STARTUP_DURATION: "600", EDGEX_OVERWRITE_CONFIG: "true" },
    });
    expect(one.args?.slice(0, 2)).toEqual(["-cp=keeper.http://edgex-core-keeper:59890", "--registry"]);
    expect(one.ports?.[0]).toEqual({ name: "http", port });
    expect(one.files).toEqual([]);
    expect(one.outbound).toBeUndefined();
    expect(one.inbound).toBeUndefined();
  });

  test("loads none of the examples of its image", () => {
    const one = node(make());
    const device = (configuration(make())?.Device ?? {
      ProfilesDir: one.env?.DEVICE_PROFILESDIR,
      DevicesDir: one.env?.DEVICE_DEVICESDIR,
    }) as object;
    expect(device).toMatchObject({ ProfilesDir: "", DevicesDir: "" });
  });

  test("is there twice with an instance, and is no other client of the broker", () => {
    const second = make({ instance: "two", logLevel: "DEBUG" });
    const one = node(second);
    expect([second.name, second.serviceKey]).toEqual([`${name}-two`, `${key}_two`]);
    expect(one.args).toContain("--instance=two");
    const { MessageBus, Writable } = configuration(second) ?? {};
    expect(MessageBus?.["Optional"]["ClientId"] ?? one.env?.MESSAGEBUS_OPTIONAL_CLIENTID).toBe(`${key}_two`);
    expect(Writable?.["LogLevel"] ?? one.env?.WRITABLE_LOGLEVEL).toBe("DEBUG");
  });

  test("has no secret in its environment, and texts of secrets in its configuration alone", () => {
    const one = node(make());
    expect(JSON.stringify([one.env, one.args])).not.toMatch(SECRET_TEXT);
    expect(JSON.stringify(one)).not.toMatch(/"password":"(?!@@)/);
  });

  test("takes other resources", () => {
    const resources = { cpuMillis: 500, memory: Size.mebibytes(256), memoryLimit: Size.mebibytes(512) };
    expect(node(make({ resources })).resources).toBe(resources);
    expect(node(make()).resources.memory.toMebibytes()).toBeLessThanOrEqual(64);
  });
});

describe("devices and profiles", () => {
  const service = DeviceService.virtual();
  const device = (name: string, more: object = {}) =>
    Device.of({ name, service, profile: thermostat(), protocols: DeviceProtocol.virtual(), ...more });

  test("are files that the service is told of", () => {
    const other = Device.of({
      name: "b",
      service: DeviceService.rest(),
      profile: thermostat({ name: "x" }),
      protocols: DeviceProtocol.rest(),
    });
    const one = node(service, { devices: [device("a"), other, device("c")], profiles: [thermostat({ name: "Kälte 1" })] });
    expect(one.env).toMatchObject({ DEVICE_PROFILESDIR: "/edgex/profiles", DEVICE_DEVICESDIR: "/edgex/devices" });
    const [profiles, devices] = one.files ?? [];
    expect(profiles.path).toBe("/edgex/profiles");
    expect(Object.keys(profiles.files)).toEqual([expect.stringMatching(/^K-lte-1\.[0-9a-f]{12}\.json$/), "thermostat.json"]);
    expect(DeviceProfile.fromYaml(profiles.files["thermostat.json"]).toObject()).toEqual(thermostat().toObject());
    expect(devices.path).toBe("/edgex/devices");
    expect(JSON.parse(devices.files["devices.json"])).toEqual([
      expect.objectContaining({
        name: "a",
        serviceName: "device-virtual",
        profileName: "thermostat",
        adminState: "UNLOCKED",
        operatingState: "UP",
      }),
      expect.objectContaining({ name: "c" }),
    ]);
  });

  test("have names of files that a ConfigMap takes, each its own", () => {
    const names = ["a.b", "..", ".a", "a b", "a_b", "ä", "ö", "x".repeat(300), `${"x".repeat(299)}y`, "-a", "a.b.json"];
    const [profiles] = node(service, { profiles: names.map((name) => thermostat({ name })) }).files ?? [];
    expect(Object.keys(profiles.files)).toHaveLength(names.length);
    Object.keys(profiles.files).forEach((name) => expect(name).toMatch(/^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/));
  });

  test("are not more than a ConfigMap holds (MEC1492)", () => {
    const devices = Array.from({ length: 4 }, (_, index) => device(`d${index}`, { description: "x".repeat(300_000) }));
    const error = refusal(() => node(service, { devices }));
    expect([error.code, error.message]).toEqual(["MEC1492", expect.stringMatching(/bytes of devices: .*second instance/)]);
    expect(node(service, { devices: devices.slice(1) }).files).toHaveLength(2);
  });

  test("of the image are left where they are", () => {
    const cameras = DeviceService.onvif();
    const camera = (name: string, profile: DeviceProfile) =>
      Device.of({ name, service: cameras, profile, protocols: DeviceProtocol.onvif({ address: "10.0.7.4" }) });
    const ofImage = node(cameras, { devices: [camera("a", DeviceProfile.fromImage("onvif-camera"))] });
    expect(configuration(cameras, { devices: [camera("a", DeviceProfile.fromImage("onvif-camera"))] }).Device).toMatchObject({
      ProfilesDir: "./res/profiles",
    });
    expect(ofImage.files?.map(({ path }) => path)).toEqual(["/edgex/devices"]);
    expect(ofImage.init).toBeUndefined();
  });

  test("of the image and declared ones are put together before the service starts", () => {
    const cameras = DeviceService.onvif({ discovery: { subnets: ["10.0.7.0/24"] } });
    const own = thermostat({ name: "own" });
    const one = node(cameras, { profiles: [own] });
    expect(one.volumes).toEqual([{ name: "profiles", path: "/edgex/profiles", size: "16Mi" }]);
    expect(one.init).toEqual([
      { name: "profiles", command: ["/bin/sh", "-c", "cp /res/profiles/*.* /edgex/declared-profiles/*.json /edgex/profiles/"] },
    ]);
    expect(one.files?.map(({ path }) => path)).toEqual(["/edgex/declared-profiles"]);
    expect(configuration(cameras, { profiles: [own] }).Device).toMatchObject({ ProfilesDir: "/edgex/profiles" });
  });
});

describe("a service is let out", () => {
  const modbus = (service: DeviceService, ...addresses: [string, number?][]) =>
    addresses.map(([address, port], index) =>
      Device.of({
        name: `plc-${index}`,
        service,
        profile: DeviceProfile.of({
          name: "plc",
          deviceResources: [resource("a", {}, { attributes: { primaryTable: "COILS", startingAddress: 1 } })],
        }),
        protocols: DeviceProtocol.modbusTcp({ address, port }),
      }),
    );
  const outbound = (options: DeviceServiceOptions, ...addresses: [string, number?][]) => {
    const service = DeviceService.modbusTcp(options);
    return node(service, { devices: modbus(service, ...addresses) }).outbound;
  };

  test("to the addresses of its devices", () => {
    expect(outbound({}, ["10.0.3.2"], ["10.0.3.1"], ["10.0.3.1", 1502])).toEqual([
      { cidrs: ["10.0.3.1/32"], ports: [{ port: 1502 }, { port: 502 }] },
      { cidrs: ["10.0.3.2/32"], ports: [{ port: 502 }] },
    ]);
  });

  test("to networks that it is told, at the ports of its kind and its devices", () => {
    expect(outbound({ networks: ["10.0.3.0/24", "10.0.4.0/24"] }, ["10.0.3.1", 1502], ["10.9.9.9"])).toEqual([
      { cidrs: ["10.0.3.0/24"], ports: [{ port: 1502 }, { port: 502 }] },
      { cidrs: ["10.0.4.0/24", "10.9.9.9/32"], ports: [{ port: 502 }] },
    ]);
    expect(outbound({ networks: ["10.0.3.0/24"] })).toEqual([{ cidrs: ["10.0.3.0/24"], ports: [{ port: 502 }] }]);
  });

  test("to anywhere, at the port of the device, where that has a name; to a namespace for a name of the cluster", () => {
    expect(outbound({}, ["plc.plant.example"])).toEqual([{ cidrs: ["0.0.0.0/0"], ports: [{ port: 502 }] }]);
    expect(outbound({ networks: ["10.0.3.0/24"] }, ["plc.plant.example", 1502])).toEqual([
      { cidrs: ["10.0.3.0/24"], ports: [{ port: 1502 }, { port: 502 }] },
    ]);
    expect(outbound({}, ["simulator.plant.svc.cluster.local", 1502])).toEqual([{ namespace: "plant", ports: [{ port: 1502 }] }]);
  });

  test("over UDP to agents of SNMP", () => {
    expect(node(DeviceService.snmp({ networks: ["10.0.3.0/24"] })).outbound).toEqual([
      { cidrs: ["10.0.3.0/24"], ports: [{ port: 161, protocol: "UDP" }] },
    ]);
  });

  test("and devices are let in where they tell values", () => {
    expect(node(DeviceService.rest({ networks: ["10.0.3.0/24"] })).inbound).toEqual([{ cidrs: ["10.0.3.0/24"], ports: [{ port: 59986 }] }]);
    expect(node(DeviceService.coap({ networks: ["10.0.3.0/24"] })).inbound).toEqual([
      { cidrs: ["10.0.3.0/24"], ports: [{ port: 5683, protocol: "UDP" }] },
    ]);
    expect(node(DeviceService.modbusTcp({ networks: ["10.0.3.0/24"] })).inbound).toBeUndefined();
  });
});

describe("what is special of a kind", () => {
  test("device-mqtt is at EdgeX' own broker with the password of its Secret, as a client of its own", () => {
    expect(configuration(DeviceService.mqtt())).toMatchObject({
      Writable: {
        InsecureSecrets: {
          DeviceBroker: {
            SecretName: "device-broker",
            SecretData: { username: "@@edgex-broker/username@@", password: "@@edgex-broker/password@@" },
          },
        },
      },
      MessageBus: { Optional: { ClientId: "device-mqtt" } },
      MQTTBrokerInfo: {
        Schema: "tcp",
        Host: "edgex-mqtt-broker",
        Port: 1883,
        ClientId: "device-mqtt-devices",
        AuthMode: "usernamepassword",
        CredentialsName: "device-broker",
        IncomingTopic: "incoming/data/#",
        ResponseTopic: "command/response/#",
      },
    });
    expect(node(DeviceService.mqtt()).args).toContain("-cd=/edgex/config");
  });

  test("device-mqtt is at another broker, as nobody or as the user of a Secret", () => {
    const service = DeviceService.mqtt({
      broker: { host: "10.0.3.9", tls: true, secret: "plant-broker" },
      incomingTopic: "plant/#",
      qos: 1,
    });
    expect(configuration(service)).toMatchObject({
      Writable: { InsecureSecrets: { DeviceBroker: { SecretData: { password: "@@plant-broker/password@@" } } } },
      MQTTBrokerInfo: { Schema: "ssl", Host: "10.0.3.9", Port: 8883, Qos: 1, AuthMode: "usernamepassword", IncomingTopic: "plant/#" },
    });
    expect(node(service).outbound).toEqual([{ cidrs: ["10.0.3.9/32"], ports: [{ port: 8883 }] }]);
    const nobody = configuration(DeviceService.mqtt({ broker: { host: "10.0.3.9" } }));
    expect(nobody).toMatchObject({ MQTTBrokerInfo: { Port: 1883, AuthMode: "none" } });
    expect(JSON.stringify(nobody)).not.toContain("InsecureSecrets");
  });

  test("devices of device-mqtt are let into EdgeX' own broker, where they have no other", () => {
    const networks = ["10.0.3.0/24"];
    expect(DeviceService.mqtt({ networks }).brokerNetworks).toEqual(networks);
    expect(DeviceService.mqtt({ networks, broker: { host: "10.0.3.9" } }).brokerNetworks).toEqual([]);
    expect(DeviceService.rest({ networks }).brokerNetworks).toEqual([]);
    expect(DeviceService.mqtt().brokerNetworks).toEqual([]);
  });

  test("the broker may be called otherwise", () => {
    const broker = { host: "broker", port: 1884, secret: "mine" };
    const one = node(DeviceService.mqtt(), { broker });
    expect(one.talksTo).toContainEqual({ service: "broker", port: 1884 });
    expect(configuration(DeviceService.mqtt(), { broker })).toMatchObject({ MQTTBrokerInfo: { Host: "broker", Port: 1884 } });
    expect(configuration(DeviceService.coap(), { broker })).toMatchObject({
      Writable: { InsecureSecrets: { MessageBus: { SecretData: { password: "@@mine/password@@" } } } },
      MessageBus: { Host: "broker", Port: 1884 },
    });
  });

  test("device-onvif-camera searches where it is told, and asks cameras as nobody unless it has credentials", () => {
    expect(configuration(DeviceService.onvif())).toMatchObject({
      Device: { Discovery: { Enabled: false }, ProvisionWatchersDir: "" },
      AppCustom: { DefaultSecretName: "NoAuth", DiscoverySubnets: "", DiscoveryMode: "netscan" },
    });
    const service = DeviceService.onvif({
      discovery: { subnets: ["10.0.7.0/24", "10.0.8.0/24"], ports: [80, 2020] },
      credentials: [{ secret: "cameras" }, { secret: "gate", usernameKey: "user", mode: "digest", macAddresses: ["aa:bb:cc:dd:ee:ff"] }],
    });
    expect(configuration(service)).toMatchObject({
      Writable: {
        InsecureSecrets: {
          cameras: { SecretName: "cameras", SecretData: { username: "@@cameras/username@@", mode: "usernametoken" } },
          gate: { SecretName: "gate", SecretData: { username: "@@gate/user@@", password: "@@gate/password@@", mode: "digest" } },
        },
      },
      Device: {
        Discovery: { Enabled: true, Interval: "1h" },
        ProvisionWatchersDir: "./res/provisionwatchers",
        ProfilesDir: "./res/profiles",
      },
      AppCustom: {
        DefaultSecretName: "cameras",
        DiscoverySubnets: "10.0.7.0/24,10.0.8.0/24",
        CredentialsMap: { NoAuth: "", gate: "aa:bb:cc:dd:ee:ff" },
      },
    });
    expect(node(service).outbound).toEqual([
      { cidrs: ["10.0.7.0/24", "10.0.8.0/24"], ports: [{ port: 3702, protocol: "UDP" }, { port: 80 }, { port: 2020 }] },
    ]);
  });

  test("cameras send events where somebody leads them to the service", () => {
    const service = DeviceService.onvif({ notificationUrl: "http://203.0.113.7:59984", networks: ["10.0.7.0/24"] });
    expect(configuration(service)).toMatchObject({ AppCustom: { BaseNotificationURL: "http://203.0.113.7:59984" } });
    expect(node(service).inbound).toEqual([{ cidrs: ["10.0.7.0/24"], ports: [{ port: 59984 }] }]);
    expect(configuration(DeviceService.onvif())).toMatchObject({
      AppCustom: { BaseNotificationURL: "http://edgex-device-onvif-camera:59984" },
    });
  });

  test("device-rfid-llrp searches where it is told", () => {
    const service = DeviceService.rfidLlrp({ discovery: { subnets: ["10.0.9.0/24"] } });
    expect(configuration(service)).toMatchObject({
      Device: { Discovery: { Enabled: true } },
      AppCustom: { DiscoverySubnets: "10.0.9.0/24", ScanPort: "5084" },
    });
    expect(node(service).outbound).toEqual([{ cidrs: ["10.0.9.0/24"], ports: [{ port: 5084 }] }]);
    expect(configuration(DeviceService.rfidLlrp()).Device).toMatchObject({ Discovery: { Enabled: false } });
  });

  test("device-opc-ua subscribes to resources of one device, or to nothing", () => {
    expect(configuration(DeviceService.opcUa())).toMatchObject({ OPCUAServer: { Writable: { Resources: "" } } });
    expect(configuration(DeviceService.opcUa({ subscription: { device: "server", resources: ["a", "b"] } }))).toMatchObject({
      OPCUAServer: { DeviceName: "server", Policy: "None", Mode: "None", Writable: { Resources: "a,b" } },
    });
  });

  test("device-coap overwrites its configuration by an argument, and listens with a key where it has one", () => {
    const open = node(DeviceService.coap());
    expect(open.args).toContain("-o");
    expect(configuration(DeviceService.coap())).toMatchObject({
      Writable: { InsecureSecrets: { MessageBus: { SecretName: "message-bus", SecretData: { username: "@@edgex-broker/username@@" } } } },
      MessageBus: {
        Type: "mqtt",
        Host: "edgex-mqtt-broker",
        Port: 1883,
        AuthMode: "usernamepassword",
        SecretName: "message-bus",
        BaseTopicPrefix: "edgex",
      },
    });
    expect(open.ports).toContainEqual({ name: "coap", port: 5683, protocol: "UDP" });
    const service = DeviceService.coap({ psk: { secret: "coap", key: "psk" } });
    expect(node(service).ports).toContainEqual({ name: "coaps", port: 5684, protocol: "UDP" });
    expect(configuration(service)).toMatchObject({
      Writable: { InsecureSecrets: { CoAP: { SecretName: "psk", SecretData: { PskKey: "@@coap/psk@@" } } } },
      Driver: { SecurityMode: "PSK" },
    });
  });
});

describe("another device service", () => {
  const s7 = { name: "device-s7", image: "docker.io/edgexfoundry/device-s7:4.0.1", port: 59994 };

  test("is a node too", () => {
    const service = DeviceService.of({
      ...s7,
      networks: ["10.0.3.0/24"],
      devicePorts: [{ port: 102 }],
      env: { A: "b" },
      args: ["-x"],
      instance: "two",
    });
    expect([service.name, service.serviceKey]).toEqual(["edgex-device-s7-two", "device-s7_two"]);
    expect(node(service)).toMatchObject({
      image: s7.image,
      args: ["-cp=keeper.http://edgex-core-keeper:59890", "--registry", "--instance=two", "-x"],
      env: { A: "b", DEVICE_DEVICESDIR: "" },
      outbound: [{ cidrs: ["10.0.3.0/24"], ports: [{ port: 102 }] }],
    });
  });

  test.each<[string, object, RegExp]>([
    ["a name without device-", { name: "s7" }, /got "s7" as name/],
    ["a name that is too long", { name: `device-${"s".repeat(40)}` }, /36 characters/],
    ["an image without a registry", { image: "device-s7:4.0.1" }, /as image/],
    ["an image without a tag", { image: "docker.io/edgexfoundry/device-s7" }, /as image/],
    ["the image that is the latest", { image: "docker.io/edgexfoundry/device-s7:latest" }, /other than latest/],
  ])("with %s is refused (MEC1492)", (_, more, text) => {
    const error = refusal(() => DeviceService.of({ ...s7, ...more }));
    expect([error.code, error.message]).toEqual(["MEC1492", expect.stringMatching(text)]);
  });

  test("at no port is refused (MEC1488)", () => expect(refusal(() => DeviceService.of({ ...s7, port: 0 })).code).toBe("MEC1488"));
});

describe("at a plug of the machine there is nothing (MEC1489)", () => {
  test.each([
    ...["gpio", "uart", "usb-camera", "can", "bacnet-mstp", "device-gpio", "edgex-device-uart", "Modbus RTU", "usbCamera", "device_can"],
    "docker.io/edgexfoundry/device-gpio:4.0.1",
  ])("%s", (name) => {
    const error = refusal(() => DeviceService.named(name));
    expect([error.code, error.message]).toEqual([
      "MEC1489",
      expect.stringMatching(/a virtual machine .* has no such plug.*DeviceService\.mqtt\(\)/),
    ]);
  });

  test("nor by an image", () => {
    expect(
      refusal(() => DeviceService.of({ name: "device-pins", image: "docker.io/edgexfoundry/device-gpio-arm64:4.0.1", port: 59910 })).code,
    ).toBe("MEC1489");
    expect(DeviceService.of({ name: "device-cantina", image: "docker.io/acme/device-cantina:1", port: 59910 }).name).toBe(
      "edgex-device-cantina",
    );
  });
});

describe("options that cannot be", () => {
  test.each<[string, () => unknown, string, RegExp]>([
    ["no such service", () => DeviceService.named("profinet"), "MEC1492", /knows virtual, rest/],
    ["a name that each object has", () => DeviceService.named("constructor"), "MEC1492", /knows virtual, rest/],
    ["an instance in capitals", () => DeviceService.virtual({ instance: "Two" }), "MEC1492", /got "Two" as instance/],
    ["an instance that is too long", () => DeviceService.virtual({ instance: "a".repeat(21) }), "MEC1492", /20 lowercase letters/],
    ["no such level", () => DeviceService.virtual({ logLevel: "WARNING" as never }), "MEC1492", /as logLevel/],
    ["no network", () => DeviceService.rest({ networks: ["10.0.3.1"] }), "MEC1003", /got "10.0.3.1"/],
    ["a topic without names behind it", () => DeviceService.mqtt({ incomingTopic: "plant" }), "MEC1492", /got "plant" as incomingTopic/],
    ["a topic with a plus", () => DeviceService.mqtt({ responseTopic: "a/+/#" }), "MEC1492", /as responseTopic/],
    ["a broker that is the pod", () => DeviceService.mqtt({ broker: { host: "localhost" } }), "MEC1488", /broker\.host/],
    [
      "a password for the name of a Secret",
      () => DeviceService.mqtt({ broker: { host: "a", secret: "Hidden!" } }),
      "MEC1424",
      /broker\.secret/,
    ],
    ["a key for the name of a Secret", () => DeviceService.coap({ psk: { secret: "ME4=", key: "psk" } }), "MEC1424", /psk\.secret/],
    ["a search of nothing", () => DeviceService.onvif({ discovery: { subnets: [] } }), "MEC1492", /no subnets/],
    [
      "a search of everything",
      () => DeviceService.rfidLlrp({ discovery: { subnets: ["10.0.0.0/8"] } }),
      "MEC1492",
      /larger|more than a \/16/,
    ],
    [
      "a search at no port",
      () => DeviceService.onvif({ discovery: { subnets: ["10.0.0.0/24"], ports: [0] } }),
      "MEC1488",
      /discovery\.ports\[0\]/,
    ],
    ["a subscription of nothing", () => DeviceService.opcUa({ subscription: { device: "a", resources: [] } }), "MEC1492", /subscription/],
    ["a subscription of a list", () => DeviceService.opcUa({ subscription: { device: "a", resources: ["b,c"] } }), "MEC1492", /comma/],
    [
      "two users for all cameras",
      () => DeviceService.onvif({ credentials: [{ secret: "a" }, { secret: "b" }] }),
      "MEC1492",
      /two credentials without macAddresses/,
    ],
    [
      "a Secret twice",
      () => DeviceService.onvif({ credentials: [{ secret: "a" }, { secret: "a", macAddresses: [] }] }),
      "MEC1492",
      /as secret of two/,
    ],
    [
      "two users for a camera",
      () =>
        DeviceService.onvif({
          credentials: [
            { secret: "a", macAddresses: ["aa:bb:cc:dd:ee:ff"] },
            { secret: "b", macAddresses: ["AA-BB-CC-DD-EE-FF"] },
          ],
        }),
      "MEC1492",
      /a camera has one user/,
    ],
    ["half a MAC address", () => DeviceService.onvif({ credentials: [{ secret: "a", macAddresses: ["aa:bb"] }] }), "MEC1492", /six bytes/],
    ["a URL with a user", () => DeviceService.onvif({ notificationUrl: "http://me:hidden@10.0.0.1" }), "MEC1492", /it is not shown/],
  ])("%s", (_, call, code, text) => {
    const error = refusal(call);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(text)]);
    expect(error.message).not.toContain("hidden");
  });
});
