import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { AwsProvider, type AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { IMicrok8sCluster } from "../../lib/microk8s/cluster-interface";

/** Properties of {@link SmokeStack}. */
export interface SmokeStackProps {
  /** The cluster to try. */
  readonly cluster: IMicrok8sCluster;
  /**
   * Arguments of the AWS provider that reads the credential; its Region is the cluster's.
   * @default - credentials from the environment, as the provider finds them
   */
  readonly aws?: Omit<AwsProviderConfig, "region">;
}

/** Makes one namespace: proof that the endpoint answers and that the credential the node published is good. */
export class SmokeStack extends TerraformStack {
  public constructor(scope: Construct, id: string, props: SmokeStackProps) {
    super(scope, id);
    new AwsProvider(this, "Aws", { ...props.aws, region: props.cluster.region });
    new NamespaceV1(this, "Namespace", {
      provider: props.cluster.bindProviders(this).kubernetes,
      metadata: { name: "mec-smoke" },
    });
  }
}
