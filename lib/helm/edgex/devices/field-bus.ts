import { MecError, got } from "../../../errors";

/** Device services of EdgeX 4.0 whose devices are at a plug of the machine, by the name of the image without `device-`. */
const PLUGS: Readonly<Record<string, string>> = {
  gpio: "the pins of a board",
  uart: "a serial line",
  "usb-camera": "a USB port",
  can: "a CAN bus",
  "bacnet-mstp": "a serial line (BACnet MS/TP)",
  "modbus-rtu": "a serial line (Modbus RTU)",
  "modbus-ascii": "a serial line (Modbus ASCII)",
  i2c: "an I2C bus",
  spi: "an SPI bus",
  bluetooth: "a Bluetooth radio",
  ble: "a Bluetooth radio",
  zigbee: "a Zigbee radio",
};

/** Names of the device services that are refused. */
export const FIELD_BUSES: readonly string[] = Object.keys(PLUGS);

/**
 * Refuses a device service whose devices are at a plug that no machine in a Wavelength Zone has.
 *
 * @param path name of the input for the error
 * @param name name of a device service, such as `gpio`, `device-gpio` or `edgex-device-gpio`, or of its image
 * @throws {MecError} MEC1489
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/what-is-wavelength.html
 */
export function refuseFieldBus(path: string, name: string): void {
  const bare = name
    .replace(/^.*\//, "")
    .replace(/[:@].*$/, "")
    .toLowerCase()
    .replace(/[\s_]+/g, "-")
    .replace(/^edgex-/, "")
    .replace(/^device-/, "");
  const known = FIELD_BUSES.find(
    (bus) => bare === bus || bare.replaceAll("-", "") === bus.replaceAll("-", "") || bare.startsWith(`${bus}-`),
  );
  if (known !== undefined) {
    throw new MecError(
      "MEC1489",
      path,
      `${got(name)}: its devices are at ${PLUGS[known]}, and a virtual machine in a Wavelength Zone has no such plug, so put a gateway beside the devices that speaks MQTT, Modbus TCP or OPC UA, and write for example DeviceService.mqtt()`,
    );
  }
}
