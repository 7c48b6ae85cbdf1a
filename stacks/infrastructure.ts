import { Lazy, TerraformOutput, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { Microk8sCluster, type Microk8sClusterOptions } from "../lib/microk8s/cluster";
import { assertTags } from "../lib/tags";
import { WavelengthNetwork, type WavelengthNetworkOptions } from "../lib/wavelength/network";
import type { WavelengthZone } from "../lib/wavelength/zone";
import { WavelengthZoneOptIn } from "../lib/wavelength/zone-opt-in";
import { awsProvider, type AwsAccess } from "./aws-access";
import type { StateBackend } from "./state-backend";

/** Properties of {@link InfrastructureStack}: those of its network and its cluster, and where and how it is deployed. */
export interface InfrastructureStackProps extends WavelengthNetworkOptions, Microk8sClusterOptions {
  /** The Wavelength Zone of the site. */
  readonly zone: WavelengthZone;

  /**
   * Opts the account in to the zone's group, for the whole account and for good; see `WavelengthZoneOptIn`.
   * @default - the account is opted in already
   */
  readonly acknowledgeAccountWideOptIn?: true;

  /**
   * How AWS is reached; the Region is always the zone's parent Region.
   * @default - credentials from the environment, as the provider finds them
   */
  readonly aws?: AwsAccess;

  /**
   * Where the Terraform state is kept.
   * @default - the app's own: the framework keeps it beside `cdktf.json`
   */
  readonly backend?: StateBackend;
}

/**
 * One MEC site as a stack: a Wavelength network and a microk8s cluster in it. Needs the AWS provider alone.
 *
 * Outputs: `cluster_name`, `region`, `zone`, `endpoint`, `nodes` (a map from node name to `instance_id`, `private_ip` and `carrier_ip`)
 * and, where the way to the API is opened by hand, `access_command`.
 *
 * @throws {MecError} what its constructs, `aws` and `backend` refuse
 */
export class InfrastructureStack extends TerraformStack {
  /** The network of the site. */
  public readonly network: WavelengthNetwork;

  /** The cluster of the site. */
  public readonly cluster: Microk8sCluster;

  public constructor(scope: Construct, id: string, props: InfrastructureStackProps) {
    super(scope, id);
    const { zone, aws, backend, acknowledgeAccountWideOptIn, ...options } = props;
    awsProvider(this, zone.parentRegion, aws);
    backend?.bind(this);
    // Both reach each resource, and count together.
    assertTags(this.node.path, { ...aws?.defaultTags, ...options.tags });
    const optIn = acknowledgeAccountWideOptIn ? new WavelengthZoneOptIn(this, "OptIn", { zone, acknowledgeAccountWide: true }) : undefined;
    this.network = new WavelengthNetwork(this, "Network", { ...options, zone, optIn });
    this.cluster = new Microk8sCluster(this, "Cluster", { ...options, network: this.network });

    const output = (name: string, description: string, value: unknown) =>
      new TerraformOutput(this, name, { value, description, staticId: true });
    output("cluster_name", "Name of the cluster", this.cluster.clusterName);
    output("region", "Parent Region of the zone", zone.parentRegion);
    output("zone", "Wavelength Zone of the site", zone.name);
    output("endpoint", "URL of the Kubernetes API", this.cluster.endpoint);
    if (this.cluster.accessCommand !== undefined) {
      output("access_command", "Opens the way to the Kubernetes API", this.cluster.accessCommand);
    }
    output("nodes", "The nodes by name", Lazy.anyValue({ produce: () => nodesOf(this.cluster) }));
  }
}

/** The nodes by name, workers that were added until synth among them, as an output tells of them. */
function nodesOf({ nodes, workerGroups }: Microk8sCluster): Record<string, object> {
  return Object.fromEntries(
    [...nodes, ...[...workerGroups.values()].flatMap((group) => [...group.nodes])].map(([name, node]) => [
      name,
      { instance_id: node.instanceId, private_ip: node.privateIp, carrier_ip: node.carrierIp },
    ]),
  );
}
