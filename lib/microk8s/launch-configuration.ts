import { CLUSTER_NETWORKS } from "./cluster-networks";
import type { RenderedFlags } from "./flags";
import type { RenderedArguments } from "./node-arguments";

/** Address of the cluster's DNS service; the tenth of the service network, which the dns add-on takes (https://microk8s.io/docs/addon-dns). */
const CLUSTER_DNS = CLUSTER_NETWORKS.services.replace(/\.0\/\d+$/, ".10");

/**
 * MTU of pod interfaces in bytes: 1300, what a path between a Wavelength Zone and its Region carries, less 50 for VXLAN.
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
 */
const POD_MTU = 1250;

/** Flags of the library's own, by field. */
export const OWN_FLAGS: Readonly<Record<string, RenderedFlags>> = {
  extraKubeletArgs: { "--cluster-domain": "cluster.local", "--cluster-dns": CLUSTER_DNS },
  extraKubeAPIServerArgs: { "--authorization-mode": "RBAC,Node" },
};

/**
 * The microk8s launch configuration of a node: it replaces the snap's own, so what that sets (the kubelet's DNS) is said again.
 *
 * It never holds `join`, a token or add-ons: those would act before the agent has made sure of what this node is.
 *
 * @param names addresses and DNS names that the API server's certificate shall have: known before the node boots, since microk8s makes
 *   no certificate anew once nodes have joined
 * @param args arguments of the programs
 * @see https://microk8s.io/docs/ref-launch-config
 */
export function launchConfiguration(names: readonly string[], { flags, files }: RenderedArguments): Record<string, unknown> {
  return {
    version: "0.2.0",
    ...Object.fromEntries(
      Object.entries(flags)
        .map(([field, rendered]) => [field, { ...OWN_FLAGS[field], ...rendered }] as const)
        .filter(([, rendered]) => Object.keys(rendered).length > 0),
    ),
    ...(Object.keys(files).length > 0 ? { extraConfigFiles: files } : {}),
    extraCNIEnv: {
      IPv4_CLUSTER_CIDR: CLUSTER_NETWORKS.pods,
      IPv4_SERVICE_CIDR: CLUSTER_NETWORKS.services,
      CALICO_VETH_MTU: String(POD_MTU),
    },
    extraSANs: [...names],
  };
}
