import type { Values } from "../../values";
import type { ReadWrite } from "./read-write";
import type { ValueType } from "./value-type";

/**
 * What the value of a resource is.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/resourceproperties.go
 */
export interface ResourceProperties {
  /** Type of the value. */
  readonly valueType: ValueType;
  /** Whether it is read, written, or both. What is {@link ValueType.BINARY} can be read alone. */
  readonly readWrite: ReadWrite;
  /**
   * Unit of the value, such as `Cel`. Core-metadata compares it with a list where `Writable.UoM.Validation` is on, which is not so by default.
   * @default - none
   */
  readonly units?: string;
  /**
   * Least value that is written; for numbers alone. device-virtual makes values from it on too.
   * @default - that of the type
   */
  readonly minimum?: number;
  /**
   * Greatest value that is written; for numbers alone. device-virtual makes values up to it too.
   * @default - that of the type
   */
  readonly maximum?: number;
  /**
   * Value that is written where a command names none.
   * @default - none
   */
  readonly defaultValue?: string;
  /**
   * Bits of a value that is read: 1 is kept; a whole number of 0 or more, for whole numbers alone.
   * @default - all bits
   */
  readonly mask?: number | bigint;
  /**
   * Bits that a value that is read is shifted by, above zero to the right; for whole numbers alone.
   * @default 0
   */
  readonly shift?: number;
  /**
   * What a value that is read is multiplied with; for numbers alone.
   * @default 1
   */
  readonly scale?: number;
  /**
   * What is added to a value that is read; for numbers alone.
   * @default 0
   */
  readonly offset?: number;
  /**
   * What is raised to the power of the value that is read; for numbers alone.
   * @default - the value itself
   */
  readonly base?: number;
  /**
   * Value that is expected: with another one the device is taken as down.
   * @default - any
   */
  readonly assertion?: string;
  /**
   * Kind of what is {@link ValueType.BINARY}, such as `image/jpeg`.
   * @default - not said
   */
  readonly mediaType?: string;
  /**
   * What only the device service knows.
   * @default - nothing
   */
  readonly optional?: Values;
}

/**
 * Something of a device that has a value.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/deviceresource.go
 */
export interface DeviceResource {
  /** Name, once in a profile. */
  readonly name: string;
  /** @default - none */
  readonly description?: string;
  /**
   * Whether no command is made for it alone.
   * @default false
   */
  readonly isHidden?: boolean;
  /** What its value is. */
  readonly properties: ResourceProperties;
  /**
   * Where the device service finds it, such as the register of a Modbus device.
   * @default - nothing
   */
  readonly attributes?: Values;
  /**
   * What is put to each reading of it.
   * @default - nothing
   */
  readonly tags?: Values;
}

/**
 * A resource of a command.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/resourceoperation.go
 */
export interface ResourceOperation {
  /** Name of the resource, one of the profile. */
  readonly deviceResource: string;
  /**
   * Value that is written where a request names none.
   * @default - that of the resource
   */
  readonly defaultValue?: string;
  /**
   * What is put in the place of a value that is read, by the value.
   * @default - nothing
   */
  readonly mappings?: Readonly<Record<string, string>>;
}

/**
 * Resources that are read or written together.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/devicecommand.go
 */
export interface DeviceCommand {
  /** Name, once among the commands of a profile. */
  readonly name: string;
  /**
   * Whether nobody outside of the device service may use it.
   * @default false
   */
  readonly isHidden?: boolean;
  /** Whether it is read, written, or both; each of its resources must be the same, or both. */
  readonly readWrite: ReadWrite;
  /** Its resources, one at least. */
  readonly resourceOperations: readonly ResourceOperation[];
  /**
   * What is put to each event of it.
   * @default - nothing
   */
  readonly tags?: Values;
}

/**
 * What devices of one model have in common.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/deviceprofile.go
 */
export interface DeviceProfileProps {
  /** Name, once in an EdgeX. */
  readonly name: string;
  /** @default - none */
  readonly manufacturer?: string;
  /** @default - none */
  readonly description?: string;
  /** @default - none */
  readonly model?: string;
  /**
   * What it is found by.
   * @default - none
   */
  readonly labels?: readonly string[];
  /**
   * What has a value.
   * @default - nothing
   */
  readonly deviceResources?: readonly DeviceResource[];
  /**
   * Resources that are read or written together.
   * @default - none
   */
  readonly deviceCommands?: readonly DeviceCommand[];
}
