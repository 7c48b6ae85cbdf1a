import { MecError, got } from "../../../errors";
import type { Values } from "../../values";
import { assertAutoEvents, autoEventObject, type AutoEvent } from "./auto-event";
import type { DeviceProfile } from "./device-profile";
import type { DeviceProtocol } from "./device-protocol";
import type { DeviceService } from "./device-service";
import { assertFreeValues, assertKnown } from "./free-values";
import { DEVICE_KEYS, assertKeys } from "./known-keys";
import { assertName } from "./names";

/**
 * A device.
 * @see https://github.com/edgexfoundry/go-mod-core-contracts/blob/v4.0.1/dtos/device.go
 */
export interface DeviceProps {
  /** Name, once in an EdgeX. */
  readonly name: string;
  /** Service that speaks to it. */
  readonly service: DeviceService;
  /** What it has and can. */
  readonly profile: DeviceProfile;
  /** How it is spoken to. */
  readonly protocols: DeviceProtocol;
  /**
   * Readings that the device service takes by itself.
   * @default - none
   */
  readonly autoEvents?: readonly AutoEvent[];
  /**
   * What it is found by.
   * @default - none
   */
  readonly labels?: readonly string[];
  /**
   * What is put to each event of it.
   * @default - nothing
   */
  readonly tags?: Values;
  /**
   * Where it is, in any form.
   * @default - not said
   */
  readonly location?: unknown;
  /** @default - none */
  readonly description?: string;
  /**
   * Name of the device that it is part of.
   * @default - none
   */
  readonly parent?: string;
  /**
   * What else is kept with it.
   * @default - nothing
   */
  readonly properties?: Values;
}

const CODE = "MEC1487";

/**
 * A device, with every rule of core-metadata and of its device service checked when it is made.
 * @see https://docs.edgexfoundry.org/4.0/microservices/device/details/DeviceDefinitions/
 */
export class Device {
  /**
   * @param props the device
   * @throws {MecError} MEC1487 for what core-metadata refuses, MEC1491 for a device that its service cannot speak to
   */
  public static of(props: DeviceProps): Device {
    return new Device(props);
  }

  /** Its name. */
  public readonly name: string;

  /**
   * @param props the device
   * @throws {MecError} MEC1487 for what core-metadata refuses, MEC1491 for a device that its service cannot speak to
   */
  public constructor(
    /** What it was made of. */
    public readonly props: DeviceProps,
  ) {
    const { name, profile, service, parent, labels } = props;
    assertName(CODE, "Device", "name", name);
    const path = `Device ${name}`;
    assertKeys(CODE, path, "the device", props, DEVICE_KEYS);
    if (parent === name) {
      throw new MecError(CODE, path, `${got(parent)} as parent: no device is part of itself, so write another, or leave it out`);
    }
    const label = labels?.find((text) => typeof text !== "string");
    if (label !== undefined) {
      throw new MecError(CODE, path, `${got(label)} in labels: they are texts, so write it in quotes`);
    }
    assertFreeValues(CODE, path, "tags", props.tags);
    assertFreeValues(CODE, path, "properties", props.properties);
    assertFreeValues(CODE, path, "location", { location: props.location });
    assertAutoEvents(path, props.autoEvents ?? [], profile);
    service.assertServes(path, props);
    this.name = name;
    assertKnown(CODE, path, this.toObject());
  }

  /** Service that speaks to it. */
  public get service(): DeviceService {
    return this.props.service;
  }

  /** What it has and can. */
  public get profile(): DeviceProfile {
    return this.props.profile;
  }

  /** How it is spoken to, and where it is reached. */
  public get protocols(): DeviceProtocol {
    return this.props.protocols;
  }

  /** The device as EdgeX' schema has it, which is what files and requests hold. */
  public toObject(): Record<string, unknown> {
    const { props } = this;
    return {
      name: this.name,
      parent: props.parent,
      description: props.description,
      labels: props.labels,
      location: props.location,
      serviceName: props.service.serviceKey,
      profileName: props.profile.name,
      autoEvents: props.autoEvents?.map((event) => autoEventObject(`Device ${this.name}`, event)),
      protocols: props.protocols.properties,
      tags: props.tags,
      properties: props.properties ?? {},
    };
  }
}
