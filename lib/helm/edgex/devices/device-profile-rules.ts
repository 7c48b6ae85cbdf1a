import { MecError, got } from "../../../errors";
import type { DeviceCommand, DeviceProfileProps, DeviceResource, ResourceProperties } from "./device-profile-props";
import { assertFreeValues } from "./free-values";
import { COMMAND_KEYS, OPERATION_KEYS, PROFILE_KEYS, PROPERTIES_KEYS, RESOURCE_KEYS, assertKeys } from "./known-keys";
import { assertName } from "./names";
import { ReadWrite } from "./read-write";
import { ValueType } from "./value-type";

const CODE = "MEC1486";

/**
 * Refuses a profile that core-metadata refuses, or whose resources no device service can write.
 *
 * @param path name of the input for the errors
 * @param props the profile
 * @throws {MecError} MEC1485 for what is no value type, MEC1486 for the rest
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/deviceprofile.go
 */
export function assertProfile(path: string, props: DeviceProfileProps): void {
  assertName(CODE, path, "name", props.name);
  assertKeys(CODE, path, "the profile", props, PROFILE_KEYS);
  assertTexts(path, "labels", props.labels);
  const resources = props.deviceResources ?? [];
  resources.forEach((resource, index) => assertResource(path, `deviceResources[${index}]`, resource));
  assertOnce(
    path,
    "deviceResources",
    resources.map(({ name }) => name),
  );
  const commands = props.deviceCommands ?? [];
  commands.forEach((command, index) => assertCommand(path, `deviceCommands[${index}]`, command, resources));
  assertOnce(
    path,
    "deviceCommands",
    commands.map(({ name }) => name),
  );
}

function assertResource(path: string, place: string, resource: DeviceResource): void {
  assertKeys(CODE, path, place, resource, RESOURCE_KEYS);
  assertName(CODE, path, `${place}.name`, resource.name);
  const { properties } = resource;
  assertKeys(CODE, path, `${place}.properties`, properties, PROPERTIES_KEYS);
  if (!(properties?.valueType instanceof ValueType)) {
    throw new MecError(
      "MEC1485",
      path,
      `${got(properties?.valueType)} as ${place}.properties.valueType: each resource has a value type of EdgeX, so write for example ValueType.FLOAT32`,
    );
  }
  assertReadWrite(path, `${place}.properties.readWrite`, properties.readWrite);
  if (properties.valueType === ValueType.BINARY && properties.readWrite.writable) {
    throw new MecError(
      CODE,
      path,
      `${got(properties.readWrite.text)} as ${place}.properties.readWrite of ${JSON.stringify(resource.name)}: bytes can be read alone, so write ReadWrite.READ`,
    );
  }
  assertNumbers(path, `${place}.properties`, properties);
  assertFreeValues(CODE, path, `${place}.properties.optional`, properties.optional);
  assertFreeValues(CODE, path, `${place}.attributes`, resource.attributes);
  assertFreeValues(CODE, path, `${place}.tags`, resource.tags);
}

function assertNumbers(path: string, place: string, properties: ResourceProperties): void {
  for (const property of ["minimum", "maximum", "scale", "offset", "base"] as const) {
    const value = properties[property];
    if (value !== undefined && !Number.isFinite(value)) {
      throw new MecError(CODE, path, `got ${String(value)} as ${place}.${property}: it is a number, so write for example 100`);
    }
  }
  const { mask, shift, minimum, maximum, valueType } = properties;
  if (mask !== undefined && !(isWhole(mask) && mask >= 0 && mask < 2n ** 64n)) {
    throw new MecError(CODE, path, `got ${String(mask)} as ${place}.mask: it is a whole number of 0 to 64 bits, so write for example 0xff`);
  }
  if (shift !== undefined && !(isWhole(shift) && shift >= -(2n ** 63n) && shift < 2n ** 63n)) {
    throw new MecError(CODE, path, `got ${String(shift)} as ${place}.shift: it is a whole number of bits, so write for example 8`);
  }
  if (!properties.readWrite.writable || !valueType.isNumeric) {
    // Limits are those of what is written: the SDK looks at them nowhere else.
    return;
  }
  if (minimum !== undefined && maximum !== undefined && minimum > maximum) {
    throw new MecError(
      CODE,
      path,
      `got ${minimum} as ${place}.minimum and ${maximum} as maximum: no value is between them, so write the lesser one as minimum`,
    );
  }
  assertInRange(path, `${place}.minimum`, minimum, valueType);
  assertInRange(path, `${place}.maximum`, maximum, valueType);
}

/** The SDK makes a limit a number of the type: one beyond the type becomes another number, and every value is refused. */
function assertInRange(path: string, place: string, limit: number | undefined, type: ValueType): void {
  const range = type.range;
  if (limit === undefined || range === undefined) {
    return;
  }
  if (Math.trunc(limit) < range.minimum || Math.trunc(limit) > range.maximum) {
    throw new MecError(
      CODE,
      path,
      `got ${limit} as ${place}: a device service makes it a number of the type ${type.name}, which ends before, so leave it out or write one from ${range.minimum} to ${range.maximum}`,
    );
  }
}

function isWhole(value: unknown): value is number | bigint {
  return typeof value === "bigint" || Number.isSafeInteger(value);
}

function assertCommand(path: string, place: string, command: DeviceCommand, resources: readonly DeviceResource[]): void {
  assertKeys(CODE, path, place, command, COMMAND_KEYS);
  assertName(CODE, path, `${place}.name`, command.name);
  assertReadWrite(path, `${place}.readWrite`, command.readWrite);
  assertFreeValues(CODE, path, `${place}.tags`, command.tags);
  const operations = command.resourceOperations ?? [];
  if (operations.length === 0) {
    throw new MecError(
      CODE,
      path,
      `got no resourceOperations of ${place} (${JSON.stringify(command.name)}): a command has one resource at least, so write one`,
    );
  }
  operations.forEach((operation, index) => assertKeys(CODE, path, `${place}.resourceOperations[${index}]`, operation, OPERATION_KEYS));
  for (const { deviceResource } of operations) {
    const resource = resources.find(({ name }) => name === deviceResource);
    if (resource === undefined) {
      throw new MecError(
        CODE,
        path,
        `${got(deviceResource)} as deviceResource of ${place} (${JSON.stringify(command.name)}): the profile has no such resource, so write one of ${known(resources)}`,
      );
    }
    const { readWrite } = resource.properties;
    if (readWrite !== ReadWrite.READ_WRITE && readWrite !== command.readWrite) {
      throw new MecError(
        CODE,
        path,
        `${got(command.readWrite.text)} as ${place}.readWrite (${JSON.stringify(command.name)}): its resource ${JSON.stringify(deviceResource)} is ${readWrite.text}, so write that at both, or RW at the resource`,
      );
    }
  }
}

function known(resources: readonly DeviceResource[]): string {
  return resources.length === 0 ? "deviceResources first" : resources.map(({ name }) => JSON.stringify(name)).join(", ");
}

function assertReadWrite(path: string, place: string, value: unknown): void {
  if (!(value instanceof ReadWrite)) {
    throw new MecError(CODE, path, `${got(value)} as ${place}: it is read, written or both, so write for example ReadWrite.READ`);
  }
}

function assertOnce(path: string, place: string, names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new MecError(CODE, path, `${got(twice)} as two names of ${place}: a name is there once, so write another for one of them`);
  }
}

function assertTexts(path: string, place: string, texts: readonly string[] | undefined): void {
  const other = texts?.find((text) => typeof text !== "string");
  if (other !== undefined) {
    throw new MecError(CODE, path, `${got(other)} in ${place}: they are texts, so write it in quotes`);
  }
}
