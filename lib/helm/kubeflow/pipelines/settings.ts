import { MecError, got } from "../../../errors";
import { Size } from "../../../units";
import { isNamespace, secretName } from "../../names";
import { HOSTPATH_STORAGE_CLASS } from "../../storage/hostpath-storage";
import { partResources, type PartResources } from "./parts";
import type { KubeflowPipelinesOptions, S3PipelineRoot } from "./pipelines-props";
import { checkedRoot } from "./s3-root";

/** What the properties come to, checked, with their defaults. */
export interface PipelinesSettings {
  readonly databaseVolume: Size;
  readonly artifactVolume: Size;
  readonly storageClass: string;
  /** Undefined where the chart makes it. */
  readonly databaseSecret?: string;
  /** Undefined where the chart makes it. */
  readonly artifactSecret?: string;
  readonly readableSecrets: readonly string[];
  readonly s3Root?: S3PipelineRoot;
  readonly parallelRuns: number;
  readonly accessFrom: readonly string[];
  readonly resources: PartResources;
}

/**
 * Smallest volumes in GiB: MySQL makes files of about 200 MiB before there is anything in them
 * (https://dev.mysql.com/doc/refman/8.4/en/innodb-redo-log.html), and the object store parts its volume in twenty.
 */
const SMALLEST = { databaseVolume: 1, artifactVolume: 2 };

/** Most runs at once; Argo itself has no bound, a node has long before. */
const MOST_RUNS = 1000;

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param path construct path for the errors
 * @throws {MecError} MEC1515 for a volume that is too small, MEC1516 for parallelRuns, MEC1517 for accessFrom, MEC1518 for resources, MEC1519 for
 *   s3Root, MEC1424 for what is no name of a Secret
 */
export function checkedPipelines(path: string, options: KubeflowPipelinesOptions): PipelinesSettings {
  const {
    databaseVolume = Size.gibibytes(5),
    artifactVolume = Size.gibibytes(20),
    storageClass = HOSTPATH_STORAGE_CLASS,
    databaseSecret,
    artifactSecret,
    readableSecrets = [],
    s3Root,
    parallelRuns = 2,
    accessFrom = [],
    resources,
  } = options;
  for (const [property, size] of Object.entries({ databaseVolume, artifactVolume })) {
    const least = SMALLEST[property as keyof typeof SMALLEST];
    if (size.toGibibytes() < least) {
      throw new MecError(
        "MEC1515",
        path,
        `got ${size.toMebibytes()} MiB as ${property}: less than ${least} GiB would be full soon after the first start, so write at least Size.gibibytes(${least})`,
      );
    }
  }
  if (!(Number.isInteger(parallelRuns) && parallelRuns >= 1 && parallelRuns <= MOST_RUNS)) {
    throw new MecError(
      "MEC1516",
      path,
      `${got(parallelRuns)} as parallelRuns: it is a whole number from 1 to ${MOST_RUNS} (0 would be no bound at all), so write for example 2`,
    );
  }
  for (const namespace of accessFrom) {
    if (!isNamespace(namespace)) {
      throw new MecError(
        "MEC1517",
        path,
        `${got(namespace)} in accessFrom: it is the name of a namespace, of 1 to 63 lowercase letters, digits and dashes, so write for example "ingress"`,
      );
    }
  }
  const named = (property: string, name?: string) => (name === undefined ? undefined : secretName(path, property, name));
  return {
    databaseVolume,
    artifactVolume,
    storageClass,
    databaseSecret: named("databaseSecret", databaseSecret),
    artifactSecret: named("artifactSecret", artifactSecret),
    readableSecrets: [...new Set(readableSecrets.map((name) => secretName(path, "readableSecrets", name)))],
    s3Root: s3Root && checkedRoot(path, s3Root),
    parallelRuns,
    accessFrom: [...new Set(accessFrom)],
    resources: partResources(path, resources),
  };
}
