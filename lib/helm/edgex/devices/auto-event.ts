import type { Duration } from "../../../units";
import { MecError, got } from "../../../errors";
import type { DeviceProfile } from "./device-profile";
import { AUTO_EVENT_KEYS, RETENTION_KEYS, assertKeys } from "./known-keys";
import { posixRegex } from "./posix-regex";

/** How many events of a source core-data keeps. */
export interface AutoEventRetention {
  /** Number of events that are kept at most. @default - any */
  readonly maxCap?: number;
  /** Number of events that are kept whatever their age. @default 0 */
  readonly minCap?: number;
  /** Age from which events are removed. @default - any */
  readonly duration?: Duration;
}

/**
 * A reading that the device service takes by itself, time after time.
 * @see https://docs.edgexfoundry.org/4.0/microservices/device/details/AutoEvents/
 */
export interface AutoEvent {
  /** A resource or a command of the profile that may be read, or a regular expression (POSIX) of names of resources. */
  readonly sourceName: string;
  /** Time between two readings, a millisecond at least. */
  readonly interval: Duration;
  /**
   * Whether a reading is told only if it differs from the one before.
   * @default false
   */
  readonly onChange?: boolean;
  /**
   * By how much a number must differ for that, 0 or more.
   * @default 0
   */
  readonly onChangeThreshold?: number;
  /**
   * How many of its events core-data keeps.
   * @default - as core-data is told for all
   */
  readonly retention?: AutoEventRetention;
}

const CODE = "MEC1487";

/**
 * Refuses what core-metadata refuses, and what could only fail at each reading.
 *
 * @param path name of the input for the errors
 * @param events the events
 * @param profile profile of the device
 * @throws {MecError} MEC1487
 * @see https://github.com/edgexfoundry/edgex-go/blob/v4.0.1/internal/core/metadata/application/device.go
 */
export function assertAutoEvents(path: string, events: readonly AutoEvent[], profile: DeviceProfile): void {
  events.forEach((event, index) => {
    const place = `autoEvents[${index}]`;
    const { sourceName, interval, onChangeThreshold, retention } = event;
    assertKeys(CODE, path, place, event, AUTO_EVENT_KEYS);
    assertKeys(CODE, path, `${place}.retention`, retention, RETENTION_KEYS);
    goDuration(path, `${place}.interval`, interval);
    if (onChangeThreshold !== undefined && !(Number.isFinite(onChangeThreshold) && onChangeThreshold >= 0)) {
      throw new MecError(
        CODE,
        path,
        `got ${String(onChangeThreshold)} as ${place}.onChangeThreshold: it is a number of 0 or more, so write for example 0.5`,
      );
    }
    if (retention?.duration !== undefined) {
      goDuration(path, `${place}.retention.duration`, retention.duration);
    }
    for (const property of ["maxCap", "minCap"] as const) {
      const value = retention?.[property];
      if (value !== undefined && !Number.isSafeInteger(value)) {
        throw new MecError(
          CODE,
          path,
          `got ${String(value)} as ${place}.retention.${property}: it is a whole number, so write for example 100`,
        );
      }
    }
    assertSource(path, `${place}.sourceName`, sourceName, profile);
  });
}

function assertSource(path: string, place: string, sourceName: string, profile: DeviceProfile): void {
  if (typeof sourceName !== "string" || sourceName === "") {
    throw new MecError(CODE, path, `${got(sourceName)} as ${place}: it is a name in the profile, so write one of a resource or a command`);
  }
  // Core-metadata reads each source as a regular expression, whatever it is the name of.
  const regex = sourceRegex(path, place, sourceName);
  if (profile.isFromImage) {
    return;
  }
  const command = profile.command(sourceName);
  const resources = profile.resources.filter(({ name }) => name === sourceName || regex.test(name));
  if (command === undefined && resources.length === 0) {
    throw new MecError(
      CODE,
      path,
      `${got(sourceName)} as ${place}: the profile ${JSON.stringify(profile.name)} has no such resource or command, so write one of ${[
        ...profile.resources,
        ...profile.commands,
      ]
        .map(({ name }) => JSON.stringify(name))
        .join(", ")}`,
    );
  }
  const readable = command === undefined ? resources.some(({ properties }) => properties.readWrite.readable) : command.readWrite.readable;
  if (!readable) {
    throw new MecError(
      CODE,
      path,
      `${got(sourceName)} as ${place}: an auto event reads, and this is for writing alone, so write the name of what may be read`,
    );
  }
}

function sourceRegex(path: string, place: string, source: string): RegExp {
  try {
    return posixRegex(source);
  } catch (error) {
    throw new MecError(
      CODE,
      path,
      `${got(source)} as ${place} (${(error as Error).message}): EdgeX reads it as a regular expression of POSIX, so put a backslash before each of ( ) [ ] { } * + ? . | ^ $ that is part of a name`,
    );
  }
}

/** Longest time that Go holds, in milliseconds: 2^63 - 1 nanoseconds. */
const LONGEST = 9_223_372_036_854;

/**
 * A length of time as EdgeX writes it, such as `1500ms`.
 *
 * @param path name of the input for the error
 * @param place what has the length
 * @param duration the length
 * @throws {MecError} MEC1487 for less than a millisecond, and for more than 292 years
 */
export function goDuration(path: string, place: string, duration: Duration): string {
  const milliseconds = Math.round(duration.toSeconds() * 1e9) / 1e6;
  if (!(milliseconds >= 1 && milliseconds <= LONGEST)) {
    throw new MecError(
      CODE,
      path,
      `got ${duration.toSeconds()} s as ${place}: EdgeX takes a millisecond at least and 292 years at most, so write for example Duration.seconds(10)`,
    );
  }
  const seconds = milliseconds / 1000;
  return Number.isInteger(seconds) ? `${seconds}s` : `${milliseconds}ms`;
}

/** An auto event as EdgeX' schema has it. */
export function autoEventObject(path: string, event: AutoEvent): Record<string, unknown> {
  const { sourceName, interval, onChange, onChangeThreshold, retention } = event;
  return {
    interval: goDuration(path, "interval", interval),
    onChange: onChange ?? false,
    onChangeThreshold,
    sourceName,
    retention: retention && {
      maxCap: retention.maxCap,
      minCap: retention.minCap,
      duration: retention.duration && goDuration(path, "retention.duration", retention.duration),
    },
  };
}
