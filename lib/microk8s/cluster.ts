import { Eip } from "@cdktf/provider-aws/lib/eip";
import { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { inOwnStack } from "../dependencies";
import { MecError, got } from "../errors";
import { assertKmsKeyArn, assertRoleOptions, type RoleOptions } from "../identity";
import { assertTags } from "../tags";
import type { Duration } from "../units";
import { Connections, type IConnectable } from "../wavelength/connections";
import { peersOfNetwork, vpcPeers, type IWavelengthNetwork } from "../wavelength/network-interface";
import { Peer } from "../wavelength/peer";
import { Port } from "../wavelength/port";
import { AgentSource } from "./agent-source";
import type { IApiAccess } from "./api-access";
import type { Microk8sChannel } from "./channel";
import { ChannelGuard } from "./channel-guard";
import { CIS_HARDENING } from "./cis-hardening";
import type { ClusterCapabilities, ClusterProviders, IMicrok8sCluster } from "./cluster-interface";
import { clusterKey } from "./cluster-key";
import { ClusterLogs } from "./cluster-logs";
import { assertClusterName } from "./cluster-name";
import { assertOutsideCluster } from "./cluster-networks";
import { checkedControlPlane, type ControlPlaneProps } from "./control-plane";
import { clusterRegistries } from "./cluster-registries";
import type { ContainerRegistry } from "./container-registry";
import { Desired } from "./desired";
import { ImportedMicrok8sCluster, type ClusterNameAttributes } from "./imported-cluster";
import { INGRESS, INGRESS_CLASS } from "./ingress";
import { keyGuard } from "./key-guard";
import { launchConfiguration } from "./launch-configuration";
import { Microk8sNode, keptFromDestroy } from "./node";
import { NodeAlarms, assertNodeAlarms, type NodeAlarmsProps } from "./node-alarms";
import { OsPatches } from "./os-patches";
import { renderedArguments, type NodeArguments } from "./node-arguments";
import { ClusterParameters, PROTOCOL } from "./parameters";
import { GUARDED_PORTS, NODE_NEEDS } from "./ports";
import { BoundProviders } from "./providers";
import { ClusterReadiness } from "./readiness";
import { defaultReadyTime } from "./ready-time";
import { ControlPlaneRole } from "./roles/control-plane-role";
import { assertSubjectNames } from "./subject-names";
import { userData } from "./user-data";

/** Bounds of the readiness time in seconds: CloudFormation waits for a signal for 12 hours at most. */
const READY_SECONDS = { min: 10, max: 11 * 3600 } as const;

/** Number of control-plane nodes from which on a cluster is protected unless its user says otherwise: it is highly available. */
const PROTECTED_FROM = 3;

/** Paths of the clusters of each app, by Region and name. */
const NAMES_IN_USE = new WeakMap<IConstruct, Map<string, string>>();

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

/**
 * A microk8s cluster in a Wavelength Zone. Its nodes make it a cluster by themselves, with no SSH and no secret in the
 * Terraform state, and the apply ends when they are ready.
 *
 * @throws {MecError} MEC1101 for a cluster name, MEC1103 for a number of nodes, MEC1104 for a root volume, MEC1109 for a
 *   readiness time that cannot be, MEC1107 for a name used twice, MEC1005 for a network that overlaps the cluster's own, MEC1030 to
 *   MEC1033 for key, roles and tags, MEC1122 and MEC1123 for registries, MEC1105 for more than nodes can be told, MEC1140 to MEC1147 and
 *   MEC1152 for arguments, MEC1148 and MEC1149 for extraSans, MEC1150 for controlPlane.reinitialise, MEC1023 for the retention of logs,
 *   MEC1130 and MEC1131 for alarms; and what `network` and `apiAccess` refuse
 */
export class Microk8sCluster extends Construct implements IMicrok8sCluster, IConnectable {
  /**
   * A cluster that is made elsewhere, in another stack or another repository, known by its name. The stack it is imported
   * to must have an AWS provider in the cluster's Region.
   *
   * @throws {MecError} MEC1101 when the name cannot be a cluster's
   */
  public static fromClusterName(scope: Construct, id: string, attributes: ClusterNameAttributes): IMicrok8sCluster {
    return new ImportedMicrok8sCluster(scope, id, attributes);
  }

  public readonly clusterName: string;
  public readonly region: string;
  public readonly endpoint: string;
  public readonly capabilities: ClusterCapabilities;

  /** The nodes by their names, `cp-0` first. */
  public readonly nodes: ReadonlyMap<string, Microk8sNode>;

  /** The security group of the control-plane nodes: the provider's own class. */
  public readonly securityGroup: SecurityGroup;

  /**
   * Who may connect to the control-plane nodes, and whom they may connect to: from the start the VPC and its peer networks, and TCP
   * ports 443 and 80 everywhere, for snaps, images, packages and AWS, and the ports of `registries`. What a workload needs beside that, such as MQTT at port 8883, is let out by
   * `connections.allowTo(Peer.anywhere(), Port.tcp(8883))`.
   */
  public readonly connections: Connections;

  /** Command that opens the way to the Kubernetes API; undefined where it is open. @attribute */
  public readonly accessCommand?: string;

  /** What is there once every node is ready, for `dependsOn`. */
  public readonly ready: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: Microk8sClusterProps) {
    super(scope, id);
    const path = this.node.path;
    const { clusterName, network, tags } = props;
    const { controlPlane, readyTimeout, deletionProtection } = checked(path, props);
    const { instanceType, rootVolume, reinitialise } = controlPlane;
    const { channel, cisHardening = false, ingress = false, extraSans = [] } = props;
    const args = renderedArguments(props.nodeArguments, { path, channel, instanceType, disk: rootVolume.size, cisHardening });
    this.clusterName = clusterName;
    this.region = network.zone.parentRegion;
    this.refuseSecondOfTheName();

    const registries = clusterRegistries(path, clusterName, this.region, props.registries);
    const nodeName = "cp-0";
    const offered = network.requireInstanceType(this, instanceType);
    const { addresses, dependables: reservation } = network.allocateControlPlane(this, controlPlane.addresses);
    assertSubjectNames(path, extraSans, addresses);
    this.securityGroup = new SecurityGroup(this, "SecurityGroup", {
      namePrefix: `mec-${clusterName}-cp-`,
      description: `Control-plane nodes of the cluster ${clusterName}`,
      vpcId: network.vpcId,
      tags: { ...tags, Name: `${clusterName}-control-plane` },
    });
    this.connections = new Connections(this, "Connections", {
      name: clusterName,
      securityGroupId: this.securityGroup.id,
      zone: network.zone,
      guardedPorts: GUARDED_PORTS,
      tags,
    });
    const outbound = [...NODE_NEEDS, ...registries.ports]
      .flatMap(([port, what]) => this.connections.allowTo(Peer.anywhere(), port, what))
      .concat(
        vpcPeers(network).flatMap((peer) => this.connections.allowTo(peer, Port.allTraffic(), "The VPC")),
        peersOfNetwork(network).flatMap((peer) => this.connections.allowTo(peer, Port.allTraffic(), "A peer network")),
      );
    const egress = inOwnStack(this, network.carrierSubnet.egress) ?? [];
    const eip = new Eip(this, `${nodeName}-CarrierIp`, {
      domain: "vpc",
      networkBorderGroup: network.networkBorderGroup,
      tags: { ...tags, Name: `${clusterName}-${nodeName}` },
      lifecycle: keptFromDestroy(deletionProtection),
      dependsOn: egress.length > 0 ? egress : undefined,
    });

    this.capabilities = {
      nodes: [{ name: nodeName, role: "control-plane", instanceType: instanceType.name }],
      gpu: instanceType.hasGpu,
      storageClasses: [],
      ...(ingress ? { ingressClass: INGRESS_CLASS } : {}),
      controlPlaneMetrics: false,
    };

    const { logs = ClusterLogs.toCloudWatch(), osPatches = OsPatches.SECURITY, alarms } = props;
    const inCluster = { clusterName, region: this.region, deletionProtection, tags };
    const logGroup = logs.groupOfClusterKey(clusterName);
    const { keyArn, ownKeyArn } = clusterKey(this, { ...inCluster, given: props.encryptionKeyArn, logGroup });
    const shipped = logs.bind(this, { ...inCluster, clusterKeyArn: ownKeyArn });
    // What every machine of the cluster is told.
    const common = { osPatches: osPatches.rendered, logs: shipped.desired };
    const agent = new AgentSource(this, "Agent", { clusterName, tags });
    const access = props.apiAccess.bind(new Construct(this, "ApiAccess"), {
      clusterName,
      network,
      connections: this.connections,
      controlPlaneAddresses: addresses,
      carrierIp: eip.carrierIp,
      agent,
      readyTimeout,
      deletionProtection,
      logGroup: shipped.desired?.group,
      desired: common,
      hostsNeed: shipped.dependables,
      roles: props.roles,
      tags,
    });
    this.endpoint = access.url;
    const { record: desired, generation } = new Desired(this, "Desired", {
      agent,
      channel: channel.name,
      keyArn,
      readySeconds: Math.ceil(readyTimeout.toSeconds()),
      reinitialise,
      nodes: [{ name: nodeName, role: "control-plane", privateIp: addresses[0] }],
      launchConfiguration: { ...launchConfiguration([...addresses, ...extraSans], args), ...registries.launchConfiguration },
      registryCredentials: registries.credentialParameters,
      addOns: addOns(props),
      ...common,
    });
    const { resource: statuses } = new ChannelGuard(this, "ChannelGuard", { clusterName, channel, reinitialise });
    const role = new ControlPlaneRole(this, "Role", {
      clusterName,
      region: this.region,
      keyArn,
      keyGuard: keyGuard(this, { statuses, keyArn, reinitialise }),
      agent,
      registryCredentials: registries.credentials,
      logGroup: shipped.desired?.group,
      roles: props.roles,
      tags,
    });
    const parameters = new ClusterParameters(this, "Parameters", {
      clusterName,
      keyArn,
      nodeNames: [nodeName],
      endpoint: access.url,
      desired,
      // A right, and what it is for, is there before living nodes are told to use it.
      beforeDesired: [...agent.dependables, ...role.dependables, ...shipped.dependables],
      capabilities: { protocol: PROTOCOL, ...this.capabilities },
      tags,
    });

    const node = new Microk8sNode(this, nodeName, {
      clusterName,
      nodeName,
      network,
      carrierIp: eip,
      privateIp: addresses[0],
      instanceType,
      rootVolume,
      deletionProtection,
      imageId: controlPlane.machineImage.bind(this, instanceType.architecture),
      securityGroupId: this.securityGroup.id,
      instanceProfileName: role.instanceProfileName,
      userData: userData({
        path,
        clusterName,
        nodeName,
        bucketName: agent.bucketName,
        agentKey: agent.key,
        agentSha256: agent.sha256,
      }),
      dependsOn: [
        ...offered,
        ...reservation,
        ...egress,
        ...outbound,
        ...role.dependables,
        ...agent.dependables,
        ...parameters.all,
        ...shipped.dependables,
      ],
      tags,
    });
    this.nodes = new Map([[nodeName, node]]);
    if (alarms !== undefined) {
      const { instanceId } = node;
      new NodeAlarms(this, `${nodeName}-Alarms`, { clusterName, nodeName, instanceId, region: this.region, tags }, alarms);
    }
    this.accessCommand = access.command?.(node.instanceId);
    this.ready = new ClusterReadiness(this, "Readiness", {
      clusterName,
      hosts: [...(access.host ? [access.host] : []), node.awaited(generation)],
      readyTimeout,
      dependsOn: access.dependables,
      tags,
    }).dependables;
  }

  public bindProviders(stack: TerraformStack): ClusterProviders {
    const own = TerraformStack.of(this);
    if (stack === own) {
      throw new MecError(
        "MEC1110",
        this.node.path,
        `got the stack ${own.node.id}, which makes the cluster: a provider needs an API that answers before the plan, so write the add-ons into a stack of their own`,
      );
    }
    stack.addDependency(own);
    return BoundProviders.of(stack, this.clusterName);
  }

  /** Two clusters of one name would write into each other's parameters. */
  private refuseSecondOfTheName(): void {
    const { root } = this.node;
    const names = NAMES_IN_USE.get(root) ?? new Map<string, string>();
    NAMES_IN_USE.set(root, names);
    const key = `${this.region}/${this.clusterName}`;
    const twin = names.get(key);
    if (twin !== undefined) {
      throw new MecError(
        "MEC1107",
        this.node.path,
        `${got(this.clusterName)} as clusterName: ${twin} has that name in ${this.region} already and both would write /mec/${this.clusterName}/, so write another`,
      );
    }
    names.set(key, this.node.path);
  }
}

/** Add-ons beside dns: the hardening first, since it restarts everything. */
function addOns({ cisHardening, ingress }: Microk8sClusterProps): string[] {
  return [...(cisHardening ? [CIS_HARDENING] : []), ...(ingress ? [INGRESS] : [])];
}

function checked(path: string, props: Microk8sClusterProps) {
  assertClusterName(path, props.clusterName);
  assertTags(path, props.tags);
  assertRoleOptions(path, props.roles);
  assertKmsKeyArn(path, "encryptionKeyArn", props.encryptionKeyArn, props.network.zone.parentRegion);
  assertNodeAlarms(path, props.network.zone.parentRegion, props.alarms);
  assertOutsideCluster(path, props.network);
  const controlPlane = checkedControlPlane(path, props.controlPlane);
  const readyTimeout = props.readyTimeout ?? defaultReadyTime({ addOns: addOns(props).length });
  const seconds = readyTimeout.toSeconds();
  if (seconds < READY_SECONDS.min || seconds > READY_SECONDS.max) {
    throw new MecError(
      "MEC1109",
      path,
      `got ${seconds} seconds as readyTimeout: a wait is ${READY_SECONDS.min} seconds to ${READY_SECONDS.max / 3600} hours, so write for example Duration.minutes(15)`,
    );
  }
  const deletionProtection = props.deletionProtection ?? controlPlane.count >= PROTECTED_FROM;
  return { controlPlane, readyTimeout, deletionProtection };
}
