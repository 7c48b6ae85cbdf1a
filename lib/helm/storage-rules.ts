import { warn } from "../annotations";
import { ClusterAddOns, type InstalledAddOn } from "./cluster-add-ons";
import { atSynth } from "./fit-rules";

/**
 * Warns, at synth, of what happens to the data of an add-on, and of a storage class that nothing here knows.
 *
 * @param addOn the add-on
 */
export function checkStorage(addOn: InstalledAddOn): void {
  const { cluster, definition, kind } = addOn;
  const { storageClass, isStateful } = definition;
  if (storageClass === undefined) {
    return;
  }
  atSynth(addOn, () => {
    const { capabilities } = cluster;
    const offer = ClusterAddOns.of(addOn, cluster)
      .storageBy(storageClass)
      ?.definition.storageClasses?.find(({ name }) => name === storageClass);
    const nodes = capabilities?.nodes.length;
    if (isStateful && offer?.isNodeLocal && nodes !== undefined && nodes > 1) {
      warn(
        addOn,
        "MEC1923",
        `got volumes of the class ${storageClass} on a cluster of ${nodes} nodes: each is on the disk of the node that ${kind} was first placed on, so when this node dies ${kind} stays Pending until the node is back, and when its machine is replaced the data is lost, ` +
          "so keep elsewhere what must survive it",
      );
    }
    if (capabilities === undefined && offer === undefined) {
      warn(
        addOn,
        "MEC1924",
        `got "${storageClass}" as storageClass: the cluster ${cluster.clusterName} is made elsewhere and no add-on of this app brings the class, so see to it that \`kubectl get storageclass ${storageClass}\` finds it, or its volumes stay Pending`,
      );
    }
  });
}
