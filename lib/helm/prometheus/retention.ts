import { MecError } from "../../errors";
import { Size, type Duration } from "../../units";

/** Largest part of the volume that metrics may take: the log of what was written last, and what is being merged, come on top. */
const MOST_OF_VOLUME = 0.85;

/** Part of the volume that metrics take unless told otherwise. */
const DEFAULT_OF_VOLUME = 0.8;

/** Prometheus writes blocks of two hours; less than one cannot be kept. */
const LEAST_HOURS = 2;

/** What a person may say about how much is kept. */
export interface RetentionProps {
  /** How long metrics are kept. */
  readonly retention: Duration;
  /** Size of all metrics above which the oldest go. @default - 80 % of the volume */
  readonly retentionSize?: Size;
  /** Size of the volume. */
  readonly volume: Size;
}

/** How much is kept, as Prometheus takes it. */
export interface Retention {
  /** Longest time, such as `3d`. */
  readonly time: string;
  /** Most bytes, such as `4096MiB`. */
  readonly size: string;
  /** Size of the volume in bytes, for rules. */
  readonly volumeBytes: number;
}

/**
 * Refuses more metrics than the volume holds.
 *
 * @param path construct path for the errors
 * @throws {MecError} MEC1430 for a size above 85 % of the volume, or below one mebibyte, MEC1431 for a time below two hours
 * @see https://prometheus.io/docs/prometheus/latest/storage/#right-sizing-retention-size
 */
export function checkedRetention(path: string, { retention, retentionSize, volume }: RetentionProps): Retention {
  // Whole mebibytes on both sides, as they are printed and as Prometheus is told: what the error says to write is taken.
  const most = mostOf(volume);
  const wanted = (retentionSize ?? Size.mebibytes(volume.toMebibytes() * DEFAULT_OF_VOLUME)).toMebibytes();
  const size = Math.floor(wanted);
  if (size < 1 || most < 1) {
    throw new MecError(
      "MEC1430",
      path,
      `got ${wanted} MiB as retentionSize in a volume of ${volume.toMebibytes()} MiB: Prometheus takes less than one MiB for no limit, so write at least Size.mebibytes(1) in a volume of at least Size.mebibytes(2)`,
    );
  }
  if (size > most) {
    throw new MecError(
      "MEC1430",
      path,
      `got ${sizeText(size)} as retentionSize in a volume of ${sizeText(Math.floor(volume.toMebibytes()))}: Prometheus needs room for its log and for merging, and keeps at most ${MOST_OF_VOLUME * 100} % of it, here ${sizeText(most)}, so write that or less, or a volume of at least ${sizeText(Math.ceil(size / MOST_OF_VOLUME))}`,
    );
  }
  if (retention.toSeconds() < LEAST_HOURS * 3600) {
    throw new MecError(
      "MEC1431",
      path,
      `got ${retention.toSeconds()} seconds as retention: Prometheus writes blocks of ${LEAST_HOURS} hours, so write at least Duration.hours(${LEAST_HOURS})`,
    );
  }
  return {
    time: durationText(retention),
    size: `${size}MiB`,
    volumeBytes: Math.round(volume.toMebibytes() * 2 ** 20),
  };
}

/** Most that is kept of a volume, in whole MiB. Less than a byte is added, for 85 % of a double is at times a hair below a whole number. */
function mostOf(volume: Size): number {
  return Math.floor(volume.toMebibytes() * MOST_OF_VOLUME + 1e-7);
}

/** A size of whole MiB, in the larger unit where it is a whole number of these. */
function sizeText(mebibytes: number): string {
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
}

/**
 * A time as Prometheus writes it, in the largest unit that it is a whole number of, rounded up to seconds.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/#float-literals-and-time-durations
 */
export function durationText(duration: Duration): string {
  const seconds = Math.ceil(duration.toSeconds());
  const [unit, length] = (
    [
      ["d", 86_400],
      ["h", 3600],
      ["m", 60],
    ] as const
  ).find(([, each]) => seconds % each === 0) ?? ["s", 1];
  return `${seconds / length}${unit}`;
}
