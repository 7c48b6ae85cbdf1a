import type { DeviceResource } from "./device-profile-props";
import { ValueType } from "./value-type";

/** Tables of a Modbus device, and whether they are for reading alone. */
const TABLES: ReadonlyMap<string, boolean> = new Map([
  ["COILS", false],
  ["HOLDING_REGISTERS", false],
  ["INPUT_REGISTERS", true],
  ["DISCRETES_INPUT", true],
  ["DISCRETE_INPUTS", true],
]);

/** What a number with a fraction may be on the wire. */
const RAW: ReadonlyMap<ValueType, readonly string[]> = new Map([
  [ValueType.FLOAT32, ["INT16", "UINT16"]],
  [ValueType.FLOAT64, ["INT16", "UINT16", "INT32"]],
]);

const MAX_ADDRESS = 65_535;

/** Registers that one request may have, as device-modbus counts them. */
const MAX_REGISTERS = 123;

/**
 * What is wrong with a resource of a Modbus device and what to write instead; undefined for nothing.
 * @see https://github.com/edgexfoundry/device-modbus-go/blob/v4.0.1/internal/driver/deviceclient.go
 */
export function modbusFault({ properties, attributes = {} }: DeviceResource): string | undefined {
  const { primaryTable, startingAddress, rawType, stringRegisterSize } = attributes;
  const readOnly = TABLES.get(String(primaryTable).toUpperCase());
  if (readOnly === undefined) {
    return `a Modbus device has the tables ${[...TABLES.keys()].join(", ")}, so write one of them as attributes.primaryTable`;
  }
  if (readOnly && properties.readWrite.writable) {
    return `${String(primaryTable)} are for reading alone, so write ReadWrite.READ`;
  }
  const [, address] = /^((?:0x[0-9a-f]+|\d+))(?:\.\d+)?$/i.exec(String(startingAddress)) ?? [];
  if (address === undefined || Number(address) > MAX_ADDRESS) {
    return `a Modbus device finds a value at 0 to ${MAX_ADDRESS}, so write such a number as attributes.startingAddress`;
  }
  if (properties.valueType === ValueType.STRING) {
    const registers = Number(stringRegisterSize);
    return Number.isInteger(registers) && registers >= 1 && registers <= MAX_REGISTERS
      ? undefined
      : `a text is in registers of two letters each, so write their number, 1 to ${MAX_REGISTERS}, as attributes.stringRegisterSize`;
  }
  const raws = RAW.get(properties.valueType);
  if (rawType !== undefined && raws !== undefined && !raws.includes(String(rawType).toUpperCase())) {
    return `device-modbus makes a ${properties.valueType.name} of ${raws.join(", ")} alone, so write one of them as attributes.rawType, or leave it out`;
  }
  return undefined;
}
