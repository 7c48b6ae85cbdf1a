import { MecError } from "../../errors";
import type { Duration, Size } from "../../units";

/** Largest part of the volume that lines may take: Loki's log of what is not yet in chunks, its index and what is being deleted come on top. */
const MOST_OF_VOLUME = 0.85;

/** Loki keeps a day at least, in whole hours (https://grafana.com/docs/loki/latest/operations/storage/retention/). */
const LEAST_HOURS = 24;

/** A chunk is deleted as a whole, once its last line is old enough, and some hours late: a day on top is more than that. */
const DAYS_LATE = 1;

/** Part of a day's lines that may come at once. */
const BURST = 1 / 24;

/** Least that may come in a day, in MiB: an hour of it takes in the largest request that a collector sends. */
const LEAST_DAILY = 192;

/** What a person may say about how much is kept. */
export interface LogRetentionProps {
  /** How long lines are kept. */
  readonly retention: Duration;
  /** Text that may come in a day. @default - what the volume holds for that long */
  readonly dailyLimit?: Size;
  /** Size of the volume. */
  readonly volume: Size;
}

/** How much is kept, as Loki takes it. */
export interface LogRetention {
  /** How long lines are kept, such as `72h`. */
  readonly period: string;
  /** Text that may come in a day, in whole MiB. */
  readonly dailyMebibytes: number;
  /** The same for a second, in MiB: Loki refuses what is more. */
  readonly rateMebibytes: number;
  /** What may come at once, in MiB. */
  readonly burstMebibytes: number;
}

/**
 * Refuses more lines than the volume holds. Loki deletes by age alone and knows nothing of its volume, so what may come in a day is limited by
 * the rate it takes: what comes in the days that are kept, and one more, is at most 85 % of the volume. That Loki compresses them is not counted on.
 *
 * @param path construct path for the errors
 * @throws {MecError} MEC1520 for more than the volume holds, and for less than 192 MiB a day, MEC1521 for a time below a day or not in whole hours
 * @see https://grafana.com/docs/loki/latest/operations/storage/retention/
 * @see https://grafana.com/docs/loki/latest/configure/#limits_config
 */
export function checkedLogRetention(path: string, { retention, dailyLimit, volume }: LogRetentionProps): LogRetention {
  const hours = retention.toSeconds() / 3600;
  if (hours < LEAST_HOURS || !Number.isInteger(hours)) {
    throw new MecError(
      "MEC1521",
      path,
      `got ${hours} hours as retention: Loki keeps lines for whole hours, ${LEAST_HOURS} at least, so write for example Duration.days(${Math.max(1, Math.ceil(hours / 24))})`,
    );
  }
  const days = hours / 24;
  const most = mostDaily(volume, days);
  const daily = dailyLimit === undefined ? most : Math.floor(dailyLimit.toMebibytes());
  if (daily < LEAST_DAILY) {
    const way =
      dailyLimit === undefined
        ? `a volume of at least ${sizeText(volumeFor(LEAST_DAILY, days))}, or a shorter retention`
        : `at least Size.mebibytes(${LEAST_DAILY})`;
    const what =
      dailyLimit === undefined
        ? `${sizeText(Math.floor(volume.toMebibytes()))} as volume`
        : `${dailyLimit.toMebibytes()} MiB as dailyLimit`;
    throw new MecError(
      "MEC1520",
      path,
      `got ${what} for lines that are kept for ${days} days: less than ${LEAST_DAILY} MiB in a day would refuse a collector's requests, so write ${way}`,
    );
  }
  if (daily > most) {
    throw new MecError(
      "MEC1520",
      path,
      `got ${sizeText(daily)} a day as dailyLimit in a volume of ${sizeText(Math.floor(volume.toMebibytes()))}, for lines that are kept for ${days} days: Loki deletes by age alone, so ${days + DAYS_LATE} days of them, and an hour's at once, are at most ${MOST_OF_VOLUME * 100} % of it, ` +
        (most >= LEAST_DAILY ? `so write at most ${sizeText(most)} a day, ` : "so write ") +
        `a shorter retention, or a volume of at least ${sizeText(volumeFor(daily, days))}`,
    );
  }
  return { period: `${hours}h`, dailyMebibytes: daily, rateMebibytes: daily / 86_400, burstMebibytes: Math.floor(daily * BURST) };
}

/** Days of lines that may be on the volume at once. */
function daysOnVolume(days: number): number {
  return days + DAYS_LATE + BURST;
}

/** Most that may come in a day, in whole MiB. Less than a byte is added, for a quotient of doubles is at times a hair below a whole number. */
function mostDaily(volume: Size, days: number): number {
  return Math.floor((volume.toMebibytes() * MOST_OF_VOLUME) / daysOnVolume(days) + 1e-7);
}

/** Smallest volume for so many MiB a day, in whole MiB. */
function volumeFor(daily: number, days: number): number {
  return Math.ceil((daily * daysOnVolume(days)) / MOST_OF_VOLUME);
}

/** A size of whole MiB, in the larger unit where it is a whole number of these. */
function sizeText(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}
