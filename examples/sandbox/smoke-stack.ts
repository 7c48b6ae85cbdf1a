import { NamespaceV1 } from "@cdktf/provider-kubernetes/lib/namespace-v1";
import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import type { IMicrok8sCluster } from "../../lib/microk8s/cluster-interface";
import { awsProvider, type AwsAccess } from "../../stacks/aws-access";
import type { StateBackend } from "../../stacks/state-backend";

/** Properties of {@link SmokeStack}. */
export interface SmokeStackProps {
  /** The cluster to try. */
  readonly cluster: IMicrok8sCluster;
  /**
   * How AWS is reached, to read the credential; the Region is the cluster's.
   * @default - credentials from the environment, as the provider finds them
   */
  readonly aws?: AwsAccess;
  /**
   * Where the Terraform state is kept.
   * @default - the app's own
   */
  readonly backend?: StateBackend;
}

/** Makes one namespace: proof that the endpoint answers and that the credential the node published is good. */
export class SmokeStack extends TerraformStack {
  public constructor(scope: Construct, id: string, props: SmokeStackProps) {
    super(scope, id);
    if (props.cluster.region !== undefined) {
      awsProvider(this, props.cluster.region, props.aws);
    }
    props.backend?.bind(this);
    new NamespaceV1(this, "Namespace", {
      provider: props.cluster.bindProviders(this).kubernetes,
      metadata: { name: "mec-smoke" },
    });
  }
}
