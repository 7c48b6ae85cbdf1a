import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { Microk8sChannel } from "../lib/microk8s/channel";
import { Microk8sCluster, type ControlPlaneProps } from "../lib/microk8s/cluster";
import type { IApiAccess } from "../lib/microk8s/api-access";
import type { ContainerRegistry } from "../lib/microk8s/container-registry";
import type { Duration } from "../lib/units";
import { WavelengthNetwork, type IpAddresses } from "../lib/wavelength/network";
import type { WavelengthZone } from "../lib/wavelength/zone";
import { WavelengthZoneOptIn } from "../lib/wavelength/zone-opt-in";

/** Properties of {@link InfrastructureStack}. */
export interface InfrastructureStackProps {
  /** The Wavelength Zone of the site. */
  readonly zone: WavelengthZone;

  /**
   * Name of the cluster, unique in its account and Region: 1 to 30 lowercase letters, digits and single dashes.
   */
  readonly clusterName: string;

  /** The microk8s channel that nodes are born with. */
  readonly channel: Microk8sChannel;

  /** How the Kubernetes API is reached. */
  readonly apiAccess: IApiAccess;

  /**
   * The control plane.
   * @default - one t3.xlarge with a root volume of 50 GiB
   */
  readonly controlPlane?: ControlPlaneProps;

  /**
   * Network of the VPC.
   * @default IpAddresses.cidr("10.0.0.0/16")
   */
  readonly ipAddresses?: IpAddresses;

  /**
   * Opts the account in to the zone's group, for the whole account and for good; see `WavelengthZoneOptIn`.
   * @default - the account is opted in already
   */
  readonly acknowledgeAccountWideOptIn?: true;

  /**
   * Mirrors and private registries that the nodes pull images from.
   * @default - every registry by its own name, without credentials
   */
  readonly registries?: readonly ContainerRegistry[];

  /**
   * How long a node may take to be ready.
   * @default Duration.minutes(15)
   */
  readonly readyTimeout?: Duration;

  /**
   * Tags of every resource that takes any.
   * @default - none
   */
  readonly tags?: Record<string, string>;

  /**
   * Arguments of the AWS provider; its Region is always the zone's parent Region.
   * @default - credentials from the environment, as the provider finds them
   */
  readonly aws?: Omit<AwsProviderConfig, "region">;
}

/**
 * One MEC site as a stack: a Wavelength network and a microk8s cluster in it. Needs the AWS provider alone.
 *
 * Outputs: `cluster_name`, `region`, `zone`, `endpoint` and `nodes` (a map from node name to `instance_id`, `private_ip`
 * and `carrier_ip`).
 *
 * @throws {MecError} what its constructs refuse
 */
export class InfrastructureStack extends TerraformStack {
  /** The network of the site. */
  public readonly network: WavelengthNetwork;

  /** The cluster of the site. */
  public readonly cluster: Microk8sCluster;

  public constructor(scope: Construct, id: string, props: InfrastructureStackProps) {
    super(scope, id);
    const { zone, tags } = props;
    new AwsProvider(this, "Aws", { ...props.aws, region: zone.parentRegion });
    const optIn = props.acknowledgeAccountWideOptIn
      ? new WavelengthZoneOptIn(this, "OptIn", { zone, acknowledgeAccountWide: true })
      : undefined;
    this.network = new WavelengthNetwork(this, "Network", { zone, ipAddresses: props.ipAddresses, optIn, tags });
    this.cluster = new Microk8sCluster(this, "Cluster", {
      clusterName: props.clusterName,
      network: this.network,
      channel: props.channel,
      controlPlane: props.controlPlane,
      apiAccess: props.apiAccess,
      registries: props.registries,
      readyTimeout: props.readyTimeout,
      tags,
    });

    const output = (name: string, description: string, value: unknown) =>
      new TerraformOutput(this, name, { value, description, staticId: true });
    output("cluster_name", "Name of the cluster", this.cluster.clusterName);
    output("region", "Parent Region of the zone", zone.parentRegion);
    output("zone", "Wavelength Zone of the site", zone.name);
    output("endpoint", "URL of the Kubernetes API", this.cluster.endpoint);
    output(
      "nodes",
      "The nodes by name",
      Object.fromEntries(
        [...this.cluster.nodes].map(([name, node]) => [
          name,
          { instance_id: node.instanceId, private_ip: node.privateIp, carrier_ip: node.carrierIp },
        ]),
      ),
    );
  }
}
