import fc from "fast-check";
import { MecError } from "../../../../lib";
import {
  DeviceProfile,
  ReadWrite,
  ValueType,
  type DeviceProfileProps,
  type DeviceResource,
  type ResourceProperties,
} from "../../../../lib/helm/edgex/devices";

/** What a call is refused with. */
export function refusal(call: () => unknown): MecError {
  try {
    call();
  } catch (error) {
    if (error instanceof MecError) {
      return error;
    }
    throw error;
  }
  throw new Error("it is taken");
}

/** A resource of a name. */
export function resource(name: string, properties: Partial<ResourceProperties> = {}, more: Partial<DeviceResource> = {}): DeviceResource {
  return { name, properties: { valueType: ValueType.FLOAT32, readWrite: ReadWrite.READ, ...properties }, ...more };
}

/** A profile with a resource that is read and one that is written. */
export function thermostat(more: Partial<DeviceProfileProps> = {}): DeviceProfile {
  return DeviceProfile.of({
    name: "thermostat",
    deviceResources: [
      resource("Temperature", { units: "Cel", minimum: -20, maximum: 60 }),
      resource("Setpoint", { readWrite: ReadWrite.READ_WRITE, minimum: 5, maximum: 30, defaultValue: "20" }),
      resource("Reset", { valueType: ValueType.BOOL, readWrite: ReadWrite.WRITE }),
    ],
    deviceCommands: [
      { name: "State", readWrite: ReadWrite.READ, resourceOperations: [{ deviceResource: "Temperature" }, { deviceResource: "Setpoint" }] },
      { name: "Restart", readWrite: ReadWrite.WRITE, resourceOperations: [{ deviceResource: "Reset", defaultValue: "true" }] },
    ],
    ...more,
  });
}

const name = fc.stringMatching(/^[^/?#+%\s](?:[^/?#+%]{0,10}[^/?#+%\s])?$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const free = optional(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue(), { noNullPrototype: true }));

const properties: fc.Arbitrary<ResourceProperties> = fc
  .record({
    valueType: fc.constantFrom(...ValueType.ALL),
    readWrite: fc.constantFrom(ReadWrite.READ, ReadWrite.WRITE, ReadWrite.READ_WRITE),
    units: optional(fc.string()),
    defaultValue: optional(fc.string()),
    mask: optional(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((mask) => (mask <= Number.MAX_SAFE_INTEGER ? Number(mask) : mask))),
    shift: optional(fc.maxSafeInteger()),
    scale: optional(number),
    offset: optional(number),
    base: optional(number),
    assertion: optional(fc.string()),
    mediaType: optional(fc.string()),
    optional: free,
  })
  .map((all) => (all.valueType === ValueType.BINARY ? { ...all, readWrite: ReadWrite.READ } : all));

/** Profiles that EdgeX takes. */
export const profiles: fc.Arbitrary<DeviceProfileProps> = fc
  .record({
    name,
    manufacturer: optional(fc.string()),
    description: optional(fc.string()),
    model: optional(fc.string()),
    labels: optional(fc.array(fc.string(), { maxLength: 3 })),
    deviceResources: fc.uniqueArray(
      fc.record({ name, description: optional(fc.string()), isHidden: fc.boolean(), properties, attributes: free, tags: free }),
      { selector: (one) => one.name, minLength: 1, maxLength: 4 },
    ),
    commands: fc.uniqueArray(fc.tuple(name, fc.nat(), fc.boolean()), { selector: ([one]) => one, maxLength: 3 }),
  })
  .map(({ commands, ...profile }) => ({
    ...profile,
    deviceCommands: commands.map(([command, which, isHidden]) => {
      const { name: deviceResource, properties: of } = profile.deviceResources[which % profile.deviceResources.length];
      return { name: command, isHidden, readWrite: of.readWrite, resourceOperations: [{ deviceResource, mappings: { "0": "off" } }] };
    }),
  }));
