import type { Construct, IConstruct } from "constructs";
import { MecError, got } from "../errors";

/** Paths of the clusters of each app, by Region and name. */
const NAMES_IN_USE = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Takes the name of a cluster: two clusters of one name would write into each other's parameters.
 *
 * @param cluster the construct of the cluster
 * @param region Region of its parameters
 * @param clusterName its name
 * @throws {MecError} MEC1107 for a name that another cluster of the app has in the Region
 */
export function claimClusterName(cluster: Construct, region: string, clusterName: string): void {
  const { root, path } = cluster.node;
  const names = NAMES_IN_USE.get(root) ?? new Map<string, string>();
  NAMES_IN_USE.set(root, names);
  const key = `${region}/${clusterName}`;
  const twin = names.get(key);
  if (twin !== undefined) {
    throw new MecError(
      "MEC1107",
      path,
      `${got(clusterName)} as clusterName: ${twin} has that name in ${region} already and both would write /mec/${clusterName}/, so write another`,
    );
  }
  names.set(key, path);
}
