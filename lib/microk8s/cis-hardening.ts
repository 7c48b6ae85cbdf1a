import { MecError } from "../errors";
import type { KubernetesComponent } from "./kubernetes-component";
import type { RenderedFlags } from "./flags";

/** Name of microk8s' add-on; it is there from 1.28 on, the oldest channel that is taken. */
export const CIS_HARDENING = "cis-hardening";

/**
 * Flags that the add-on sets where nobody else has: what is said before stays, and would undo the hardening unseen.
 * The audit log and the admission plug-ins are not among them: the library writes both itself, as the add-on would.
 *
 * @see https://github.com/canonical/microk8s-core-addons/blob/1.35/addons/cis-hardening/enable (SetServiceArguments)
 */
const ITS_FLAGS: Readonly<Partial<Record<KubernetesComponent["prop"], readonly string[]>>> = {
  apiServer: ["--request-timeout", "--tls-cipher-suites"],
  controllerManager: ["--terminated-pod-gc-threshold"],
  kubelet: ["--protect-kernel-defaults", "--event-qps", "--tls-cipher-suites", "--authorization-mode"],
};

/** Admission plug-ins that the add-on has on. */
export const CIS_PLUGINS = ["EventRateLimit", "AlwaysPullImages", "NodeRestriction"];

/**
 * Refuses arguments that the add-on would leave in its way.
 *
 * @param path construct path for the error
 * @param component the program that takes the flags
 * @param flags its flags
 * @throws {MecError} MEC1147
 */
export function assertKeepsHardening(path: string, component: KubernetesComponent, flags: RenderedFlags): void {
  const flag = ITS_FLAGS[component.prop]?.find((name) => flags[name] !== undefined);
  if (flag !== undefined) {
    throw new MecError(
      "MEC1147",
      path,
      `got ${flag} in nodeArguments.${component.prop}: the cis-hardening add-on sets it, unless somebody has, so leave it out, or leave cisHardening out`,
    );
  }
  const plugin = CIS_PLUGINS.find((name) => (flags["--disable-admission-plugins"] ?? "").split(",").includes(name));
  if (plugin !== undefined) {
    throw new MecError(
      "MEC1147",
      path,
      `got "${plugin}" as nodeArguments.apiServer.admissionPlugins.disable: the cis-hardening add-on has it on, and the API server does not start with both, so leave it out, or leave cisHardening out`,
    );
  }
}
