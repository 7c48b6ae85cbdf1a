import type { App } from "cdktf";
import { Microk8sCluster, PrometheusProfile, type IMicrok8sCluster } from "../../lib";
import { PlatformStack, PrometheusStack, type StateBackend } from "../../stacks";

/** What a person may say of the example. */
export interface LocalMicrok8sProps {
  /**
   * Path of the kubeconfig, absolute or below `~/`; a file of its own, so that what is known of other clusters stays.
   * @default "~/.kube/microk8s"
   */
  readonly path?: string;
  /**
   * Context of the kubeconfig.
   * @default "microk8s"
   */
  readonly context?: string;
  /**
   * Where the Terraform state is kept.
   * @default - the app's own
   */
  readonly backend?: StateBackend;
}

/** The stacks of the example. */
export interface LocalMicrok8sStacks {
  /** The microk8s of this machine. */
  readonly cluster: IMicrok8sCluster;
  /** Storage and certificates: `laptop-platform`. */
  readonly platform: PlatformStack;
  /** Prometheus with the dashboards: `laptop-prometheus`. */
  readonly prometheus: PrometheusStack;
}

/**
 * The add-ons of a MEC on the microk8s of one's own machine: the very stacks that a site in a Wavelength Zone gets, without AWS.
 *
 * `snap install microk8s --classic --channel 1.35/stable`, `microk8s enable dns`, then
 * `mkdir -p ~/.kube && (umask 077; sudo microk8s config > ~/.kube/microk8s)`: the file holds the key of an administrator, so nobody else reads it.
 * Leave microk8s' own add-ons `hostpath-storage`, `cert-manager` and `observability` off: these stacks bring theirs.
 *
 * @see https://microk8s.io/docs/getting-started
 */
export function localMicrok8s(app: App, props: LocalMicrok8sProps = {}): LocalMicrok8sStacks {
  const { path = "~/.kube/microk8s", context = "microk8s", backend } = props;
  const cluster = Microk8sCluster.fromKubeconfig(app, "Laptop", { path, context, clusterName: "laptop" });
  const platform = new PlatformStack(app, "laptop-platform", { cluster, backend });
  const prometheus = new PrometheusStack(app, "laptop-prometheus", { cluster, profile: PrometheusProfile.LITE, backend });
  return { cluster, platform, prometheus };
}
