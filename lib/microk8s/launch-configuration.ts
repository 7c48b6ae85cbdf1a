import { CLUSTER_NETWORKS } from "./cluster-networks";

/** Address of the cluster's DNS service; the tenth of the service network, which the dns add-on takes (https://microk8s.io/docs/addon-dns). */
const CLUSTER_DNS = CLUSTER_NETWORKS.services.replace(/\.0\/\d+$/, ".10");

/**
 * MTU of pod interfaces in bytes: 1300, what a path between a Wavelength Zone and its Region carries, less 50 for VXLAN.
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
 */
const POD_MTU = 1250;

/**
 * The microk8s launch configuration of a node: it replaces the snap's own, so what that sets (the kubelet's DNS) is said again.
 *
 * It never holds `join`, a token or add-ons: those would act before the agent has made sure of what this node is.
 *
 * @param apiAddresses addresses that the API server's certificate shall name: known before the node boots, since a
 *   certificate is not made anew once nodes have joined
 * @see https://microk8s.io/docs/ref-launch-config
 */
export function launchConfiguration(apiAddresses: readonly string[]): Record<string, unknown> {
  return {
    version: "0.2.0",
    extraKubeletArgs: { "--cluster-domain": "cluster.local", "--cluster-dns": CLUSTER_DNS },
    extraKubeAPIServerArgs: { "--authorization-mode": "RBAC,Node" },
    extraCNIEnv: {
      IPv4_CLUSTER_CIDR: CLUSTER_NETWORKS.pods,
      IPv4_SERVICE_CIDR: CLUSTER_NETWORKS.services,
      CALICO_VETH_MTU: String(POD_MTU),
    },
    extraSANs: [...apiAddresses],
  };
}
