import { isIPv4 } from "node:net";
import { Token } from "cdktf";
import { MecError, got } from "../../errors";

/** A DNS name of two labels at least, or one of a Service. */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/**
 * Refuses what the probe cannot make a TLS handshake with.
 *
 * @param path construct path for the error
 * @param targets what a person wrote
 * @throws {MecError} MEC1435
 */
export function assertPathTargets(path: string, targets: readonly string[]): void {
  targets.forEach((target, index) => {
    if (Token.isUnresolved(target)) {
      return;
    }
    const [, host = "", port = ""] = /^([^:/]+):(\d{1,5})$/.exec(target) ?? [];
    const isHost = /^[\d.]+$/.test(host) ? isIPv4(host) : NAME.test(host);
    if (!isHost || Number(port) < 1 || Number(port) > 65_535) {
      throw new MecError(
        "MEC1435",
        path,
        `${got(target)} as pathTargets[${index}]: the probe takes a DNS name in lowercase or an IPv4 address, a colon and a port, so write for example "ssm.us-east-1.amazonaws.com:443"`,
      );
    }
    if (targets.indexOf(target) !== index) {
      throw new MecError("MEC1435", path, `${got(target)} as pathTargets twice: it would be tried twice, so write it once`);
    }
  });
}
