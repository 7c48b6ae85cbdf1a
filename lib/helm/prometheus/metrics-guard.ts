import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import type { Construct } from "constructs";
import { planError } from "../../annotations";
import type { IMicrok8sCluster } from "../../microk8s/cluster-interface";
import { parameterName } from "../../microk8s/parameters";

/**
 * Fails the plan where Prometheus shall read what the nodes of a cluster that is made elsewhere tell nobody, by the capabilities that the
 * cluster publishes: MEC1432. A cluster without a Region publishes nothing.
 *
 * @param scope the add-on
 * @param cluster the cluster
 */
export function metricsGuard(scope: Construct, cluster: IMicrok8sCluster): void {
  if (!cluster.region) {
    return;
  }
  new DataAwsSsmParameter(scope, "Capabilities", {
    name: parameterName(cluster.clusterName, "capabilities"),
    lifecycle: {
      postcondition: [
        {
          condition: "${try(jsondecode(self.insecure_value).controlPlaneMetrics, false)}",
          errorMessage: planError(
            scope,
            "MEC1432",
            `got true as controlPlaneMetrics: the nodes of the cluster ${cluster.clusterName} tell them to nobody, so write controlPlaneMetrics: true where the cluster is made, or leave it out here`,
          ),
        },
      ],
    },
  });
}
