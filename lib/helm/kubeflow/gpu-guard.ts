import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";
import { planError } from "../../annotations";
import type { IMicrok8sCluster } from "../../microk8s/cluster-interface";
import { parameterName } from "../../microk8s/parameters";

/** Id of the guard. */
const ID = "Gpus";

/**
 * Fails the plan where GPUs are asked for on a cluster that is made elsewhere and has none, by the capabilities that it publishes: MEC1502. Once for a
 * construct; nothing for a cluster whose nodes are known, and for one without a Region, which publishes nothing.
 *
 * @param scope who asks
 * @param cluster the cluster
 */
export function gpuGuard(scope: Construct, cluster: IMicrok8sCluster): void {
  if (cluster.capabilities !== undefined || !cluster.region || scope.node.tryFindChild(ID) !== undefined) {
    return;
  }
  new DataAwsSsmParameter(scope, ID, {
    name: parameterName(cluster.clusterName, "capabilities"),
    lifecycle: {
      postcondition: [
        {
          condition: "${try(jsondecode(self.insecure_value).gpu, false)}",
          errorMessage: planError(
            scope,
            "MEC1502",
            `got GPUs on the cluster ${cluster.clusterName}, of which no node has one: write workers with one where the cluster is made, or leave GPUs out`,
          ),
        },
      ],
    },
  });
}
