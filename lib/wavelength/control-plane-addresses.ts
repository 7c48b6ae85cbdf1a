import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { Cidr, PREFIX, isAddress } from "./cidr";

/** Control-plane nodes that the addresses of one cluster suffice for. */
export const MAX_CONTROL_PLANE_NODES = 5;

/** Addresses of one cluster's control plane: a /29, so that one subnet CIDR reservation holds it. */
const BLOCK_SIZE = 8;

/** Prefix length of a block. */
const BLOCK_PREFIX = 29;

/** The first block starts here, well clear of the four addresses that AWS keeps at the start of each subnet. */
const FIRST_BLOCK = 16;

/** Which addresses a cluster wants for its control plane; one of both at most. */
export interface ControlPlaneAddressRequest {
  /**
   * Number of the block of eight addresses, from 0. Write it where a network has several clusters, and a cluster keeps its
   * addresses when another is taken away.
   * @default - the next block that is free, in the order of construction; none in a subnet that this network did not make
   */
  readonly addressBlock?: number;

  /**
   * Private IPs for the nodes, the first for `cp-0`: one for each node there is, and up to five for those that may come. They must
   * be free in the subnet.
   * @default - from the block
   */
  readonly privateIps?: readonly string[];
}

/** Addresses of a control plane. */
export interface ControlPlaneAddresses {
  /** Private addresses of the nodes, the first for `cp-0`. */
  readonly addresses: readonly string[];
  /** The block they are from, in CIDR notation; undefined for addresses that were given. */
  readonly block?: string;
}

/**
 * Block of addresses for a control plane.
 *
 * @param path construct path for the error
 * @param subnet network of the subnet
 * @param index number of the block, from 0
 * @throws {MecError} MEC1006 when the subnet has no such block
 */
export function controlPlaneBlock(path: string, subnet: Cidr, index: number): Cidr {
  const offset = FIRST_BLOCK + BLOCK_SIZE * index;
  // The last address of a subnet is AWS's own, so a block may not end on it.
  if (offset + BLOCK_SIZE >= subnet.size) {
    const room = Math.max(0, Math.floor((subnet.size - 1 - FIRST_BLOCK) / BLOCK_SIZE));
    const needed = offset + BLOCK_SIZE + 1;
    const larger = 32 - Math.ceil(Math.log2(needed));
    const way = larger < PREFIX.largest ? "a block below 8190" : `a larger network, a /${larger} for the subnet or more`;
    throw new MecError(
      "MEC1006",
      path,
      `got block ${index} in ${subnet}: ${needed} addresses are needed (the first ${FIRST_BLOCK} are kept clear, each control plane takes ${BLOCK_SIZE}, the last is AWS's) ` +
        `and ${subnet.size} are available, room for ${room} control planes, so write ${way}`,
    );
  }
  return subnet.part(BLOCK_PREFIX, offset / BLOCK_SIZE);
}

/** Hands out the addresses of control planes in one subnet, none of them twice. */
export class ControlPlaneAllocator {
  private readonly owners = new Map<string, string>();

  /**
   * @param subnetCidr network of the subnet; may be a token, and then addresses must be given
   * @param own whether the subnet was made for this network, so that its addresses are known to be free
   */
  public constructor(
    private readonly subnetCidr: string,
    private readonly own: boolean,
  ) {}

  /**
   * Takes addresses for one control plane.
   *
   * @param path construct path of the cluster
   * @param request which addresses
   * @throws {MecError} MEC1006 when there is no room, MEC1018 for addresses that cannot be
   */
  public allocate(path: string, request: ControlPlaneAddressRequest = {}): ControlPlaneAddresses {
    const { addressBlock, privateIps } = request;
    if (addressBlock !== undefined && privateIps !== undefined) {
      this.refuse(path, { addressBlock, privateIps }, "addresses come from a block or are given, so write one of both");
    }
    if (privateIps !== undefined) {
      return { addresses: this.take(path, this.checked(path, privateIps)) };
    }
    if (addressBlock === undefined && !this.own) {
      this.refuse(
        path,
        undefined,
        "the subnet is not this network's own and its addresses may be taken, so write controlPlane.privateIps with one to five free addresses of the subnet, or controlPlane.addressBlock",
        "neither controlPlane.privateIps nor controlPlane.addressBlock",
      );
    }
    if (addressBlock !== undefined && (!Number.isInteger(addressBlock) || addressBlock < 0)) {
      this.refuse(path, addressBlock, "a block is numbered from 0, so write for example controlPlane.addressBlock: 0");
    }
    if (Token.isUnresolved(this.subnetCidr)) {
      this.refuse(
        path,
        addressBlock,
        "the network of the subnet is not known at synth, so write controlPlane.privateIps",
        "controlPlane.addressBlock",
      );
    }
    const subnet = Cidr.parse(path, this.subnetCidr);
    const block = controlPlaneBlock(path, subnet, addressBlock ?? this.nextFree(path, subnet));
    const addresses = Array.from({ length: MAX_CONTROL_PLANE_NODES }, (_, node) => block.address(node));
    return { addresses: this.take(path, addresses), block: `${block}` };
  }

  private nextFree(path: string, subnet: Cidr): number {
    for (let index = 0; ; index++) {
      const block = controlPlaneBlock(path, subnet, index);
      if (![...this.owners.keys()].some((address) => block.contains(Cidr.parse(path, `${address}/32`)))) {
        return index;
      }
    }
  }

  private take(path: string, addresses: readonly string[]): readonly string[] {
    for (const address of addresses) {
      const owner = this.owners.get(address);
      if (owner !== undefined) {
        this.refuse(path, address, `${owner} has this address, so write other addresses or another controlPlane.addressBlock`);
      }
    }
    addresses.forEach((address) => this.owners.set(address, path));
    return addresses;
  }

  private checked(path: string, addresses: readonly string[]): readonly string[] {
    if (addresses.length === 0 || addresses.length > MAX_CONTROL_PLANE_NODES || new Set(addresses).size < addresses.length) {
      this.refuse(path, addresses, "a control plane has one to five nodes, so write one to five different addresses");
    }
    for (const address of addresses) {
      if (!isAddress(address)) {
        this.refuse(path, address, 'a private IP is an IPv4 address that is known at synth, so write for example "10.0.0.16"');
      }
      if (Token.isUnresolved(this.subnetCidr)) {
        continue;
      }
      const subnet = Cidr.parse(path, this.subnetCidr);
      const offset = subnet.offsetOf(address);
      if (offset < 4 || offset >= subnet.size - 1) {
        this.refuse(
          path,
          address,
          `the subnet ${subnet} has ${subnet.usable} usable addresses, ${subnet.address(4)} to ${subnet.address(subnet.size - 2)}, so write one of these`,
        );
      }
    }
    return addresses;
  }

  private refuse(path: string, value: unknown, rule: string, name?: string): never {
    throw new MecError("MEC1018", path, `${name === undefined ? got(value) : `got ${name}`} for the control plane: ${rule}`);
  }
}
