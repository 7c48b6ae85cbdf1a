import { MecError, type MecErrorCode } from "../../../errors";
import { editDistance } from "../../edit-distance";
import { isMap } from "../../values";
import type { AutoEvent, AutoEventRetention } from "./auto-event";
import type { DeviceProps } from "./device";
import type { DeviceCommand, DeviceProfileProps, DeviceResource, ResourceOperation, ResourceProperties } from "./device-profile-props";

/** Keys of an object of a type, all of them: the compiler says where one is missing or too many. */
function keysOf<T extends object>(keys: Readonly<Record<keyof T, true>>): readonly string[] {
  return Object.keys(keys);
}

/** Keys of a profile. */
export const PROFILE_KEYS = keysOf<DeviceProfileProps>({
  name: true,
  manufacturer: true,
  description: true,
  model: true,
  labels: true,
  deviceResources: true,
  deviceCommands: true,
});

/** Keys of a resource. */
export const RESOURCE_KEYS = keysOf<DeviceResource>({
  name: true,
  description: true,
  isHidden: true,
  properties: true,
  attributes: true,
  tags: true,
});

/** Keys of what the value of a resource is. */
export const PROPERTIES_KEYS = keysOf<ResourceProperties>({
  valueType: true,
  readWrite: true,
  units: true,
  minimum: true,
  maximum: true,
  defaultValue: true,
  mask: true,
  shift: true,
  scale: true,
  offset: true,
  base: true,
  assertion: true,
  mediaType: true,
  optional: true,
});

/** Keys of a command. */
export const COMMAND_KEYS = keysOf<DeviceCommand>({ name: true, isHidden: true, readWrite: true, resourceOperations: true, tags: true });

/** Keys of a resource of a command. */
export const OPERATION_KEYS = keysOf<ResourceOperation>({ deviceResource: true, defaultValue: true, mappings: true });

/** Keys of a device. */
export const DEVICE_KEYS = keysOf<DeviceProps>({
  name: true,
  service: true,
  profile: true,
  protocols: true,
  autoEvents: true,
  labels: true,
  tags: true,
  location: true,
  description: true,
  parent: true,
  properties: true,
});

/** Keys of an auto event. */
export const AUTO_EVENT_KEYS = keysOf<AutoEvent>({
  sourceName: true,
  interval: true,
  onChange: true,
  onChangeThreshold: true,
  retention: true,
});

/** Keys of how many events are kept. */
export const RETENTION_KEYS = keysOf<AutoEventRetention>({ maxCap: true, minCap: true, duration: true });

/**
 * The key that was meant by another one, if it is nearly that.
 *
 * @param key what was written
 * @param known the keys that there are
 */
export function nearKey(key: string, known: readonly string[]): string | undefined {
  return known.find((name) => name.toLowerCase() === key.toLowerCase() || (name.length > 4 && editDistance(name, key) <= 2));
}

/**
 * Refuses keys that an object cannot have: compilers see them in TypeScript alone, and EdgeX leaves them out and says nothing.
 *
 * @param code the rule
 * @param path name of the input for the error
 * @param place what has the keys
 * @param object the object; what is none is for others to refuse
 * @param known the keys that it can have
 * @throws {MecError} of the code
 */
export function assertKeys(code: MecErrorCode, path: string, place: string, object: unknown, known: readonly string[]): void {
  if (!isMap(object)) {
    return;
  }
  for (const [key, value] of Object.entries(object)) {
    if (value !== undefined && !known.includes(key)) {
      const meant = nearKey(key, known);
      throw new MecError(
        code,
        path,
        `got ${JSON.stringify(key)} in ${place}: EdgeX does not know it and leaves it out, so write ${meant ?? `one of ${known.join(", ")}`}`,
      );
    }
  }
}
