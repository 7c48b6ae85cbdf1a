import { MecError, got } from "../../../errors";
import { Size } from "../../../units";
import { secretName } from "../../names";
import type { ContainerResources } from "../../prometheus/resources";
import type { Values } from "../../values";
import type { Outside, ServicePort } from "../graph/service-node";
import {
  assertDiscovery,
  assertMqttOptions,
  assertOnvifOptions,
  coapConfiguration,
  mqttConfiguration,
  mqttPort,
  onvifConfiguration,
  opcUaConfiguration,
  rfidLlrpConfiguration,
  type BusBroker,
  type ConfiguredService,
} from "./device-service-configuration";
import { DEVICE_SERVICE_KINDS } from "./device-service-kinds";
import type {
  CoapServiceOptions,
  DeviceServiceOptions,
  MqttServiceOptions,
  OnvifServiceOptions,
  OpcUaServiceOptions,
  RfidLlrpServiceOptions,
} from "./device-service-options";
import type { DeviceEndpoint } from "./endpoint";

/** What of a kind is not the same in all. */
export interface DeviceServiceSpecial {
  readonly configuration?: (service: ConfiguredService, bus: BusBroker) => Values;
  readonly endpoints?: readonly DeviceEndpoint[];
  readonly outbound?: readonly Outside[];
  readonly inbound?: readonly Outside[];
  readonly ports?: readonly ServicePort[];
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Whether devices connect to EdgeX' own broker. */
  readonly usesOwnBroker?: boolean;
  /** Whether it finds devices by itself, which have profiles of its image. */
  readonly searches?: boolean;
  readonly resources?: ContainerResources;
}

/** What a service asks for that searches networks for devices. */
const SEARCHING: ContainerResources = { cpuMillis: 20, memory: Size.mebibytes(64), memoryLimit: Size.mebibytes(256) };

/** device-rest: devices tell it values at the port of its API. */
export function restSpecial(options: DeviceServiceOptions): DeviceServiceSpecial {
  return { inbound: inboundOf(options, [{ port: DEVICE_SERVICE_KINDS.rest.port }]) };
}

/**
 * device-mqtt, at EdgeX' own broker or another one.
 * @throws {MecError} MEC1488 for a broker that cannot be reached, MEC1492 for topics that it cannot read, MEC1424 for what is no name of a Secret
 */
export function mqttSpecial(path: string, options: MqttServiceOptions): DeviceServiceSpecial {
  assertMqttOptions(path, options);
  const { broker } = options;
  return {
    configuration: (service, bus) => mqttConfiguration(service, options, bus),
    endpoints: broker === undefined ? [] : [{ host: broker.host, port: mqttPort(broker) }],
    usesOwnBroker: broker === undefined,
  };
}

/**
 * device-coap: devices tell it values at a port of their protocol.
 * @throws {MecError} MEC1424 for what is no name of a Secret
 */
export function coapSpecial(path: string, options: CoapServiceOptions): DeviceServiceSpecial {
  const { psk } = options;
  if (psk !== undefined) {
    secretName(path, "psk.secret", psk.secret);
  }
  const listen = { port: psk === undefined ? 5683 : 5684, protocol: "UDP" } as const;
  return {
    configuration: (service, bus) => coapConfiguration(service, options, bus),
    ports: [{ name: psk === undefined ? "coap" : "coaps", ...listen }],
    inbound: inboundOf(options, [listen]),
  };
}

/**
 * device-opc-ua, which may be told of values in place of asking for them.
 * @throws {MecError} MEC1492 for a subscription of nothing, and for a name with a comma in it
 */
export function opcUaSpecial(path: string, options: OpcUaServiceOptions): DeviceServiceSpecial {
  const { subscription } = options;
  if (subscription !== undefined && (subscription.device.trim() === "" || subscription.resources.length === 0)) {
    throw new MecError(
      "MEC1492",
      path,
      `${got(subscription)} as subscription: it is of resources of a device, so write the names of both, or leave it out`,
    );
  }
  const comma = subscription?.resources.find((resource) => resource.includes(","));
  if (comma !== undefined) {
    throw new MecError("MEC1492", path, `${got(comma)} in resources of subscription: a comma is between names, so rename the resource`);
  }
  return { configuration: (service) => opcUaConfiguration(service, options) };
}

/**
 * device-onvif-camera, which may search for cameras.
 * @throws {MecError} MEC1492 for a search of nothing and for credentials that contradict one another, MEC1424 for what is no name of a Secret
 */
export function onvifSpecial(path: string, options: OnvifServiceOptions): DeviceServiceSpecial {
  assertOnvifOptions(path, options);
  const { discovery, notificationUrl } = options;
  return {
    configuration: (service) => onvifConfiguration(service, options),
    // WS-Discovery asks at 3702; what is found is spoken to at a port of its own.
    outbound: discovery && [
      {
        cidrs: discovery.subnets,
        ports: [{ port: 3702, protocol: "UDP" }, ...(discovery.ports ?? [80]).map((port) => ({ port }))],
      },
    ],
    inbound: notificationUrl === undefined ? undefined : inboundOf(options, [{ port: DEVICE_SERVICE_KINDS.onvif.port }]),
    searches: discovery !== undefined,
    resources: SEARCHING,
  };
}

/**
 * device-rfid-llrp, which may search for readers.
 * @throws {MecError} MEC1492 for a search of nothing
 */
export function rfidLlrpSpecial(path: string, options: RfidLlrpServiceOptions): DeviceServiceSpecial {
  const { discovery } = options;
  assertDiscovery(path, discovery);
  return {
    configuration: (service) => rfidLlrpConfiguration(service, options),
    outbound: discovery && [{ cidrs: discovery.subnets, ports: [{ port: 5084 }] }],
    searches: discovery !== undefined,
    resources: SEARCHING,
  };
}

function inboundOf({ networks = [] }: DeviceServiceOptions, ports: Outside["ports"]): readonly Outside[] {
  return networks.length === 0 ? [] : [{ cidrs: networks, ports }];
}
