import { Duration } from "../../../../lib";
import {
  Device,
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  ReadWrite,
  ValueType,
  type DeviceResource,
  type ResourceProperties,
} from "../../../../lib/helm/edgex/devices";
import type { Values } from "../../../../lib/helm/values";
import { refusal, resource, thermostat } from "./support";

const SERVICES = {
  virtual: [DeviceService.virtual(), DeviceProtocol.virtual()],
  rest: [DeviceService.rest(), DeviceProtocol.rest()],
  mqtt: [DeviceService.mqtt(), DeviceProtocol.mqtt({ commandTopic: "c" })],
  modbus: [DeviceService.modbusTcp(), DeviceProtocol.modbusTcp({ address: "10.0.0.9" })],
  coap: [DeviceService.coap(), DeviceProtocol.coap()],
  snmp: [DeviceService.snmp(), DeviceProtocol.snmp({ address: "10.0.0.9" })],
  opcUa: [DeviceService.opcUa(), DeviceProtocol.opcUa({ endpoint: "opc.tcp://10.0.0.9" })],
  onvif: [DeviceService.onvif(), DeviceProtocol.onvif({ address: "10.0.0.9" })],
  rfidLlrp: [DeviceService.rfidLlrp(), DeviceProtocol.rfidLlrp({ host: "10.0.0.9" })],
} as const;

const device = (kind: keyof typeof SERVICES, ...deviceResources: DeviceResource[]) =>
  Device.of({
    name: "press-1",
    service: SERVICES[kind][0],
    protocols: SERVICES[kind][1],
    profile: DeviceProfile.of({ name: "press", deviceResources }),
  });
const of = (valueType: ValueType) => resource("a", { valueType });
const register = (attributes: Values, properties: Partial<ResourceProperties> = {}) => resource("a", properties, { attributes });
const HOLDING = { primaryTable: "HOLDING_REGISTERS", startingAddress: 0 };

describe("a device service knows types of its own", () => {
  test.each<[keyof typeof SERVICES, ValueType]>([
    ["virtual", ValueType.BINARY],
    ["virtual", ValueType.FLOAT32_ARRAY],
    ["rest", ValueType.OBJECT],
    ["mqtt", ValueType.STRING],
    ["coap", ValueType.INT32],
    ["onvif", ValueType.OBJECT_ARRAY],
    ["rfidLlrp", ValueType.OBJECT],
  ])("%s knows %s", (kind, type) => expect(device(kind, of(type)).profile.resources).toHaveLength(1));

  test.each<[keyof typeof SERVICES, ValueType]>([
    ["virtual", ValueType.STRING],
    ["virtual", ValueType.OBJECT],
    ["rest", ValueType.INT8_ARRAY],
    ["mqtt", ValueType.BINARY],
    ["modbus", ValueType.UINT8],
    ["coap", ValueType.FLOAT32],
  ])("%s knows no %s (MEC1491)", (kind, type) => {
    const error = refusal(() => device(kind, of(type)));
    expect([error.code, error.message]).toEqual(["MEC1491", expect.stringContaining(`knows no ${type.name}, so write one of`)]);
  });
});

describe("a Modbus device", () => {
  test.each<[string, DeviceResource]>([
    ["a register", register(HOLDING)],
    ["a register in hexadecimal", register({ ...HOLDING, startingAddress: "0x10" })],
    ["a bit of a register", register({ ...HOLDING, startingAddress: "17.03" }, { valueType: ValueType.BOOL })],
    ["a table in small letters", register({ primaryTable: "coils", startingAddress: "65535" }, { valueType: ValueType.BOOL })],
    ["a number of whole ones", register({ ...HOLDING, rawType: "Int16", isByteSwap: true })],
    ["a text", register({ ...HOLDING, stringRegisterSize: 10 }, { valueType: ValueType.STRING })],
  ])("has %s", (_, one) => expect(device("modbus", one).profile.resources).toHaveLength(1));

  test.each<[string, DeviceResource, RegExp]>([
    ["no attributes", resource("a"), /primaryTable/],
    ["no such table", register({ ...HOLDING, primaryTable: "REGISTERS" }), /HOLDING_REGISTERS/],
    ["no address", register({ primaryTable: "COILS" }), /startingAddress/],
    ["an address below zero", register({ ...HOLDING, startingAddress: -1 }), /0 to 65535/],
    ["an address of three bytes", register({ ...HOLDING, startingAddress: 65_536 }), /0 to 65535/],
    ["a text without a size", register(HOLDING, { valueType: ValueType.STRING }), /stringRegisterSize/],
    ["a text of 124 registers", register({ ...HOLDING, stringRegisterSize: 124 }, { valueType: ValueType.STRING }), /1 to 123/],
    ["a raw type that is none", register({ ...HOLDING, rawType: "INT32" }), /INT16, UINT16 alone/],
    [
      "an input that is written",
      register({ primaryTable: "INPUT_REGISTERS", startingAddress: 1 }, { readWrite: ReadWrite.READ_WRITE }),
      /for reading alone/,
    ],
  ])("with %s is refused (MEC1491)", (_, one, text) => {
    const error = refusal(() => device("modbus", one));
    expect([error.code, error.message]).toEqual(["MEC1491", expect.stringMatching(text)]);
  });
});

describe("an SNMP agent", () => {
  const oid = (name: string) =>
    resource(name, { valueType: ValueType.INT32, readWrite: ReadWrite.READ_WRITE }, { attributes: { oid: "1.3.6.1.2.1.1.3.0" } });
  const agent = (readWrite: ReadWrite, source?: string) =>
    Device.of({
      name: "switch",
      service: SERVICES.snmp[0],
      protocols: SERVICES.snmp[1],
      profile: DeviceProfile.of({
        name: "p",
        deviceResources: [oid("a"), oid("b")],
        deviceCommands: [{ name: "both", readWrite, resourceOperations: [{ deviceResource: "a" }, { deviceResource: "b" }] }],
      }),
      autoEvents: source === undefined ? [] : [{ sourceName: source, interval: Duration.seconds(1) }],
    });

  test("has an oid for each resource, and is written several at once", () => expect(agent(ReadWrite.READ_WRITE, "a").name).toBe("switch"));

  test.each<[string, () => unknown, RegExp]>([
    ["no oid", () => device("snmp", resource("a")), /write attributes: \{ oid/],
    ["an oid that is a number", () => device("snmp", resource("a", {}, { attributes: { oid: 1.3 } })), /oid/],
    ["a command that reads two", () => agent(ReadWrite.READ), /reads one resource at a time/],
    ["an auto event of two", () => agent(ReadWrite.READ_WRITE, "both"), /reads one resource at a time/],
  ])("with %s is refused (MEC1491)", (_, call, text) => {
    const error = refusal(call);
    expect([error.code, error.message]).toEqual(["MEC1491", expect.stringMatching(text)]);
  });
});

test("a server of OPC UA has a node for each resource, or a method and its object (MEC1491)", () => {
  const node = (attributes: Values) => device("opcUa", resource("a", {}, { attributes }));
  expect(node({ nodeId: "ns=2;s=T" }).name).toBe("press-1");
  expect(node({ methodId: "ns=5;s=Defaults", objectId: "ns=5;i=1111" }).name).toBe("press-1");
  expect(refusal(() => node({})).code).toBe("MEC1491");
  expect(refusal(() => node({ methodId: "ns=5;s=Defaults" })).message).toContain("objectId");
});

test("device-coap has room for short names (MEC1491)", () => {
  const coap = (name: string) => device("coap", resource(name, { valueType: ValueType.INT32 }));
  expect(coap("a".repeat(26 - "press-1".length)).name).toBe("press-1");
  expect(refusal(() => coap("a".repeat(27 - "press-1".length))).message).toMatch(/26 characters together/);
  expect(refusal(() => coap("°".repeat(4))).code).toBe("MEC1491");
});

test("a device and its service are of one kind (MEC1491)", () => {
  const error = refusal(() => Device.of({ name: "a", service: SERVICES.rest[0], protocols: SERVICES.modbus[1], profile: thermostat() }));
  expect([error.code, error.message]).toEqual([
    "MEC1491",
    expect.stringContaining('got "modbus" as protocols, and device-rest as service: it reads "rest" alone'),
  ]);
  expect(Device.of({ name: "a", service: SERVICES.rest[0], protocols: DeviceProtocol.of({ any: {} }), profile: thermostat() }).name).toBe(
    "a",
  );
});

test("a profile of an image is one that it has (MEC1491)", () => {
  const camera = (profile: string) =>
    Device.of({ name: "a", service: SERVICES.onvif[0], protocols: SERVICES.onvif[1], profile: DeviceProfile.fromImage(profile) });
  expect(camera("onvif-camera").name).toBe("a");
  expect(refusal(() => camera("camera")).message).toMatch(/it has onvif-camera, so write/);
});
