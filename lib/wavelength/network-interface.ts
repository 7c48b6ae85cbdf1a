import { Token, type ITerraformDependable } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import type { ControlPlaneAddresses, ControlPlaneAddressRequest } from "./control-plane-addresses";
import type { WavelengthInstanceType } from "./instance-type";
import type { INetworkSubnet } from "./network-subnet";
import { Peer } from "./peer";
import type { WavelengthZone } from "./zone";

/** Addresses of a control plane, and what keeps them free for it. */
export interface ControlPlaneAllocation extends ControlPlaneAddresses {
  /** What must exist before a node takes its address: the reservation, where there is one. */
  readonly dependables: ITerraformDependable[];
}

/** A VPC with a carrier-routed subnet in one Wavelength Zone. */
export interface IWavelengthNetwork extends IConstruct {
  /** The Wavelength Zone of the network. */
  readonly zone: WavelengthZone;
  /** Id of the VPC, such as `vpc-0123456789abcdef0`. @attribute */
  readonly vpcId: string;
  /** Networks of the VPC in CIDR notation, the primary one first; a token where the VPC is made elsewhere. */
  readonly vpcCidrs: readonly string[];
  /** Networks that are, or will be, routed to the VPC from elsewhere: by peering, VPN or a transit gateway. */
  readonly peerNetworks: readonly string[];
  /** Network border group of the zone, for carrier IPs; a token where only the EC2 API knows it. @attribute */
  readonly networkBorderGroup: string;
  /** Name of the parent Availability Zone in this account, such as `us-east-1a`. @attribute */
  readonly parentZoneName: string;
  /** Wavelength subnet routed to the carrier gateway: what is in it needs a carrier IP for a way out. */
  readonly carrierSubnet: INetworkSubnet;

  /**
   * Wavelength subnet with a way out through a NAT gateway in the parent Region: what is in it needs no carrier IP. Made at the
   * first call, with the NAT gateway and what that needs.
   * @throws {MecError} MEC1017 when there is no room for it, MEC1013 when part of what it needs is missing
   */
  privateSubnet(): INetworkSubnet;

  /**
   * Public subnet in the parent Availability Zone, routed to the internet gateway. Made at the first call.
   * @throws {MecError} MEC1017 when there is no room for it, MEC1013 when part of what it needs is missing
   */
  parentPublicSubnet(): INetworkSubnet;

  /**
   * Private subnet in the parent Availability Zone, with a way out through the NAT gateway. Made at the first call.
   * @throws {MecError} MEC1017 when there is no room for it, MEC1013 when part of what it needs is missing
   */
  parentPrivateSubnet(): INetworkSubnet;

  /**
   * Takes addresses in the carrier-routed subnet for a cluster's control plane, and keeps them free for it with a subnet CIDR
   * reservation where they are a block.
   *
   * @param scope scope of the cluster, which the reservation is made in
   * @param request which addresses
   * @throws {MecError} MEC1006 when the subnet has no room for them, MEC1018 for addresses that cannot be
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
   */
  allocateControlPlane(scope: Construct, request?: ControlPlaneAddressRequest): ControlPlaneAllocation;

  /**
   * Makes sure that the zone offers an instance type: at synth where the zone's offers are known, and by the EC2 API at plan.
   *
   * @param scope the construct that needs the type, for the error
   * @param instanceType the type
   * @returns the check, for `dependsOn` of the instance
   * @throws {MecError} MEC1012 when the zone is known not to offer it
   */
  requireInstanceType(scope: Construct, instanceType: WavelengthInstanceType): ITerraformDependable[];
}

/** The peer networks of a network as peers. */
export function peersOfNetwork(network: IWavelengthNetwork): Peer[] {
  return network.peerNetworks.map((cidr, index) => Peer.cidr(cidr, Token.isUnresolved(cidr) ? `peer-${index}` : undefined));
}

/** The networks of a VPC as peers. One that is made elsewhere may tell them at the apply alone, so these have names. */
export function vpcPeers(network: IWavelengthNetwork): Peer[] {
  return network.vpcCidrs.map((cidr, index) => Peer.cidr(cidr, Token.isUnresolved(cidr) ? `vpc-${index}` : undefined));
}
