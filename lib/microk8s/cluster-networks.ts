import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { Cidr } from "../wavelength/cidr";
import type { IWavelengthNetwork } from "../wavelength/network-interface";

/** Networks of a microk8s cluster's inside: pods and services (https://microk8s.io/docs/change-cidr). */
export const CLUSTER_NETWORKS = { pods: "10.1.0.0/16", services: "10.152.183.0/24" } as const;

/**
 * Refuses a network that overlaps the cluster's own: what is in it would be unreachable from pods.
 *
 * @param path construct path for the error
 * @param network the network of the cluster's nodes
 * @throws {MecError} MEC1005
 */
export function assertOutsideCluster(path: string, network: IWavelengthNetwork): void {
  const others = [
    ...network.vpcCidrs.map((cidr) => ({ of: "the VPC", cidr })),
    ...network.peerNetworks.map((cidr) => ({ of: "peerNetworks", cidr })),
  ].filter(({ cidr }) => !Token.isUnresolved(cidr));
  for (const { of, cidr } of others) {
    for (const [name, own] of Object.entries(CLUSTER_NETWORKS)) {
      if (Cidr.parse(path, own).overlaps(Cidr.parse(path, cidr))) {
        throw new MecError(
          "MEC1005",
          path,
          `${got(cidr)} of ${of}: it overlaps ${own}, the network of the cluster's ${name}, so write another network for it, such as "10.64.0.0/16"`,
        );
      }
    }
  }
}
