import { MecError, got } from "../../../errors";
import { Cidr } from "../../../wavelength/cidr";
import { assertNamespace } from "../../names";
import type { Outside } from "./service-node";

/** Highest number of a port. */
const MAX_PORT = 65_535;

/**
 * Refuses what a NetworkPolicy would take for something else than it says: an empty list of networks or of ports is all of them there.
 *
 * @param path construct path for the error
 * @param what whose it is, such as `outbound of edgex-core-command`
 * @param outsides what is outside of EdgeX
 * @throws {MecError} MEC1482 for neither or both of networks and a namespace, and for ports that are none, MEC1003 for what is no network, MEC1414 for
 *   what is no namespace
 * @see https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/network-policy-v1/
 */
export function assertOutsides(path: string, what: string, outsides: readonly Outside[]): void {
  for (const outside of outsides) {
    const { cidrs, namespace, ports } = outside;
    const refuse = (rule: string): never => {
      throw new MecError("MEC1482", path, `${got(outside)} in ${what}: ${rule}`);
    };
    if ((cidrs === undefined) === (namespace === undefined) || cidrs?.length === 0) {
      refuse('it is networks or a namespace, one of them, so write for example cidrs: ["10.0.0.0/24"]');
    }
    if (!Array.isArray(ports) || ports.length === 0) {
      refuse("it has ports, since none would be all of them, so write for example ports: [{ port: 443 }]");
    }
    const port = ports.find(({ port: number }) => !(Number.isInteger(number) && number >= 1 && number <= MAX_PORT));
    if (port !== undefined) {
      refuse(`${port.port} is no port, which is a whole number from 1 to ${MAX_PORT}, so write for example ports: [{ port: 443 }]`);
    }
    // Of IPv6 there are addresses of exports alone, which are looked at where they are read.
    cidrs?.filter((cidr) => !/^[\da-f:]+\/128$/i.test(cidr)).forEach((cidr) => Cidr.parse(path, cidr));
    if (namespace !== undefined) {
      assertNamespace(path, namespace);
    }
  }
}
