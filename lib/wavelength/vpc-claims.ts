import type { Construct, IConstruct } from "constructs";
import { MecError, got } from "../errors";
import { identityOf } from "../tokens";
import type { Cidr } from "./cidr";

/** What networks make in a VPC that existed before. */
interface Claims {
  /** Path of the network that makes the carrier gateway. */
  carrierGateway?: string;
  /** Parts of the VPC that networks take, with the paths of these. */
  readonly taken: { readonly path: string; readonly cidr: Cidr }[];
}

/** Claims by app and VPC. */
const CLAIMS = new WeakMap<IConstruct, Map<string, Claims>>();

function claimsOf(network: Construct, vpcId: string): Claims {
  const { root } = network.node;
  const vpcs = CLAIMS.get(root) ?? new Map<string, Claims>();
  CLAIMS.set(root, vpcs);
  const key = identityOf(network, vpcId);
  const claims = vpcs.get(key) ?? { taken: [] };
  vpcs.set(key, claims);
  return claims;
}

/**
 * Notes that a network takes parts of a VPC.
 *
 * @param network the network
 * @param vpcId id of the VPC; a token too
 * @param taken what it takes
 * @throws {MecError} MEC1015 when another network of the app takes addresses of it
 */
export function claimAddresses(network: Construct, vpcId: string, taken: readonly Cidr[]): void {
  const claims = claimsOf(network, vpcId);
  const { path } = network.node;
  for (const cidr of taken) {
    const twin = claims.taken.find((other) => other.cidr.overlaps(cidr));
    if (twin !== undefined) {
      throw new MecError(
        "MEC1015",
        path,
        `${got(`${cidr}`)} in ipAddresses: ${twin.path} takes ${twin.cidr} of the same VPC, so write a part of it that is free`,
      );
    }
  }
  claims.taken.push(...taken.map((cidr) => ({ path, cidr })));
}

/**
 * Notes that a network makes the carrier gateway of a VPC.
 *
 * @param network the network
 * @param vpcId id of the VPC; a token too
 * @throws {MecError} MEC1022 when another network of the app makes it already
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export function claimCarrierGateway(network: Construct, vpcId: string): void {
  const claims = claimsOf(network, vpcId);
  const { carrierGateway: first } = claims;
  const { path } = network.node;
  if (first !== undefined) {
    throw new MecError(
      "MEC1022",
      path,
      `${got(first)} as network of the same VPC: a VPC has one carrier gateway and that one makes it, so write existing.carrierGatewayId`,
    );
  }
  claims.carrierGateway = path;
}
