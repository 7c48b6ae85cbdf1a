import type { Size } from "../units";

/** What a pod, or several, ask for: the sum of their requests. */
export interface Requests {
  /** Processor time, in thousandths of a vCPU. */
  readonly cpuMillis: number;
  /** Memory. */
  readonly memory: Size;
}

/**
 * What an add-on needs of a cluster with the values it is installed with: the sum of what its pods request, which is what the scheduler
 * counts, and of its volumes.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export interface Footprint {
  /** Processor time of all pods that do not run on each node, in thousandths of a vCPU. */
  readonly cpuMillis: number;
  /** Memory of all pods that do not run on each node. */
  readonly memory: Size;
  /**
   * Size of all volumes together.
   * @default - no volumes
   */
  readonly volumes?: Size;
  /**
   * What its DaemonSets request on each node.
   * @default - nothing
   */
  readonly perNode?: Requests;
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
