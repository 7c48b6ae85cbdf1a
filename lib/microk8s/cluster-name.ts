import { MecError, got } from "../errors";

/** Longest cluster name: IAM takes a name prefix of 38 characters, S3 one of 37, and both carry the cluster's. */
const MAX_LENGTH = 30;

/**
 * Refuses what cannot be the name of a cluster: it becomes part of parameter, stack, role, bucket and node names.
 *
 * @param path construct path for the error
 * @param name the name
 * @throws {MecError} MEC1101
 */
export function assertClusterName(path: string, name: string): void {
  if (name.length > MAX_LENGTH || !/^[a-z](?:-?[a-z0-9])*$/.test(name)) {
    throw new MecError(
      "MEC1101",
      path,
      `${got(name)}: a cluster name has 1 to ${MAX_LENGTH} lowercase letters, digits and single dashes, starts with a letter and does not end with a dash, so write for example "boston-1"`,
    );
  }
}
