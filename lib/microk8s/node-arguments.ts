import type { Size } from "../units";
import type { WavelengthInstanceType } from "../wavelength/instance-type";
import { apiServerFlags, type ApiServerArguments } from "./api-server-arguments";
import { AuditLog } from "./audit-log";
import type { Microk8sChannel } from "./channel";
import { CIS_PLUGINS, assertKeepsHardening } from "./cis-hardening";
import { metricsFlags } from "./control-plane-metrics";
import { checkedFlags, mergedFlags, type Flags, type RenderedFlags } from "./flags";
import { kubeletFlags, type KubeletArguments } from "./kubelet-arguments";
import { KUBERNETES_COMPONENTS, type KubernetesComponent } from "./kubernetes-component";

/** Arguments of a program that has no typed ones. */
export interface ComponentArguments {
  /**
   * Flags, such as `{ "--v": 2 }`; `null` takes away what microk8s sets. Those that microk8s or this library needs are refused.
   * @default - none
   */
  readonly extraArguments?: Flags;
}

/**
 * Arguments of the programs of Kubernetes on the nodes. A change is carried out in place on each node and waited for; a node that is not
 * ready with it goes back to what it had, and the apply fails with the reason.
 *
 * @see https://microk8s.io/docs/ref-launch-config
 */
export interface NodeArguments {
  /**
   * The kubelet.
   * @default - microk8s' own
   */
  readonly kubelet?: KubeletArguments;
  /**
   * The API server.
   * @default - microk8s' own, with RBAC and Node authorization
   */
  readonly apiServer?: ApiServerArguments;
  /**
   * The controller manager.
   * @default - microk8s' own
   */
  readonly controllerManager?: ComponentArguments;
  /**
   * The scheduler.
   * @default - microk8s' own
   */
  readonly scheduler?: ComponentArguments;
  /**
   * kube-proxy.
   * @default - microk8s' own
   */
  readonly proxy?: ComponentArguments;
}

/** What arguments are looked at beside. */
export interface NodeArgumentsContext {
  /** Construct path for the errors. */
  readonly path: string;
  /** Channel of the nodes. */
  readonly channel: Microk8sChannel;
  /** Instance type of the nodes. */
  readonly instanceType: WavelengthInstanceType;
  /** Size of the nodes' root volumes. */
  readonly disk: Size;
  /** Whether the nodes are hardened. */
  readonly cisHardening: boolean;
  /** Whether metrics of the programs can be read. @default false */
  readonly controlPlaneMetrics?: boolean;
}

/** Arguments as the launch configuration has them. */
export interface RenderedArguments {
  /** Flags by field. */
  readonly flags: Readonly<Partial<Record<string, RenderedFlags>>>;
  /** Files beside microk8s' own arguments, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Refuses arguments that cannot be, and renders the rest.
 *
 * @throws {MecError} MEC1140 to MEC1147 and MEC1152
 */
export function renderedArguments(args: NodeArguments = {}, context: NodeArgumentsContext): RenderedArguments {
  const { path, channel, instanceType, disk, cisHardening, controlPlaneMetrics = false } = context;
  // The add-on would begin a log of its own, elsewhere.
  const auditLog = args.apiServer?.auditLog ?? (cisHardening ? AuditLog.metadata() : undefined);
  auditLog?.assertFits(path, disk);
  const raw = (component: KubernetesComponent & { readonly prop: "controllerManager" | "scheduler" | "proxy" }) =>
    mergedFlags(
      path,
      component,
      controlPlaneMetrics ? metricsFlags(path, component, args) : {},
      checkedFlags(path, component, args[component.prop]?.extraArguments),
    );
  const all: readonly (readonly [KubernetesComponent, RenderedFlags])[] = [
    [KUBERNETES_COMPONENTS.kubelet, kubeletFlags(path, args.kubelet ?? {}, instanceType, disk)],
    [KUBERNETES_COMPONENTS.apiServer, apiServerFlags(path, { ...args.apiServer, auditLog }, channel, cisHardening ? CIS_PLUGINS : [])],
    [KUBERNETES_COMPONENTS.controllerManager, raw(KUBERNETES_COMPONENTS.controllerManager)],
    [KUBERNETES_COMPONENTS.scheduler, raw(KUBERNETES_COMPONENTS.scheduler)],
    [KUBERNETES_COMPONENTS.proxy, raw(KUBERNETES_COMPONENTS.proxy)],
  ];
  if (cisHardening) {
    for (const [component, flags] of all) {
      assertKeepsHardening(path, component, flags);
    }
  }
  return { flags: Object.fromEntries(all.map(([{ field }, flags]) => [field, flags])), files: auditLog?.files ?? {} };
}
