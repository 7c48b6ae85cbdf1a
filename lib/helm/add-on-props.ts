import type { IMicrok8sCluster } from "../microk8s/cluster-interface";
import type { Duration } from "../units";
import type { Chart } from "./chart";
import type { Footprint } from "./footprint";
import type { PodSecurity } from "./namespaces";
import type { Values } from "./values";

/** What every add-on takes, whatever it installs. */
export interface HelmAddOnOptions {
  /**
   * Namespace of the release: 1 to 63 lowercase letters, digits and dashes. It is made unless Kubernetes has it from the start, and goes with
   * the last add-on of the stack that is in it, with all that it holds; see {@link HelmAddOnOptions.createNamespace}.
   * @default - the add-on's own
   */
  readonly namespace?: string;

  /**
   * Whether the stack makes the add-on's namespaces. A namespace that it made goes with the add-on, and Kubernetes deletes all that is in it:
   * Secrets made by hand, certificates, and claims, with their volumes unless the reclaim policy of these is Retain. With `false` the namespace
   * is made apart, before the add-on, with the label of Pod Security that its pods need, and stays with all of that.
   *
   * `false` for an add-on that is there already would delete its namespace at the next apply: take the namespace out of the state first, with
   * `terraform state rm` and the address that the plan tells.
   * @default true
   * @see https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/
   * @see https://developer.hashicorp.com/terraform/cli/commands/state/rm
   */
  readonly createNamespace?: boolean;

  /**
   * Name of the release: 1 to 53 lowercase letters, digits and dashes.
   * @default - the add-on's own
   */
  readonly releaseName?: string;

  /**
   * Name of the chart in its repository.
   * @default - that of {@link PINNED_CHARTS}
   */
  readonly chart?: string;

  /**
   * Repository of the chart, `https://…` or `oci://…`, such as a mirror of one's own.
   * @default - that of {@link PINNED_CHARTS}
   */
  readonly repository?: string;

  /**
   * Exact version of the chart.
   * @default - that of {@link PINNED_CHARTS}, the one that the library's values are tested against
   */
  readonly version?: string;

  /**
   * How long an installation or upgrade may take: the nodes pull all images over the link of the site. A fraction of a second counts as one.
   * @default Duration.minutes(20)
   */
  readonly timeout?: Duration;

  /**
   * Values of the chart, laid over all that the add-on sets: maps are merged, lists replaced, and `null` removes a default of the chart. No
   * secret belongs here: the state, the plan and the release would hold it.
   * @default - none
   */
  readonly values?: Values;
}

/** What the properties of each add-on extend. */
export interface HelmAddOnProps extends HelmAddOnOptions {
  /** The cluster it is installed in. */
  readonly cluster: IMicrok8sCluster;
}

/** A storage class that an add-on brings. */
export interface StorageClassOffer {
  /** Name of the class. */
  readonly name: string;
  /** Whether a volume is on the disk of one node, and lost with it. */
  readonly isNodeLocal: boolean;
}

/** What an add-on is, as its class tells the base class. */
export interface AddOnDefinition {
  /** Name of the kind of add-on, such as `cert-manager`, the same for good: `requires` and `conflicts` speak of it. */
  readonly kind: string;
  /** The chart, unless the user names another. */
  readonly chart: Chart;
  /** Namespace, unless the user names another. */
  readonly namespace: string;
  /** Name of the release, unless the user names another. */
  readonly releaseName: string;
  /** Layers of values, from the weakest to the strongest, such as defaults, profile and typed properties; the user's own come last. */
  readonly values: readonly (Values | undefined)[];
  /**
   * Values that are known once all has been added to the add-on, such as what `addDevice` of an EdgeX was told: laid over `values` and below
   * the user's. It is asked whenever the values are wanted, the last time at synth.
   * @default - none
   */
  readonly lateValues?: () => Values;
  /**
   * Kinds that must be in the app for the same cluster; they are installed first.
   * @default - none
   */
  readonly requires?: readonly string[];
  /**
   * Kinds that are installed first where they are in the app for the same cluster, and that it does without where they are not.
   * @default - none
   */
  readonly after?: readonly string[];
  /**
   * Kinds that must not be in the app for the same cluster.
   * @default - none
   */
  readonly conflicts?: readonly string[];
  /**
   * API groups whose custom resource definitions the chart brings, such as `monitoring.coreos.com`: a cluster has one owner of each.
   * @default - none
   */
  readonly ownsCrds?: readonly string[];
  /**
   * Storage class of its volumes: the cluster must be known to have it, or another add-on brings it and is installed first.
   * @default - it has no volumes, or takes the cluster's default class
   */
  readonly storageClass?: string;
  /**
   * Storage classes that it brings.
   * @default - none
   */
  readonly storageClasses?: readonly StorageClassOffer[];
  /** What it needs of the cluster; read at synth, so it may be an object whose figures grow with what is added. */
  readonly footprint: Footprint;
  /**
   * Whether it keeps data in volumes.
   * @default false
   */
  readonly isStateful?: boolean;
  /**
   * What its pods may do at most in a namespace that is made for it, by Kubernetes' own Pod Security Standards.
   * @default - what the cluster does for a namespace that says nothing
   * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
   */
  readonly podSecurity?: PodSecurity;
  /**
   * Paths of values below which any key goes, such as `controller.nodeSelector`.
   * @default - none
   */
  readonly openMaps?: readonly string[];
}

/** What an own chart of an add-on may say of its release. */
export interface OwnChartOptions {
  /**
   * Name of the release.
   * @default - that of the add-on, a dash and the id in lower case
   */
  readonly releaseName?: string;
  /**
   * Namespace.
   * @default - that of the add-on
   */
  readonly namespace?: string;
}
