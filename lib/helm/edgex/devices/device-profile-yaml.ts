import type * as YAML from "yaml";
import { MecError, got } from "../../../errors";
import { isMap, type Values } from "../../values";
import type { DeviceCommand, DeviceProfileProps, DeviceResource, ResourceOperation, ResourceProperties } from "./device-profile-props";
import { COMMAND_KEYS, OPERATION_KEYS, PROFILE_KEYS, PROPERTIES_KEYS, RESOURCE_KEYS, nearKey } from "./known-keys";
import { ReadWrite } from "./read-write";
import { ValueType } from "./value-type";

const CODE = "MEC1486";

/** A value of a YAML text twice: as the text that stands there, and as what it means. */
interface Read {
  readonly text: unknown;
  readonly value: unknown;
}

/**
 * A profile as EdgeX reads it from YAML: a text is what stands there (`0.0` stays so), a number is none in quotes, `yes` and `on` are true.
 *
 * @param path name of the input for the errors
 * @param yaml the YAML
 * @throws {MecError} MEC1485 for what is no value type, MEC1486 for what is no YAML or no profile
 */
export function profileOfYaml(path: string, yaml: string): DeviceProfileProps {
  const root = mapOf(path, "the text", parse(path, yaml), [...PROFILE_KEYS, ...["id", "apiVersion", "created", "modified", "dbTimestamp"]]);
  const id = textOf(path, "id", root.id);
  textOf(path, "apiVersion", root.apiVersion);
  if (id !== undefined && id !== "" && !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) {
    throw new MecError(CODE, path, `${got(id)} as id: EdgeX takes a UUID alone, and makes one itself, so leave it out`);
  }
  return defined({
    name: textOf(path, "name", root.name) ?? "",
    manufacturer: textOf(path, "manufacturer", root.manufacturer),
    description: textOf(path, "description", root.description),
    model: textOf(path, "model", root.model),
    labels: listOf(path, "labels", root.labels)
      ?.filter(({ value }) => value !== null)
      .map((label, index) => textOf(path, `labels[${index}]`, label) ?? ""),
    deviceResources: listOf(path, "deviceResources", root.deviceResources)?.map((resource, index) =>
      resourceOf(path, `deviceResources[${index}]`, resource),
    ),
    deviceCommands: listOf(path, "deviceCommands", root.deviceCommands)?.map((command, index) =>
      commandOf(path, `deviceCommands[${index}]`, command),
    ),
  });
}

function parse(path: string, yaml: string): Read {
  // Loaded here: who writes profiles in code alone never needs it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { parseDocument } = require("yaml") as typeof YAML;
  const [text, value] = [{ schema: "failsafe", merge: true } as const, { merge: true, intAsBigInt: true } as const].map((options) => {
    try {
      const document = parseDocument(yaml, { ...options, prettyErrors: false });
      if (document.errors[0] !== undefined) {
        throw document.errors[0];
      }
      return document.toJS() as unknown;
    } catch (error) {
      throw new MecError(CODE, path, `got what is no YAML (${(error as Error).message.split("\n")[0]}): it is a profile, so write one map`);
    }
  });
  return { text, value };
}

function resourceOf(path: string, place: string, read: Read): DeviceResource {
  const map = mapOf(path, place, read, RESOURCE_KEYS);
  return defined({
    name: textOf(path, `${place}.name`, map.name) ?? "",
    description: textOf(path, `${place}.description`, map.description),
    isHidden: truthOf(path, `${place}.isHidden`, map.isHidden),
    properties: propertiesOf(path, `${place}.properties`, map.properties ?? { text: {}, value: {} }),
    attributes: freeOf(path, `${place}.attributes`, map.attributes),
    tags: freeOf(path, `${place}.tags`, map.tags),
  });
}

function propertiesOf(path: string, place: string, read: Read): ResourceProperties {
  const map = mapOf(path, place, read, PROPERTIES_KEYS);
  const number = (key: string) => numberOf(path, `${place}.${key}`, map[key]);
  const text = (key: string) => textOf(path, `${place}.${key}`, map[key]);
  return defined({
    valueType: ValueType.of(text("valueType") ?? "", `${path}: ${place}.valueType`),
    readWrite: ReadWrite.of(text("readWrite") ?? "", `${path}: ${place}.readWrite`),
    units: text("units"),
    minimum: number("minimum"),
    maximum: number("maximum"),
    defaultValue: text("defaultValue"),
    mask: maskOf(path, `${place}.mask`, map.mask),
    shift: number("shift"),
    scale: number("scale"),
    offset: number("offset"),
    base: number("base"),
    assertion: text("assertion"),
    mediaType: text("mediaType"),
    optional: freeOf(path, `${place}.optional`, map.optional),
  });
}

function commandOf(path: string, place: string, read: Read): DeviceCommand {
  const map = mapOf(path, place, read, COMMAND_KEYS);
  return defined({
    name: textOf(path, `${place}.name`, map.name) ?? "",
    isHidden: truthOf(path, `${place}.isHidden`, map.isHidden),
    readWrite: ReadWrite.of(textOf(path, `${place}.readWrite`, map.readWrite) ?? "", `${path}: ${place}.readWrite`),
    resourceOperations: (listOf(path, `${place}.resourceOperations`, map.resourceOperations) ?? []).map((operation, index) =>
      operationOf(path, `${place}.resourceOperations[${index}]`, operation),
    ),
    tags: freeOf(path, `${place}.tags`, map.tags),
  });
}

function operationOf(path: string, place: string, read: Read): ResourceOperation {
  const map = mapOf(path, place, read, OPERATION_KEYS);
  const mappings = map.mappings === undefined ? undefined : mapOf(path, `${place}.mappings`, map.mappings);
  return defined({
    deviceResource: textOf(path, `${place}.deviceResource`, map.deviceResource) ?? "",
    defaultValue: textOf(path, `${place}.defaultValue`, map.defaultValue),
    mappings:
      mappings &&
      Object.fromEntries(Object.entries(mappings).map(([key, item]) => [key, textOf(path, `${place}.mappings.${key}`, item) ?? ""])),
  });
}

/** Keys of a map; EdgeX leaves out those that it does not know. */
function mapOf(path: string, place: string, { text, value }: Read, known?: readonly string[]): Record<string, Read | undefined> {
  if (!isMap(value) || !isMap(text)) {
    throw new MecError(CODE, path, `got ${kindOf(value)} as ${place}: it is a map, so write keys and values`);
  }
  const meaning = new Map(Object.entries(value));
  const entries = Object.entries(text).map(([key, item]) => [key, { text: item, value: meaning.get(key) }] as const);
  for (const [key] of entries) {
    const meant = known?.includes(key) === false ? nearKey(key, known) : undefined;
    if (meant !== undefined) {
      throw new MecError(CODE, path, `got ${JSON.stringify(key)} in ${place}: EdgeX does not know it and leaves it out, so write ${meant}`);
    }
  }
  // What is null is as if it were not there.
  return Object.fromEntries(entries.filter(([, item]) => item.value !== null && item.value !== undefined));
}

function listOf(path: string, place: string, read: Read | undefined): Read[] | undefined {
  if (read === undefined) {
    return undefined;
  }
  const { text, value } = read;
  if (!Array.isArray(value) || !Array.isArray(text)) {
    throw new MecError(CODE, path, `got ${kindOf(value)} as ${place}: it is a list, so write a dash before each item`);
  }
  return value.map((item: unknown, index) => ({ text: text[index] as unknown, value: item }));
}

function textOf(path: string, place: string, read: Read | undefined): string | undefined {
  if (read === undefined || read.value === null) {
    return undefined;
  }
  if (typeof read.text !== "string") {
    throw new MecError(CODE, path, `got ${kindOf(read.value)} as ${place}: it is a text, so write one`);
  }
  return read.text;
}

function numberOf(path: string, place: string, read: Read | undefined): number | undefined {
  const value = read?.value;
  if (read === undefined || typeof value === "number") {
    return value as number | undefined;
  }
  if (typeof value === "bigint") {
    return Number(value);
  }
  throw new MecError(CODE, path, `${got(read.text)} as ${place}: EdgeX takes a number alone there, so write it without quotes`);
}

function maskOf(path: string, place: string, read: Read | undefined): number | bigint | undefined {
  const value = read?.value;
  // A mask of 64 bits is more than a number holds.
  return typeof value === "bigint" && !Number.isSafeInteger(Number(value)) ? value : numberOf(path, place, read);
}

/** What YAML 1.1 calls true and false, which EdgeX takes where it expects one of them. */
const TRUTH: ReadonlyMap<string, boolean> = new Map([
  ...["y", "Y", "yes", "Yes", "YES", "on", "On", "ON"].map((text) => [text, true] as const),
  ...["n", "N", "no", "No", "NO", "off", "Off", "OFF"].map((text) => [text, false] as const),
]);

function truthOf(path: string, place: string, read: Read | undefined): boolean | undefined {
  if (read === undefined || typeof read.value === "boolean") {
    return read?.value as boolean | undefined;
  }
  const truth = TRUTH.get(String(read.text));
  if (truth === undefined) {
    throw new MecError(CODE, path, `${got(read.text)} as ${place}: it is true or false, so write one of them without quotes`);
  }
  return truth;
}

function freeOf(path: string, place: string, read: Read | undefined): Values | undefined {
  if (read === undefined) {
    return undefined;
  }
  mapOf(path, place, read);
  return numbersOf(read.value) as Values;
}

/** Whole numbers as numbers where one holds them. */
function numbersOf(value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  if (Array.isArray(value)) {
    return value.map(numbersOf);
  }
  return isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbersOf(item)])) : value;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "a list" : isMap(value) ? "a map" : value === null || value === undefined ? "nothing" : got(value).slice(4);
}

/** A map without what is undefined. */
function defined<T extends object>(map: T): T {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined)) as T;
}
