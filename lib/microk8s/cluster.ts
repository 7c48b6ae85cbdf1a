import type { SecurityGroup } from "@cdktf/provider-aws/lib/security-group";
import { TerraformStack, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import { inOwnStack } from "../dependencies";
import { MecError } from "../errors";
import type { Connections, IConnectable } from "../wavelength/connections";
import { AgentSource } from "./agent-source";
import { availabilityGuard } from "./availability-guard";
import { ChannelGuard } from "./channel-guard";
import type { ClusterCore } from "./cluster-core";
import type { ClusterCapabilities, ClusterProviders, IMicrok8sCluster } from "./cluster-interface";
import { clusterKey } from "./cluster-key";
import { ClusterLogs } from "./cluster-logs";
import { claimClusterName } from "./cluster-names";
import type { Microk8sClusterProps } from "./cluster-props";
import type { ContainerRegistry } from "./container-registry";
import { clusterRegistries } from "./cluster-registries";
import { ClusterRoster } from "./cluster-roster";
import { checkedCluster } from "./cluster-settings";
import { controlPlaneNames } from "./control-plane";
import { carrierIps, controlPlaneNodes } from "./control-plane-nodes";
import { allowBetweenControlPlaneNodes, controlPlaneSecurity } from "./control-plane-security";
import { Desired } from "./desired";
import { ImportedMicrok8sCluster, type ClusterNameAttributes } from "./imported-cluster";
import { INGRESS_CLASS } from "./ingress";
import { keyGuard } from "./key-guard";
import { KubeconfigMicrok8sCluster, type KubeconfigAttributes } from "./kubeconfig-cluster";
import { launchConfiguration } from "./launch-configuration";
import type { Microk8sNode } from "./node";
import { renderedArguments } from "./node-arguments";
import { nodeReservation } from "./node-reservation";
import { OsPatches } from "./os-patches";
import { ClusterParameters, PROTOCOL } from "./parameters";
import { BoundProviders } from "./providers";
import { PublishedConnection } from "./published-connection";
import { ClusterReadiness } from "./readiness";
import { JOIN_SECONDS, readySecondsAt } from "./ready-time";
import { ControlPlaneRole } from "./roles/control-plane-role";
import { assertSubjectNames } from "./subject-names";
import type { WorkerGroup } from "./workers/worker-group";
import type { WorkerGroupProps } from "./workers/worker-group-props";
import { WorkerGroups } from "./workers/worker-groups";

export type { Microk8sClusterOptions, Microk8sClusterProps } from "./cluster-props";

/**
 * A microk8s cluster in a Wavelength Zone. Its nodes make it a cluster by themselves, with no SSH and no secret in the
 * Terraform state, and the apply ends when they are ready.
 *
 * @throws {MecError} MEC1101 for a cluster name, MEC1103 for a number of nodes, MEC1160 for too few addresses, MEC1161 to MEC1165 for changes of the
 *   control plane, MEC1104 for a root volume, MEC1109 for a
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

  /**
   * A cluster that a kubeconfig knows, such as the microk8s of one's own machine: the same add-ons run on it, in stacks without an AWS
   * provider. It makes nothing, so the app itself may be its scope.
   *
   * Where the file is missing, the stacks that need it carry a warning (MEC1950), and their plan fails (MEC1451), as it does where the file
   * lacks the context. What such a cluster offers to add-ons is not known at synth: it has no `capabilities`.
   *
   * @example
   * Microk8sCluster.fromKubeconfig(app, "Laptop", { path: "~/.kube/microk8s", context: "microk8s" });
   * @throws {MecError} MEC1450 for a path or a context that cannot be, MEC1101 when the name cannot be a cluster's, MEC1452 when another
   *   cluster of the app has it
   */
  public static fromKubeconfig(scope: Construct, id: string, attributes: KubeconfigAttributes): IMicrok8sCluster {
    return new KubeconfigMicrok8sCluster(scope, id, attributes);
  }

  public readonly clusterName: string;
  public readonly region: string;
  public readonly endpoint: string;

  /** The nodes by their names, `cp-0` first. */
  public readonly nodes: ReadonlyMap<string, Microk8sNode>;

  /** How the nodes pull from registries: what the cluster was given. */
  public readonly registries: readonly ContainerRegistry[];

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

  /** What is there once every node that was added so far is ready, for `dependsOn`. */
  public readonly ready: ITerraformDependable[];

  /** What groups of nodes share with the cluster they are added to. @internal */
  public readonly core: ClusterCore;

  private readonly workers: WorkerGroups;

  private readonly offers: () => ClusterCapabilities;

  public constructor(scope: Construct, id: string, props: Microk8sClusterProps) {
    super(scope, id);
    const path = this.node.path;
    const { clusterName, network, tags, channel, roles, alarms } = props;
    const { controlPlane, readyTimeout, deletionProtection, addOns } = checkedCluster(path, props);
    const { instanceType, rootVolume, reinitialise } = controlPlane;
    const {
      cisHardening = false,
      ingress = false,
      controlPlaneMetrics = false,
      extraSans = [],
      logs = ClusterLogs.toCloudWatch(),
      osPatches = OsPatches.SECURITY,
    } = props;
    const args = renderedArguments(props.nodeArguments, {
      path,
      channel,
      instanceType,
      disk: rootVolume.size,
      cisHardening,
      controlPlaneMetrics,
    });
    this.clusterName = clusterName;
    this.region = network.zone.parentRegion;
    claimClusterName(this, this.region, clusterName);
    const inCluster = { clusterName, region: this.region, deletionProtection, tags };

    this.registries = [...(props.registries ?? [])];
    const registries = clusterRegistries(path, clusterName, this.region, props.registries);
    const offered = network.requireInstanceType(this, instanceType);
    const { addresses, dependables: reservation } = network.allocateControlPlane(this, controlPlane.addresses);
    assertSubjectNames(path, extraSans, addresses);
    const names = controlPlaneNames(path, controlPlane, addresses);
    const security = controlPlaneSecurity(this, { clusterName, network, ports: registries.ports, tags });
    this.securityGroup = security.securityGroup;
    this.connections = security.connections;
    const between = names.length > 1 ? allowBetweenControlPlaneNodes(this.connections, controlPlaneMetrics) : [];
    const egress = inOwnStack(this, network.carrierSubnet.egress) ?? [];
    const eips = carrierIps(this, names, { ...inCluster, network });

    const leaving = names.slice(names.length - controlPlane.leaving);
    const roster = new ClusterRoster({
      nodes: names.map((name, index) => ({ name, role: "control-plane", privateIp: addresses[index]! })),
      instanceType: instanceType.name,
      rootVolume: rootVolume.size,
      gpu: instanceType.hasGpu,
      reserved: nodeReservation(props.nodeArguments?.kubelet, instanceType),
      leaving,
      resizing: controlPlane.resize,
    });
    this.offers = () => ({
      nodes: roster.capabilities,
      gpu: roster.gpu,
      storageClasses: [],
      ...(ingress ? { ingressClass: INGRESS_CLASS } : {}),
      controlPlaneMetrics,
    });

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
      carrierIp: eips.get(names[0]!)!.carrierIp,
      agent,
      readyTimeout,
      deletionProtection,
      logGroup: shipped.desired?.group,
      desired: common,
      hostsNeed: shipped.dependables,
      roles,
      tags,
    });
    this.endpoint = access.url;
    const readySeconds = Math.ceil(readyTimeout.toSeconds());
    const desired = new Desired(this, "Desired", {
      agent,
      channel: channel.name,
      keyArn,
      readySeconds,
      joinSeconds: JOIN_SECONDS,
      reinitialise,
      roster,
      belowThree: controlPlane.acknowledgeLossOfHighAvailability,
      launchConfiguration: { ...launchConfiguration([...addresses, ...extraSans], args), ...registries.launchConfiguration },
      registryCredentials: registries.credentialParameters,
      addOns,
      ...common,
    });
    const { resource: statuses } = new ChannelGuard(this, "ChannelGuard", {
      clusterName,
      channel,
      reinitialise,
      more: availabilityGuard(this, {
        count: names.length,
        staying: names.length - leaving.length,
        acknowledged: controlPlane.acknowledgeLossOfHighAvailability === true,
        reinitialise,
      }),
    });
    const role = new ControlPlaneRole(this, "Role", {
      clusterName,
      region: this.region,
      keyArn,
      keyGuard: keyGuard(this, { statuses, keyArn, reinitialise }),
      agent,
      registryCredentials: registries.credentials,
      logGroup: shipped.desired?.group,
      roles,
      tags,
    });
    const parameters = new ClusterParameters(this, "Parameters", {
      clusterName,
      keyArn,
      nodeNames: names,
      endpoint: access.url,
      desired: () => desired.record,
      // A right, and what it is for, is there before living nodes are told to use it.
      beforeDesired: [...agent.dependables, ...role.dependables, ...shipped.dependables],
      capabilities: () => published(this.capabilities),
      tags,
    });
    const nodes = controlPlaneNodes(this, {
      ...inCluster,
      network,
      controlPlane,
      addresses,
      carrierIps: eips,
      agent,
      securityGroupId: this.securityGroup.id,
      instanceProfileName: role.instanceProfileName,
      dependsOn: [
        ...offered,
        ...reservation,
        ...egress,
        ...security.outbound,
        ...role.dependables,
        ...agent.dependables,
        ...parameters.all,
        ...shipped.dependables,
      ],
      beforeSecond: between,
      leaving,
      alarms,
    });
    this.nodes = nodes;
    this.accessCommand = access.command?.(nodes.get(names[0]!)!.instanceId);
    const readiness = new ClusterReadiness(this, "Readiness", {
      clusterName,
      patience: (nodeName) => readySecondsAt(readySeconds, roster.positionOf(nodeName)),
      dependsOn: [...access.dependables, ...between],
      tags,
    });
    for (const host of [
      ...(access.host ? [access.host] : []),
      ...[...nodes.values()].map((node) => node.awaited(roster.awaitedAs(node.nodeName, desired.generation))),
    ]) {
      readiness.addHost(host);
    }
    this.ready = readiness.dependables;
    this.core = {
      ...inCluster,
      network,
      channel,
      nodeArguments: props.nodeArguments,
      cisHardening,
      controlPlaneMetrics,
      agent,
      keyArn,
      registries,
      connections: this.connections,
      roster,
      desired,
      parameters,
      readiness,
      logGroup: shipped.desired?.group,
      reservation,
      workersNeed: [...agent.dependables, ...parameters.shared, ...shipped.dependables],
      alarms,
      roles,
    };
    this.workers = new WorkerGroups(this, "Workers", this.core);
  }

  /** What the cluster offers to add-ons, with the groups that were added so far. */
  public get capabilities(): ClusterCapabilities {
    return this.offers();
  }

  /**
   * Adds a group of like workers. Whatever the order of the calls, nodes have their turn in the order of the groups' names; a group touches no
   * node of another.
   *
   * @param name name of the group, for good: 1 to 16 lowercase letters and digits, begins with a letter; its nodes are `<name>-0` and so on
   * @param props what its nodes shall be
   * @throws {MecError} MEC1180 for the name, MEC1181 for one that a group has already, and what {@link WorkerGroup} refuses
   */
  public addWorkers(name: string, props: WorkerGroupProps): WorkerGroup {
    return this.workers.add(name, props);
  }

  /** The groups of workers that were added so far, by their names and in the order of these. */
  public get workerGroups(): ReadonlyMap<string, WorkerGroup> {
    return this.workers.groups;
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
    return BoundProviders.of(stack, this.clusterName, new PublishedConnection(this.clusterName));
  }
}

/** What of the capabilities other apps read: like nodes together, since a parameter holds 4,096 bytes and a cluster hundreds of nodes. */
function published({ nodes, ...more }: ClusterCapabilities): object {
  const counts = new Map<string, number>();
  for (const { name, role, instanceType, takesPods, leaves, reserved } of nodes) {
    const group = name.slice(0, name.lastIndexOf("-"));
    const like = JSON.stringify({ group, role, instanceType, ...(takesPods === false && { takesPods }), leaves, reserved });
    counts.set(like, (counts.get(like) ?? 0) + 1);
  }
  return { protocol: PROTOCOL, nodes: [...counts].map(([like, count]) => ({ ...(JSON.parse(like) as object), count })), ...more };
}
