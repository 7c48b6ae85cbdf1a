import type { Size } from "../../../units";
import type { HelmAddOnOptions, HelmAddOnProps } from "../../add-on-props";
import type { PartResources } from "./parts";

/** A place in Amazon S3 that pipelines keep their artifacts in, unless one of them names another. */
export interface S3PipelineRoot {
  /** Name of the bucket. */
  readonly bucket: string;

  /**
   * What keys begin with, such as `boston/artifacts`.
   * @default - none
   */
  readonly prefix?: string;

  /** Region of the bucket. */
  readonly region: string;

  /**
   * Name of an existing Secret in the namespace with the keys `accesskey` and `secretkey`: those of an IAM user who may read and write below the
   * prefix, since pods have no role of their node's.
   */
  readonly secret: string;
}

/** What a person chooses about {@link KubeflowPipelines}, wherever it is installed. Its chart is the library's own. */
export interface KubeflowPipelinesOptions extends Omit<HelmAddOnOptions, "chart" | "repository" | "version"> {
  /**
   * Size of the volume of the database: pipelines, runs, and what each step read and wrote. At least 1 GiB. The size of a volume that is there is
   * changed by hand, where its class allows it at all.
   * @default Size.gibibytes(5)
   */
  readonly databaseVolume?: Size;

  /**
   * Size of the volume of the object store: files that steps hand on, models among them, and logs of steps. At least 2 GiB. The store takes no more
   * than about 80 % of it, also where the storage class keeps no volume from growing, as `microk8s-hostpath` does not.
   * @default Size.gibibytes(20)
   */
  readonly artifactVolume?: Size;

  /**
   * Storage class of both volumes, by its own name.
   * @default "microk8s-hostpath"
   */
  readonly storageClass?: string;

  /**
   * Name of an existing Secret in the namespace with the keys `username`, which is not `root`, and `password`, of letters and digits. A volume keeps
   * what it was made with: another password later is no longer let in.
   * @default - the Secret `kubeflow-pipelines-database` is made once, with a password that nobody knew before
   */
  readonly databaseSecret?: string;

  /**
   * Name of an existing Secret in the namespace with the keys `accesskey` and `secretkey`: who may read and write the object store.
   * @default - the Secret `mlpipeline-minio-artifact` is made once, with a key that nobody knew before
   */
  readonly artifactSecret?: string;

  /**
   * Names of further Secrets of the namespace that pipelines may read by the API of Kubernetes, such as those of further
   * stores.
   * A Secret that a step has as a variable or a volume need not be here.
   * @default - none
   */
  readonly readableSecrets?: readonly string[];

  /**
   * Amazon S3 in place of the object store for what steps hand on, where it outlives the site. Logs of steps stay in the object store.
   * @default - the object store of the site
   */
  readonly s3Root?: S3PipelineRoot;

  /**
   * How many runs may be under way at once, 1 to 1000; others wait their turn. The pods of a run are not in the fit table: leave room for them.
   * @default 2
   */
  readonly parallelRuns?: number;

  /**
   * Namespaces whose pods may open the interface (port 80 of `ml-pipeline-ui`) and the API (8888 and 8887 of `ml-pipeline`), such as that of an
   * ingress controller or of notebooks. Neither asks for a password: an ingress needs authentication of its own.
   * @default - none: `kubectl port-forward` leads there
   */
  readonly accessFrom?: readonly string[];

  /**
   * Resources of parts that differ from this library's proposals.
   * @default - about 370m of CPU and 1.5 GiB of memory requested in all
   */
  readonly resources?: Partial<PartResources>;
}

/** Properties of {@link KubeflowPipelines}. */
export interface KubeflowPipelinesProps extends KubeflowPipelinesOptions, Pick<HelmAddOnProps, "cluster"> {}
