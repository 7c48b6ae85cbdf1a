import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { warn } from "../annotations";
import { MecError, got } from "../errors";
import { identityOf } from "../tokens";
import { Peer, type PeerEnd } from "./peer";
import { Port } from "./port";
import type { WavelengthZone } from "./zone";

/** What EC2 takes as description of a rule (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html). */
const DESCRIPTION = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** What others can be let in to. */
export interface IConnectable {
  /** Who may connect. */
  readonly connections: Connections;
}

/** Properties of {@link Connections}. */
export interface ConnectionsProps {
  /** Name of what the security group is for: a part of the Terraform address of the rules that let it in elsewhere. */
  readonly name: string;
  /** Id of the security group. @attribute */
  readonly securityGroupId: string;
  /**
   * The Wavelength Zone it is in.
   * @default - in the parent Region, where no carrier gateway decides who gets through
   */
  readonly zone?: WavelengthZone;
  /**
   * Ports that are never for everybody, by what they are for.
   * @default - none
   */
  readonly guardedPorts?: Readonly<Record<string, Port>>;
  /**
   * Tags of every rule.
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * A security group as something that lets others in, and lets what is in it out, rule by rule. The peer and the port are a rule's
 * identity: the order of the calls moves nothing, and a rule that is asked for twice is made once.
 */
export class Connections extends Construct {
  /** Name of what the security group is for. */
  public readonly name: string;

  /** Id of the security group. @attribute */
  public readonly securityGroupId: string;

  private readonly made = new Map<string, unknown>();

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: ConnectionsProps,
  ) {
    super(scope, id);
    this.name = props.name;
    this.securityGroupId = props.securityGroupId;
  }

  /**
   * Lets a peer in.
   *
   * @param peer who
   * @param port what traffic
   * @param description for the rule, up to 255 characters. @default - none
   * @returns the rules: the provider's own class, one for each network of the peer
   * @throws {MecError} MEC1021 for everybody at a port that is never for everybody, MEC1029 for a second peer of the name, MEC1034 for a
   *   description that EC2 refuses
   */
  public allowFrom(peer: Peer, port: Port, description?: string): VpcSecurityGroupIngressRule[] {
    if (peer.isEverybody) {
      this.refuseGuarded(peer, port);
      if (this.props.zone?.acceptsInboundTcp && port.overlaps(Port.tcpRange(0, 65_535))) {
        warn(
          this,
          "MEC1905",
          `got ${port} for everybody: the carrier gateway of ${this.props.zone} lets the internet open TCP connections too, so write the carrier's networks, Peer.carrier([…]), unless that is meant`,
        );
      }
    }
    return this.rulesFor(peer, port, "", (id, end) => new VpcSecurityGroupIngressRule(this, id, this.rule(end, port, description)));
  }

  /**
   * Lets what is in the security group connect to a peer. Answers to those who were let in need no such rule.
   *
   * @param peer to whom
   * @param port what traffic
   * @param description for the rule, up to 255 characters. @default - none
   * @returns the rules: the provider's own class, one for each network of the peer
   * @throws {MecError} MEC1029 for a second peer of the name, MEC1034 for a description that EC2 refuses
   */
  public allowTo(peer: Peer, port: Port, description?: string): VpcSecurityGroupEgressRule[] {
    return this.rulesFor(peer, port, "To-", (id, end) => new VpcSecurityGroupEgressRule(this, id, this.rule(end, port, description)));
  }

  /**
   * Lets devices in the carrier's network in; see {@link Peer.carrier}.
   *
   * @param port what traffic
   * @param description for the rule. @default - none
   * @throws {MecError} MEC1021 at a port that is never for everybody
   */
  public allowFromCarrier(port: Port, description?: string): VpcSecurityGroupIngressRule[] {
    return this.allowFrom(Peer.carrier(), port, description);
  }

  /**
   * Lets administrators in.
   *
   * @param cidrs networks they come from, such as `203.0.113.7/32`
   * @param port what traffic
   * @param description for the rule. @default - none
   * @throws {MecError} MEC1003 for what is no network, MEC1021 for everybody or nobody
   */
  public allowFromAdmin(cidrs: readonly string[], port: Port, description?: string): VpcSecurityGroupIngressRule[] {
    return this.allowFrom(Peer.admin(cidrs), port, description);
  }

  /**
   * Lets the nodes of a cluster in.
   *
   * @param cluster the cluster; in the same VPC, or in one that is peered with it in the same Region
   * @param port what traffic
   * @param description for the rule. @default - none
   * @see https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
   */
  public allowFromCluster(cluster: IConnectable, port: Port, description?: string): VpcSecurityGroupIngressRule[] {
    return this.allowFrom(Peer.of(cluster), port, description);
  }

  /** The rules of a peer; those that are there already are not made again. */
  private rulesFor<Rule>(peer: Peer, port: Port, direction: string, make: (id: string, end: PeerEnd) => Rule): Rule[] {
    return peer.ends.map((end) => {
      const id = `${direction}${end.key}-${port}`;
      const what = `${direction}${identityOf(this, end.cidrIpv4 ?? end.referencedSecurityGroupId ?? "")} ${port}`;
      const known = this.made.get(what);
      if (known === undefined && this.node.tryFindChild(id) !== undefined) {
        throw new MecError(
          "MEC1029",
          this.node.path,
          `${got(end.key)} as name of a peer: another peer has that name at ${port}, so give this one another, as in ${peer.kind}(…, "another-name")`,
        );
      }
      const rule = known ?? make(id, end);
      this.made.set(what, rule);
      return rule as Rule;
    });
  }

  private rule({ cidrIpv4, referencedSecurityGroupId }: PeerEnd, { ipProtocol, fromPort, toPort }: Port, description?: string) {
    if (description !== undefined && !Token.isUnresolved(description) && !DESCRIPTION.test(description)) {
      throw new MecError(
        "MEC1034",
        this.node.path,
        `${got(description)} as description of a rule: EC2 takes up to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*, so write for example "edge clients"`,
      );
    }
    const { securityGroupId } = this;
    return { securityGroupId, description, cidrIpv4, referencedSecurityGroupId, ipProtocol, fromPort, toPort, tags: this.props.tags };
  }

  private refuseGuarded(peer: Peer, port: Port): void {
    for (const [purpose, guarded] of Object.entries(this.props.guardedPorts ?? {})) {
      if (guarded.overlaps(port)) {
        throw new MecError(
          "MEC1021",
          this.node.path,
          `${got(`${port}`)} for ${peer.kind}, which is everybody: ${guarded} is for ${purpose} and never open to all, so write a port without it, or networks such as Peer.admin(["203.0.113.7/32"])`,
        );
      }
    }
  }
}
