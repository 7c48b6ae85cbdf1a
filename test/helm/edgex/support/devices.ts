import { DeviceProfile, DeviceProtocol, DeviceService, Duration, ReadWrite, ValueType, type DeviceProps } from "../../../../lib";

/** A profile whose resources each device service can read; its attributes are those of all. */
export const someProfile = (name: string, valueType = ValueType.INT32, attributes: Record<string, unknown> = {}): DeviceProfile =>
  DeviceProfile.of({
    name,
    deviceResources: [{ name: "Temperature", attributes, properties: { valueType, readWrite: ReadWrite.READ, units: "degC" } }],
  });

/** A service of each kind, and a device of each. */
export const SERVICES: Readonly<Record<string, { service: DeviceService; device: Omit<DeviceProps, "service"> }>> = {
  virtual: {
    service: DeviceService.virtual(),
    device: {
      name: "oven-1",
      profile: someProfile("oven"),
      protocols: DeviceProtocol.virtual(),
      autoEvents: [{ sourceName: "Temperature", interval: Duration.seconds(10) }],
    },
  },
  rest: {
    service: DeviceService.rest({ networks: ["10.20.0.0/16"] }),
    device: { name: "teller-1", profile: someProfile("teller"), protocols: DeviceProtocol.rest() },
  },
  mqtt: {
    service: DeviceService.mqtt(),
    device: { name: "sensor-1", profile: someProfile("sensor"), protocols: DeviceProtocol.mqtt({ commandTopic: "command/sensor-1" }) },
  },
  modbus: {
    service: DeviceService.modbusTcp(),
    device: {
      name: "plc-1",
      profile: someProfile("plc", ValueType.INT16, { primaryTable: "HOLDING_REGISTERS", startingAddress: 1 }),
      protocols: DeviceProtocol.modbusTcp({ address: "10.20.1.5" }),
    },
  },
  coap: {
    service: DeviceService.coap({ networks: ["10.20.0.0/16"] }),
    device: { name: "coap-1", profile: someProfile("coap"), protocols: DeviceProtocol.coap({ address: "10.20.1.6" }) },
  },
  snmp: {
    service: DeviceService.snmp(),
    device: {
      name: "switch-1",
      profile: someProfile("switch", ValueType.INT32, { oid: "1.3.6.1.2.1.1.3.0", community: "private" }),
      protocols: DeviceProtocol.snmp({ address: "10.20.1.7" }),
    },
  },
  opcUa: {
    service: DeviceService.opcUa(),
    device: {
      name: "server-1",
      profile: someProfile("server", ValueType.INT32, { nodeId: "ns=2;s=Temperature" }),
      protocols: DeviceProtocol.opcUa({ endpoint: "opc.tcp://10.20.1.8:4840/plant" }),
    },
  },
  onvif: {
    service: DeviceService.onvif({ credentials: [{ secret: "cameras" }] }),
    device: {
      name: "camera-1",
      profile: DeviceProfile.fromImage("onvif-camera"),
      protocols: DeviceProtocol.onvif({ address: "10.20.1.9" }),
    },
  },
  rfidLlrp: {
    service: DeviceService.rfidLlrp(),
    device: {
      name: "reader-1",
      profile: DeviceProfile.fromImage("LLRP-Device-Profile"),
      protocols: DeviceProtocol.rfidLlrp({ host: "10.20.1.10" }),
    },
  },
};
