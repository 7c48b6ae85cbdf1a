import type { App, TerraformStack } from "cdktf";
import { EdgeX, EdgeXProfile, HostpathStorage, type EdgeXProps, type Microk8sCluster } from "../../../../lib";
import { synthApp, type StackJson } from "../../../support/synth";
import { addOnStack, bostonSite } from "../../support/add-ons";

/** An EdgeX and its storage in one stack, on the cluster of another. */
export const synthEdgeX = (
  props: Partial<EdgeXProps> = {},
  more: (edgex: EdgeX, stack: TerraformStack, cluster: Microk8sCluster, app: App) => void = () => undefined,
): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app);
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster });
    more(new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE, ...props }), stack, cluster, app);
  })["add-ons"]!;

/** The release of a name in a stack. */
export const releaseOf = (json: StackJson, name = "edgex") =>
  Object.values<StackJson>(json.resource.helm_release).find((candidate) => candidate.name === name)!;

/** The values that a stack hands to the chart of EdgeX. */
export const valuesOf = (json: StackJson) => JSON.parse(releaseOf(json).values[0]);
