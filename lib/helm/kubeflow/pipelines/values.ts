import { quantity } from "../../../microk8s/quantities";
import { resourceValues } from "../../prometheus/resources";
import type { Values } from "../../values";
import { rootUri } from "./s3-root";
import type { PipelinesSettings } from "./settings";

/**
 * The object store keeps what it is given in files of one size, sixteen of a twentieth of the volume: with a full set of them a fifth is left, for
 * their index and for the last one, which may grow a little beyond.
 * @see https://github.com/seaweedfs/seaweedfs/blob/4.34/weed/command/server.go
 */
const FILES = 16;
const FILES_IN_VOLUME = 20;

/** The largest file that the object store can be told of, in MiB. */
const LARGEST_FILE = 30_000;

/** Values of the chart. */
export function pipelinesValues(settings: PipelinesSettings): Values {
  const { databaseVolume, artifactVolume, storageClass, databaseSecret, artifactSecret, s3Root, resources } = settings;
  const file = Math.floor(artifactVolume.toMebibytes() / FILES_IN_VOLUME);
  const artifactFile = Math.min(file, LARGEST_FILE);
  return {
    storage: {
      className: storageClass,
      database: quantity(databaseVolume),
      artifacts: quantity(artifactVolume),
      artifactFile,
      // More of them where they cannot be larger.
      artifactFiles: Math.floor((FILES * file) / artifactFile),
    },
    secrets: {
      ...(databaseSecret === undefined ? {} : { database: databaseSecret, generateDatabase: false }),
      ...(artifactSecret === undefined ? {} : { artifacts: artifactSecret, generateArtifacts: false }),
      readable: settings.readableSecrets,
    },
    s3: s3Root && { root: rootUri(s3Root), region: s3Root.region, secret: s3Root.secret },
    parallelRuns: settings.parallelRuns,
    accessFrom: settings.accessFrom,
    resources: Object.fromEntries(Object.entries(resources).map(([name, each]) => [name, resourceValues(each)])),
  };
}
