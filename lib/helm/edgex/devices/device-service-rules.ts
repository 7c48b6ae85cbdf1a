import { MecError, got } from "../../../errors";
import { Cidr } from "../../../wavelength/cidr";
import { LOG_LEVELS } from "../log-level";
import type { DeviceProps } from "./device";
import { assertResourcesOf } from "./device-resource-rules";
import type { DeviceServiceKind } from "./device-service-kinds";
import type { DeviceServiceOptions } from "./device-service-options";

/**
 * Refuses what no device service can be told.
 *
 * @param path name of the factory, for the errors
 * @param options what every device service has
 * @throws {MecError} MEC1492 for what is no name of an instance and no log level, MEC1003 for what is no network
 */
export function assertDeviceServiceOptions(path: string, options: DeviceServiceOptions): void {
  const { instance, networks = [], logLevel } = options;
  if (instance !== undefined && !/^[a-z0-9](?:[a-z0-9-]{0,18}[a-z0-9])?$/.test(instance)) {
    throw new MecError(
      "MEC1492",
      path,
      `${got(instance)} as instance: it is part of names, at most 20 lowercase letters, digits and dashes, so write for example "hall-2"`,
    );
  }
  if (logLevel !== undefined && !LOG_LEVELS.includes(logLevel)) {
    throw new MecError(
      "MEC1492",
      path,
      `${got(logLevel)} as logLevel: EdgeX logs by one of its own levels, so write ${LOG_LEVELS.join(", ")}`,
    );
  }
  networks.forEach((network) => Cidr.parse(path, network));
}

/**
 * Refuses a device that a service cannot speak to.
 *
 * @param path name of the input for the errors
 * @param kind kind of the service
 * @param device the device
 * @throws {MecError} MEC1491
 */
export function assertServed(path: string, kind: DeviceServiceKind, device: DeviceProps): void {
  const { protocols, profile } = device;
  const { protocol, key, imageProfiles } = kind;
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
