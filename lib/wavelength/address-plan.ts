import { Address4 } from "ip-address";
import { MecError, got } from "../errors";

/** Networks of a microk8s cluster's inside, which a VPC must not overlap: pods and services (https://microk8s.io/docs/change-cidr). */
export const CLUSTER_NETWORKS = { pods: "10.1.0.0/16", services: "10.152.183.0/24" } as const;

/** Control-plane nodes that the addresses of one cluster suffice for. */
export const MAX_CONTROL_PLANE_NODES = 5;

/** Smallest and largest prefix length of a VPC network here: AWS allows no more than /16; a /26 still holds one cluster. */
const VPC_PREFIX = { largest: 16, smallest: 26 } as const;

/** Addresses of one cluster's control plane: a /29, so that one subnet CIDR reservation can hold it. */
const BLOCK_SIZE = 8;

/** The first block starts here, well clear of the four addresses that AWS keeps at the start of each subnet. */
const FIRST_BLOCK = 16;

/** An IPv4 network as first address and prefix length. */
function parse(path: string, cidr: string): Address4 {
  const fail = (): never => {
    throw new MecError(
      "MEC1003",
      path,
      `${got(cidr)}: a network is an IPv4 address and a prefix length with no host bits set, so write for example "10.0.0.0/16"`,
    );
  };
  if (!/^\d+(?:\.\d+){3}\/\d+$/.test(cidr) || !Address4.isValid(cidr)) {
    return fail();
  }
  const network = new Address4(cidr);
  return network.startAddress().correctForm() === network.correctForm() ? network : fail();
}

function contains(outer: Address4, inner: Address4): boolean {
  return inner.isInSubnet(outer);
}

/**
 * Refuses what is not an IPv4 network.
 *
 * @param path construct path for the error
 * @param cidr the network, such as `203.0.113.7/32`
 * @throws {MecError} MEC1003
 */
export function assertCidr(path: string, cidr: string): void {
  parse(path, cidr);
}

/**
 * Network of the Wavelength subnet: the lower half of the VPC. The upper half stays free for subnets in the parent
 * Region, so that adding those later moves nothing.
 *
 * ```
 * 10.0.0.0/16  ├── 10.0.0.0/17    Wavelength subnet
 *              └── 10.0.128.0/17  parent Region
 * ```
 *
 * @param path construct path for the errors
 * @param vpcCidr network of the VPC, /16 to /26
 * @throws {MecError} MEC1003 for what is no network, MEC1004 for an unusable size, MEC1005 for an overlap with pods or services
 */
export function wavelengthSubnetCidr(path: string, vpcCidr: string): string {
  const vpc = parse(path, vpcCidr);
  if (vpc.subnetMask < VPC_PREFIX.largest || vpc.subnetMask > VPC_PREFIX.smallest) {
    throw new MecError(
      "MEC1004",
      path,
      `${got(vpcCidr)}: a VPC is /16 at most (AWS) and /26 at least (half of it for the Wavelength subnet, with AWS's five reserved ` +
        `addresses and eight for a control plane), so write for example "${vpc.startAddress().correctForm()}/24"`,
    );
  }
  for (const [name, cidr] of Object.entries(CLUSTER_NETWORKS)) {
    const other = parse(path, cidr);
    if (contains(vpc, other) || contains(other, vpc)) {
      throw new MecError(
        "MEC1005",
        path,
        `${got(vpcCidr)}: overlaps ${cidr}, the network of the cluster's ${name}, so write for example "10.0.0.0/16"`,
      );
    }
  }
  return `${vpc.startAddress().correctForm()}/${vpc.subnetMask + 1}`;
}

/**
 * Private addresses of a cluster's control plane, known before anything boots: the same for as long as the cluster
 * keeps its place among the clusters of its network.
 *
 * @param path construct path for the error
 * @param subnetCidr network of the Wavelength subnet
 * @param index place of the cluster in its network, from 0
 * @returns the addresses of nodes 0 to 4
 * @throws {MecError} MEC1006 when the subnet has no room for one more control plane
 */
export function controlPlaneAddresses(path: string, subnetCidr: string, index: number): string[] {
  const subnet = parse(path, subnetCidr);
  const start = subnet.startAddress().bigInt();
  const size = 2 ** (32 - subnet.subnetMask);
  const offset = FIRST_BLOCK + BLOCK_SIZE * index;
  // The last address of a subnet is AWS's own, so a block may not end on it.
  if (offset + BLOCK_SIZE >= size) {
    const room = Math.max(0, Math.floor((size - 1 - FIRST_BLOCK) / BLOCK_SIZE));
    throw new MecError(
      "MEC1006",
      path,
      `got ${index + 1} clusters in ${subnetCidr}: it has room for ${room} control planes of eight addresses after the first sixteen, so write a larger ipAddresses network`,
    );
  }
  return Array.from({ length: MAX_CONTROL_PLANE_NODES }, (_, node) => Address4.fromBigInt(start + BigInt(offset + node)).correctForm());
}

/** Whether a network is every IPv4 address there is. */
export function isEverywhere(cidr: string): boolean {
  return cidr.endsWith("/0");
}
