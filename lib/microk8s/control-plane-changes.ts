import { MecError, got } from "../errors";
import type { ControlPlaneChanges } from "./control-plane";

/** Numbers of control-plane nodes that there can be. */
export const QUORUM_COUNTS: readonly number[] = [1, 3, 5];

/** Number of nodes below which a cluster is not highly available. */
export const HIGHLY_AVAILABLE_FROM = 3;

/**
 * Refuses changes of a control plane that cannot be.
 *
 * @param path construct path for the errors
 * @param count number of its nodes
 * @param changes what is to change
 * @throws {MecError} MEC1161 for nodes that cannot leave, MEC1162 for fewer than three without consent, MEC1163 for `resize`, MEC1165 for
 *   `replacements`
 */
export function assertControlPlaneChanges(path: string, count: number, changes: ControlPlaneChanges): void {
  const { leaving = 0, acknowledgeLossOfHighAvailability, resize = [], replacements = {} } = changes;
  const names = Array.from({ length: count }, (_, index) => `cp-${index}`);
  const example = `of ${names.join(", ")}`;
  if (leaving !== 0 && !(leaving > 0 && leaving < count && QUORUM_COUNTS.includes(count - leaving))) {
    throw new MecError(
      "MEC1161",
      path,
      `${got(leaving)} as controlPlane.leaving of ${count}: 1, 3 or 5 nodes must stay, so write an even number below ${count}, or nothing`,
    );
  }
  if (count >= HIGHLY_AVAILABLE_FROM && count - leaving < HIGHLY_AVAILABLE_FROM && acknowledgeLossOfHighAvailability !== true) {
    throw new MecError(
      "MEC1162",
      path,
      `${got(leaving)} as controlPlane.leaving of ${count}: fewer than three nodes stand no loss, so write controlPlane.acknowledgeLossOfHighAvailability: true too, if that is meant`,
    );
  }
  if (resize.length > 1 || resize.some((name) => !names.includes(name))) {
    throw new MecError(
      "MEC1163",
      path,
      `${got(resize)} as controlPlane.resize: a node stops while it is resized and the others carry the cluster, so write one ${example} per apply`,
    );
  }
  const replaced = Object.keys(replacements);
  if (replaced.length > 1 || (resize.length > 0 && replaced.some((name) => !resize.includes(name)))) {
    throw new MecError(
      "MEC1165",
      path,
      `${got(replacements)} as controlPlane.replacements: the others carry the cluster while a node is away, so write one per apply and no resize of another; an entry that has done its work may go`,
    );
  }
  for (const [name, text] of Object.entries(replacements)) {
    if (!names.includes(name) || text === "") {
      throw new MecError(
        "MEC1165",
        path,
        `${got({ [name]: text })} in controlPlane.replacements: it names a node and a text of your choice, so write one ${example} with for example "2026-11-25"`,
      );
    }
  }
}
