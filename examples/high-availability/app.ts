import type { App } from "cdktf";
import { ApiAccess, Microk8sChannel, NodeTaint, WavelengthInstanceType, WavelengthZone } from "../../lib";
import { InfrastructureStack } from "../../stacks";
import type { Deployment } from "../deployment";

/** The stacks of the example. */
export interface HighAvailabilityStacks {
  /** Network, cluster and workers: `arena-infrastructure`. */
  readonly infrastructure: InfrastructureStack;
}

/**
 * A MEC that stands the loss of a control-plane node: three of them, and two groups of workers. It makes five Elastic IPs, as many as an
 * account has by default: three carrier IPs, the NAT gateway's, which workers go out by, and the region gateway's.
 *
 * From three nodes on, nodes, carrier IPs and the cluster's key are kept from being deleted: to destroy it, apply with
 * `deletionProtection: false` first.
 */
export function highAvailability(app: App, deployment: Deployment = {}): HighAvailabilityStacks {
  const infrastructure = new InfrastructureStack(app, "arena-infrastructure", {
    ...deployment,
    zone: WavelengthZone.US_EAST_1_WL1_DFW,
    acknowledgeAccountWideOptIn: true,
    clusterName: "arena",
    channel: Microk8sChannel.V1_35,
    controlPlane: { count: 3, instanceType: WavelengthInstanceType.T3_XLARGE },
    // An endpoint that is none of the three nodes' own.
    apiAccess: ApiAccess.regionGateway({ allowedCidrs: ["203.0.113.0/24"] }),
    tags: { "mec:site": "arena" },
  });
  // Only pods that ask for these nodes by the label, and tolerate their taint, run there.
  infrastructure.cluster.addWorkers("edge", {
    count: 2,
    instanceType: WavelengthInstanceType.T3_XLARGE,
    labels: { "example.com/tier": "edge" },
    taints: [NodeTaint.of("example.com/dedicated", "edge")],
  });
  infrastructure.cluster.addWorkers("gpu", { count: 1, instanceType: WavelengthInstanceType.G4DN_2XLARGE });
  return { infrastructure };
}
