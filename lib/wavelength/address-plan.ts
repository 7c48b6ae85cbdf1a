import { PREFIX, type Cidr } from "./cidr";

/** Subnets of a network: two in the Wavelength Zone, two in the zone's parent Availability Zone. */
export type SubnetRole = "carrier" | "private" | "parentPublic" | "parentPrivate";

/** Names of the subnets for people. */
export const SUBNET_NAMES: Readonly<Record<SubnetRole, string>> = {
  carrier: "carrier-routed Wavelength subnet",
  private: "private Wavelength subnet",
  parentPublic: "public subnet in the parent Region",
  parentPrivate: "private subnet in the parent Region",
};

/** Place of each subnet: the network is halved that often, and it is that part of the result, from 0. */
const PLACES: Readonly<Record<SubnetRole, { halved: number; part: number }>> = {
  carrier: { halved: 1, part: 0 },
  private: { halved: 2, part: 2 },
  parentPublic: { halved: 3, part: 6 },
  parentPrivate: { halved: 3, part: 7 },
};

/**
 * Network of a subnet by the fixed plan: a half, a quarter and two eighths, each with its place whether it is made or not.
 *
 * @param whole network that all subnets are in
 * @param role which subnet
 * @returns its network; smaller than a subnet can be where the whole is too small
 */
export function subnetOf(whole: Cidr, role: SubnetRole): Cidr {
  const { halved, part } = PLACES[role];
  return whole.part(whole.prefix + halved, part);
}

/**
 * Prefix length of the smallest network that holds these subnets by the fixed plan.
 *
 * @param roles the subnets
 * @returns 16 to 28
 */
export function smallestNetwork(roles: readonly SubnetRole[]): number {
  return PREFIX.smallest - Math.max(...roles.map((role) => PLACES[role].halved));
}
