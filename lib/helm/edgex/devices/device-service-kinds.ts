import type { PortProtocol } from "../graph/service-node";
import type { DeviceProtocolKind } from "./device-protocol-props";

/** What is fixed for a kind of device service. */
export interface DeviceServiceKind {
  /** Which protocols it reads, beside those of {@link DeviceProtocol.of}. */
  readonly protocol: DeviceProtocolKind;
  /** Name of the image, and of the Deployment behind `edgex-`. */
  readonly image: string;
  /** Tag of the image. */
  readonly tag: string;
  /** Name that it registers by, without an instance. */
  readonly key: string;
  /** Port that it answers at. */
  readonly port: number;
  /** What it is for. */
  readonly purpose: string;
  /** Ports that devices are spoken to at, where only their networks are known. */
  readonly devicePorts: readonly { readonly port: number; readonly protocol?: PortProtocol }[];
  /** Names of the profiles in its image. */
  readonly imageProfiles: readonly string[];
  /** Whether it is made with the SDK for C, which has no `EDGEX_OVERWRITE_CONFIG`. */
  readonly isC?: boolean;
}

/**
 * Device services whose devices are reached by network, as they are in the images of EdgeX 4.0.
 * @see https://github.com/edgexfoundry/edgex-compose/tree/v4.0.1/compose-builder
 */
export const DEVICE_SERVICE_KINDS = {
  virtual: {
    protocol: "virtual",
    image: "device-virtual",
    tag: "4.0.1",
    key: "device-virtual",
    port: 59900,
    purpose: "makes up devices, for trials",
    devicePorts: [],
    imageProfiles: [
      "Random-Binary-Device",
      "Random-Boolean-Device",
      "Random-Float-Device",
      "Random-Integer-Device",
      "Random-UnsignedInteger-Device",
    ],
  },
  rest: {
    protocol: "rest",
    image: "device-rest",
    tag: "4.0.1",
    key: "device-rest",
    port: 59986,
    purpose: "takes values by HTTP, and asks devices by HTTP",
    devicePorts: [{ port: 80 }],
    imageProfiles: ["sample-2way-rest-device", "sample-image", "sample-json", "sample-numeric"],
  },
  mqtt: {
    protocol: "mqtt",
    image: "device-mqtt",
    tag: "4.0.1",
    key: "device-mqtt",
    port: 59982,
    purpose: "speaks to devices over MQTT",
    devicePorts: [],
    imageProfiles: ["Test-Device-MQTT-Profile"],
  },
  modbusTcp: {
    protocol: "modbus",
    image: "device-modbus",
    tag: "4.0.1",
    key: "device-modbus",
    port: 59901,
    purpose: "speaks to devices by Modbus TCP",
    devicePorts: [{ port: 502 }],
    imageProfiles: ["Test-Device-Modbus-Profile", "Test-Device-Modbus-String-Profile"],
  },
  coap: {
    protocol: "coap",
    image: "device-coap",
    tag: "4.0.0",
    key: "device-coap",
    port: 59988,
    purpose: "takes values by CoAP, and asks devices by CoAP",
    devicePorts: [{ port: 5683, protocol: "UDP" }],
    imageProfiles: ["example-datatype"],
    isC: true,
  },
  snmp: {
    protocol: "snmp",
    image: "device-snmp",
    tag: "4.0.1",
    key: "device-snmp",
    port: 59993,
    purpose: "speaks to an SNMP agent",
    devicePorts: [{ port: 161, protocol: "UDP" }],
    imageProfiles: ["dellswitch", "patlite", "trendnet"],
  },
  opcUa: {
    protocol: "opc-ua",
    image: "device-opc-ua",
    tag: "4.0.1",
    // Its name has no second dash.
    key: "device-opcua",
    port: 59997,
    purpose: "speaks to servers of OPC UA",
    devicePorts: [{ port: 4840 }],
    imageProfiles: ["OPCUA-Server"],
  },
  onvif: {
    protocol: "onvif",
    image: "device-onvif-camera",
    tag: "4.0.1",
    key: "device-onvif-camera",
    port: 59984,
    purpose: "speaks to cameras by ONVIF",
    devicePorts: [{ port: 80 }],
    imageProfiles: ["onvif-camera"],
  },
  rfidLlrp: {
    protocol: "rfid-llrp",
    image: "device-rfid-llrp",
    tag: "4.0.1",
    key: "device-rfid-llrp",
    port: 59989,
    purpose: "speaks to readers of RFID tags by LLRP",
    devicePorts: [{ port: 5084 }],
    imageProfiles: ["LLRP-Device-Profile", "LLRP-Impinj-Profile"],
  },
} as const satisfies Record<string, DeviceServiceKind>;
