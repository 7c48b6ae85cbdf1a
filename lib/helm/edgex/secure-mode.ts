import { MecError } from "../../errors";

/**
 * Refuses the secure mode of EdgeX, which is designed in docs/edgex-secure-mode.md and not there yet: half of it would look like all of it.
 *
 * @param path construct path for the error
 * @param secure what was asked for
 * @throws {MecError} MEC1475 for `true`
 * @see https://docs.edgexfoundry.org/4.0/security/Ch-Security/
 */
export function refuseSecureMode(path: string, secure: boolean | undefined): void {
  if (secure) {
    throw new MecError(
      "MEC1475",
      path,
      "got true as secure: OpenBao, token files and the proxy of EdgeX' secure mode are designed and not there yet (docs/edgex-secure-mode.md), so leave secure out: policies of the network, the broker's password and an ingress with authentication protect the open mode",
    );
  }
}
