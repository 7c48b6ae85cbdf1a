import { Token } from "cdktf";
import type { Construct } from "constructs";
import { MecError } from "../errors";
import { isListToken } from "../tokens";
import { assertCidr } from "../wavelength/cidr";
import { Peer } from "../wavelength/peer";

/**
 * The networks as peers, with the construct's path in the error where one is none. Those that only the apply knows have their place as name.
 *
 * @param scope the construct they are for
 * @param cidrs networks in CIDR notation
 * @throws {MecError} MEC1003 for what is no IPv4 network, MEC1024 for a list that only the apply knows
 */
export function allowedPeers(scope: Construct, cidrs: readonly string[] = []): Peer[] {
  return cidrs.map((cidr, index) => {
    if (isListToken(cidr)) {
      throw new MecError(
        "MEC1024",
        scope.node.path,
        "got a list token as allowedCidrs: how many rules there are must be known at synth, so write the networks themselves",
      );
    }
    assertCidr(scope.node.path, cidr);
    return Peer.cidr(cidr, Token.isUnresolved(cidr) ? `allowed-${index}` : undefined);
  });
}
