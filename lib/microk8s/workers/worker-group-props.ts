import { MecError, got } from "../../errors";
import { assertTags } from "../../tags";
import type { WavelengthInstanceType } from "../../wavelength/instance-type";
import type { KubeletArguments } from "../kubelet-arguments";
import { MachineImage } from "../machine-image";
import { checkedRootVolume, type RootVolumeProps } from "../root-volume";
import { checkedLabels } from "./node-labels";
import { checkedTaints, type NodeTaint } from "./node-taint";
import { WorkerEgress } from "./worker-egress";

/** Most nodes of a group: far below the 5,000 that Kubernetes takes, and so many that a typing error is none of them. */
const MAX_COUNT = 100;

/** A group of like workers of a {@link Microk8sCluster}. */
export interface WorkerGroupProps {
  /**
   * Number of nodes, 0 to 100; they are named `<group>-0` and so on. To take nodes away without haste, mark them by `leaving` first, and
   * lower the number in the next apply.
   */
  readonly count: number;

  /** Instance type of the nodes. */
  readonly instanceType: WavelengthInstanceType;

  /**
   * Root volume of the nodes.
   * @default - 50 GiB of gp2
   */
  readonly rootVolume?: RootVolumeProps;

  /**
   * Image the nodes' machines start from; it never replaces a node that is there.
   * @default MachineImage.UBUNTU_24_04
   */
  readonly machineImage?: MachineImage;

  /**
   * Labels of the nodes, for `nodeSelector` and affinity. A change reaches living nodes and is waited for.
   * @default - those of Kubernetes and microk8s alone
   * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
   */
  readonly labels?: Readonly<Record<string, string>>;

  /**
   * Taints of the nodes, which keep away the pods that do not tolerate them. A change reaches living nodes and is waited for.
   * @default - none
   * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
   */
  readonly taints?: readonly NodeTaint[];

  /**
   * Arguments of the kubelet, in place of all of `nodeArguments.kubelet`. A change is carried out in place and waited for.
   * @default - those of the control plane
   */
  readonly kubelet?: KubeletArguments;

  /**
   * Number of nodes that are to leave, those with the highest numbers: the cluster drains and removes them, and the apply waits until it
   * has. They are counted in `count` until the next apply, which lowers both.
   * @default 0
   */
  readonly leaving?: number;

  /**
   * Nodes to replace, by name, with a text that stands for the occasion, such as `{ "gpu-0": "2026-11-25" }`. A new text is a new machine;
   * it may stay in the code.
   * @default - none
   */
  readonly replacements?: Readonly<Record<string, string>>;

  /**
   * How the nodes reach what is outside of the VPC.
   * @default WorkerEgress.NAT
   */
  readonly egress?: WorkerEgress;

  /**
   * Tags of the group's resources, beside those of the cluster; one of the same key takes the other's place.
   * @default - those of the cluster
   */
  readonly tags?: Record<string, string>;
}

/** A group with nothing left open. */
export interface CheckedWorkerGroup {
  readonly count: number;
  readonly instanceType: WavelengthInstanceType;
  readonly rootVolume: Required<RootVolumeProps>;
  readonly machineImage: MachineImage;
  /** In the order of their keys. */
  readonly labels: Readonly<Record<string, string>>;
  /** As `kubectl taint` takes them, in an order of their own. */
  readonly taints: readonly string[];
  readonly kubelet?: KubeletArguments;
  readonly leaving: number;
  readonly replacements: Readonly<Record<string, string>>;
  readonly egress: WorkerEgress;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param path construct path for the errors
 * @param name name of the group
 * @param props what a person wrote
 * @param clusterTags tags of the cluster
 * @throws {MecError} MEC1182 for a number that cannot be, MEC1183 for more leaving nodes than there are, MEC1104 for
 *   the root volume, MEC1184 and MEC1185 for labels, MEC1187 for taints, MEC1189 for a replacement of no node of the group, MEC1033 for tags
 */
export function checkedWorkerGroup(
  path: string,
  name: string,
  props: WorkerGroupProps,
  clusterTags: Readonly<Record<string, string>> = {},
): CheckedWorkerGroup {
  const { count, instanceType, leaving = 0, replacements = {}, kubelet } = props;
  assertNumber(path, "count", count);
  assertNumber(path, "leaving", leaving);
  if (leaving > count) {
    throw new MecError(
      "MEC1183",
      path,
      `${got(leaving)} as leaving: the group has ${count} nodes, which those that leave are counted in, so write ${count} or fewer`,
    );
  }
  for (const [node, text] of Object.entries(replacements)) {
    if (text === "" || !workerNames(name, count).includes(node)) {
      throw new MecError(
        "MEC1189",
        path,
        `${got({ [node]: text })} in replacements: it names a node and a text of your choice, and the group's nodes are ${workerNames(name, count).join(", ") || "none"}, so write one of them, or leave it out`,
      );
    }
  }
  const tags = { ...clusterTags, ...props.tags };
  assertTags(path, tags);
  return {
    count,
    instanceType,
    rootVolume: checkedRootVolume(path, "rootVolume", props.rootVolume),
    machineImage: props.machineImage ?? MachineImage.UBUNTU_24_04,
    labels: checkedLabels(path, props.labels),
    taints: checkedTaints(path, props.taints),
    kubelet,
    leaving,
    replacements,
    egress: props.egress ?? WorkerEgress.NAT,
    tags,
  };
}

/** Names of a group's nodes, by their numbers. */
export function workerNames(group: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${group}-${index}`);
}

function assertNumber(path: string, property: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value > MAX_COUNT) {
    throw new MecError("MEC1182", path, `${got(value)} as ${property}: it is a whole number from 0 to ${MAX_COUNT}, so write that`);
  }
}
