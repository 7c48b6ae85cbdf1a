import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { SUBNET_NAMES, type SubnetRole } from "./address-plan";
import { Cidr, vpcNetwork } from "./cidr";
import type { IpAddresses } from "./ip-addresses";

/** A subnet that is made elsewhere. */
export interface SubnetAttributes {
  /** Id of the subnet, such as `subnet-0123456789abcdef0`. */
  readonly subnetId: string;
  /** Network of the subnet in CIDR notation. */
  readonly cidr: string;
}

/** Subnets that are made elsewhere; what their route tables say is up to you. */
export interface ExistingSubnets {
  /**
   * Wavelength subnet routed to a carrier gateway.
   * @default - one is made
   */
  readonly carrierSubnet?: SubnetAttributes;
  /**
   * Wavelength subnet with a way out through a NAT gateway in the parent Region.
   * @default - one is made where something needs it
   */
  readonly privateSubnet?: SubnetAttributes;
  /**
   * Public subnet in the parent Region.
   * @default - one is made where something needs it
   */
  readonly parentPublicSubnet?: SubnetAttributes;
  /**
   * Private subnet in the parent Region.
   * @default - one is made where something needs it
   */
  readonly parentPrivateSubnet?: SubnetAttributes;
}

/** What is there already of a network; the rest is made. */
export interface ExistingNetwork extends ExistingSubnets {
  /** Id of the VPC, such as `vpc-0123456789abcdef0`. */
  readonly vpcId: string;
  /** Network of the VPC in CIDR notation. */
  readonly vpcCidr: string;
  /**
   * Further networks of the VPC.
   * @default - none
   */
  readonly secondaryCidrs?: readonly string[];
  /**
   * Id of the VPC's carrier gateway, such as `cagw-0123456789abcdef0`. A VPC has one at most.
   * @default - one is made, unless there is a `carrierSubnet`
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
   */
  readonly carrierGatewayId?: string;
  /**
   * Id of the VPC's internet gateway, such as `igw-0123456789abcdef0`: needed where a public subnet in the parent Region is to be made.
   * @default - none; this library makes no internet gateway in a VPC that is not its own
   */
  readonly internetGatewayId?: string;
  /**
   * Id of a NAT gateway in the parent Region, such as `nat-0123456789abcdef0`, for private subnets that are to be made.
   * @default - one is made where something needs it
   */
  readonly natGatewayId?: string;
}

/** Property of an existing subnet, by the subnet's role. */
export const EXISTING_SUBNET: Readonly<Record<SubnetRole, keyof ExistingSubnets>> = {
  carrier: "carrierSubnet",
  private: "privateSubnet",
  parentPublic: "parentPublicSubnet",
  parentPrivate: "parentPrivateSubnet",
};

const IDS = {
  vpcId: "vpc",
  carrierGatewayId: "cagw",
  internetGatewayId: "igw",
  natGatewayId: "nat",
  subnetId: "subnet",
} as const;

/**
 * Refuses what is not the id of a resource of its kind; a token passes.
 *
 * @param path construct path for the error
 * @param prop name of the property, for the error
 * @param value the id
 * @throws {MecError} MEC1014
 */
function assertId(path: string, prop: string, value: string | undefined): void {
  const kind = IDS[prop.slice(prop.lastIndexOf(".") + 1) as keyof typeof IDS];
  if (value !== undefined && !Token.isUnresolved(value) && !new RegExp(`^${kind}-(?:[0-9a-f]{8}|[0-9a-f]{17})$`).test(value)) {
    throw new MecError(
      "MEC1014",
      path,
      `${got(value)} as ${prop}: such an id is ${kind}- and 8 or 17 hexadecimal digits, so write for example "${kind}-0123456789abcdef0"`,
    );
  }
}

function missing(path: string, what: string, because: string): never {
  throw new MecError("MEC1013", path, `got no ${what}: ${because}, so write ${what} too`);
}

/** A network for arithmetic; undefined for a token. */
function known(path: string, text: string): Cidr | undefined {
  return Token.isUnresolved(text) ? undefined : Cidr.parse(path, text);
}

/**
 * Checks the subnets that are made elsewhere, each by itself and against the VPC and one another.
 *
 * @param path construct path for the errors
 * @param prefix of the property names in errors, such as `existing.`
 * @param vpcCidrs networks of the VPC
 * @param subnets the subnets
 * @returns their networks, where they are known at synth
 * @throws {MecError} MEC1003, MEC1013, MEC1014, MEC1015
 */
function checkExistingSubnets(
  path: string,
  prefix: string,
  vpcCidrs: readonly string[],
  subnets: ExistingSubnets,
): { name: string; cidr: Cidr }[] {
  const vpc = vpcCidrs.map((cidr) => known(path, cidr));
  const found: { name: string; cidr: Cidr }[] = [];
  const ids = new Map<string, string>();
  for (const role of Object.keys(EXISTING_SUBNET) as SubnetRole[]) {
    const prop = `${prefix}${EXISTING_SUBNET[role]}`;
    const subnet = subnets[EXISTING_SUBNET[role]] as Partial<SubnetAttributes> | undefined;
    if (subnet === undefined) {
      continue;
    }
    const { subnetId, cidr } = subnet;
    if (!subnetId || !cidr) {
      return missing(path, `${prop}.${subnetId ? "cidr" : "subnetId"}`, `a ${SUBNET_NAMES[role]} is known by its id and its network`);
    }
    assertId(path, `${prop}.subnetId`, subnetId);
    if (ids.has(subnetId)) {
      throw new MecError(
        "MEC1015",
        path,
        `${got(subnetId)} as ${prop}.subnetId: it is the ${ids.get(subnetId)} already, so write different subnets`,
      );
    }
    ids.set(subnetId, SUBNET_NAMES[role]);
    const network = known(path, cidr);
    if (network === undefined) {
      continue;
    }
    if (vpc.every((part) => part !== undefined && !part.contains(network))) {
      throw new MecError(
        "MEC1015",
        path,
        `${got(cidr)} as ${prop}.cidr: it is not inside ${vpcCidrs.join(" or ")}, so write a subnet of the VPC`,
      );
    }
    const twin = found.find((other) => other.cidr.overlaps(network));
    if (twin !== undefined) {
      throw new MecError(
        "MEC1015",
        path,
        `${got(cidr)} as ${prop}.cidr: it overlaps ${twin.cidr}, the ${twin.name}, so write different subnets`,
      );
    }
    found.push({ name: SUBNET_NAMES[role], cidr: network });
  }
  return found;
}

/**
 * Checks what there is of a network already.
 *
 * @param path construct path for the errors
 * @param existing what there is
 * @param ipAddresses networks of what is to be made
 * @param prefix of the property names in errors
 * @throws {MecError} MEC1013 for what is half given, MEC1014 for an id that is none, MEC1015 for networks that do not fit together; and
 *   what a network itself is refused for
 */
export function checkExisting(path: string, existing: ExistingNetwork, ipAddresses?: IpAddresses, prefix = "existing."): void {
  const { vpcId, vpcCidr, secondaryCidrs = [] } = existing as Partial<ExistingNetwork>;
  if (!vpcId) {
    return missing(path, `${prefix}vpcId`, "parts of a network are parts of a VPC");
  }
  if (!vpcCidr) {
    return missing(path, `${prefix}vpcCidr`, "subnets and addresses must fit into the VPC's network");
  }
  for (const prop of ["vpcId", "carrierGatewayId", "internetGatewayId", "natGatewayId"] as const) {
    assertId(path, `${prefix}${prop}`, existing[prop]);
  }
  const vpcCidrs = [vpcCidr, ...secondaryCidrs];
  vpcCidrs.filter((cidr) => !Token.isUnresolved(cidr)).forEach((cidr) => vpcNetwork(path, cidr));
  const subnets = checkExistingSubnets(path, prefix, vpcCidrs, existing);
  if (ipAddresses === undefined) {
    if (existing.carrierSubnet === undefined) {
      missing(
        path,
        "ipAddresses",
        "subnets are to be made in a VPC that has other things in it, and which part of it is free is yours to say",
      );
    }
    return;
  }
  const { whole, taken } = ipAddresses.check(path);
  const vpc = vpcCidrs.map((cidr) => known(path, cidr));
  if (vpc.every((part) => part !== undefined && !part.contains(whole))) {
    throw new MecError(
      "MEC1015",
      path,
      `${got(`${whole}`)} as ipAddresses: it is not inside ${vpcCidrs.join(" or ")}, so write a free part of the VPC`,
    );
  }
  for (const network of taken) {
    const twin = subnets.find(({ cidr }) => cidr.overlaps(network));
    if (twin !== undefined) {
      throw new MecError(
        "MEC1015",
        path,
        `${got(`${network}`)} in ipAddresses: it overlaps ${twin.cidr}, the ${twin.name}, so write a free part of the VPC`,
      );
    }
  }
}
