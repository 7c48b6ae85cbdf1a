import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Ec2CarrierGateway } from "@cdktf/provider-aws/lib/ec2-carrier-gateway";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { Construct } from "constructs";
import { MecError } from "../errors";
import { assertRoleOptions, type RoleOptions } from "../identity";
import { assertTags } from "../tags";
import { SUBNET_NAMES, type SubnetRole } from "./address-plan";
import { EXISTING_SUBNET, checkExisting, type ExistingNetwork } from "./existing-network";
import { FlowLogs } from "./flow-logs";
import { ImportedWavelengthNetwork, type WavelengthNetworkAttributes } from "./imported-network";
import { IpAddresses } from "./ip-addresses";
import { NetworkBase } from "./network-base";
import type { IWavelengthNetwork } from "./network-interface";
import { NetworkSubnet, type DefaultRoute, type INetworkSubnet } from "./network-subnet";
import { ParentRegionGateways } from "./parent-region-gateways";
import { assertPeerNetworks } from "./peer-networks";
import { claimAddresses, claimCarrierGateway } from "./vpc-claims";
import type { WavelengthZone } from "./zone";
import type { WavelengthZoneOptIn } from "./zone-opt-in";

/** What a person chooses about a network; see {@link WavelengthNetworkProps} for the rest. */
export interface WavelengthNetworkOptions {
  /**
   * Networks of VPC and subnets.
   * @default IpAddresses.cidr("10.0.0.0/16"), or none where all that is needed exists already
   */
  readonly ipAddresses?: IpAddresses;

  /**
   * What is there already: a VPC, and perhaps subnets and gateways of it. The rest is made.
   * @default - nothing: a VPC is made
   */
  readonly existing?: ExistingNetwork;

  /**
   * Networks that are, or will be, routed to the VPC from elsewhere (peering, VPN, transit gateway), in CIDR notation. Nothing may
   * overlap them, and nodes may connect to them; the routes are yours.
   * @default - none
   */
  readonly peerNetworks?: readonly string[];

  /**
   * Whether and where flows are logged.
   * @default FlowLogs.toCloudWatch() for a VPC that is made here, FlowLogs.none() for an existing one
   */
  readonly flowLogs?: FlowLogs;
}

/** Properties of {@link WavelengthNetwork}. */
export interface WavelengthNetworkProps extends WavelengthNetworkOptions {
  /** The Wavelength Zone. One network is one VPC in one zone: two Wavelength Zones of a VPC cannot reach each other. */
  readonly zone: WavelengthZone;

  /**
   * The opt-in to the zone's group, when the same app makes it: what needs the zone then waits for it.
   * @default - the account is opted in already; the plan fails when it is not
   */
  readonly optIn?: WavelengthZoneOptIn;

  /**
   * What the roles that are made have in common.
   * @default - no permissions boundary, and the path "/"
   */
  readonly roles?: RoleOptions;

  /**
   * Tags of every resource, beside `Name`.
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/**
 * A VPC in a Wavelength Zone: carrier gateway, one subnet routed to it, and, where something needs them, a private subnet with a
 * NAT gateway in the parent Region and subnets there. A VPC that is made here logs its flows and has a default security group that
 * lets nothing through.
 *
 * Public addresses are carrier IPs of the zone's network border group. IPv6 and public IP on launch do not exist in a
 * Wavelength Zone.
 *
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
 * @throws {MecError} what `ipAddresses`, `existing`, `peerNetworks`, `flowLogs`, `roles` and `tags` are refused for, see
 *   docs/errors.md; MEC1010 at synth for a provider of another Region, MEC1022 for a second carrier gateway in the VPC,
 *   MEC1028 for an opt-in to another zone group
 */
export class WavelengthNetwork extends NetworkBase {
  /**
   * A network that is made elsewhere, in another stack or by other means. Nothing of it is made here.
   *
   * @throws {MecError} MEC1003, MEC1013, MEC1014 or MEC1015 for attributes that are missing or do not fit together
   */
  public static fromAttributes(scope: Construct, id: string, attributes: WavelengthNetworkAttributes): IWavelengthNetwork {
    return new ImportedWavelengthNetwork(scope, id, attributes);
  }

  public readonly vpcId: string;
  public readonly vpcCidrs: readonly string[];
  public readonly peerNetworks: readonly string[];
  public readonly carrierSubnet: INetworkSubnet;
  protected readonly ownCarrierSubnet: boolean;

  /** The VPC: the provider's own class; undefined where it existed already. */
  public readonly vpc?: Vpc;

  /** The carrier gateway: the provider's own class; undefined where none was made. */
  public readonly carrierGateway?: Ec2CarrierGateway;

  private readonly props: WavelengthNetworkProps;
  private readonly addresses?: IpAddresses;
  private readonly gateways: ParentRegionGateways;
  private readonly made = new Map<SubnetRole, INetworkSubnet>();

  public constructor(scope: Construct, id: string, props: WavelengthNetworkProps) {
    super(scope, id, props.zone, props.optIn);
    const { path } = this.node;
    const { existing, flowLogs, roles, tags, zone } = props;
    this.props = props;
    assertTags(path, tags);
    assertRoleOptions(path, roles);
    this.addresses = props.ipAddresses ?? (existing ? undefined : IpAddresses.cidr("10.0.0.0/16"));
    if (existing !== undefined) {
      checkExisting(path, existing, this.addresses);
      claimAddresses(this, existing.vpcId, this.addresses?.check(path).taken ?? []);
    }
    this.vpcCidrs = existing ? [existing.vpcCidr, ...(existing.secondaryCidrs ?? [])] : [`${this.addresses!.check(path).whole}`];
    this.peerNetworks = props.peerNetworks ?? [];
    assertPeerNetworks(path, this.vpcCidrs, this.peerNetworks);
    // All that is known to be wrong is refused before anything is made.
    this.ownCarrierSubnet = existing?.carrierSubnet === undefined;
    const carrierCidr = this.ownCarrierSubnet ? `${this.addresses!.subnet(path, "carrier")}` : undefined;

    this.vpc = existing ? undefined : this.makeVpc(this.vpcCidrs[0]);
    this.vpcId = existing?.vpcId ?? this.vpc!.id;
    this.gateways = new ParentRegionGateways(this, {
      vpcId: this.vpcId,
      existing,
      publicSubnet: () => this.parentPublicSubnet(),
      tags: (name) => this.tags(name),
    });
    this.requireUsableZone();
    if (carrierCidr === undefined) {
      this.carrierSubnet = { ...existing!.carrierSubnet!, egress: [] };
    } else {
      this.carrierGateway = existing?.carrierGatewayId ? undefined : this.makeCarrierGateway();
      const carrierGatewayId = existing?.carrierGatewayId ?? this.carrierGateway!.id;
      this.carrierSubnet = this.makeSubnet("CarrierSubnet", "wavelength", carrierCidr, zone.name, { carrierGatewayId });
    }
    (flowLogs ?? (existing ? FlowLogs.none() : FlowLogs.toCloudWatch())).bind(this, {
      vpcId: this.vpcId,
      region: zone.parentRegion,
      zoneName: zone.name,
      roles,
      tags,
    });
  }

  public privateSubnet(): INetworkSubnet {
    return this.subnet("private", (cidr) =>
      this.makeSubnet("PrivateSubnet", "wavelength-private", cidr, this.zone.name, { natGatewayId: this.gateways.natGatewayId() }),
    );
  }

  public parentPublicSubnet(): INetworkSubnet {
    return this.subnet("parentPublic", (cidr) =>
      this.makeSubnet("ParentPublicSubnet", "parent-public", cidr, this.parentZoneName, { gatewayId: this.gateways.internetGatewayId() }),
    );
  }

  public parentPrivateSubnet(): INetworkSubnet {
    return this.subnet("parentPrivate", (cidr) =>
      this.makeSubnet("ParentPrivateSubnet", "parent-private", cidr, this.parentZoneName, { natGatewayId: this.gateways.natGatewayId() }),
    );
  }

  /** The subnet of a role: what is there, was made, or is made now. */
  private subnet(role: SubnetRole, make: (cidr: string) => INetworkSubnet): INetworkSubnet {
    const known = this.made.get(role);
    if (known !== undefined) {
      return known;
    }
    const given = this.props.existing?.[EXISTING_SUBNET[role]];
    const subnet = given ? { ...given, egress: [] } : make(this.networkOf(role));
    this.made.set(role, subnet);
    return subnet;
  }

  private networkOf(role: SubnetRole): string {
    const { path } = this.node;
    if (this.addresses === undefined) {
      throw new MecError(
        "MEC1013",
        path,
        `got neither ipAddresses nor existing.${EXISTING_SUBNET[role]}: something needs the ${SUBNET_NAMES[role]}, so write one of both`,
      );
    }
    return `${this.addresses.subnet(path, role)}`;
  }

  private makeVpc(cidrBlock: string): Vpc {
    const vpc = new Vpc(this, "Resource", {
      cidrBlock,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: this.tags("vpc"),
    });
    new DefaultSecurityGroup(this, "DefaultSecurityGroup", {
      vpcId: vpc.id,
      // Written out, because "no rules" must be said for the provider to take away those that AWS makes.
      ingress: [],
      egress: [],
      tags: this.tags("default-closed"),
    });
    return vpc;
  }

  private makeCarrierGateway(): Ec2CarrierGateway {
    claimCarrierGateway(this, this.vpcId);
    return new Ec2CarrierGateway(this, "CarrierGateway", {
      vpcId: this.vpcId,
      tags: this.tags("carrier-gateway"),
      dependsOn: this.zoneDependencies,
    });
  }

  private makeSubnet(id: string, name: string, cidr: string, availabilityZone: string, defaultRoute: DefaultRoute): NetworkSubnet {
    return new NetworkSubnet(this, id, {
      vpcId: this.vpcId,
      cidr,
      availabilityZone,
      defaultRoute,
      tags: this.tags(name),
      dependsOn: this.zoneDependencies,
    });
  }

  private tags(name: string): Record<string, string> {
    return { ...this.props.tags, Name: `${this.node.path.replaceAll("/", "-")}-${name}` };
  }
}
