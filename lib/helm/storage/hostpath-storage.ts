import type { Construct } from "constructs";
import { join } from "node:path";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { Chart } from "../chart";
import { requests, resourcesOf } from "../resources";

/** Storage class of {@link HostpathStorage}: the name that microk8s' own add-on gives it. */
export const HOSTPATH_STORAGE_CLASS = "microk8s-hostpath";

/** What becomes of a volume whose claim is deleted. */
export class ReclaimPolicy {
  /** It is deleted, with its data; so it is too when the namespace of the claim goes, as an add-on's does with the add-on. */
  public static readonly DELETE = new ReclaimPolicy("Delete");
  /** It stays on the disk of the node until a person deletes it; a new claim does not find it by itself (docs/add-ons.md). */
  public static readonly RETAIN = new ReclaimPolicy("Retain");

  private constructor(
    /** Name as Kubernetes has it. */
    public readonly name: string,
  ) {}

  /** Name as Kubernetes has it. */
  public toString(): string {
    return this.name;
  }
}

/** What may be said of {@link HostpathStorage}. Its chart is the library's own. */
export interface HostpathStorageOptions extends Omit<HelmAddOnOptions, "chart" | "repository" | "version"> {
  /**
   * What becomes of a volume whose claim is deleted. Kubernetes refuses the change of a class that is there.
   * @default ReclaimPolicy.DELETE
   */
  readonly reclaimPolicy?: ReclaimPolicy;

  /**
   * Whether claims that name no class get this one.
   * @default true
   */
  readonly isDefaultClass?: boolean;
}

/** Properties of {@link HostpathStorage}. */
export interface HostpathStorageProps extends HostpathStorageOptions, Pick<HelmAddOnProps, "cluster"> {}

/** What the provisioner requests: microk8s requests nothing for it. */
const PROVISIONER = requests(10, 32);

/**
 * Volumes on the disk of the node that a pod runs on, as microk8s' own hostpath-storage add-on makes them, under the same class
 * `microk8s-hostpath`. For one node, or for data that may be lost with its node: a volume is on the node it was first used on, nothing copies
 * it, and nothing keeps it from growing beyond its size.
 *
 * The data stays on the disk when the add-on is taken away. Do not enable microk8s' own add-on beside it: both make the same objects.
 *
 * @throws {MecError} what {@link HelmAddOn} refuses
 * @see https://microk8s.io/docs/addon-hostpath-storage
 * @see https://github.com/canonical/microk8s-core-addons/blob/main/addons/hostpath-storage/storage.yaml
 */
export class HostpathStorage extends HelmAddOn {
  /** Name of the storage class. */
  public readonly storageClass: string = HOSTPATH_STORAGE_CLASS;

  public constructor(scope: Construct, id: string, props: HostpathStorageProps) {
    super(scope, id, props, definition(props));
  }
}

function definition({ reclaimPolicy = ReclaimPolicy.DELETE, isDefaultClass = true }: HostpathStorageOptions): AddOnDefinition {
  return {
    kind: "hostpath-storage",
    chart: Chart.fromFolder(join(__dirname, "chart")),
    namespace: "kube-system",
    releaseName: "hostpath-storage",
    values: [{ resources: resourcesOf(PROVISIONER) }, { storageClass: { isDefault: isDefaultClass, reclaimPolicy: reclaimPolicy.name } }],
    storageClasses: [{ name: HOSTPATH_STORAGE_CLASS, isNodeLocal: true }],
    footprint: PROVISIONER,
    openMaps: ["resources"],
  };
}
