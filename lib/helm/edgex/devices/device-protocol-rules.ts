import { MecError } from "../../../errors";
import type { Duration } from "../../../units";

/** Whether messages may be sent to a topic (https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901241). */
export function isTopic(topic: string): boolean {
  return topic !== "" && topic.length <= 1024 && !/[+#\0]/.test(topic);
}

/** Whether a text is a MAC address of six bytes. */
export function isMacAddress(text: unknown): text is string {
  return typeof text === "string" && /^[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}$/.test(text);
}

/**
 * A length of time as device-modbus reads it, five seconds unless another is given.
 *
 * @param path name of the factory, for the error
 * @param property what has the length
 * @param duration the length
 * @throws {MecError} MEC1488 for parts of a second
 */
export function wholeSeconds(path: string, property: string, duration: Duration | undefined): string {
  const seconds = duration?.toSeconds() ?? 5;
  if (!Number.isSafeInteger(seconds)) {
    throw new MecError(
      "MEC1488",
      path,
      `got ${seconds} s as ${property}: device-modbus counts whole seconds, so write for example Duration.seconds(5)`,
    );
  }
  return String(seconds);
}
