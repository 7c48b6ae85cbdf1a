import type { Construct } from "constructs";
import { MecError } from "../errors";
import { SUBNET_NAMES, type SubnetRole } from "./address-plan";
import { EXISTING_SUBNET, checkExisting, type ExistingSubnets, type SubnetAttributes } from "./existing-network";
import { NetworkBase } from "./network-base";
import type { INetworkSubnet } from "./network-subnet";
import { assertPeerNetworks } from "./peer-networks";
import type { WavelengthZone } from "./zone";

/** A network that is made elsewhere. */
export interface WavelengthNetworkAttributes extends ExistingSubnets {
  /** The Wavelength Zone of the network. */
  readonly zone: WavelengthZone;
  /** Id of the VPC, such as `vpc-0123456789abcdef0`. */
  readonly vpcId: string;
  /** Network of the VPC in CIDR notation. */
  readonly vpcCidr: string;
  /**
   * Further networks of the VPC.
   * @default - none
   */
  readonly secondaryCidrs?: readonly string[];
  /** Wavelength subnet routed to a carrier gateway. */
  readonly carrierSubnet: SubnetAttributes;
  /**
   * Wavelength subnet with a way out through a NAT gateway in the parent Region.
   * @default - none: whatever needs it is refused
   */
  readonly privateSubnet?: SubnetAttributes;
  /**
   * Public subnet in the parent Region.
   * @default - none: whatever needs it is refused
   */
  readonly parentPublicSubnet?: SubnetAttributes;
  /**
   * Private subnet in the parent Region.
   * @default - none: whatever needs it is refused
   */
  readonly parentPrivateSubnet?: SubnetAttributes;
  /**
   * Networks that are routed to the VPC from elsewhere.
   * @default - none
   */
  readonly peerNetworks?: readonly string[];
}

/** A network of which nothing is made here. */
export class ImportedWavelengthNetwork extends NetworkBase {
  public readonly vpcId: string;
  public readonly vpcCidrs: readonly string[];
  public readonly peerNetworks: readonly string[];
  public readonly carrierSubnet: INetworkSubnet;
  protected readonly ownCarrierSubnet = false;

  public constructor(
    scope: Construct,
    id: string,
    private readonly attributes: WavelengthNetworkAttributes,
  ) {
    super(scope, id, attributes.zone);
    const { path } = this.node;
    if ((attributes as Partial<WavelengthNetworkAttributes>).carrierSubnet === undefined) {
      throw new MecError(
        "MEC1013",
        path,
        "got no carrierSubnet: an imported network has one at least and nothing of it is made here, so write carrierSubnet: { subnetId, cidr }, or new WavelengthNetwork(…, { existing })",
      );
    }
    checkExisting(path, attributes, undefined, "");
    this.vpcId = attributes.vpcId;
    this.vpcCidrs = [attributes.vpcCidr, ...(attributes.secondaryCidrs ?? [])];
    this.peerNetworks = attributes.peerNetworks ?? [];
    assertPeerNetworks(path, this.vpcCidrs, this.peerNetworks);
    this.carrierSubnet = { ...attributes.carrierSubnet, egress: [] };
  }

  public privateSubnet(): INetworkSubnet {
    return this.imported("private");
  }

  public parentPublicSubnet(): INetworkSubnet {
    return this.imported("parentPublic");
  }

  public parentPrivateSubnet(): INetworkSubnet {
    return this.imported("parentPrivate");
  }

  private imported(role: SubnetRole): INetworkSubnet {
    const prop = EXISTING_SUBNET[role];
    const subnet = this.attributes[prop];
    if (subnet === undefined) {
      throw new MecError(
        "MEC1013",
        this.node.path,
        `got no ${prop}: something needs the ${SUBNET_NAMES[role]} and nothing of an imported network is made here, so write ${prop}: { subnetId, cidr }`,
      );
    }
    return { ...subnet, egress: [] };
  }
}
