import { MecError } from "../../errors";
import type { Size } from "../../units";
import type { WavelengthInstanceType } from "../../wavelength/instance-type";
import { assertKeepsHardening } from "../cis-hardening";
import type { RenderedFlags } from "../flags";
import { kubeletFlags, type KubeletArguments } from "../kubelet-arguments";
import { KUBERNETES_COMPONENTS } from "../kubernetes-component";
import { OWN_FLAGS } from "../launch-configuration";

/** What kubelet arguments of a group are looked at beside. */
export interface WorkerKubeletContext {
  /** Construct path for the errors. */
  readonly path: string;
  /** Type of the group's machines. */
  readonly instanceType: WavelengthInstanceType;
  /** Size of their root volumes. */
  readonly disk: Size;
  /** Whether nodes are hardened. */
  readonly cisHardening: boolean;
  /** Arguments of the control plane's kubelets. */
  readonly ofCluster?: KubeletArguments;
}

/**
 * The kubelet's flags of a group, all of them; undefined where they are the control plane's. Those are looked at too: a machine of another
 * type may have no room for what they reserve.
 *
 * @param own what the group was given
 * @throws {MecError} MEC1140 to MEC1145, and MEC1147 for what undoes the hardening
 */
export function workerKubeletFlags(own: KubeletArguments | undefined, context: WorkerKubeletContext): RenderedFlags | undefined {
  const { path, instanceType, disk, cisHardening, ofCluster = {} } = context;
  if (own === undefined) {
    kubeletFlags(path, ofCluster, instanceType, disk);
    return undefined;
  }
  return ofGroup(path, () => {
    const flags = kubeletFlags(path, own, instanceType, disk);
    if (cisHardening) {
      assertKeepsHardening(path, KUBERNETES_COMPONENTS.kubelet, flags);
    }
    return { ...OWN_FLAGS.extraKubeletArgs, ...flags };
  });
}

/** Errors name the property as the group has it. */
function ofGroup<T>(path: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof MecError)) {
      throw error;
    }
    const detail = error.message.slice(`[${error.code}] ${error.path}: `.length);
    throw new MecError(error.code, path, detail.replaceAll("nodeArguments.kubelet", "kubelet"));
  }
}
