import { DefaultTokenResolver, StringConcat, TerraformStack, Token, Tokenization } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { MecError, got } from "../errors";

/** Networks that make a carrier gateway, by app and VPC. */
const CARRIER_GATEWAYS = new WeakMap<IConstruct, Map<string, string>>();

/**
 * Notes that a network makes the carrier gateway of a VPC.
 *
 * @param network the network
 * @param vpcId id of the VPC; a token too
 * @throws {MecError} MEC1022 when another network of the app makes it already
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export function claimCarrierGateway(network: Construct, vpcId: string): void {
  const { root, path } = network.node;
  const vpcs = CARRIER_GATEWAYS.get(root) ?? new Map<string, string>();
  CARRIER_GATEWAYS.set(root, vpcs);
  const key = identity(network, vpcId);
  const first = vpcs.get(key);
  if (first !== undefined) {
    throw new MecError(
      "MEC1022",
      path,
      `${got(first)} as network of the same VPC: a VPC has one carrier gateway and that one makes it, so write existing.carrierGatewayId`,
    );
  }
  vpcs.set(key, path);
}

/** What is the same for the same VPC. A token is a new one each time; what it resolves to is the same within its stack. */
function identity(network: Construct, vpcId: string): string {
  if (!Token.isUnresolved(vpcId)) {
    return vpcId;
  }
  const resolver = new DefaultTokenResolver(new StringConcat());
  return `${TerraformStack.of(network).node.path} ${Tokenization.resolve(vpcId, { scope: network, resolver, preparing: false })}`;
}
