import { MecError } from "../errors";
import { Port } from "../wavelength/port";
import type { KubernetesComponent } from "./kubernetes-component";
import type { NodeArguments } from "./node-arguments";

/** Ports at which the parts of Kubernetes and node-exporter tell their metrics; TCP. */
export const METRICS_PORTS = {
  /** The controller manager, TLS, on control-plane nodes. */
  controllerManager: 10257,
  /** The scheduler, TLS, on control-plane nodes. */
  scheduler: 10259,
  /** kube-proxy, on every node. */
  proxy: 10249,
  /** node-exporter, which the Prometheus add-on brings, on every node. */
  nodeExporter: 9100,
} as const;

/** Ports of every node that others read metrics at, with what for. */
export const METRICS_OF_NODES: readonly (readonly [Port, string])[] = [
  [Port.tcp(METRICS_PORTS.proxy), "Metrics of kube-proxy"],
  [Port.tcp(METRICS_PORTS.nodeExporter), "Metrics of the machine"],
];

/** Ports of a control-plane node that others read metrics at, with what for. */
export const METRICS_OF_CONTROL_PLANE: readonly (readonly [Port, string])[] = [
  [Port.tcp(METRICS_PORTS.controllerManager), "Metrics of the controller manager"],
  [Port.tcp(METRICS_PORTS.scheduler), "Metrics of the scheduler"],
  ...METRICS_OF_NODES,
];

/**
 * Flags that let metrics be read, by program: microk8s gives controller manager and scheduler nobody to ask whether a reader may, and keeps
 * those of kube-proxy to the machine itself.
 *
 * @see https://github.com/canonical/microk8s-core-addons/blob/main/addons/observability/enable
 * @see https://github.com/canonical/microk8s/issues/2379
 */
const FLAGS: Readonly<Partial<Record<KubernetesComponent["prop"], Readonly<Record<string, string>>>>> = {
  controllerManager: {
    "--authentication-kubeconfig": "${SNAP_DATA}/credentials/controller.config",
    "--authorization-kubeconfig": "${SNAP_DATA}/credentials/controller.config",
  },
  scheduler: {
    "--authentication-kubeconfig": "${SNAP_DATA}/credentials/scheduler.config",
    "--authorization-kubeconfig": "${SNAP_DATA}/credentials/scheduler.config",
  },
  proxy: { "--metrics-bind-address": `0.0.0.0:${METRICS_PORTS.proxy}` },
};

/** The property that is named where one of the flags is written by hand too. */
const PROPERTY = "controlPlaneMetrics";

/**
 * The flags of a program that let its metrics be read, with the property they are from.
 *
 * @param path construct path for the error
 * @param component the program
 * @param args arguments as a person wrote them
 * @throws {MecError} MEC1142 where a person wrote one of the flags too
 */
export function metricsFlags(
  path: string,
  component: KubernetesComponent & { readonly prop: "controllerManager" | "scheduler" | "proxy" },
  args: NodeArguments,
): Readonly<Record<string, readonly [property: string, value: string]>> {
  const flags = FLAGS[component.prop] ?? {};
  const twice = Object.keys(flags).find((name) => args[component.prop]?.extraArguments?.[name] !== undefined);
  if (twice !== undefined) {
    throw new MecError(
      "MEC1142",
      path,
      `got ${twice} as nodeArguments.${component.prop}.extraArguments and by ${PROPERTY}: a flag has one value, so leave one of them out`,
    );
  }
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [name, [PROPERTY, value] as const]));
}
