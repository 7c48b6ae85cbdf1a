import { MecError, got } from "../../errors";
import type { ContainerResources } from "../prometheus/resources";

/**
 * Refuses resources that Kubernetes would: it does so when a pod is made, long after the deploy, and nothing comes.
 *
 * @param path construct path for the error
 * @param what who asks for them
 * @param resources what it asks for, and may use
 * @throws {MecError} MEC1008
 * @see https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
 */
export function assertResources(path: string, what: string, { cpuMillis, memory, memoryLimit }: ContainerResources): void {
  if (!(Number.isInteger(cpuMillis) && cpuMillis > 0)) {
    throw new MecError(
      "MEC1008",
      path,
      `${got(cpuMillis)} as resources.cpuMillis of ${what}: it is a whole number of thousandths of a vCPU above zero, so write for example 100`,
    );
  }
  const [asked, limit] = [memory.toMebibytes(), memoryLimit.toMebibytes()];
  if (limit < asked) {
    throw new MecError(
      "MEC1008",
      path,
      `got ${limit} MiB as resources.memoryLimit of ${what} for a request of ${asked} MiB: Kubernetes refuses a limit below the request, so write at least ${asked} MiB`,
    );
  }
}
