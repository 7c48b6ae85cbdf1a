import { MecError, got } from "../../errors";

/** Names of nodes that are no workers: `cp-0`, `gateway`. */
const TAKEN = ["cp", "gateway"];

/**
 * Refuses what cannot be the name of a group of workers. The names of its nodes begin with it, a dash and a number follow: without a dash
 * of its own no group's name begins another's nodes, in a policy's wildcard neither.
 *
 * @param path construct path for the error
 * @param name the name
 * @throws {MecError} MEC1180
 */
export function assertGroupName(path: string, name: string): void {
  if (!/^[a-z][a-z0-9]{0,15}$/.test(name) || TAKEN.includes(name)) {
    throw new MecError(
      "MEC1180",
      path,
      `${got(name)} as name of a worker group: it has 1 to 16 lowercase letters and digits, begins with a letter, and is neither ${TAKEN.join(" nor ")}, so write for example "gpu"`,
    );
  }
}
