import { MecError, got } from "../../../errors";
import { assertNoSecretPlaces } from "../graph/secret-places";
import type { ServiceNode } from "../graph/service-node";
import { customKind } from "./custom-device-service";
import type { DeviceProps } from "./device";
import { DEVICE_SERVICE_KINDS, type DeviceServiceKind } from "./device-service-kinds";
import { deviceServiceNode, type DeviceServiceContext } from "./device-service-node";
import type {
  CoapServiceOptions,
  CustomDeviceServiceProps,
  DeviceServiceOptions,
  MqttServiceOptions,
  OnvifServiceOptions,
  OpcUaServiceOptions,
  RfidLlrpServiceOptions,
} from "./device-service-options";
import { assertDeviceServiceOptions, assertServed } from "./device-service-rules";
import {
  coapSpecial,
  mqttSpecial,
  onvifSpecial,
  opcUaSpecial,
  restSpecial,
  rfidLlrpSpecial,
  type DeviceServiceSpecial,
} from "./device-service-special";
import { refuseFieldBus } from "./field-bus";

/**
 * A device service: what speaks to devices of one kind. Devices are at networks that the node reaches; there is no plug on a virtual machine.
 * A text with the mark of a Secret's place in its options is refused (MEC1482).
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
    return DeviceService.ofKind("DeviceService.rest", DEVICE_SERVICE_KINDS.rest, options, restSpecial(options));
  }

  /**
   * Speaks to devices over MQTT, at EdgeX' own broker or another one.
   * @throws {MecError} MEC1492 for what is no name of an instance and for topics that it cannot read, MEC1488 for a broker that cannot be
   *   reached, MEC1424 for what is no name of a Secret, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-mqtt/Configuration/
   */
  public static mqtt(options: MqttServiceOptions = {}): DeviceService {
    const path = "DeviceService.mqtt";
    return DeviceService.ofKind(path, DEVICE_SERVICE_KINDS.mqtt, options, mqttSpecial(path, options));
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
    const path = "DeviceService.coap";
    return DeviceService.ofKind(path, DEVICE_SERVICE_KINDS.coap, options, coapSpecial(path, options));
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
    const path = "DeviceService.opcUa";
    return DeviceService.ofKind(path, DEVICE_SERVICE_KINDS.opcUa, options, opcUaSpecial(path, options));
  }

  /**
   * Speaks to cameras by ONVIF. Its profile `onvif-camera` is in the image: `DeviceProfile.fromImage("onvif-camera")`.
   * @throws {MecError} MEC1492 for what is no name of an instance, for a search of nothing and for credentials that contradict one another, MEC1424
   *   for what is no name of a Secret, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-onvif-camera/General/
   */
  public static onvif(options: OnvifServiceOptions = {}): DeviceService {
    const path = "DeviceService.onvif";
    return DeviceService.ofKind(path, DEVICE_SERVICE_KINDS.onvif, options, onvifSpecial(path, options));
  }

  /**
   * Speaks to readers of RFID tags by LLRP. Its profiles `LLRP-Device-Profile` and `LLRP-Impinj-Profile` are in the image.
   * @throws {MecError} MEC1492 for what is no name of an instance and for a search of nothing, MEC1003 for what is no network
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-rfid-llrp/Purpose/
   */
  public static rfidLlrp(options: RfidLlrpServiceOptions = {}): DeviceService {
    const path = "DeviceService.rfidLlrp";
    return DeviceService.ofKind(path, DEVICE_SERVICE_KINDS.rfidLlrp, options, rfidLlrpSpecial(path, options));
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
        "MEC1492",
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
    const path = "DeviceService.of";
    const { image, args, env, outbound, inbound } = props;
    return new DeviceService(path, customKind(path, props), props, { args, env, outbound, inbound }, image);
  }

  private static ofKind(
    path: string,
    kind: DeviceServiceKind,
    options: DeviceServiceOptions,
    special: DeviceServiceSpecial = {},
  ): DeviceService {
    assertNoSecretPlaces(path, options);
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
    private readonly special: DeviceServiceSpecial,
    /** Image with its tag, from the registry on. */
    public readonly image: string,
  ) {
    const { instance } = options;
    assertDeviceServiceOptions(path, options);
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
    assertServed(path, this.kind, device);
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
    const { name, serviceKey, port, image, kind, options, special } = this;
    return deviceServiceNode(
      { name, serviceKey, port, image, kind, options, special },
      context.devices.filter(({ service }) => service.is(this)),
      context,
    );
  }
}

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
