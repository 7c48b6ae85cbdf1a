import { MecError, got } from "../../../errors";
import { Size } from "../../../units";
import type { Requests } from "../../footprint";
import { resourcesFault, type ContainerResources } from "../../prometheus/resources";
import { sumOf } from "../../resources";

/**
 * A part of {@link KubeflowPipelines}, each one pod: the API server, what brings runs from Kubernetes into the database, recurring runs, the
 * interface, the metadata store, the proxy through which a browser asks it, MySQL, the object store, and the workflow controller of Argo.
 */
export type PipelinesPart = keyof typeof PARTS;

const part = (cpuMillis: number, mebibytes: number, limit: number): ContainerResources => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  memoryLimit: Size.mebibytes(limit),
});

/**
 * What each part asks for and may use at most. Upstream asks for three times the memory for the same parts and limits nothing; the figures here are
 * proposals of this library for a site that runs a few pipelines a day, not measured, to be watched and changed by `resources`.
 * @see https://github.com/kubeflow/pipelines/tree/2.17.0/manifests/kustomize
 */
const PARTS = {
  apiServer: part(100, 256, 1024),
  persistenceAgent: part(20, 96, 512),
  scheduledWorkflow: part(10, 64, 256),
  ui: part(10, 128, 512),
  metadata: part(20, 64, 256),
  metadataProxy: part(10, 48, 128),
  database: part(100, 512, 1024),
  artifacts: part(50, 256, 1024),
  workflowController: part(50, 128, 512),
};

/** Resources of all parts. */
export type PartResources = Readonly<Record<PipelinesPart, ContainerResources>>;

/**
 * The resources of all parts.
 *
 * @param path construct path for the error
 * @param given those that differ
 * @throws {MecError} MEC1518 for a limit below the request, for no whole thousandths of a processor, and for a part that there is none of
 */
export function partResources(path: string, given: Partial<PartResources> = {}): PartResources {
  for (const [name, resources] of Object.entries(given) as [PipelinesPart, ContainerResources][]) {
    if (!Object.hasOwn(PARTS, name)) {
      throw new MecError(
        "MEC1518",
        path,
        `${got(name)} as a part in resources: nothing is called so, so write one of ${Object.keys(PARTS).join(", ")}`,
      );
    }
    const fault = resourcesFault(`resources.${name}`, resources);
    if (fault !== undefined) {
      throw new MecError("MEC1518", path, fault);
    }
  }
  return { ...PARTS, ...given };
}

/** What all parts request together. */
export function partsRequest(resources: PartResources): Requests {
  return sumOf(...Object.values(resources));
}
