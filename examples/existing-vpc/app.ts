import type { App } from "cdktf";
import { ApiAccess, IpAddresses, Microk8sChannel, WavelengthInstanceType, WavelengthZone } from "../../lib";
import { InfrastructureStack } from "../../stacks";
import type { Deployment } from "../deployment";
import { LandingZoneStack } from "./landing-zone";

/** The stacks of the example. */
export interface ExistingVpcStacks {
  /** What somebody else owns: `factory-landing-zone`. */
  readonly landingZone: LandingZoneStack;
  /** The MEC in it: `factory-infrastructure`. */
  readonly infrastructure: InfrastructureStack;
}

/**
 * A MEC in a VPC of somebody else's. Here the VPC is a stack of the same app, so that the example can be deployed; where it is not,
 * write its ids in place of `landingZone.vpc.id` and `landingZone.natGateway.id`.
 */
export function existingVpc(app: App, deployment: Deployment = {}): ExistingVpcStacks {
  const zone = WavelengthZone.US_EAST_1_WL1_CHI;
  const landingZone = new LandingZoneStack(app, "factory-landing-zone", { ...deployment, zone });
  const infrastructure = new InfrastructureStack(app, "factory-infrastructure", {
    ...deployment,
    zone,
    acknowledgeAccountWideOptIn: true,
    existing: {
      vpcId: landingZone.vpc.id,
      vpcCidr: LandingZoneStack.VPC_CIDR,
      natGatewayId: landingZone.natGateway.id,
    },
    // The part of the VPC that the network team gave away.
    ipAddresses: IpAddresses.cidr("10.20.128.0/20"),
    peerNetworks: ["192.168.0.0/16"],
    clusterName: "factory",
    channel: Microk8sChannel.V1_35,
    controlPlane: { instanceType: WavelengthInstanceType.T3_MEDIUM },
    apiAccess: ApiAccess.privateNetwork({ allowedCidrs: ["192.168.10.0/24"] }),
    roles: { path: "/factory/" },
    tags: { "mec:site": "factory" },
  });
  // For machines that shall not be reached by carrier IP; they go out through the network team's NAT gateway.
  infrastructure.network.privateSubnet();
  return { landingZone, infrastructure };
}
