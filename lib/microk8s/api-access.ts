import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import type { Connections } from "../wavelength/connections";
import type { IWavelengthNetwork } from "../wavelength/network-interface";
import type { RoleOptions } from "../identity";
import type { Duration } from "../units";
import type { AgentSource } from "./agent-source";
import type { AwaitedHost } from "./readiness";

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
  /** Where a host of the way fetches its agent. */
  readonly agent: AgentSource;
  /**
   * Name of the log group that a host of the way writes to.
   * @default - it writes to none
   */
  readonly logGroup?: string;
  /** What every machine of the cluster is told, such as what to do about security patches. */
  readonly desired: Readonly<Record<string, unknown>>;
  /** What must exist before a machine of the cluster boots, and must outlive it: the log group. */
  readonly hostsNeed: readonly ITerraformDependable[];
  /** How long a host of the way may take to be ready. */
  readonly readyTimeout: Duration;
  /** Whether the way's own hosts and addresses are kept from being deleted. */
  readonly deletionProtection: boolean;
  /**
   * What the roles that are made have in common.
   * @default - no permissions boundary, and the path "/"
   */
  readonly roles?: RoleOptions;
  /**
   * Tags of every resource that takes any.
   * @default - none
   */
  readonly tags?: Record<string, string>;
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
  /**
   * A host that makes the way and says by itself when it is ready; the apply waits for it.
   * @default - none
   */
  readonly host?: AwaitedHost;
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
