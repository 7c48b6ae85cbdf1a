import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { Cidr } from "./cidr";

/**
 * Refuses a peer network that overlaps the VPC: neither could be routed to the other.
 *
 * @param path construct path for the errors
 * @param vpcCidrs networks of the VPC; tokens are not looked at
 * @param peerNetworks networks that are routed to the VPC from elsewhere
 * @throws {MecError} MEC1003 for what is no network, MEC1016 for an overlap
 * @see https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html
 */
export function assertPeerNetworks(path: string, vpcCidrs: readonly string[], peerNetworks: readonly string[]): void {
  for (const text of peerNetworks.filter((network) => !Token.isUnresolved(network))) {
    const peer = Cidr.parse(path, text);
    const twin = vpcCidrs.find((cidr) => !Token.isUnresolved(cidr) && Cidr.parse(path, cidr).overlaps(peer));
    if (twin !== undefined) {
      throw new MecError(
        "MEC1016",
        path,
        `${got(text)} in peerNetworks: it overlaps ${twin}, a network of the VPC, so write another ipAddresses network for the VPC, such as "10.64.0.0/16"`,
      );
    }
  }
}
