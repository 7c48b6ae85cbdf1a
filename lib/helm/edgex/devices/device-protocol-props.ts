import type { Duration } from "../../../units";

/** Which kind of device service reads a protocol; `other` is what {@link DeviceProtocol.of} makes, which any may read. */
export type DeviceProtocolKind = "virtual" | "rest" | "mqtt" | "modbus" | "coap" | "snmp" | "opc-ua" | "onvif" | "rfid-llrp" | "other";

/** Properties of a device, by the name of the protocol. */
export type ProtocolProperties = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A device that speaks Modbus over TCP. */
export interface ModbusTcpProps {
  /** IPv4 address, or a name of DNS. */
  readonly address: string;
  /** @default 502 */
  readonly port?: number;
  /** Number of the unit behind the address, 0 to 255. @default 1 */
  readonly unitId?: number;
  /** How long a connection or an answer is waited for, whole seconds. @default - 5 seconds */
  readonly timeout?: Duration;
  /** How long a connection without a use is kept, whole seconds. @default - 5 seconds */
  readonly idleTimeout?: Duration;
}

/** A device that answers over MQTT. */
export interface MqttDeviceProps {
  /** Topic that commands are sent to; the resource, `get` or `set`, and a number of the request are put behind it. */
  readonly commandTopic: string;
}

/** A device that is a REST server itself. */
export interface RestDeviceProps {
  /** IPv4 address, or a name of DNS. */
  readonly host: string;
  /** @default 80 */
  readonly port?: number;
  /**
   * Path before the name of a resource, without slashes at its ends, such as `api`. It cannot be empty: device-rest 4.0.1 then makes an empty URL
   * of each reading.
   */
  readonly path: string;
}

/** An SNMP agent. */
export interface SnmpProps {
  /** IPv4 address, or a name of DNS. */
  readonly address: string;
  /** @default 161 */
  readonly port?: number;
}

/** A server of OPC UA. */
export interface OpcUaProps {
  /** URL, such as `opc.tcp://10.0.3.20:4840/plant`. No user and password in it: the device service reads and writes as nobody. */
  readonly endpoint: string;
}

/** A camera of the ONVIF standard. */
export interface OnvifProps {
  /** IPv4 address, or a name of DNS. */
  readonly address: string;
  /** @default 80 */
  readonly port?: number;
  /** MAC address, which credentials are found by. @default - the credentials of the service are used */
  readonly macAddress?: string;
  /** Name for people. @default - none */
  readonly friendlyName?: string;
  /** What else is kept with the camera. @default - nothing */
  readonly customMetadata?: Readonly<Record<string, string>>;
}

/** A device that is a CoAP server, at port 5683, which is fixed in the device service. */
export interface CoapProps {
  /** IPv4 address, or a name of DNS. */
  readonly address: string;
}

/** A reader of RFID tags that speaks LLRP. */
export interface RfidLlrpProps {
  /** IPv4 address, or a name of DNS. */
  readonly host: string;
  /** @default 5084 */
  readonly port?: number;
}
