import { MecError, got } from "../errors";
import type { Size } from "../units";
import type { WavelengthInstanceType } from "../wavelength/instance-type";
import { quantity } from "./quantities";

/** Resources of a node that pods do not get. */
export interface ReservedResources {
  /**
   * Number of vCPUs, in thousandths at the finest, such as 0.5.
   * @default - none
   */
  readonly cpu?: number;
  /**
   * Memory.
   * @default - none
   */
  readonly memory?: Size;
  /**
   * Disk.
   * @default - none
   */
  readonly ephemeralStorage?: Size;
  /**
   * Number of process ids.
   * @default - none
   */
  readonly pids?: number;
}

/**
 * The value of `--system-reserved` and `--kube-reserved`; undefined where nothing is reserved.
 *
 * @param path construct path for the error
 * @param property name of the property, for the error
 * @param reserved what is reserved
 * @throws {MecError} MEC1144 for what is no number of vCPUs or process ids
 * @see https://kubernetes.io/docs/tasks/administer-cluster/reserve-compute-resources/
 */
export function reservedText(path: string, property: string, reserved: ReservedResources): string | undefined {
  const { cpu, memory, ephemeralStorage, pids } = reserved;
  const millis = cpu === undefined ? undefined : Math.round(cpu * 1000);
  if (millis !== undefined && !(Number.isFinite(cpu) && millis >= 1)) {
    throw new MecError("MEC1144", path, `${got(cpu)} as ${property}.cpu: it is a number of vCPUs from 0.001 on, so write for example 0.5`);
  }
  if (pids !== undefined && !(Number.isInteger(pids) && pids > 0)) {
    throw new MecError("MEC1144", path, `${got(pids)} as ${property}.pids: it is a whole number above zero, so write for example 1000`);
  }
  const parts = [
    millis === undefined ? [] : [`cpu=${millis}m`],
    memory === undefined ? [] : [`memory=${quantity(memory)}`],
    ephemeralStorage === undefined ? [] : [`ephemeral-storage=${quantity(ephemeralStorage)}`],
    pids === undefined ? [] : [`pid=${pids}`],
  ].flat();
  return parts.length === 0 ? undefined : parts.join(",");
}

/**
 * Refuses reservations that leave nothing to pods: the kubelet would not start.
 *
 * @param path construct path for the error
 * @param instanceType type of the machine; what this release does not know of it is not compared
 * @param disk size of the root volume
 * @param reserved all that pods do not get
 * @throws {MecError} MEC1145
 */
export function assertLeavesRoom(
  path: string,
  instanceType: WavelengthInstanceType,
  disk: Size,
  reserved: readonly ReservedResources[],
): void {
  const sum = (of: (resources: ReservedResources) => number | undefined) =>
    reserved.reduce((total, resources) => total + (of(resources) ?? 0), 0);
  const refuse = (wanted: string, there: string) => {
    throw new MecError(
      "MEC1145",
      path,
      `got ${wanted} in nodeArguments.kubelet.systemReserved, kubeReserved and evictionHard together: ${there}, so pods would have none; write less, or another instanceType or rootVolume`,
    );
  };
  const cpu = sum((resources) => resources.cpu);
  if (instanceType.vCpus !== undefined && cpu >= instanceType.vCpus) {
    refuse(`${cpu} vCPUs`, `${instanceType.name} has ${instanceType.vCpus}`);
  }
  const memory = sum((resources) => resources.memory?.toMebibytes());
  if (instanceType.memory !== undefined && memory >= instanceType.memory.toMebibytes()) {
    refuse(`${memory} MiB of memory`, `${instanceType.name} has ${instanceType.memory.toMebibytes()} MiB`);
  }
  const storage = sum((resources) => resources.ephemeralStorage?.toGibibytes());
  if (storage >= disk.toGibibytes()) {
    refuse(`${storage} GiB of disk`, `the root volume has ${disk.toGibibytes()} GiB`);
  }
}
