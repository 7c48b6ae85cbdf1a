import { DefaultSecurityGroup } from "@cdktf/provider-aws/lib/default-security-group";
import { Ec2CarrierGateway } from "@cdktf/provider-aws/lib/ec2-carrier-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import type { ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { controlPlaneAddresses, wavelengthSubnetCidr } from "./address-plan";
import type { WavelengthZone } from "./zone";
import type { WavelengthZoneOptIn } from "./zone-opt-in";

/** Which IPv4 network a {@link WavelengthNetwork} takes. */
export class IpAddresses {
  /**
   * @param cidr network of the VPC in CIDR notation, /16 to /26, such as `10.0.0.0/16`; it must not overlap
   *   `10.1.0.0/16` (pods) nor `10.152.183.0/24` (services)
   */
  public static cidr(cidr: string): IpAddresses {
    return new IpAddresses(cidr);
  }

  private constructor(
    /** Network of the VPC in CIDR notation. */
    public readonly vpcCidr: string,
  ) {}
}

/** Properties of {@link WavelengthNetwork}. */
export interface WavelengthNetworkProps {
  /** The Wavelength Zone. One network is one VPC in one zone: two Wavelength Zones of a VPC cannot reach each other. */
  readonly zone: WavelengthZone;

  /**
   * Network of the VPC. Its lower half becomes the Wavelength subnet, the upper half stays free for the parent Region.
   * @default IpAddresses.cidr("10.0.0.0/16")
   */
  readonly ipAddresses?: IpAddresses;

  /**
   * The opt-in to the zone's group, when the same app makes it: what needs the zone then waits for it.
   * @default - the account is opted in already
   */
  readonly optIn?: WavelengthZoneOptIn;

  /**
   * Tags of every resource, beside `Name`.
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** A VPC with a carrier-routed subnet in one Wavelength Zone. */
export interface IWavelengthNetwork extends IConstruct {
  /** The Wavelength Zone of the network. */
  readonly zone: WavelengthZone;
  /** Id of the VPC, such as `vpc-0123456789abcdef0`. @attribute */
  readonly vpcId: string;
  /** Network of the VPC in CIDR notation. */
  readonly vpcCidr: string;
  /** Id of the subnet in the Wavelength Zone. @attribute */
  readonly subnetId: string;
  /** What must exist before a node in the subnet has a way out, and must outlive it. */
  readonly egress: ITerraformDependable[];
  /**
   * Takes the next free addresses for a cluster's control plane; the order of the calls decides, so add clusters at the end.
   * @param path construct path of the cluster, for the error
   * @returns private addresses of the control-plane nodes 0 to 4
   * @throws {MecError} MEC1006 when the subnet has no room for one more control plane
   */
  allocateControlPlane(path: string): string[];
}

/**
 * A VPC in a Wavelength Zone: carrier gateway, one subnet routed to it, and a default security group that lets
 * nothing through.
 *
 * Public addresses are carrier IPs of the zone's network border group. IPv6 and public IP on launch do not exist in a
 * Wavelength Zone.
 *
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
 * @throws {MecError} MEC1003, MEC1004 or MEC1005 when `ipAddresses` is no network, of an unusable size, or overlaps the cluster's own networks
 */
export class WavelengthNetwork extends Construct implements IWavelengthNetwork {
  public readonly zone: WavelengthZone;
  public readonly vpcCidr: string;
  public readonly egress: ITerraformDependable[];

  /** Network of the Wavelength subnet in CIDR notation. */
  public readonly subnetCidr: string;

  /** The VPC: the provider's own resource. */
  public readonly vpc: Vpc;

  /** The carrier gateway: the provider's own resource. One VPC has one. */
  public readonly carrierGateway: Ec2CarrierGateway;

  /** The subnet in the Wavelength Zone: the provider's own resource. */
  public readonly subnet: Subnet;

  /** The route table of the subnet: the provider's own resource. */
  public readonly routeTable: RouteTable;

  private clusters = 0;

  public constructor(scope: Construct, id: string, props: WavelengthNetworkProps) {
    super(scope, id);
    this.zone = props.zone;
    this.vpcCidr = (props.ipAddresses ?? IpAddresses.cidr("10.0.0.0/16")).vpcCidr;
    this.subnetCidr = wavelengthSubnetCidr(this.node.path, this.vpcCidr);
    const tags = (name: string) => ({ ...props.tags, Name: `${this.node.path.replaceAll("/", "-")}-${name}` });

    this.vpc = new Vpc(this, "Resource", {
      cidrBlock: this.vpcCidr,
      enableDnsSupport: true,
      enableDnsHostnames: true,
      tags: tags("vpc"),
    });
    new DefaultSecurityGroup(this, "DefaultSecurityGroup", {
      vpcId: this.vpc.id,
      // Written out, because "no rules" must be said for the provider to take away those that AWS makes.
      ingress: [],
      egress: [],
      tags: tags("default-closed"),
    });
    this.carrierGateway = new Ec2CarrierGateway(this, "CarrierGateway", { vpcId: this.vpc.id, tags: tags("carrier-gateway") });
    this.subnet = new Subnet(this, "Subnet", {
      vpcId: this.vpc.id,
      cidrBlock: this.subnetCidr,
      availabilityZone: this.zone.name,
      tags: tags("wavelength"),
      dependsOn: props.optIn ? [props.optIn.dependable] : undefined,
    });
    this.routeTable = new RouteTable(this, "RouteTable", { vpcId: this.vpc.id, tags: tags("wavelength") });
    const route = new Route(this, "CarrierRoute", {
      routeTableId: this.routeTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      carrierGatewayId: this.carrierGateway.id,
    });
    const association = new RouteTableAssociation(this, "RouteTableAssociation", {
      subnetId: this.subnet.id,
      routeTableId: this.routeTable.id,
    });
    this.egress = [route, association];
  }

  /** Id of the VPC. @attribute */
  public get vpcId(): string {
    return this.vpc.id;
  }

  /** Id of the subnet in the Wavelength Zone. @attribute */
  public get subnetId(): string {
    return this.subnet.id;
  }

  /** Id of the carrier gateway. @attribute */
  public get carrierGatewayId(): string {
    return this.carrierGateway.id;
  }

  public allocateControlPlane(path: string): string[] {
    const addresses = controlPlaneAddresses(path, this.subnetCidr, this.clusters);
    this.clusters += 1;
    return addresses;
  }
}
