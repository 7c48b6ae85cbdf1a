import type { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { assertClusterName } from "./cluster-name";
import type { ClusterProviders, IMicrok8sCluster } from "./cluster-interface";
import { BoundProviders } from "./providers";
import { PublishedConnection, endpointParameter } from "./published-connection";

/** Names of a cluster that is made elsewhere. */
export interface ClusterNameAttributes {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster's parameters: the parent Region of its Wavelength Zone, such as `us-east-1`. */
  readonly region: string;
}

/** A cluster known by its name alone. */
export class ImportedMicrok8sCluster extends Construct implements IMicrok8sCluster {
  public readonly clusterName: string;
  public readonly region: string;
  public readonly endpoint: string;

  public constructor(scope: Construct, id: string, attributes: ClusterNameAttributes) {
    super(scope, id);
    assertClusterName(this.node.path, attributes.clusterName);
    this.clusterName = attributes.clusterName;
    this.region = attributes.region;
    this.endpoint = endpointParameter(this, this.clusterName).insecureValue;
  }

  public bindProviders(stack: TerraformStack): ClusterProviders {
    return BoundProviders.of(stack, this.clusterName, new PublishedConnection(this.clusterName));
  }
}
