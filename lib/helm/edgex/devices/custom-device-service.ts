import { MecError, got } from "../../../errors";
import type { DeviceServiceKind } from "./device-service-kinds";
import type { CustomDeviceServiceProps } from "./device-service-options";
import { assertPort } from "./endpoint";
import { refuseFieldBus } from "./field-bus";

/** Longest name of a service key: the Deployment has `edgex-` before it and an instance behind it, and a label 63 characters. */
const MAX_NAME = 36;

/**
 * The kind of a device service that this library does not know.
 *
 * @param path name of the factory, for the errors
 * @param props the service
 * @throws {MecError} MEC1489 for one whose devices are at a plug of the machine, MEC1492 for a name, an image or a port that cannot be
 */
export function customKind(path: string, props: CustomDeviceServiceProps): DeviceServiceKind {
  const { name, image, port, devicePorts = [] } = props;
  refuseFieldBus(path, name);
  refuseFieldBus(path, image);
  if (!/^device-[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > MAX_NAME) {
    throw new MecError(
      "MEC1492",
      path,
      `${got(name)} as name: it is that of the service key, lowercase letters, digits and dashes behind "device-", at most ${MAX_NAME} characters, so write for example "device-s7"`,
    );
  }
  if (!/^[a-z0-9.-]+(?::\d+)?\/[a-z0-9._/-]+:(?!latest$)[\w][\w.-]*(?:@sha256:[0-9a-f]{64})?$/.test(image)) {
    throw new MecError(
      "MEC1492",
      path,
      `${got(image)} as image: it names its registry and a tag other than latest, so write for example "docker.io/edgexfoundry/device-s7:4.0.1"`,
    );
  }
  assertPort(path, "port", port);
  return {
    protocol: "other",
    image,
    tag: "",
    key: name,
    port,
    purpose: "speaks to devices of a kind of its own",
    devicePorts,
    imageProfiles: [],
  };
}
