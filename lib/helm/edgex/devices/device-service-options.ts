import type { Duration } from "../../../units";
import type { ContainerResources } from "../../prometheus/resources";
import type { Outside, PortProtocol } from "../graph/service-node";
import type { EdgeXLogLevel } from "../log-level";

/** How much a service writes to its log. */
export type DeviceServiceLogLevel = EdgeXLogLevel;

/** What every device service has. */
export interface DeviceServiceOptions {
  /**
   * Name of a second service of the kind, at most 20 lowercase letters, digits and dashes.
   * @default - the first one, without a name
   */
  readonly instance?: string;
  /**
   * IPv4 networks that devices are in, in CIDR notation: what the service is let out to, at the ports of its kind and of its devices, and what may
   * tell device-rest and device-coap values.
   * @default - the addresses of its devices alone, and any address, at the port of the device, for one with a name
   */
  readonly networks?: readonly string[];
  /** @default - 20m of CPU, 48 MiB of memory and 160 MiB at most */
  readonly resources?: ContainerResources;
  /** @default "INFO" */
  readonly logLevel?: DeviceServiceLogLevel;
}

/** Search for devices. EdgeX searches whatever it is told to when its service starts, so it is off until networks are named. */
export interface DiscoveryOptions {
  /** IPv4 networks that are searched, in CIDR notation, /16 or smaller: every address of them is asked. */
  readonly subnets: readonly string[];
  /** Time between two searches. @default - one hour */
  readonly interval?: Duration;
}

/** Search for cameras. */
export interface OnvifDiscoveryOptions extends DiscoveryOptions {
  /** Ports that found cameras are spoken to at. @default - 80 */
  readonly ports?: readonly number[];
}

/** User and password of cameras, of an existing Secret in EdgeX' namespace. */
export interface OnvifCredentials {
  /** Name of the Secret. */
  readonly secret: string;
  /** Key of the user in it. @default "username" */
  readonly usernameKey?: string;
  /** Key of the password in it. @default "password" */
  readonly passwordKey?: string;
  /** How a camera is told them. @default "usernametoken" */
  readonly mode?: "usernametoken" | "digest" | "both";
  /** MAC addresses of the cameras. @default - all that no others are for */
  readonly macAddresses?: readonly string[];
}

/** A service for cameras. */
export interface OnvifServiceOptions extends DeviceServiceOptions {
  /** Search for cameras by network; a pod has no multicast. @default - none */
  readonly discovery?: OnvifDiscoveryOptions;
  /** User and password of cameras. @default - none: cameras are asked as nobody */
  readonly credentials?: readonly OnvifCredentials[];
  /**
   * URL that cameras send events to, which somebody has to lead to the service, at port 59984.
   * @default - that within the cluster
   */
  readonly notificationUrl?: string;
}

/** A service for readers of RFID tags. */
export interface RfidLlrpServiceOptions extends DeviceServiceOptions {
  /** Search for readers at port 5084. @default - none */
  readonly discovery?: DiscoveryOptions;
}

/** A broker of MQTT that devices speak to. */
export interface DeviceBroker {
  /** IPv4 address, or a name of DNS. */
  readonly host: string;
  /** @default - 1883, and 8883 with TLS */
  readonly port?: number;
  /** Whether the broker is spoken to over TLS, with a certificate that the authorities of the image vouch for. @default false */
  readonly tls?: boolean;
  /** Name of an existing Secret in EdgeX' namespace with the keys `username` and `password`. @default - none: as nobody */
  readonly secret?: string;
}

/** A service for devices that speak MQTT. */
export interface MqttServiceOptions extends DeviceServiceOptions {
  /** Broker that devices speak to. @default - EdgeX' own */
  readonly broker?: DeviceBroker;
  /** Topics that devices tell values on; name of the device and name of the resource are behind what is before `#`. @default "incoming/data/#" */
  readonly incomingTopic?: string;
  /** Topics that devices answer commands on. @default "command/response/#" */
  readonly responseTopic?: string;
  /** Quality of service of both. @default 0 */
  readonly qos?: 0 | 1 | 2;
}

/** A service for devices that speak CoAP. */
export interface CoapServiceOptions extends DeviceServiceOptions {
  /**
   * Key that devices share with the service, of an existing Secret: Base64 of 16 bytes at most. The service then listens at 5684 with DTLS.
   * @default - none: it listens at 5683 without encryption
   */
  readonly psk?: { readonly secret: string; readonly key: string };
}

/** A service for servers of OPC UA. */
export interface OpcUaServiceOptions extends DeviceServiceOptions {
  /**
   * Resources of one device that the server tells when they change; device-opc-ua 4.0.1 knows one device.
   * @default - none: values are read
   */
  readonly subscription?: {
    /** Name of the device. */
    readonly device: string;
    /** Names of resources of its profile. */
    readonly resources: readonly string[];
  };
}

/** A device service that this library does not know. */
export interface CustomDeviceServiceProps extends DeviceServiceOptions {
  /** Name of the service key, such as `device-s7`; the Deployment is called `edgex-device-s7`. */
  readonly name: string;
  /** Image with its tag, from the registry on, such as `docker.io/edgexfoundry/device-s7:4.0.1`. */
  readonly image: string;
  /** Port that it answers at. */
  readonly port: number;
  /**
   * Further environment. No secret belongs there: EdgeX writes what overrides its configuration into its log.
   * @default - none
   */
  readonly env?: Readonly<Record<string, string>>;
  /** Further arguments. @default - none */
  readonly args?: readonly string[];
  /** Ports that devices are spoken to at, within `networks`. @default - those of its devices */
  readonly devicePorts?: readonly { readonly port: number; readonly protocol?: PortProtocol }[];
  /** What else it connects to. @default - nothing */
  readonly outbound?: readonly Outside[];
  /** What may connect to it from outside of EdgeX. @default - nothing */
  readonly inbound?: readonly Outside[];
}
