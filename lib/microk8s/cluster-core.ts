import type { ITerraformDependable } from "cdktf";
import type { RoleOptions } from "../identity";
import type { Connections } from "../wavelength/connections";
import type { IWavelengthNetwork } from "../wavelength/network-interface";
import type { AgentSource } from "./agent-source";
import type { ClusterRegistries } from "./cluster-registries";
import type { ClusterRoster } from "./cluster-roster";
import type { Microk8sChannel } from "./channel";
import type { Desired } from "./desired";
import type { NodeAlarmsProps } from "./node-alarms";
import type { NodeArguments } from "./node-arguments";
import type { ClusterParameters } from "./parameters";
import type { ClusterReadiness } from "./readiness";

/** What the parts of a cluster share with the groups of nodes that come after it is made. */
export interface ClusterCore {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster's parameters. */
  readonly region: string;
  /** The network the nodes are in. */
  readonly network: IWavelengthNetwork;
  /** Channel of the nodes. */
  readonly channel: Microk8sChannel;
  /** Arguments of the programs. @default - those of microk8s */
  readonly nodeArguments?: NodeArguments;
  /** Whether nodes are hardened. */
  readonly cisHardening: boolean;
  /** Whether metrics of the programs can be read. */
  readonly controlPlaneMetrics: boolean;
  /** Where nodes fetch their agent. */
  readonly agent: AgentSource;
  /** ARN of the KMS key of the secret parameters. @attribute */
  readonly keyArn: string;
  /** What registries add to nodes and roles. */
  readonly registries: ClusterRegistries;
  /** Who may connect to the control plane. */
  readonly connections: Connections;
  /** The nodes in their order; groups are added to it. */
  readonly roster: ClusterRoster;
  /** What the nodes shall be, and the generations. */
  readonly desired: Desired;
  /** The cluster's parameters; statuses are added to them. */
  readonly parameters: ClusterParameters;
  /** What the apply waits for; hosts are added to it. */
  readonly readiness: ClusterReadiness;
  /** Name of the log group. @default - nodes write to none */
  readonly logGroup?: string;
  /** What keeps the addresses of the control plane free for it; empty where nothing does. */
  readonly reservation: readonly ITerraformDependable[];
  /** What a worker needs before it boots, and must outlive it: the agent, the log group, the parameters that it reads. */
  readonly workersNeed: readonly ITerraformDependable[];
  /** Whether nodes are kept from being deleted. */
  readonly deletionProtection: boolean;
  /** What happens when status checks fail. @default - no alarms */
  readonly alarms?: NodeAlarmsProps;
  /** What the roles have in common. @default - nothing */
  readonly roles?: RoleOptions;
  /** Tags of everything. @default - none */
  readonly tags?: Record<string, string>;
}
