import { MecError } from "../../errors";
import { resourcesFault, type ContainerResources } from "../prometheus/resources";

/**
 * Refuses resources that Kubernetes would refuse.
 *
 * @param path construct path for the error
 * @param resources the resources
 * @throws {MecError} MEC1527
 */
export function assertLoggingResources(path: string, resources: ContainerResources): void {
  const fault = resourcesFault("resources", resources);
  if (fault !== undefined) {
    throw new MecError("MEC1527", path, fault);
  }
}
