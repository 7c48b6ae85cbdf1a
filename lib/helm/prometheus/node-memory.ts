import { addRule } from "../../annotations";
import { MecError } from "../../errors";
import { knownInstanceTypes } from "../../wavelength/instance-type";
import type { HelmAddOn } from "../add-on";
import type { PrometheusProfileProps } from "./profile";

/**
 * Refuses, at synth, a profile for which every node of the cluster is too small: MEC1436. Nodes of a type that this release does not know are
 * taken for large enough, and a cluster that is made elsewhere too.
 *
 * @param addOn the add-on
 * @param profile its profile
 */
export function requireNodeMemory(addOn: HelmAddOn, { name, nodeMemory }: PrometheusProfileProps): void {
  addRule(addOn, () => {
    const nodes = addOn.cluster.capabilities?.nodes.filter(({ takesPods }) => takesPods !== false) ?? [];
    const memories = nodes.map(({ instanceType }) => knownInstanceTypes().find((type) => type.name === instanceType)?.memory);
    const isLarge = memories.some((memory) => memory === undefined || memory.toMebibytes() >= nodeMemory.toMebibytes());
    if (nodes.length === 0 || isLarge) {
      return [];
    }
    const largest = Math.max(...memories.map((memory) => memory!.toGibibytes()));
    const types = [...new Set(nodes.map(({ instanceType }) => instanceType))].join(", ");
    return [
      new MecError(
        "MEC1436",
        addOn.node.path,
        `got the profile ${name} on nodes of ${types}, of which the largest has ${largest} GiB: beside microk8s it needs a node of ${nodeMemory.toGibibytes()} GiB, so write PrometheusProfile.LITE, or a larger instanceType`,
      ),
    ];
  });
}
