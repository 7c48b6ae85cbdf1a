import { MecError, got } from "../errors";
import type { Size } from "../units";
import type { WavelengthInstanceType } from "../wavelength/instance-type";
import { evictionHard, type EvictionThresholds } from "./eviction-threshold";
import { checkedFlags, mergedFlags, type Flags, type RenderedFlags } from "./flags";
import { KUBERNETES_COMPONENTS } from "./kubernetes-component";
import { quantity } from "./quantities";
import { assertLeavesRoom, reservedText, type ReservedResources } from "./reserved-resources";

/** The kubelet's own thresholds (https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/). */
const IMAGE_GC = { high: 85, low: 80 } as const;

/**
 * Arguments of the kubelet.
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
 */
export interface KubeletArguments {
  /**
   * Most pods that a node runs, a whole number above zero. microk8s itself has about five.
   * @default - 110, the kubelet's own
   */
  readonly maxPods?: number;

  /**
   * What the system keeps for itself: less than the machine has.
   * @default - nothing
   */
  readonly systemReserved?: ReservedResources;

  /**
   * What Kubernetes and the container runtime keep for themselves: less than the machine has.
   * @default - nothing
   */
  readonly kubeReserved?: ReservedResources;

  /**
   * When pods are evicted at once.
   * @default - microk8s' own: 100 MiB of memory, 1 GiB of disk
   */
  readonly evictionHard?: EvictionThresholds;

  /**
   * Percentage of the disk in use from which on unused images are removed, 1 to 100 and above `imageGcLowThresholdPercent`.
   * @default - 85, the kubelet's own
   */
  readonly imageGcHighThresholdPercent?: number;

  /**
   * Percentage of the disk in use down to which unused images are removed, 0 to 99.
   * @default - 80, the kubelet's own
   */
  readonly imageGcLowThresholdPercent?: number;

  /**
   * Size from which on a container's log is rotated.
   * @default - 10 MiB, the kubelet's own
   */
  readonly containerLogMaxSize?: Size;

  /**
   * Files that a container's log has at most, a whole number from 2 on.
   * @default - 5, the kubelet's own
   */
  readonly containerLogMaxFiles?: number;

  /**
   * Further flags, such as `{ "--max-open-files": 2000000 }`; `null` takes away what microk8s sets. Those that microk8s or this library
   * needs are refused.
   * @default - none
   */
  readonly extraArguments?: Flags;
}

/**
 * The kubelet's flags.
 *
 * @param path construct path for the errors
 * @param args arguments as a person wrote them
 * @param instanceType type of the nodes
 * @param disk size of their root volumes
 * @throws {MecError} MEC1140 to MEC1143 for `extraArguments`, MEC1144 for numbers out of range, MEC1145 where pods would have nothing
 */
export function kubeletFlags(path: string, args: KubeletArguments, instanceType: WavelengthInstanceType, disk: Size): RenderedFlags {
  const whole = (property: keyof KubeletArguments, least: number, most: number): number | undefined => {
    const value = args[property] as number | undefined;
    if (value !== undefined && !(Number.isInteger(value) && value >= least && value <= most)) {
      throw new MecError(
        "MEC1144",
        path,
        `${got(value)} as nodeArguments.kubelet.${property}: it is a whole number from ${least} to ${most}, so write that`,
      );
    }
    return value;
  };
  const high = whole("imageGcHighThresholdPercent", 1, 100) ?? IMAGE_GC.high;
  const low = whole("imageGcLowThresholdPercent", 0, 99) ?? IMAGE_GC.low;
  if (low >= high) {
    throw new MecError(
      "MEC1144",
      path,
      `got ${high} and ${low} as nodeArguments.kubelet.imageGcHighThresholdPercent and imageGcLowThresholdPercent: the kubelet wants the low one below the high one, so write both, such as ${IMAGE_GC.high} and ${IMAGE_GC.low}`,
    );
  }
  const { systemReserved = {}, kubeReserved = {}, evictionHard: eviction } = args;
  assertLeavesRoom(path, instanceType, disk, [
    systemReserved,
    kubeReserved,
    { memory: eviction?.memoryAvailable?.of(instanceType.memory), ephemeralStorage: eviction?.nodefsAvailable?.of(disk) },
  ]);
  const texts: Readonly<Record<string, readonly [keyof KubeletArguments, string | number | undefined]>> = {
    "--max-pods": ["maxPods", whole("maxPods", 1, 2_147_483_647)],
    "--system-reserved": ["systemReserved", reservedText(path, "nodeArguments.kubelet.systemReserved", systemReserved)],
    "--kube-reserved": ["kubeReserved", reservedText(path, "nodeArguments.kubelet.kubeReserved", kubeReserved)],
    "--eviction-hard": ["evictionHard", eviction && evictionHard(path, eviction)],
    "--image-gc-high-threshold": ["imageGcHighThresholdPercent", args.imageGcHighThresholdPercent],
    "--image-gc-low-threshold": ["imageGcLowThresholdPercent", args.imageGcLowThresholdPercent],
    "--container-log-max-size": ["containerLogMaxSize", args.containerLogMaxSize && quantity(args.containerLogMaxSize)],
    "--container-log-max-files": ["containerLogMaxFiles", whole("containerLogMaxFiles", 2, 2_147_483_647)],
  };
  const typed = Object.fromEntries(
    Object.entries(texts).flatMap(([flag, [property, value]]) => (value === undefined ? [] : [[flag, [property, String(value)] as const]])),
  );
  const component = KUBERNETES_COMPONENTS.kubelet;
  return mergedFlags(path, component, typed, checkedFlags(path, component, args.extraArguments));
}
