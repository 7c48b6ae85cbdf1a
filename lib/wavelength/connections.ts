import { VpcSecurityGroupEgressRule } from "@cdktf/provider-aws/lib/vpc-security-group-egress-rule";
import { VpcSecurityGroupIngressRule } from "@cdktf/provider-aws/lib/vpc-security-group-ingress-rule";
import { Construct, type IConstruct } from "constructs";
import { warn } from "../annotations";
import { MecError, got } from "../errors";
import { Peer, type PeerEnd } from "./peer";
import type { Port } from "./port";
import type { WavelengthZone } from "./zone";

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
  /** The Wavelength Zone it is in. */
  readonly zone: WavelengthZone;
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
 * A security group as something that lets others in, and lets what is in it out, rule by rule. The peer and the port are a rule's identity: the order of the
 * calls moves nothing, and a rule that is asked for twice is made once.
 */
export class Connections extends Construct {
  /** Name of what the security group is for. */
  public readonly name: string;

  /** Id of the security group. @attribute */
  public readonly securityGroupId: string;

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
   * @throws {MecError} MEC1021 for everybody at a port that is never for everybody
   */
  public allowFrom(peer: Peer, port: Port, description?: string): VpcSecurityGroupIngressRule[] {
    if (peer.isEverybody) {
      this.refuseGuarded(peer, port);
      if (this.props.zone.acceptsInboundTcp && port.ipProtocol === "tcp") {
        warn(
          this,
          "MEC1905",
          `got ${port} for everybody: the carrier gateway of ${this.props.zone} lets the internet open TCP connections too, so write the carrier's networks, Peer.carrier([…]), unless that is meant`,
        );
      }
    }
    return peer.ends.map(({ key, ...end }) =>
      this.once(`${key}-${port}`, (id) => new VpcSecurityGroupIngressRule(this, id, this.rule(end, port, description))),
    );
  }

  /**
   * Lets what is in the security group connect to a peer. Answers to those who were let in need no such rule.
   *
   * @param peer to whom
   * @param port what traffic
   * @param description for the rule, up to 255 characters. @default - none
   * @returns the rules: the provider's own class, one for each network of the peer
   */
  public allowTo(peer: Peer, port: Port, description?: string): VpcSecurityGroupEgressRule[] {
    return peer.ends.map(({ key, ...end }) =>
      this.once(`To-${key}-${port}`, (id) => new VpcSecurityGroupEgressRule(this, id, this.rule(end, port, description))),
    );
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

  /** The rule with this id; made where it is not there yet. */
  private once<Rule extends IConstruct>(id: string, make: (id: string) => Rule): Rule {
    return (this.node.tryFindChild(id) as Rule | undefined) ?? make(id);
  }

  private rule(end: Omit<PeerEnd, "key">, { ipProtocol, fromPort, toPort }: Port, description?: string) {
    return { securityGroupId: this.securityGroupId, description, ...end, ipProtocol, fromPort, toPort, tags: this.props.tags };
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
