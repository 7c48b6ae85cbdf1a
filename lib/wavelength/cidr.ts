import { Token } from "cdktf";
import { Address4 } from "ip-address";
import { MecError, got } from "../errors";

/** Addresses that AWS keeps of every subnet: the first four and the last (https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html). */
export const AWS_RESERVED = 5;

/** Prefix lengths that AWS takes for a VPC and for a subnet (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html). */
export const PREFIX = { largest: 16, smallest: 28 } as const;

/** An IPv4 network with arithmetic. */
export class Cidr {
  /**
   * @param path construct path for the error
   * @param text the network, such as `10.0.0.0/16`, with no host bits set
   * @throws {MecError} MEC1003 for what is no network, MEC1024 for one that is not known at synth
   */
  public static parse(path: string, text: string): Cidr {
    if (Token.isUnresolved(text)) {
      throw new MecError(
        "MEC1024",
        path,
        `got a token: addresses are planned at synth and cannot wait for the apply, so write the network itself, such as "10.0.0.0/16"`,
      );
    }
    if (/^\d+(?:\.\d+){3}\/(?:0|[1-9]\d?)$/.test(text) && Address4.isValid(text)) {
      const address = new Address4(text);
      if (address.startAddress().correctForm() === address.correctForm()) {
        return new Cidr(Number(address.bigInt()), address.subnetMask);
      }
    }
    throw new MecError(
      "MEC1003",
      path,
      `${got(text)}: a network is an IPv4 address and a prefix length with no host bits set, so write for example "10.0.0.0/16"`,
    );
  }

  private constructor(
    private readonly first: number,
    /** Prefix length, 0 to 32. */
    public readonly prefix: number,
  ) {}

  /** Number of addresses. */
  public get size(): number {
    return 2 ** (32 - this.prefix);
  }

  /** Number of addresses a subnet of this size leaves for use; never below zero. */
  public get usable(): number {
    return Math.max(0, this.size - AWS_RESERVED);
  }

  /** The address at an offset from the first, such as `10.0.0.16`. */
  public address(offset: number): string {
    return Address4.fromBigInt(BigInt(this.first + offset)).correctForm();
  }

  /** The part of this network with the given prefix length, counted from 0. */
  public part(prefix: number, index: number): Cidr {
    return new Cidr(this.first + index * 2 ** (32 - prefix), prefix);
  }

  /** Offset of an address from the first one; negative or past the size when it is outside. */
  public offsetOf(address: string): number {
    return Number(new Address4(address).bigInt()) - this.first;
  }

  /** Whether the other network is this one or a part of it. */
  public contains(other: Cidr): boolean {
    return other.first >= this.first && other.first + other.size <= this.first + this.size;
  }

  /** Whether both have an address in common. */
  public overlaps(other: Cidr): boolean {
    return this.contains(other) || other.contains(this);
  }

  /** The network in CIDR notation. */
  public toString(): string {
    return `${this.address(0)}/${this.prefix}`;
  }
}

/**
 * Refuses what is not an IPv4 network; a token passes, since only the apply knows it.
 *
 * @param path construct path for the error
 * @param cidr the network, such as `203.0.113.7/32`
 * @throws {MecError} MEC1003
 */
export function assertCidr(path: string, cidr: string): void {
  if (!Token.isUnresolved(cidr)) {
    Cidr.parse(path, cidr);
  }
}

/** Whether a text is one IPv4 address. */
export function isAddress(text: string): boolean {
  return /^\d+(?:\.\d+){3}$/.test(text) && Address4.isValid(text);
}

/** Shortest prefix of a network that is somebody's; the registries have never given away a larger one than a /8. */
const SOMEBODYS = 8;

/**
 * Whether a network is everybody's: every IPv4 address there is, or so many that it comes to the same. A token is not.
 *
 * @param cidr a network in CIDR notation
 */
export function isEverywhere(cidr: string): boolean {
  return !Token.isUnresolved(cidr) && Cidr.parse("", cidr).prefix < SOMEBODYS;
}

/**
 * Whether networks are everybody's, one of them or all together: half of all IPv4 addresses is no longer somebody's. A token is not
 * counted.
 *
 * @param cidrs networks in CIDR notation
 */
export function areEverywhere(cidrs: readonly string[]): boolean {
  const networks = cidrs.filter((cidr) => !Token.isUnresolved(cidr)).map((cidr) => Cidr.parse("", cidr));
  const distinct = networks.filter(
    (one, index) => !networks.some((other, place) => other.contains(one) && (place < index || !one.contains(other))),
  );
  return networks.some(({ prefix }) => prefix < SOMEBODYS) || distinct.reduce((sum, { size }) => sum + size, 0) >= 2 ** 31;
}

/** Networks that no VPC can have: loopback, link-local, "this network", multicast and above. */
const NEVER_A_VPC = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"];

/**
 * The network of a VPC, or of a part of one.
 *
 * @param path construct path for the errors
 * @param text the network
 * @throws {MecError} MEC1003, MEC1024, MEC1004 for a prefix outside /16 to /28, MEC1025 for a network that is nobody's
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
export function vpcNetwork(path: string, text: string): Cidr {
  const cidr = Cidr.parse(path, text);
  if (cidr.prefix < PREFIX.largest || cidr.prefix > PREFIX.smallest) {
    throw new MecError(
      "MEC1004",
      path,
      `${got(text)}: AWS takes a VPC of /16 (65,536 addresses) to /28 (16), so write for example "${cidr.address(0)}/24"`,
    );
  }
  const reserved = NEVER_A_VPC.find((other) => Cidr.parse(path, other).overlaps(cidr));
  if (reserved !== undefined) {
    throw new MecError(
      "MEC1025",
      path,
      `${got(text)}: ${reserved} is reserved and no VPC can be there, so write a private network (RFC 1918), such as "10.0.0.0/16"`,
    );
  }
  return cidr;
}
