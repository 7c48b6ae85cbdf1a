import type { Duration, Size } from "../../units";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import type { ContainerResources } from "../prometheus/resources";

/** What a person chooses about {@link Loki}, wherever it is installed. */
export interface LokiOptions extends HelmAddOnOptions {
  /**
   * How long lines are kept: whole hours, a day at least. Loki deletes by age alone, whatever its volume holds; see `dailyLimit`.
   * @default Duration.days(3)
   */
  readonly retention?: Duration;

  /**
   * Size of the volume. That of a living Loki keeps its size: Kubernetes changes no volume of a StatefulSet in place.
   * @default Size.gibibytes(5)
   */
  readonly volume?: Size;

  /**
   * Text that may come in a day, 192 MiB at least; Loki takes no more, an hour's at once, and collectors keep the rest on the disks of their
   * nodes as long as they have room. The days that are kept and one more, at this much, are at most 85 % of the volume.
   * @default - as much as the volume holds for that long: 1076 MiB with the other defaults
   */
  readonly dailyLimit?: Size;

  /**
   * Storage class of the volume, by its own name, so that another default class does not part Loki from its volume.
   * @default "microk8s-hostpath"
   */
  readonly storageClass?: string;

  /**
   * What Loki asks for, and may use.
   * @default - 50m, 256 MiB, and 512 MiB at most: proposals of this library, not measured on a node
   */
  readonly resources?: ContainerResources;

  /**
   * Namespaces whose pods may read and write logs, beside collectors, Prometheus and Grafana of the app: Loki asks nobody for a password.
   * @default - none
   */
  readonly allowedNamespaces?: readonly string[];
}

/** Properties of {@link Loki}. */
export interface LokiProps extends HelmAddOnProps, LokiOptions {}
