import type { TerraformStack } from "cdktf";
import { ApiAccess, Microk8sChannel, Microk8sCluster, WavelengthNetwork, WavelengthZone, type Microk8sClusterProps } from "../../lib";
import { synthStack, type StackJson } from "./synth";

/** A cluster in Boston, in a network of its own unless another is given. */
export function bostonCluster(stack: TerraformStack, props: Partial<Microk8sClusterProps> = {}, id = "Cluster"): Microk8sCluster {
  return new Microk8sCluster(stack, id, {
    clusterName: "boston",
    network: props.network ?? new WavelengthNetwork(stack, `Network-${id}`, { zone: WavelengthZone.US_EAST_1_WL1_BOS }),
    channel: Microk8sChannel.V1_35,
    apiAccess: ApiAccess.privateNetwork(),
    ...props,
  });
}

/** A stack with {@link bostonCluster} alone. */
export function synthBostonCluster(props: Partial<Microk8sClusterProps> = {}): StackJson {
  return synthStack((stack) => void bostonCluster(stack, props));
}
