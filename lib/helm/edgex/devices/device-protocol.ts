import { MecError, got } from "../../../errors";
import type {
  CoapProps,
  DeviceProtocolKind,
  ModbusTcpProps,
  MqttDeviceProps,
  OnvifProps,
  OpcUaProps,
  ProtocolProperties,
  RestDeviceProps,
  RfidLlrpProps,
  SnmpProps,
} from "./device-protocol-props";
import { isMacAddress, isTopic, wholeSeconds } from "./device-protocol-rules";
import { assertHost, assertPort, type DeviceEndpoint } from "./endpoint";
import { assertFreeValues } from "./free-values";

const CODE = "MEC1488";

/**
 * How a device is spoken to, with the properties that its device service reads, and where it is reached.
 * @see https://docs.edgexfoundry.org/4.0/microservices/device/details/DeviceDefinitions/
 */
export class DeviceProtocol {
  /**
   * A device that device-virtual makes up.
   * @see https://github.com/edgexfoundry/device-virtual-go/blob/v4.0.1/cmd/res/devices/devices.yaml
   */
  public static virtual(): DeviceProtocol {
    return new DeviceProtocol("virtual", { other: {} }, []);
  }

  /**
   * A device that speaks Modbus over TCP.
   *
   * @param props where it is
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-modbus-go/blob/v4.0.1/internal/driver/config.go
   */
  public static modbusTcp(props: ModbusTcpProps): DeviceProtocol {
    const path = "DeviceProtocol.modbusTcp";
    const { address, port = 502, unitId = 1, timeout, idleTimeout } = props;
    assertHost(path, "address", address);
    assertPort(path, "port", port);
    if (!(Number.isInteger(unitId) && unitId >= 0 && unitId <= 255)) {
      throw new MecError(CODE, path, `${got(unitId)} as unitId: it is one byte, so write a whole number from 0 to 255`);
    }
    return new DeviceProtocol(
      "modbus",
      {
        // Each of them must be there, and texts are what the service's own documentation has.
        "modbus-tcp": {
          Address: address,
          Port: String(port),
          UnitID: String(unitId),
          Timeout: wholeSeconds(path, "timeout", timeout),
          IdleTimeout: wholeSeconds(path, "idleTimeout", idleTimeout),
        },
      },
      [{ host: address, port }],
    );
  }

  /**
   * A device that answers over MQTT, or only tells. The broker is that of the device service.
   *
   * @param props its topic
   * @throws {MecError} MEC1488
   * @see https://docs.edgexfoundry.org/4.0/microservices/device/services/device-mqtt/ProtocolProperties/
   */
  public static mqtt(props: MqttDeviceProps): DeviceProtocol {
    const { commandTopic } = props;
    if (typeof commandTopic !== "string" || !isTopic(commandTopic)) {
      throw new MecError(
        CODE,
        "DeviceProtocol.mqtt",
        `${got(commandTopic)} as commandTopic: messages are sent to one topic, without + and #, so write for example "command/my-device"`,
      );
    }
    return new DeviceProtocol("mqtt", { mqtt: { CommandTopic: commandTopic } }, []);
  }

  /**
   * A device that tells device-rest its values, and, with props, one that is asked too.
   *
   * @param props where it is asked; without them it only tells
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-rest-go/blob/v4.0.1/driver/restdriver.go
   */
  public static rest(props?: RestDeviceProps): DeviceProtocol {
    if (props === undefined) {
      return new DeviceProtocol("rest", { other: {} }, []);
    }
    const path = "DeviceProtocol.rest";
    const { host, port = 80, path: prefix } = props;
    assertHost(path, "host", host);
    assertPort(path, "port", port);
    if (typeof prefix !== "string" || !/^[\w.~!$&'()*,;=:@-]+(?:\/[\w.~!$&'()*,;=:@-]+)*$/.test(prefix)) {
      throw new MecError(
        CODE,
        path,
        `${got(prefix)} as path: it is put between slashes before the name of a resource, and cannot be empty, so write for example "api"`,
      );
    }
    return new DeviceProtocol("rest", { REST: { Host: host, Port: String(port), Path: prefix } }, [{ host, port }]);
  }

  /**
   * An SNMP agent. The community is `private`, which is fixed in device-snmp 4.0.1, as is version 2c: the agent has to have it.
   *
   * @param props where it is
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-snmp-go/blob/v4.0.1/internal/driver/snmpclient.go
   */
  public static snmp(props: SnmpProps): DeviceProtocol {
    const { address, port = 161 } = props;
    assertHost("DeviceProtocol.snmp", "address", address);
    assertPort("DeviceProtocol.snmp", "port", port);
    // It is called TCP there, and is UDP.
    return new DeviceProtocol("snmp", { TCP: { Address: address, Port: String(port) } }, [{ host: address, port, protocol: "UDP" }]);
  }

  /**
   * A server of OPC UA.
   *
   * @param props its URL
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-opc-ua/blob/v4.0.1/internal/driver/config.go
   */
  public static opcUa(props: OpcUaProps): DeviceProtocol {
    const path = "DeviceProtocol.opcUa";
    const { endpoint } = props;
    const [, host, port] = (typeof endpoint === "string" && /^opc\.tcp:\/\/([^/:?#@]+)(?::(\d+))?(?:\/[^\s?#@]*)?$/.exec(endpoint)) || [];
    if (host === undefined) {
      // It may have a password in it: it is not shown.
      throw new MecError(
        CODE,
        path,
        `got an endpoint that is none (it is not shown): the device service speaks OPC UA over TCP, as nobody, so write for example "opc.tcp://10.0.3.20:4840/plant"`,
      );
    }
    assertHost(path, "endpoint", host);
    const number = port === undefined ? 4840 : Number(port);
    assertPort(path, "port of endpoint", number);
    return new DeviceProtocol("opc-ua", { opcua: { Endpoint: endpoint } }, [{ host, port: number }]);
  }

  /**
   * A camera of the ONVIF standard. The device service writes to its properties itself (when it was last seen, its maker), which an update from code
   * takes away until the camera is asked the next time.
   *
   * @param props where it is
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-onvif-camera/blob/v4.0.1/cmd/res/devices/camera.yaml.example
   */
  public static onvif(props: OnvifProps): DeviceProtocol {
    const path = "DeviceProtocol.onvif";
    const { address, port = 80, macAddress, friendlyName, customMetadata } = props;
    assertHost(path, "address", address);
    assertPort(path, "port", port);
    if (macAddress !== undefined && !isMacAddress(macAddress)) {
      throw new MecError(CODE, path, `${got(macAddress)} as macAddress: it is six bytes, so write for example "aa:bb:cc:dd:ee:ff"`);
    }
    return new DeviceProtocol(
      "onvif",
      {
        Onvif: {
          Address: address,
          Port: String(port),
          ...(macAddress === undefined ? {} : { MACAddress: macAddress }),
          ...(friendlyName === undefined ? {} : { FriendlyName: friendlyName }),
        },
        ...(customMetadata === undefined ? {} : { CustomMetadata: customMetadata }),
      },
      [{ host: address, port }],
    );
  }

  /**
   * A device that tells device-coap its values, and, with props, one that is asked too, without encryption: a key of its own would be a text of the
   * device, which everybody reads who reads devices.
   *
   * @param props where it is asked; without them it only tells
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-coap-c/blob/v4.0.0/README.md
   */
  public static coap(props?: CoapProps): DeviceProtocol {
    if (props === undefined) {
      return new DeviceProtocol("coap", { other: {} }, []);
    }
    assertHost("DeviceProtocol.coap", "address", props.address);
    return new DeviceProtocol("coap", { COAP: { ED_ADDR: props.address, ED_SecurityMode: "NoSec" } }, [
      { host: props.address, port: 5683, protocol: "UDP" },
    ]);
  }

  /**
   * A reader of RFID tags that speaks LLRP.
   *
   * @param props where it is
   * @throws {MecError} MEC1488
   * @see https://github.com/edgexfoundry/device-rfid-llrp-go/blob/v4.0.0/internal/driver/driver.go
   */
  public static rfidLlrp(props: RfidLlrpProps): DeviceProtocol {
    const { host, port = 5084 } = props;
    assertHost("DeviceProtocol.rfidLlrp", "host", host);
    assertPort("DeviceProtocol.rfidLlrp", "port", port);
    return new DeviceProtocol("rfid-llrp", { tcp: { host, port: String(port) } }, [{ host, port }]);
  }

  /**
   * Properties as a device service of any kind reads them. No secret belongs there: everybody reads it who reads devices.
   *
   * @param properties properties by the name of the protocol
   * @param reachedAt where the device is reached, for the network policy
   * @throws {MecError} MEC1488
   */
  public static of(properties: ProtocolProperties, reachedAt: readonly DeviceEndpoint[] = []): DeviceProtocol {
    const path = "DeviceProtocol.of";
    assertFreeValues(CODE, path, "properties", properties);
    for (const [protocol, map] of Object.entries(properties)) {
      assertFreeValues(CODE, path, `properties.${protocol}`, map ?? null);
    }
    reachedAt.forEach(({ host, port }, index) => {
      assertHost(path, `reachedAt[${index}].host`, host);
      assertPort(path, `reachedAt[${index}].port`, port);
    });
    return new DeviceProtocol("other", properties, reachedAt);
  }

  private constructor(
    /** Which kind of device service reads it. */
    public readonly kind: DeviceProtocolKind,
    /** Properties by the name of the protocol, as the device service reads them. */
    public readonly properties: ProtocolProperties,
    /** Where the device is reached; nowhere where it only tells. */
    public readonly reachedAt: readonly DeviceEndpoint[],
  ) {}
}
