import { DataAwsAvailabilityZone } from "@cdktf/provider-aws/lib/data-aws-availability-zone";
import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Route } from "@cdktf/provider-aws/lib/route";
import { RouteTable } from "@cdktf/provider-aws/lib/route-table";
import { RouteTableAssociation } from "@cdktf/provider-aws/lib/route-table-association";
import { Subnet } from "@cdktf/provider-aws/lib/subnet";
import { Vpc } from "@cdktf/provider-aws/lib/vpc";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { WavelengthZone } from "../../lib";
import { awsProvider } from "../../stacks";
import type { Deployment } from "../deployment";

/** Properties of {@link LandingZoneStack}. */
export interface LandingZoneStackProps extends Deployment {
  /** The Wavelength Zone whose parent Availability Zone the subnet is in. */
  readonly zone: WavelengthZone;
}

/** What the network team owns: a VPC with a public subnet and a NAT gateway. It knows nothing of Wavelength. */
export class LandingZoneStack extends TerraformStack {
  /** Network of the VPC. */
  public static readonly VPC_CIDR = "10.20.0.0/16";

  /** The VPC. */
  public readonly vpc: Vpc;

  /** The NAT gateway that everything private goes out through. */
  public readonly natGateway: NatGateway;

  public constructor(scope: Construct, id: string, props: LandingZoneStackProps) {
    super(scope, id);
    awsProvider(this, props.zone.parentRegion, props.aws);
    props.backend?.bind(this);
    const { parentZoneName } = new DataAwsAvailabilityZone(this, "Zone", { name: props.zone.name, allAvailabilityZones: true });
    const tags = { team: "network" };

    this.vpc = new Vpc(this, "Vpc", { cidrBlock: LandingZoneStack.VPC_CIDR, enableDnsHostnames: true, tags });
    const gateway = new InternetGateway(this, "InternetGateway", { vpcId: this.vpc.id, tags });
    const subnet = new Subnet(this, "Public", {
      vpcId: this.vpc.id,
      cidrBlock: "10.20.0.0/24",
      availabilityZone: parentZoneName,
      tags,
    });
    const table = new RouteTable(this, "PublicRoutes", { vpcId: this.vpc.id, tags });
    const route = new Route(this, "InternetRoute", {
      routeTableId: table.id,
      destinationCidrBlock: "0.0.0.0/0",
      gatewayId: gateway.id,
    });
    const association = new RouteTableAssociation(this, "PublicAssociation", { subnetId: subnet.id, routeTableId: table.id });
    const address = new Eip(this, "NatAddress", { domain: "vpc", tags, dependsOn: [gateway] });
    this.natGateway = new NatGateway(this, "NatGateway", {
      allocationId: address.allocationId,
      subnetId: subnet.id,
      tags,
      dependsOn: [route, association],
    });
  }
}
