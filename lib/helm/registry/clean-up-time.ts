import { MecError, got } from "../../errors";

/**
 * Second of the day of a time such as `03:30`.
 *
 * @param path construct path for the error
 * @param time the time
 * @throws {MecError} MEC1533 for what is no time of day
 */
export function secondOfDay(path: string, time: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw new MecError(
      "MEC1533",
      path,
      `${got(time)} as cleanUpAt: a time of day is HH:MM in UTC, from 00:00 to 23:59, so write for example "03:30"`,
    );
  }
  return Number(hours) * 3600 + Number(minutes) * 60;
}
