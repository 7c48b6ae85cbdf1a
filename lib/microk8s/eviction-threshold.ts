import { MecError, got } from "../errors";
import { Size } from "../units";
import { quantity } from "./quantities";

/** How little of something may be left before the kubelet evicts pods. */
export class EvictionThreshold {
  /**
   * An amount.
   * @param amount what must be left
   */
  public static size(amount: Size): EvictionThreshold {
    return new EvictionThreshold(quantity(amount), amount);
  }

  /**
   * A part of what there is.
   * @param percent what must be left, above 0 and below 100
   * @throws {MecError} MEC1144 for what is no such part
   */
  public static percent(percent: number): EvictionThreshold {
    if (!(percent > 0 && percent < 100)) {
      throw new MecError(
        "MEC1144",
        "EvictionThreshold.percent",
        `${got(percent)}: a part is above 0 and below 100 percent, so write for example EvictionThreshold.percent(10)`,
      );
    }
    return new EvictionThreshold(`${percent}%`, undefined, percent);
  }

  private constructor(
    /** As the kubelet takes it, such as `100Mi` or `10%`. */
    public readonly text: string,
    /** The amount; undefined for a part. */
    public readonly amount?: Size,
    private readonly percent?: number,
  ) {}

  /**
   * How much that is; undefined where the whole is not known.
   * @internal
   * @param whole what there is
   */
  public of(whole?: Size): Size | undefined {
    return this.percent === undefined
      ? this.amount
      : whole && Size.mebibytes(Math.max(1, Math.floor((whole.toMebibytes() * this.percent) / 100)));
  }
}

/**
 * What must be left on a node. The flag has one value, so what is not said stays as microk8s has it.
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#hard-eviction-thresholds
 */
export interface EvictionThresholds {
  /**
   * Memory.
   * @default EvictionThreshold.size(Size.mebibytes(100))
   */
  readonly memoryAvailable?: EvictionThreshold;
  /**
   * Disk of volumes and logs; on the nodes made here there is one disk for all.
   * @default EvictionThreshold.size(Size.gibibytes(1))
   */
  readonly nodefsAvailable?: EvictionThreshold;
  /**
   * Disk of images.
   * @default EvictionThreshold.size(Size.gibibytes(1))
   */
  readonly imagefsAvailable?: EvictionThreshold;
  /**
   * Inodes of the disk of volumes and logs, as a part.
   * @default - not watched
   */
  readonly nodefsInodesFree?: EvictionThreshold;
  /**
   * Process ids, as a part.
   * @default - not watched
   */
  readonly pidAvailable?: EvictionThreshold;
}

/** Signals by property, with what microk8s sets (https://github.com/canonical/microk8s/blob/1.35/microk8s-resources/default-args/kubelet). */
const SIGNALS: Readonly<Record<keyof EvictionThresholds, readonly [signal: string, byDefault?: string]>> = {
  memoryAvailable: ["memory.available", "100Mi"],
  nodefsAvailable: ["nodefs.available", "1Gi"],
  imagefsAvailable: ["imagefs.available", "1Gi"],
  nodefsInodesFree: ["nodefs.inodesFree"],
  pidAvailable: ["pid.available"],
};

/**
 * The value of `--eviction-hard`.
 *
 * @param path construct path for the error
 * @param thresholds what must be left
 * @throws {MecError} MEC1144 for a number of bytes where things are counted
 */
export function evictionHard(path: string, thresholds: EvictionThresholds): string {
  for (const property of ["nodefsInodesFree", "pidAvailable"] as const) {
    if (thresholds[property]?.amount !== undefined) {
      throw new MecError(
        "MEC1144",
        path,
        `${got(thresholds[property].text)} as nodeArguments.kubelet.evictionHard.${property}: these are counted and have no bytes, so write a part, such as EvictionThreshold.percent(5)`,
      );
    }
  }
  return Object.entries(SIGNALS)
    .map(([property, [signal, byDefault]]) => [signal, thresholds[property as keyof EvictionThresholds]?.text ?? byDefault])
    .filter(([, threshold]) => threshold !== undefined)
    .map(([signal, threshold]) => `${signal}<${threshold}`)
    .join(",");
}
