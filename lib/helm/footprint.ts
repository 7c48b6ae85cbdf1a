import { MecError, got } from "../errors";
import type { Size } from "../units";

/** What a pod, or several, ask for: the sum of their requests. */
export interface Requests {
  /** Processor time, in thousandths of a vCPU. */
  readonly cpuMillis: number;
  /** Memory. */
  readonly memory: Size;
}

/** The same where memory may be nothing, which no {@link Size} is. */
export interface PodsFootprint {
  /** Processor time, in thousandths of a vCPU; 0 or more. */
  readonly cpuMillis: number;
  /**
   * Memory.
   * @default - none
   */
  readonly memory?: Size;
}

/**
 * What an add-on needs of a cluster with the values it is installed with: the sum of what its pods request, which is what the scheduler
 * counts, and of its volumes.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export interface Footprint {
  /** Processor time of all pods that do not run on each node, in thousandths of a vCPU; 0 or more. */
  readonly cpuMillis: number;
  /**
   * Memory of all pods that do not run on each node.
   * @default - none
   */
  readonly memory?: Size;
  /**
   * Size of all volumes together.
   * @default - no volumes
   */
  readonly volumes?: Size;
  /**
   * What its DaemonSets request on each node.
   * @default - nothing
   */
  readonly perNode?: PodsFootprint;
  /**
   * Number of GPUs that its pods request: each is theirs alone.
   * @see https://kubernetes.io/docs/tasks/manage-gpus/scheduling-gpus/
   * @default 0
   */
  readonly gpus?: number;
  /**
   * Whether a GPU must be there, which others may use: it makes no sense without any.
   * @default false
   */
  readonly needsGpu?: boolean;
}

/**
 * Refuses a footprint with a figure that is none: whatever is compared with it would fit.
 *
 * @param path construct path for the error
 * @param footprint the footprint
 * @throws {MecError} MEC1008 for processor time that is not finite or below zero, and GPUs that are no whole number or below zero
 */
export function assertFootprint(path: string, { cpuMillis, perNode, gpus }: Footprint): void {
  const refuse = (property: string, value: number, rule: string) => {
    throw new MecError("MEC1008", path, `${got(value)} as footprint.${property}: it is ${rule}, so write for example 1`);
  };
  for (const [property, value = 0] of [["cpuMillis", cpuMillis] as const, ["perNode.cpuMillis", perNode?.cpuMillis] as const]) {
    if (!(Number.isFinite(value) && value >= 0)) {
      refuse(property, value, "a finite number of thousandths of a vCPU, 0 or more");
    }
  }
  if (gpus !== undefined && !(Number.isInteger(gpus) && gpus >= 0)) {
    refuse("gpus", gpus, "a whole number, 0 or more");
  }
}
