import { got } from "../../errors";
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

/**
 * What Kubernetes would refuse of resources, as the text of an error; undefined for nothing.
 *
 * @param property name of the property, for the text
 * @param resources the resources
 */
export function resourcesFault(property: string, { cpuMillis, memory, memoryLimit }: ContainerResources): string | undefined {
  if (!(Number.isInteger(cpuMillis) && cpuMillis >= 1)) {
    return `${got(cpuMillis)} as ${property}.cpuMillis: it is a whole number of thousandths of a processor, 1 at least, so write for example 20`;
  }
  const [request, limit] = [memory.toMebibytes(), memoryLimit.toMebibytes()];
  return limit < request
    ? `got ${limit} MiB as ${property}.memoryLimit for a request of ${request} MiB: Kubernetes refuses a limit below the request, so write at least ${request} MiB`
    : undefined;
}
