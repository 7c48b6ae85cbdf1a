import { addRule, warn } from "../../annotations";
import { MecError } from "../../errors";
import type { Size } from "../../units";
import { knownInstanceTypes } from "../../wavelength/instance-type";
import type { HelmAddOn } from "../add-on";
import { atSynth } from "../fit-rules";
import { isMap } from "../values";
import type { PrometheusProfileProps } from "./profile";

/** A node that Prometheus may be placed on. */
interface Place {
  readonly instanceType: string;
  /** Memory of it; undefined for a type that this release does not know. */
  readonly memory?: Size;
}

/**
 * Refuses, at synth, a profile for which every node of the cluster is too small: MEC1436. Warns where some are, and nothing keeps Prometheus
 * off them: MEC1941. Nodes of a type that this release does not know are taken for large enough, and a cluster that is made elsewhere too.
 *
 * @param addOn the add-on
 * @param profile its profile
 */
export function requireNodeMemory(addOn: HelmAddOn, { name, nodeMemory }: PrometheusProfileProps): void {
  const isSmall = ({ memory }: Place) => memory !== undefined && memory.toMebibytes() < nodeMemory.toMebibytes();
  addRule(addOn, () => {
    const places = placesOf(addOn);
    if (places.length === 0 || !places.every(isSmall)) {
      return [];
    }
    const largest = Math.max(...places.map(({ memory }) => memory!.toGibibytes()));
    return [
      new MecError(
        "MEC1436",
        addOn.node.path,
        `got the profile ${name} on nodes of ${typesOf(places)}, of which the largest has ${largest} GiB: beside microk8s it needs a node of ${nodeMemory.toGibibytes()} GiB, so write PrometheusProfile.LITE, or a larger instanceType`,
      ),
    ];
  });
  // Kubernetes has no label for the memory of a node, so only whoever made the nodes can tell which ones are meant.
  atSynth(addOn, () => {
    const places = placesOf(addOn);
    const small = places.filter(isSmall);
    if (small.length > 0 && small.length < places.length && !isPlaced(addOn)) {
      warn(
        addOn,
        "MEC1941",
        `got the profile ${name}, which needs a node of ${nodeMemory.toGibibytes()} GiB, on a cluster that also has nodes of ${typesOf(small)}: Kubernetes may place Prometheus on one of these, so write taints at the small ones, or values.prometheus.prometheusSpec.nodeSelector with a label of the large ones`,
      );
    }
  });
}

/** The nodes that take pods without a toleration. */
function placesOf(addOn: HelmAddOn): readonly Place[] {
  const nodes = addOn.cluster.capabilities?.nodes.filter(({ takesPods }) => takesPods !== false) ?? [];
  return nodes.map(({ instanceType }) => ({
    instanceType,
    memory: knownInstanceTypes().find((type) => type.name === instanceType)?.memory,
  }));
}

function typesOf(places: readonly Place[]): string {
  return [...new Set(places.map(({ instanceType }) => instanceType))].join(", ");
}

/** Whether the values say where Prometheus is placed. */
function isPlaced({ values: { prometheus } }: HelmAddOn): boolean {
  const spec = isMap(prometheus) && isMap(prometheus.prometheusSpec) ? prometheus.prometheusSpec : {};
  return [spec.nodeSelector, spec.affinity].some((value) => value !== undefined && value !== null);
}
