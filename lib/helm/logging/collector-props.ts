import type { Size } from "../../units";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import type { ContainerResources } from "../prometheus/resources";
import type { LogExport } from "./log-export";

/** What a person chooses about {@link LogCollector}, wherever it is installed. */
export interface LogCollectorOptions extends HelmAddOnOptions {
  /**
   * Namespaces whose pods' logs are never read.
   * @default - none, but for the collector's own
   */
  readonly excludedNamespaces?: readonly string[];

  /**
   * Regular expressions: a line of a pod in which one is found is dropped, and goes nowhere. Health checks are a good beginning, such as
   * `GET /healthz`.
   * @default - none
   * @see https://docs.fluentbit.io/manual/pipeline/filters/grep
   */
  readonly dropLines?: readonly string[];

  /**
   * Whether the journal of each node is read, or which units of it. The kernel's messages, such as of pods without memory, come with it.
   * @default - the units of microk8s, and the node agent's
   */
  readonly journal?: boolean | readonly string[];

  /**
   * Room on the disk of each node for lines that a destination does not take, for each destination; a quarter of it on top for those of the
   * node's own journal. When it is full the oldest go. 32 MiB at least.
   * @default Size.mebibytes(256)
   */
  readonly buffer?: Size;

  /**
   * Where logs go beside Loki: out of the site.
   * @default - nowhere
   */
  readonly export?: LogExport;

  /**
   * What the collector asks for on each node, and may use.
   * @default - 20m, 48 MiB, and 160 MiB at most: proposals of this library, not measured on a node
   */
  readonly resources?: ContainerResources;
}

/** Properties of {@link LogCollector}. */
export interface LogCollectorProps extends HelmAddOnProps, LogCollectorOptions {}
