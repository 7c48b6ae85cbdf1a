import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";

/** A subnet, made here or elsewhere. */
export interface INetworkSubnet {
  /** Id of the subnet, such as `subnet-0123456789abcdef0`. @attribute */
  readonly subnetId: string;
  /** Network of the subnet in CIDR notation; may be a token for a subnet that is made elsewhere. */
  readonly cidr: string;
  /** What must exist before an instance in the subnet has a way out, and must outlive it; empty for a subnet that is made elsewhere. */
  readonly egress: readonly ITerraformDependable[];
}

/** Where everything goes that is not for the VPC itself; exactly one. */
export interface DefaultRoute {
  /** Id of a carrier gateway. @attribute */
  readonly carrierGatewayId?: string;
  /** Id of an internet gateway. @attribute */
  readonly gatewayId?: string;
  /** Id of a NAT gateway. @attribute */
  readonly natGatewayId?: string;
}

/** Properties of {@link NetworkSubnet}. */
export interface NetworkSubnetProps {
  /** Id of the VPC. @attribute */
  readonly vpcId: string;
  /** Network of the subnet. */
  readonly cidr: string;
  /** Name of the zone the subnet is in. @attribute */
  readonly availabilityZone: string;
  /** Where everything goes that is not for the VPC itself. */
  readonly defaultRoute: DefaultRoute;
  /** Tags of subnet and route table. */
  readonly tags: Record<string, string>;
  /** What must exist before the subnet. */
  readonly dependsOn?: ITerraformDependable[];
}

/**
 * A subnet with a route table of its own. It has neither IPv6 nor public addresses on launch, which a Wavelength Zone lacks and
 * nothing here needs.
 */
export class NetworkSubnet extends Construct implements INetworkSubnet {
  public readonly cidr: string;
  public readonly egress: readonly ITerraformDependable[];

  /** The subnet: the provider's own class. */
  public readonly subnet: Subnet;

  /** The route table: the provider's own class. */
  public readonly routeTable: RouteTable;

  public constructor(scope: Construct, id: string, props: NetworkSubnetProps) {
    super(scope, id);
    const { vpcId, tags } = props;
    this.cidr = props.cidr;
    this.subnet = new Subnet(this, "Resource", {
      vpcId,
      cidrBlock: props.cidr,
      availabilityZone: props.availabilityZone,
      tags,
      dependsOn: props.dependsOn,
    });
    this.routeTable = new RouteTable(this, "RouteTable", { vpcId, tags });
    const route = new Route(this, "DefaultRoute", {
      routeTableId: this.routeTable.id,
      destinationCidrBlock: "0.0.0.0/0",
      ...props.defaultRoute,
    });
    const association = new RouteTableAssociation(this, "RouteTableAssociation", {
      subnetId: this.subnet.id,
      routeTableId: this.routeTable.id,
    });
    this.egress = [route, association];
  }

  public get subnetId(): string {
    return this.subnet.id;
  }
}
