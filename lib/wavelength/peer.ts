import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { assertCidr, isEverywhere } from "./cidr";
import type { IConnectable } from "./connections";

/** One end of a rule, which is not the security group's own. */
export interface PeerEnd {
  /** Part of the rule's construct id; the same end has the same. */
  readonly key: string;
  /** Network in CIDR notation. */
  readonly cidrIpv4?: string;
  /** Id of a security group. @attribute */
  readonly referencedSecurityGroupId?: string;
}

/** Who may connect, or may be connected to: the other end of a rule. */
export class Peer {
  /**
   * A network.
   *
   * @param cidr in CIDR notation, such as `192.168.0.0/24`
   * @param name name of the peer, which becomes part of the rule's Terraform address; needed for a network that only the apply knows.
   *   @default - the network
   * @throws {MecError} MEC1003, MEC1027 for a token without a name
   */
  public static cidr(cidr: string, name?: string): Peer {
    return new Peer("Peer.cidr", [network("Peer.cidr", cidr, name)]);
  }

  /**
   * Devices in the carrier's 5G network, which reach carrier IPs. No list of their addresses is public, so the rule is open to every
   * address and the carrier gateway decides who gets to it: in most zones the carrier's devices alone for TCP and UDP; in the zones
   * of eu-west-3 the internet too for TCP, and the construct carries a warning then.
   *
   * @param cidrs the carrier's networks, where it told you. @default - every address
   * @throws {MecError} MEC1003 for what is no network, MEC1021 for none at all
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html
   */
  public static carrier(cidrs: readonly string[] = ["0.0.0.0/0"]): Peer {
    if (cidrs.length === 0) {
      throw new MecError(
        "MEC1021",
        "Peer.carrier",
        `${got(cidrs)}: nobody would be let in, so write the carrier's networks, or nothing for every address`,
      );
    }
    return new Peer(
      "Peer.carrier",
      cidrs.map((cidr) => network("Peer.carrier", cidr)),
    );
  }

  /** Every address: the internet, and the carrier's network. */
  public static anywhere(): Peer {
    return Peer.cidr("0.0.0.0/0");
  }

  /**
   * Networks that people administer from: never everybody.
   *
   * @param cidrs in CIDR notation, such as `203.0.113.7/32`; one at least
   * @throws {MecError} MEC1003 for what is no network, MEC1021 for everybody or nobody
   */
  public static admin(cidrs: readonly string[]): Peer {
    cidrs.forEach((cidr) => assertCidr("Peer.admin", cidr));
    if (cidrs.length === 0 || cidrs.some(isEverywhere)) {
      throw new MecError(
        "MEC1021",
        "Peer.admin",
        `${got(cidrs)}: administration is for somebody and not for everybody, so write the networks that you administer from, such as "203.0.113.7/32"`,
      );
    }
    return new Peer(
      "Peer.admin",
      cidrs.map((cidr) => network("Peer.admin", cidr)),
    );
  }

  /**
   * What has a security group.
   *
   * @param securityGroupId id of the group, such as `sg-0123456789abcdef0`
   * @param name name of the peer, which becomes part of the rule's Terraform address; needed for an id that only the apply knows.
   *   @default - the id
   * @throws {MecError} MEC1014 for what is no id, MEC1027 for a token without a name
   */
  public static securityGroup(securityGroupId: string, name?: string): Peer {
    assertSecurityGroupId("Peer.securityGroup", securityGroupId);
    return new Peer("Peer.securityGroup", [
      { key: lastingKey("Peer.securityGroup", securityGroupId, name), referencedSecurityGroupId: securityGroupId },
    ]);
  }

  /**
   * The nodes of a cluster, or anything else that has connections.
   * @param connectable the cluster
   */
  public static of(connectable: IConnectable): Peer {
    const { name, securityGroupId } = connectable.connections;
    return new Peer("Peer.of", [{ key: name, referencedSecurityGroupId: securityGroupId }]);
  }

  private constructor(
    /** Name of the factory, for errors. */
    public readonly kind: string,
    /** The ends; each becomes a rule. */
    public readonly ends: readonly PeerEnd[],
  ) {}

  /** Whether it is every address, or so many that it comes to the same. */
  public get isEverybody(): boolean {
    return this.ends.some(({ cidrIpv4 }) => cidrIpv4 !== undefined && isEverywhere(cidrIpv4));
  }
}

function network(factory: string, cidr: string, name?: string): PeerEnd {
  assertCidr(factory, cidr);
  return { key: lastingKey(factory, cidr, name), cidrIpv4: cidr };
}

function assertSecurityGroupId(factory: string, id: string): void {
  if (!Token.isUnresolved(id) && !/^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(id)) {
    throw new MecError(
      "MEC1014",
      factory,
      `${got(id)}: the id of a security group is sg- and 8 or 17 hexadecimal digits, so write for example "sg-0123456789abcdef0"`,
    );
  }
}

/** A rule's Terraform address must not depend on what only the apply knows. */
function lastingKey(factory: string, value: string, name?: string): string {
  if (name === undefined && Token.isUnresolved(value)) {
    throw new MecError(
      "MEC1027",
      factory,
      `got a value that only the apply knows and no name: the rule needs a lasting Terraform address, so write a name too, such as ${factory}(…, "monitoring")`,
    );
  }
  return name ?? value.replace(/[./]/g, "-");
}
