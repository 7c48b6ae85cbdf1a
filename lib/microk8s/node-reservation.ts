import type { WavelengthInstanceType } from "../wavelength/instance-type";
import type { KubeletArguments } from "./kubelet-arguments";

/**
 * What of a node pods never get, by the arguments of its kubelet: what is reserved, and the memory below which pods are evicted.
 * @see https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/#node-allocatable
 */
export interface NodeReservation {
  /** Processor time, in thousandths of a vCPU. */
  readonly cpuMillis: number;
  /** Memory in MiB. */
  readonly mebibytes: number;
}

/** That of a node that is told nothing (https://github.com/canonical/microk8s/blob/1.35/microk8s-resources/default-args/kubelet: eviction-hard). */
export const DEFAULT_RESERVATION: NodeReservation = { cpuMillis: 0, mebibytes: 100 };

/**
 * What a kubelet keeps from pods.
 *
 * @param args its arguments, as a person wrote them
 * @param instanceType type of the machine
 * @returns undefined where it is {@link DEFAULT_RESERVATION}
 */
export function nodeReservation(args: KubeletArguments = {}, instanceType: WavelengthInstanceType): NodeReservation | undefined {
  const { systemReserved, kubeReserved, evictionHard } = args;
  const reserved = [systemReserved, kubeReserved];
  // A part of a memory whose size is not known is never counted: nothing is compared with such a machine.
  const left = evictionHard?.memoryAvailable?.of(instanceType.memory)?.toMebibytes() ?? DEFAULT_RESERVATION.mebibytes;
  const cpuMillis = reserved.reduce((total, resources) => total + Math.round((resources?.cpu ?? 0) * 1000), 0);
  const mebibytes = Math.ceil(reserved.reduce((total, resources) => total + (resources?.memory?.toMebibytes() ?? 0), left));
  return cpuMillis === DEFAULT_RESERVATION.cpuMillis && mebibytes === DEFAULT_RESERVATION.mebibytes ? undefined : { cpuMillis, mebibytes };
}
