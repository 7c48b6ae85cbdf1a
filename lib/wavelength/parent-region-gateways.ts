import { Eip } from "@cdktf/provider-aws/lib/eip";
import { InternetGateway } from "@cdktf/provider-aws/lib/internet-gateway";
import { NatGateway } from "@cdktf/provider-aws/lib/nat-gateway";
import { Construct } from "constructs";
import { MecError } from "../errors";
import type { ExistingNetwork } from "./existing-network";
import type { INetworkSubnet } from "./network-subnet";

/** Properties of {@link ParentRegionGateways}. */
export interface ParentRegionGatewaysProps {
  /** Id of the VPC. @attribute */
  readonly vpcId: string;
  /** What is there already; undefined for a VPC that is made here. */
  readonly existing?: ExistingNetwork;
  /** The public subnet in the parent Region, made when it is asked for. */
  readonly publicSubnet: () => INetworkSubnet;
  /** Tags of a part of the network, by its name. */
  readonly tags: (name: string) => Record<string, string>;
}

/**
 * Internet gateway and NAT gateway of a network, each made when it is first asked for. A Wavelength Zone has neither; what is in
 * its private subnets goes out through the parent Availability Zone.
 *
 * @see https://docs.openshift.com/container-platform/latest/installing/installing_aws/ipi/installing-aws-wavelength-zone.html
 */
export class ParentRegionGateways extends Construct {
  private internetGateway?: InternetGateway;
  private natGateway?: NatGateway;

  public constructor(
    scope: Construct,
    private readonly props: ParentRegionGatewaysProps,
  ) {
    super(scope, "ParentRegion");
  }

  /**
   * Id of the internet gateway. @attribute
   * @throws {MecError} MEC1013 for an existing VPC that none is named of
   */
  public internetGatewayId(): string {
    const { existing, vpcId, tags } = this.props;
    if (existing !== undefined && existing.internetGatewayId === undefined) {
      throw new MecError(
        "MEC1013",
        this.node.scope!.node.path,
        "got no existing.internetGatewayId: something needs a public subnet in the parent Region, a VPC has one internet gateway at most and " +
          "this one is not the library's own, so write existing.internetGatewayId, existing.natGatewayId, or the existing subnet itself",
      );
    }
    if (existing?.internetGatewayId !== undefined) {
      return existing.internetGatewayId;
    }
    this.internetGateway ??= new InternetGateway(this, "InternetGateway", { vpcId, tags: tags("internet-gateway") });
    return this.internetGateway.id;
  }

  /**
   * Id of the NAT gateway. @attribute
   * @throws {MecError} MEC1013 or MEC1017 when it cannot be made
   */
  public natGatewayId(): string {
    const { existing, publicSubnet, tags } = this.props;
    if (existing?.natGatewayId !== undefined) {
      return existing.natGatewayId;
    }
    this.natGateway ??= this.makeNatGateway(publicSubnet(), tags("nat"));
    return this.natGateway.id;
  }

  private makeNatGateway(subnet: INetworkSubnet, tags: Record<string, string>): NatGateway {
    const eip = new Eip(this, "NatAddress", { domain: "vpc", tags, dependsOn: [...subnet.egress] });
    return new NatGateway(this, "NatGateway", {
      allocationId: eip.allocationId,
      subnetId: subnet.subnetId,
      tags,
      // Its way out, which must outlive it.
      dependsOn: [...subnet.egress],
    });
  }
}
