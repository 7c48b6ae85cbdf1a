import { MecError, got } from "../../../errors";
import { Size } from "../../../units";
import { Cidr } from "../../../wavelength/cidr";
import { secretName } from "../../names";
import type { ContainerResources } from "../../prometheus/resources";
import type { Values } from "../../values";
import { KEEPER, METADATA } from "../graph/addresses";
import { CONFIG_DIR_ARG, CONFIG_FILE, CONFIG_PROVIDER_ARG, OPEN_MODE_ENV, REGISTRY_ARG } from "../graph/edgex-service";
import type { Outside, ServiceFiles, ServiceNode, ServicePort } from "../graph/service-node";
import { profilesOf } from "./collections";
import type { Device, DeviceProps } from "./device";
import { CONFIG_MAP_BYTES, DEVICES_DIR, bytesOf, deviceFiles, profileFiles, profileMount } from "./device-files";
import { outboundOf } from "./device-network";
import type { DeviceProfile } from "./device-profile";
import { assertResourcesOf } from "./device-resource-rules";
import {
  BUS_BROKER,
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
import { DEVICE_SERVICE_KINDS, type DeviceServiceKind } from "./device-service-kinds";
import type {
  CoapServiceOptions,
  CustomDeviceServiceProps,
  DeviceServiceOptions,
  MqttServiceOptions,
  OnvifServiceOptions,
  OpcUaServiceOptions,
  RfidLlrpServiceOptions,
} from "./device-service-options";
import { assertPort, type DeviceEndpoint } from "./endpoint";
import { refuseFieldBus } from "./field-bus";

const CODE = "MEC1492";

/** What a node of a device service is made from, beside the service itself. */
export interface DeviceServiceContext {
  /** All devices; those of other services are left out. */
  readonly devices: readonly Device[];
  /**
   * Profiles that it loads beside those of its devices, for devices that are added at run time.
   * @default - none
   */
  readonly profiles?: readonly DeviceProfile[];
  /**
   * EdgeX' own broker.
   * @default - as the chart has it
   */
  readonly broker?: BusBroker;
  /**
   * Name of the site: brokers tell clients of several sites apart by it.
   * @default - none
   */
  readonly site?: string;
}

/** What of a kind is not the same in all. */
interface Special {
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

const RESOURCES: ContainerResources = { cpuMillis: 20, memory: Size.mebibytes(48), memoryLimit: Size.mebibytes(160) };

/**
 * A device service: what speaks to devices of one kind. Devices are at networks that the node reaches; there is no plug on a virtual machine.
 * @see https://docs.edgexfoundry.org/4.0/microservices/device/DeviceService/
 */
export class DeviceService {
  /**
   * Makes up devices, for trials. It knows numbers, truth values, lists of them, and bytes.
   * @throws {MecError} MEC1492 for what is no name of an instance, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-virtual/Purpose/
   */
  public static virtual(options: DeviceServiceOptions = {}): DeviceService {
    return DeviceService.ofKind("DeviceService.virtual", DEVICE_SERVICE_KINDS.virtual, options);
  }

  /**
   * Takes values that devices tell by HTTP (`POST /api/v3/resource/<device>/<resource>`), and asks devices that are REST servers themselves. Who may
   * connect from `networks` may use the whole of its API.
   * @throws {MecError} MEC1492 for what is no name of an instance, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-rest/device-rest/
   */
  public static rest(options: DeviceServiceOptions = {}): DeviceService {
    const kind = DEVICE_SERVICE_KINDS.rest;
    return DeviceService.ofKind("DeviceService.rest", kind, options, { inbound: inboundOf(options, [{ port: kind.port }]) });
  }

  /**
   * Speaks to devices over MQTT, at EdgeX' own broker or another one.
   * @throws {MecError} MEC1492 for what is no name of an instance and for topics that it cannot read, MEC1488 for a broker that cannot be
   *   reached, MEC1424 for what is no name of a Secret, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-mqtt/Configuration/
   */
  public static mqtt(options: MqttServiceOptions = {}): DeviceService {
    assertMqttOptions("DeviceService.mqtt", options);
    const { broker } = options;
    return DeviceService.ofKind("DeviceService.mqtt", DEVICE_SERVICE_KINDS.mqtt, options, {
      configuration: (service, bus) => mqttConfiguration(service, options, bus),
      endpoints: broker === undefined ? [] : [{ host: broker.host, port: mqttPort(broker) }],
      usesOwnBroker: broker === undefined,
    });
  }

  /**
   * Speaks to devices by Modbus TCP.
   * @throws {MecError} MEC1492 for what is no name of an instance, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-modbus/Purpose/
   */
  public static modbusTcp(options: DeviceServiceOptions = {}): DeviceService {
    return DeviceService.ofKind("DeviceService.modbusTcp", DEVICE_SERVICE_KINDS.modbusTcp, options);
  }

  /**
   * Takes values that devices tell by CoAP (`POST /a1r/<device>/<resource>`), and asks devices that are CoAP servers themselves. Its last image is of
   * 4.0.0. It knows `Int32`, `Float64` and `String` alone.
   * @throws {MecError} MEC1492 for what is no name of an instance, MEC1424 for what is no name of a Secret, MEC1003 for what is no network
   * @see https://github.com/edgexfoundry/device-coap-c/blob/v4.0.0/README.md
   */
  public static coap(options: CoapServiceOptions = {}): DeviceService {
    const { psk } = options;
    if (psk !== undefined) {
      secretName("DeviceService.coap", "psk.secret", psk.secret);
    }
    const listen = { port: psk === undefined ? 5683 : 5684, protocol: "UDP" } as const;
    return DeviceService.ofKind("DeviceService.coap", DEVICE_SERVICE_KINDS.coap, options, {
      configuration: (service, bus) => coapConfiguration(service, options, bus),
      ports: [{ name: psk === undefined ? "coap" : "coaps", ...listen }],
      inbound: inboundOf(options, [listen]),
    });
  }

  /**
   * Speaks to an SNMP agent, one: device-snmp 4.0.1 opens one connection for all devices, so that each further agent needs an instance of its own. It
   * reads one resource at a time, with the community `private`.
   * @throws {MecError} MEC1492 for what is no name of an instance, MEC1003 for what is no network
   * @see https://github.com/edgexfoundry/device-snmp-go/blob/v4.0.1/internal/driver/snmpdriver.go
   */
  public static snmp(options: DeviceServiceOptions = {}): DeviceService {
    return DeviceService.ofKind("DeviceService.snmp", DEVICE_SERVICE_KINDS.snmp, options);
  }

  /**
   * Speaks to servers of OPC UA, as nobody and without encryption: device-opc-ua 4.0.1 reads and writes in no other way.
   * @throws {MecError} MEC1492 for what is no name of an instance and for a subscription of nothing, MEC1003 for what is no network
   * @see https://github.com/edgexfoundry/device-opc-ua/blob/v4.0.1/internal/driver/driver.go
   */
  public static opcUa(options: OpcUaServiceOptions = {}): DeviceService {
    const { subscription } = options;
    if (subscription !== undefined && (subscription.device.trim() === "" || subscription.resources.length === 0)) {
      throw new MecError(
        CODE,
        "DeviceService.opcUa",
        `${got(subscription)} as subscription: it is of resources of a device, so write the names of both, or leave it out`,
      );
    }
    const comma = subscription?.resources.find((resource) => resource.includes(","));
    if (comma !== undefined) {
      throw new MecError(
        CODE,
        "DeviceService.opcUa",
        `${got(comma)} in resources of subscription: a comma is between names, so rename the resource`,
      );
    }
    return DeviceService.ofKind("DeviceService.opcUa", DEVICE_SERVICE_KINDS.opcUa, options, {
      configuration: (service) => opcUaConfiguration(service, options),
    });
  }

  /**
   * Speaks to cameras by ONVIF. Its profile `onvif-camera` is in the image: `DeviceProfile.fromImage("onvif-camera")`.
   * @throws {MecError} MEC1492 for what is no name of an instance, for a search of nothing and for credentials that contradict one another, MEC1424
   *   for what is no name of a Secret, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-onvif-camera/General/
   */
  public static onvif(options: OnvifServiceOptions = {}): DeviceService {
    assertOnvifOptions("DeviceService.onvif", options);
    const { discovery, notificationUrl } = options;
    const kind = DEVICE_SERVICE_KINDS.onvif;
    return DeviceService.ofKind("DeviceService.onvif", kind, options, {
      configuration: (service) => onvifConfiguration(service, options),
      // WS-Discovery asks at 3702; what is found is spoken to at a port of its own.
      outbound: discovery && [
        {
          cidrs: discovery.subnets,
          ports: [{ port: 3702, protocol: "UDP" }, ...(discovery.ports ?? [80]).map((port) => ({ port }))],
        },
      ],
      inbound: notificationUrl === undefined ? undefined : inboundOf(options, [{ port: kind.port }]),
      searches: discovery !== undefined,
      resources: { cpuMillis: 20, memory: Size.mebibytes(64), memoryLimit: Size.mebibytes(256) },
    });
  }

  /**
   * Speaks to readers of RFID tags by LLRP. Its profiles `LLRP-Device-Profile` and `LLRP-Impinj-Profile` are in the image.
   * @throws {MecError} MEC1492 for what is no name of an instance and for a search of nothing, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-rfid-llrp/Purpose/
   */
  public static rfidLlrp(options: RfidLlrpServiceOptions = {}): DeviceService {
    assertDiscovery("DeviceService.rfidLlrp", options.discovery);
    const { discovery } = options;
    return DeviceService.ofKind("DeviceService.rfidLlrp", DEVICE_SERVICE_KINDS.rfidLlrp, options, {
      configuration: (service) => rfidLlrpConfiguration(service, options),
      outbound: discovery && [{ cidrs: discovery.subnets, ports: [{ port: 5084 }] }],
      searches: discovery !== undefined,
      resources: { cpuMillis: 20, memory: Size.mebibytes(64), memoryLimit: Size.mebibytes(256) },
    });
  }

  /**
   * A device service by its name in EdgeX, such as `modbus` or `device-opc-ua`, for names that come from elsewhere.
   *
   * @param name the name
   * @param options what every device service has
   * @throws {MecError} MEC1489 for one whose devices are at a plug of the machine, such as `gpio`, `uart`, `usb-camera`, `can` and `bacnet-mstp`,
   *   MEC1492 for a name that is not known
   */
  public static named(name: string, options: DeviceServiceOptions = {}): DeviceService {
    const path = "DeviceService.named";
    refuseFieldBus(path, name);
    const bare = name.replace(/^edgex-/, "").replace(/^device-/, "");
    const make = Object.hasOwn(BY_NAME, bare) ? BY_NAME[bare] : undefined;
    if (make === undefined) {
      throw new MecError(
        CODE,
        path,
        `${got(name)}: this library knows ${Object.keys(BY_NAME).join(", ")}, so write one of them, or DeviceService.of({ name, image, port })`,
      );
    }
    return make(options);
  }

  /**
   * A device service that this library does not know, made with the SDK for Go of EdgeX 4.0.
   *
   * @param props the service
   * @throws {MecError} MEC1489 for one whose devices are at a plug of the machine, MEC1492 for a name, an image or a port that cannot be
   */
  public static of(props: CustomDeviceServiceProps): DeviceService {
    const { name, image, port, args, env, devicePorts = [], outbound, inbound } = props;
    const path = "DeviceService.of";
    refuseFieldBus(path, name);
    refuseFieldBus(path, image);
    if (!/^device-[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > MAX_NAME) {
      throw new MecError(
        CODE,
        path,
        `${got(name)} as name: it is that of the service key, lowercase letters, digits and dashes behind "device-", at most ${MAX_NAME} characters, so write for example "device-s7"`,
      );
    }
    if (!/^[a-z0-9.-]+(?::\d+)?\/[a-z0-9._/-]+:(?!latest$)[\w][\w.-]*(?:@sha256:[0-9a-f]{64})?$/.test(image)) {
      throw new MecError(
        CODE,
        path,
        `${got(image)} as image: it names its registry and a tag other than latest, so write for example "docker.io/edgexfoundry/device-s7:4.0.1"`,
      );
    }
    assertPort(path, "port", port);
    const kind: DeviceServiceKind = {
      protocol: "other",
      image,
      tag: "",
      key: name,
      port,
      purpose: "speaks to devices of a kind of its own",
      devicePorts,
      imageProfiles: [],
    };
    return new DeviceService(path, kind, props, { args, env, outbound, inbound }, image);
  }

  private static ofKind(path: string, kind: DeviceServiceKind, options: DeviceServiceOptions, special: Special = {}): DeviceService {
    return new DeviceService(path, kind, options, special, `docker.io/edgexfoundry/${kind.image}:${kind.tag}`);
  }

  /** Name of the Deployment, of the Service and of the host, such as `edgex-device-virtual` or `edgex-device-virtual-two`. */
  public readonly name: string;

  /** Name that it registers by, such as `device-virtual` or `device-virtual_two`. */
  public readonly serviceKey: string;

  /** Port that it answers at. */
  public readonly port: number;

  private constructor(
    path: string,
    private readonly kind: DeviceServiceKind,
    private readonly options: DeviceServiceOptions,
    private readonly special: Special,
    /** Image with its tag, from the registry on. */
    public readonly image: string,
  ) {
    const { instance, networks = [], logLevel } = options;
    if (instance !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(instance)) {
      throw new MecError(
        CODE,
        path,
        `${got(instance)} as instance: it is part of names, at most 20 lowercase letters, digits and dashes, so write for example "hall-2"`,
      );
    }
    if (logLevel !== undefined && !["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].includes(logLevel)) {
      throw new MecError(CODE, path, `${got(logLevel)} as logLevel: EdgeX has TRACE, DEBUG, INFO, WARN and ERROR, so write one of them`);
    }
    networks.forEach((network) => Cidr.parse(path, network));
    const base = kind.image.includes("/") ? kind.key : kind.image;
    this.name = instance === undefined ? `edgex-${base}` : `edgex-${base}-${instance}`;
    this.serviceKey = instance === undefined ? kind.key : `${kind.key}_${instance}`;
    this.port = kind.port;
  }

  /**
   * Refuses a device that this service cannot speak to.
   *
   * @param path name of the input for the errors
   * @param device the device
   * @throws {MecError} MEC1491
   */
  public assertServes(path: string, device: DeviceProps): void {
    const { protocols, profile } = device;
    const { protocol, key, imageProfiles } = this.kind;
    if (protocols.kind !== "other" && protocol !== "other" && protocols.kind !== protocol) {
      throw new MecError(
        "MEC1491",
        path,
        `${got(protocols.kind)} as protocols, and ${key} as service: it reads ${got(protocol).slice(4)} alone, so write both of one kind`,
      );
    }
    if (profile.isFromImage && protocol !== "other" && !imageProfiles.includes(profile.name)) {
      throw new MecError(
        "MEC1491",
        path,
        `${got(profile.name)} as a profile of the image of ${key}: it has ${imageProfiles.join(", ")}, so write one of them, or a profile of your own`,
      );
    }
    if (!profile.isFromImage) {
      assertResourcesOf(path, protocol, device);
    }
  }

  /**
   * Networks whose devices connect to EdgeX' own broker themselves, which its network policy has to let in: those of device-mqtt, unless devices have
   * another broker.
   */
  public get brokerNetworks(): readonly string[] {
    return this.special.usesOwnBroker === true ? (this.options.networks ?? []) : [];
  }

  /** Whether it finds devices by itself, so that there are others than those of the code. */
  public get findsDevices(): boolean {
    return this.special.searches === true;
  }

  /** Whether two values are the same service: of one name, which a namespace has once. */
  public is(other: DeviceService): boolean {
    return this.name === other.name;
  }

  /**
   * The service as a node of the graph.
   *
   * @param context devices, and what they need
   * @throws {MecError} MEC1490 for two profiles of one name that are not the same, MEC1492 for more devices or profiles than a ConfigMap holds
   */
  public toNode(context: DeviceServiceContext): ServiceNode {
    const { kind, options, special } = this;
    const bus = context.broker ?? BUS_BROKER;
    const devices = context.devices.filter(({ service }) => service.is(this));
    const profiles = profilesOf(devices, context.profiles ?? []);
    const declared = profiles.filter(({ isFromImage }) => !isFromImage);
    const mount = profileMount(declared.length > 0, special.searches === true || profiles.some(({ isFromImage }) => isFromImage));
    const devicesDir = devices.length === 0 ? "" : DEVICES_DIR;
    const configured: ConfiguredService = {
      name: this.name,
      serviceKey: this.serviceKey,
      port: this.port,
      logLevel: options.logLevel,
      profilesDir: mount.profilesDir,
      devicesDir,
      site: context.site,
    };
    const endpoints = [...devices.flatMap(({ protocols }) => protocols.reachedAt), ...(special.endpoints ?? [])];
    const outbound = [...outboundOf(this.name, options.networks ?? [], kind.devicePorts, endpoints), ...(special.outbound ?? [])];
    return {
      name: this.name,
      purpose: kind.purpose,
      image: this.image,
      args: [
        CONFIG_PROVIDER_ARG,
        REGISTRY_ARG,
        ...(options.instance === undefined ? [] : [`--instance=${options.instance}`]),
        ...(special.configuration === undefined ? [] : [CONFIG_DIR_ARG]),
        // The SDK for C reads no EDGEX_OVERWRITE_CONFIG; with this it reads its own file alone.
        ...(kind.isC === true ? ["-o"] : []),
        ...(special.args ?? []),
      ],
      env: {
        SERVICE_HOST: this.name,
        ...OPEN_MODE_ENV,
        ...(special.configuration === undefined ? overridesOf(configured, options) : {}),
        ...special.env,
      },
      ports: [{ name: "http", port: this.port }, ...(special.ports ?? [])],
      probe: { http: { path: "/api/v3/ping", port: this.port } },
      resources: options.resources ?? special.resources ?? RESOURCES,
      waitsForConfiguration: true,
      ...(special.configuration === undefined ? {} : { configuration: { [CONFIG_FILE]: special.configuration(configured, bus) } }),
      files: fitting(this.name, [...profileFiles(mount, declared), ...deviceFiles(devices)]),
      ...(mount.volumes.length === 0 ? {} : { volumes: mount.volumes, init: mount.init }),
      talksTo: [KEEPER, METADATA, { service: bus.host, port: bus.port }],
      ...(outbound.length === 0 ? {} : { outbound }),
      ...((special.inbound ?? []).length === 0 ? {} : { inbound: special.inbound }),
    };
  }
}

/** Longest name of a service key: the Deployment has `edgex-` before it and an instance behind it, and a label 63 characters. */
const MAX_NAME = 36;

const BY_NAME: Readonly<Record<string, (options: DeviceServiceOptions) => DeviceService>> = {
  virtual: DeviceService.virtual,
  rest: DeviceService.rest,
  mqtt: DeviceService.mqtt,
  modbus: DeviceService.modbusTcp,
  coap: DeviceService.coap,
  snmp: DeviceService.snmp,
  "opc-ua": DeviceService.opcUa,
  opcua: DeviceService.opcUa,
  "onvif-camera": DeviceService.onvif,
  "rfid-llrp": DeviceService.rfidLlrp,
};

/** What the private configuration of an image is told by environment: each of the keys is in it. */
function overridesOf({ profilesDir, devicesDir, serviceKey }: ConfiguredService, options: DeviceServiceOptions): Record<string, string> {
  return {
    // Empty, none is loaded; as the image has it, its examples would be there for real.
    DEVICE_PROFILESDIR: profilesDir,
    DEVICE_DEVICESDIR: devicesDir,
    ...(options.instance === undefined ? {} : { MESSAGEBUS_OPTIONAL_CLIENTID: serviceKey }),
    ...(options.logLevel === undefined ? {} : { WRITABLE_LOGLEVEL: options.logLevel }),
  };
}

/** Refuses what no ConfigMap holds, which Kubernetes would say at the end of a deploy. */
function fitting(path: string, files: readonly ServiceFiles[]): readonly ServiceFiles[] {
  for (const { path: folder, files: texts } of files) {
    const bytes = bytesOf(texts);
    if (bytes > CONFIG_MAP_BYTES) {
      throw new MecError(
        CODE,
        path,
        `got ${bytes} bytes of ${folder === DEVICES_DIR ? "devices" : "profiles"}: a ConfigMap holds ${CONFIG_MAP_BYTES}, so write a second instance of the service and put some of the devices there`,
      );
    }
  }
  return files;
}

function inboundOf({ networks = [] }: DeviceServiceOptions, ports: Outside["ports"]): readonly Outside[] {
  return networks.length === 0 ? [] : [{ cidrs: networks, ports }];
}
