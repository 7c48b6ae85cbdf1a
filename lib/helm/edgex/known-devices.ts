import type { Device } from "./devices/device";
import { profilesOf } from "./devices/collections";
import type { DeviceProfile } from "./devices/device-profile";
import type { DeviceService } from "./devices/device-service";
import type { Rule } from "./rules-engine/rule";
import type { BusAction } from "./rules-engine/rule-action-props";
import type { KnownNames, KnownProfile } from "./rules-engine/known-names";

/**
 * What rules and exports may name. A device service without a device in the code has some that come at run time, as one that
 * searches has, and a profile without one too.
 *
 * @param services device services
 * @param devices devices
 * @param profiles profiles beside those of the devices
 * @throws {MecError} MEC1490 for two profiles of one name that are not the same
 */
export function knownNames(services: readonly DeviceService[], devices: readonly Device[], profiles: readonly DeviceProfile[]): KnownNames {
  const all = profilesOf(devices, profiles);
  const hasDevices = (profile: DeviceProfile) => devices.some((device) => device.profile.name === profile.name);
  return {
    profiles: Object.fromEntries(all.map((profile) => [profile.name, profile.isFromImage ? undefined : knownProfile(profile)])),
    devices: Object.fromEntries(devices.map(({ name, profile }) => [name, profile.name])),
    others:
      services.some((service) => service.findsDevices || !devices.some((device) => device.service.is(service))) || !all.every(hasDevices),
  };
}

/**
 * The same with what rules publish as events of their own, which exports may name too.
 *
 * @param known what devices tell
 * @param rules the rules
 */
export function withEventsOfRules(known: KnownNames, rules: readonly Rule[]): KnownNames {
  const events = rules
    .flatMap(({ actions }) => actions)
    .filter(({ kind }) => kind === "edgex")
    .map(({ target }) => {
      const { profile = "ekuiper", device = "ekuiper" } = target as BusAction;
      return { profile, device };
    });
  return {
    ...known,
    // What is in them is known when the rule runs.
    profiles: { ...Object.fromEntries(events.map(({ profile }) => [profile, undefined])), ...known.profiles },
    devices: { ...Object.fromEntries(events.map(({ device, profile }) => [device, profile])), ...known.devices },
  };
}

function knownProfile({ resources, commands }: DeviceProfile): KnownProfile {
  return {
    resources: Object.fromEntries(
      resources.map(({ name, properties: { readWrite } }) => [
        name,
        { readable: readWrite.text.includes("R"), writable: readWrite.text.includes("W") },
      ]),
    ),
    commands: Object.fromEntries(
      commands.map(({ name, readWrite, resourceOperations }) => [
        name,
        { writable: readWrite.text.includes("W"), resources: resourceOperations.map(({ deviceResource }) => deviceResource) },
      ]),
    ),
  };
}
