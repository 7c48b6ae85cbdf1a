import { MecError, got } from "../../../errors";
import type { Device } from "./device";
import type { DeviceProfile } from "./device-profile";
import type { DeviceService } from "./device-service";
import { jsonText } from "./json-text";

/**
 * Profiles of devices and others, each once, in the order of their names.
 *
 * @param devices devices
 * @param others profiles beside those of the devices
 * @throws {MecError} MEC1490 for two profiles of one name that are not the same
 */
export function profilesOf(devices: readonly Device[], others: readonly DeviceProfile[] = []): readonly DeviceProfile[] {
  const byName = new Map<string, DeviceProfile>();
  for (const profile of [...others, ...devices.map((device) => device.profile)]) {
    const before = byName.get(profile.name);
    if (before !== undefined && textOf(before) !== textOf(profile)) {
      throw new MecError(
        "MEC1490",
        `DeviceProfile ${profile.name}`,
        `${got(profile.name)} as the name of two profiles that are not the same: an EdgeX has each once, so write another name for one of them`,
      );
    }
    byName.set(profile.name, before ?? profile);
  }
  return [...byName.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

function textOf(profile: DeviceProfile): string {
  return jsonText([profile.isFromImage, profile.toObject()]);
}

/**
 * Refuses services, devices and profiles that one EdgeX cannot have together.
 *
 * @param path construct path for the errors
 * @param services services that are added
 * @param devices devices that are added
 * @param profiles profiles that are added beside those of the devices
 * @throws {MecError} MEC1490 for two services, devices or profiles of one name, MEC1491 for a device on a service that is not added, and for two SNMP
 *   agents on one service
 */
export function assertDevices(
  path: string,
  services: readonly DeviceService[],
  devices: readonly Device[],
  profiles: readonly DeviceProfile[] = [],
): void {
  assertOnce(path, "device services", "write an instance for one of them", services);
  assertOnce(path, "devices", "write another name for one of them", devices);
  profilesOf(devices, profiles);
  for (const device of devices) {
    if (!services.some((service) => service.is(device.service))) {
      throw new MecError(
        "MEC1491",
        path,
        `${got(device.service.name)} as service of the device ${JSON.stringify(device.name)}: nobody added it, so write addDeviceService with the same service`,
      );
    }
  }
  assertOneAgent(path, devices);
}

function assertOnce(path: string, what: string, way: string, all: readonly { readonly name: string }[]): void {
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index);
  if (twice !== undefined) {
    throw new MecError("MEC1490", path, `${got(twice.name)} as the name of two ${what}: an EdgeX has each once, so ${way}`);
  }
}

/** The first device that is read decides where device-snmp connects to, for all of them. */
function assertOneAgent(path: string, devices: readonly Device[]): void {
  const first = new Map<string, Device>();
  for (const device of devices.filter(({ protocols }) => protocols.kind === "snmp")) {
    const other = first.get(device.service.name);
    if (other !== undefined && jsonText(other.protocols.properties) !== jsonText(device.protocols.properties)) {
      throw new MecError(
        "MEC1491",
        path,
        `got ${JSON.stringify(other.name)} and ${JSON.stringify(device.name)} on ${device.service.name}: device-snmp connects to one agent and asks it for all devices, so write DeviceService.snmp({ instance: "…" }) for each agent`,
      );
    }
    first.set(device.service.name, other ?? device);
  }
}
