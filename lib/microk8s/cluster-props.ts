import type { RoleOptions } from "../identity";
import type { Duration } from "../units";
import type { IWavelengthNetwork } from "../wavelength/network-interface";
import type { IApiAccess } from "./api-access";
import type { Microk8sChannel } from "./channel";
import type { ClusterLogs } from "./cluster-logs";
import type { ContainerRegistry } from "./container-registry";
import type { ControlPlaneProps } from "./control-plane";
import type { NodeAlarmsProps } from "./node-alarms";
import type { NodeArguments } from "./node-arguments";
import type { OsPatches } from "./os-patches";

/** What a person chooses about a cluster; see {@link Microk8sClusterProps} for the rest. */
export interface Microk8sClusterOptions {
  /**
   * Name of the cluster, unique in its account and Region: 1 to 30 lowercase letters, digits and single dashes.
   * It is the cluster's identity; another name is another cluster.
   */
  readonly clusterName: string;

  /**
   * The microk8s channel of the nodes. A change is carried out in place and waited for: to the next minor version, or to another risk of
   * the same one. Where nodes run a newer or a much older version, the plan fails with MEC1151.
   */
  readonly channel: Microk8sChannel;

  /**
   * The control plane.
   * @default - one t3.xlarge with a root volume of 50 GiB
   */
  readonly controlPlane?: ControlPlaneProps;

  /** How the Kubernetes API is reached. */
  readonly apiAccess: IApiAccess;

  /**
   * Arguments of kubelet, API server and the rest. A change is carried out in place and waited for.
   * @default - those of microk8s
   */
  readonly nodeArguments?: NodeArguments;

  /**
   * Whether nodes are hardened by microk8s' cis-hardening add-on, after the CIS benchmark. Every image is then asked for at its registry
   * whenever a container starts, and the API server writes an audit log.
   * @default false
   * @see https://microk8s.io/docs/cis-hardening
   */
  readonly cisHardening?: boolean;

  /**
   * Whether metrics of controller manager, scheduler and kube-proxy can be read, at the ports 10257, 10259 and 10249, and those of
   * node-exporter at 9100 by the other nodes. Nobody outside of the cluster can. A change is carried out in place and waited for. One
   * process tells the metrics of all programs of a node, so each of them tells much the same.
   * @default false
   * @see https://github.com/canonical/microk8s/issues/2379
   */
  readonly controlPlaneMetrics?: boolean;

  /**
   * Whether nodes have microk8s' ingress add-on: NGINX up to 1.34, Traefik from 1.35 on, at ports 80 and 443 of each node, with the default
   * ingress class `public`. It opens nothing: let people in by `connections.allowFromCarrier(Port.tcp(443), "edge clients")`.
   * @default false
   * @see https://microk8s.io/docs/addon-ingress
   */
  readonly ingress?: boolean;

  /**
   * DNS names and IPv4 addresses that the API server's certificate has beside the addresses of the control plane.
   * @default - none
   */
  readonly extraSans?: readonly string[];

  /**
   * ARN of the KMS key that encrypts the cluster's secret parameters; not an alias. It is for the life of the cluster: once nodes have
   * written the deployer's credential, another key is refused with MEC1153, at plan, or at apply where the other key is yet to be made.
   * @default - a key of the cluster's own, with yearly rotation, which encrypts `logs` too
   */
  readonly encryptionKeyArn?: string;

  /**
   * Mirrors and private registries that the nodes pull images from. A change reaches living nodes within five minutes of the
   * apply, without a restart.
   * @default - every registry by its own name, without credentials
   */
  readonly registries?: readonly ContainerRegistry[];

  /**
   * How long a node may take to be ready once everything it needs is there, or to have carried out a change, 10 seconds to 11 hours. When
   * it is over, the apply fails with the node's own reason.
   * @default - the longest times of what is waited for: machine, installation, start and add-ons for a birth, or an update and the way
   *   back for a change, whichever is longer; 20 minutes, and 2 more for each add-on
   */
  readonly readyTimeout?: Duration;

  /**
   * Whether and where the logs of the nodes go.
   * @default ClusterLogs.toCloudWatch()
   */
  readonly logs?: ClusterLogs;

  /**
   * What happens when EC2's status checks of a node fail.
   * @default - no alarms are made: each costs something, and without an action it would tell nobody
   */
  readonly alarms?: NodeAlarmsProps;

  /**
   * What the nodes do about security patches of Ubuntu. A change reaches living nodes.
   * @default OsPatches.SECURITY
   */
  readonly osPatches?: OsPatches;

  /**
   * Whether nodes, their carrier IPs, the cluster's own key and its logs are kept from being deleted, by Terraform and, for nodes, by the
   * EC2 API. To destroy the cluster, apply with `false` first. Terraform's protection goes with the code that it stands in: where the cluster
   * is taken out of the code, nodes stay by the EC2 API and logs by the state alone, but its own key is scheduled for deletion in seven days,
   * within which `aws kms cancel-key-deletion` brings it back.
   * @default - false with one control-plane node, true from three on
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
   */
  readonly deletionProtection?: boolean;

  /**
   * What the roles that are made have in common.
   * @default - no permissions boundary, and the path "/"
   */
  readonly roles?: RoleOptions;

  /**
   * Tags of every resource that takes any, root volumes too.
   * @default - none
   */
  readonly tags?: Record<string, string>;
}

/** Properties of {@link Microk8sCluster}. */
export interface Microk8sClusterProps extends Microk8sClusterOptions {
  /** The network the nodes are in. */
  readonly network: IWavelengthNetwork;
}
