import { MecError, got } from "../../../errors";
import type { DeviceProps } from "./device";
import type { DeviceResource } from "./device-profile-props";
import type { DeviceProtocolKind } from "./device-protocol-props";
import { modbusFault } from "./modbus-rules";
import { ReadWrite } from "./read-write";
import { ValueType } from "./value-type";

const SCALARS = ValueType.ALL.filter(({ isNumeric }) => isNumeric).concat(ValueType.BOOL, ValueType.STRING);
const ARRAYS = ValueType.ALL.filter(({ name }) => name.endsWith("Array"));

/** Types that a device service can read or write; a service that is not there takes all. Read in the drivers of the images. */
const TYPES: Partial<Record<DeviceProtocolKind, readonly ValueType[]>> = {
  virtual: [
    ...SCALARS.filter((type) => type !== ValueType.STRING),
    ...ARRAYS.filter((type) => type !== ValueType.STRING_ARRAY && type !== ValueType.OBJECT_ARRAY),
    ValueType.BINARY,
  ],
  rest: [...SCALARS, ValueType.BINARY, ValueType.OBJECT],
  mqtt: [...SCALARS, ValueType.OBJECT],
  modbus: SCALARS.filter((type) => type !== ValueType.INT8 && type !== ValueType.UINT8),
  coap: [ValueType.INT32, ValueType.FLOAT64, ValueType.STRING],
};

/** What is wrong with a resource and what to write instead; undefined for nothing. */
type Fault = string | undefined;

/**
 * Refuses resources that a device service could never read or write.
 *
 * @param path name of the input for the errors
 * @param kind kind of the device service
 * @param device the device
 * @throws {MecError} MEC1491
 */
export function assertResourcesOf(path: string, kind: DeviceProtocolKind, device: DeviceProps): void {
  for (const resource of device.profile.resources) {
    const fault =
      typeFault(kind, resource) ?? attributeFault(kind, resource) ?? (kind === "coap" ? coapFault(device.name, resource.name) : undefined);
    if (fault !== undefined) {
      throw new MecError("MEC1491", path, `${got(resource.name)} of the profile ${JSON.stringify(device.profile.name)}: ${fault}`);
    }
  }
  if (kind === "snmp") {
    assertOneAtATime(path, device);
  }
}

/** What is read of several resources at once always fails with device-snmp; what writes several works. */
function assertOneAtATime(path: string, { profile, autoEvents = [] }: DeviceProps): void {
  const several = profile.commands.find(
    ({ name, readWrite, resourceOperations }) =>
      resourceOperations.length > 1 && (readWrite === ReadWrite.READ || autoEvents.some(({ sourceName }) => sourceName === name)),
  );
  if (several !== undefined) {
    throw new MecError(
      "MEC1491",
      path,
      `${got(several.name)} of the profile ${JSON.stringify(profile.name)}: device-snmp reads one resource at a time, so read each by its own name`,
    );
  }
}

function typeFault(kind: DeviceProtocolKind, { properties: { valueType } }: DeviceResource): Fault {
  const types = TYPES[kind];
  return types === undefined || types.includes(valueType)
    ? undefined
    : `the device service for ${kind} knows no ${valueType.name}, so write one of ${types.join(", ")}`;
}

function attributeFault(kind: DeviceProtocolKind, resource: DeviceResource): Fault {
  const { attributes = {} } = resource;
  switch (kind) {
    case "modbus":
      return modbusFault(resource);
    case "snmp":
      return isText(attributes.oid)
        ? undefined
        : `device-snmp asks for an object by its oid, so write attributes: { oid: "1.3.6.1.2.1.1.3.0" }`;
    case "opc-ua":
      return isText(attributes.nodeId) || (isText(attributes.methodId) && isText(attributes.objectId))
        ? undefined
        : `device-opc-ua finds a variable by its node, so write attributes: { nodeId: "ns=2;s=Temperature" }, or methodId and objectId for a method`;
    default:
      return undefined;
  }
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** Room for the path of a message in device-coap, which writes beyond it: `a1r/<device>/<resource>` and the end of the text. */
const COAP_PATH = 31;

/** @see https://github.com/edgexfoundry/device-coap-c/blob/v4.0.0/src/c/coap-util.c */
function coapFault(device: string, resource: string): Fault {
  const length = `a1r/${encodeURIComponent(device)}/${encodeURIComponent(resource)}`.length;
  return length <= COAP_PATH
    ? undefined
    : `device-coap has room for names of device and resource of ${COAP_PATH - "a1r//".length} characters together, and breaks with more, so write shorter ones`;
}
