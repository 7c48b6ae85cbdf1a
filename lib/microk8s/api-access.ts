import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Connections } from "../wavelength/connections";
import type { IWavelengthNetwork } from "../wavelength/network-interface";

/** What a way to the Kubernetes API is bound to. */
export interface ApiAccessTarget {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** The network the nodes are in. */
  readonly network: IWavelengthNetwork;
  /** Who may connect to the control-plane nodes. */
  readonly connections: Connections;
  /** Private addresses of the control plane: those that are and those that may come. */
  readonly controlPlaneAddresses: readonly string[];
  /** Carrier IP of the first control-plane node. @attribute */
  readonly carrierIp: string;
}

/** Where the Kubernetes API answers. */
export interface ApiEndpoint {
  /** URL with scheme and port, such as `https://10.0.0.16:16443`. */
  readonly url: string;
  /** What must exist before the endpoint answers. */
  readonly dependables: ITerraformDependable[];
  /**
   * Gives the command that opens the way, for a way that has to be opened by hand.
   * @default - the way is open
   */
  readonly command?: (instanceId: string) => string;
}

/** A way to the Kubernetes API of a cluster; see `ApiAccess` for those there are. */
export interface IApiAccess {
  /**
   * Makes what the way needs, inside the given scope.
   * @param scope the cluster's own scope for it
   * @param target the cluster to reach
   */
  bind(scope: Construct, target: ApiAccessTarget): ApiEndpoint;
}
