import { quantity } from "../../microk8s/quantities";
import type { Size } from "../../units";
import type { Requests } from "../footprint";
import { resourcesOf } from "../resources";
import type { Values } from "../values";

/** What a container asks for, and may use. */
export interface ContainerResources extends Requests {
  /** Memory above which it is ended: what Prometheus takes grows with what it reads, and must not take it from the datastore of the node. */
  readonly memoryLimit: Size;
}

/**
 * Requests and limits as Kubernetes writes them. Processor time has no limit: one would slow down a pod on a machine with nothing to do.
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function resourceValues(resources: ContainerResources): Values {
  return { ...resourcesOf(resources), limits: { memory: quantity(resources.memoryLimit) } };
}
