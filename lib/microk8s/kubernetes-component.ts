/** A program of Kubernetes that runs in each microk8s node. */
export interface KubernetesComponent {
  /** Name of its property in `nodeArguments`. */
  readonly prop: "kubelet" | "apiServer" | "controllerManager" | "scheduler" | "proxy";
  /** Field of the launch configuration with its flags (https://microk8s.io/docs/ref-launch-config). */
  readonly field: string;
}

/** The programs whose flags can be set. */
export const KUBERNETES_COMPONENTS = {
  kubelet: { prop: "kubelet", field: "extraKubeletArgs" },
  apiServer: { prop: "apiServer", field: "extraKubeAPIServerArgs" },
  controllerManager: { prop: "controllerManager", field: "extraKubeControllerManagerArgs" },
  scheduler: { prop: "scheduler", field: "extraKubeSchedulerArgs" },
  proxy: { prop: "proxy", field: "extraKubeProxyArgs" },
} as const satisfies Record<KubernetesComponent["prop"], KubernetesComponent>;
