import type { Size } from "../../units";
import { quantity } from "../../microk8s/quantities";
import type { Values } from "../values";

/** What a container asks for, and may use. */
export interface ContainerResources {
  /** Processor time that is kept for it, in thousandths of a vCPU. It may use more where there is more. */
  readonly cpuMillis: number;
  /** Memory that is kept for it. */
  readonly memory: Size;
  /** Memory above which it is ended. */
  readonly memoryLimit: Size;
}

/**
 * Requests and limits as Kubernetes writes them. Processor time has no limit: one would slow down a pod on a machine with nothing to do.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function resourceValues({ cpuMillis, memory, memoryLimit }: ContainerResources): Values {
  return { requests: { cpu: `${cpuMillis}m`, memory: quantity(memory) }, limits: { memory: quantity(memoryLimit) } };
}
