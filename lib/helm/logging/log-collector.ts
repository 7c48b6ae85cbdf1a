import type { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Construct } from "constructs";
import { addRule } from "../../annotations";
import { MecError } from "../../errors";
import { Size } from "../../units";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import type { ContainerResources } from "../prometheus/resources";
import { PINNED_CHARTS } from "../versions";
import type { LogCollectorProps } from "./collector-props";
import { collectorValues, lateCollectorValues } from "./collector-values";
import { assertBuffer, assertDropRules, assertUnits } from "./collector-rules";
import { logWriterPolicy, type LogDestination } from "./log-export";
import { assertLoggingResources } from "./logging-resources";
import { KINDS, Neighbours } from "./neighbours";
import { UNITS, type LogPipeline } from "./pipeline";

/** Name of the release, unless the user names another. */
const RELEASE = "log-collector";

/** Namespace, unless the user names another: Loki's. */
const NAMESPACE = "logging";

/** What the collector asks for on each node, and may use: a proposal of this library, to be watched and changed. */
const RESOURCES: ContainerResources = { cpuMillis: 20, memory: Size.mebibytes(48), memoryLimit: Size.mebibytes(160) };

/**
 * Fluent Bit on each node: reads the logs of pods and the node's journal and sends them to the Loki of the app, and out of the site where `export`
 * says so. What a destination does not take waits on the disk of the node.
 *
 * Nobody outside of the node is asked what a line is of, and nothing is read of pods but what they write. Lines may have secrets in them all the
 * same: who reads logs reads those. A cluster has one collector: its state is in one folder of each node.
 *
 * When it is taken away, `/var/lib/mec-logs` stays on the nodes: how far was read, and what was not delivered.
 *
 * @throws {MecError} MEC1424, MEC1023, MEC1030 and MEC1523 for the export, MEC1524 and MEC1414 for what is dropped, MEC1525 for the journal,
 *   MEC1526 for the buffer, MEC1527 for resources, and what {@link HelmAddOn} refuses; at synth MEC1522 where there is neither a Loki nor an export
 * @see https://docs.fluentbit.io/manual/
 */
export class LogCollector extends HelmAddOn {
  /** The log group of the export; undefined where there is none. */
  public readonly logGroup?: CloudwatchLogGroup;

  /** What the user or role of the export's credentials may do: a policy document as JSON text; undefined where there is no export. */
  public readonly exportPolicy?: string;

  public constructor(scope: Construct, id: string, props: LogCollectorProps) {
    const path = `${scope.node.path}/${id}`;
    const { cluster, excludedNamespaces = [], dropLines = [], buffer = Size.mebibytes(256) } = props;
    const units = unitsOf(props.journal);
    assertDropRules(path, excludedNamespaces, dropLines);
    assertUnits(path, units);
    assertBuffer(path, buffer);
    assertLoggingResources(path, props.resources ?? RESOURCES);
    const destination = props.export?.destination({ path, clusterName: cluster.clusterName, region: cluster.region });
    const { namespace = NAMESPACE, releaseName = RELEASE } = props;
    const own = { namespace, releaseName };
    const pipeline = { units, excludedNamespaces, dropLines, buffer, own, destination };
    const neighbours = new Neighbours(scope, cluster);
    super(scope, id, props, definition(props, pipeline, neighbours));
    if (props.export !== undefined && destination !== undefined) {
      this.logGroup = props.export.bind(this, destination);
      this.exportPolicy = logWriterPolicy(this.logGroup.arn);
      this.installAfter([this.logGroup]);
    }
    addRule(this, () => this.nowhere(neighbours, destination));
  }

  private nowhere({ loki }: Neighbours, destination: LogDestination | undefined): MecError[] {
    return loki === undefined && destination === undefined
      ? [
          new MecError(
            "MEC1522",
            this.node.path,
            `got no loki for the cluster ${this.cluster.clusterName} and no export: logs would go nowhere, so add a Loki to the app, in this stack or another, or write export: LogExport.toCloudWatch(…)`,
          ),
        ]
      : [];
  }
}

function unitsOf(journal: boolean | readonly string[] = true): readonly string[] {
  return typeof journal === "boolean" ? (journal ? UNITS : []) : journal;
}

function definition(props: LogCollectorProps, pipeline: LogPipeline, neighbours: Neighbours): AddOnDefinition {
  const { resources = RESOURCES } = props;
  const { cpuMillis, memory } = resources;
  return {
    kind: KINDS.collector,
    chart: pinnedChart(PINNED_CHARTS.fluentBit),
    namespace: NAMESPACE,
    releaseName: RELEASE,
    values: [collectorValues(pipeline.own, resources, pipeline.destination?.credentialsSecret)],
    lateValues: () => lateCollectorValues({ ...pipeline, loki: neighbours.loki }, neighbours.prometheus),
    after: [KINDS.loki, KINDS.prometheus],
    // Two would read and write the same folder of each node.
    conflicts: [KINDS.collector],
    footprint: { cpuMillis: 0, perNode: { cpuMillis, memory } },
    // It reads folders of the machine.
    podSecurity: "privileged",
    openMaps: [
      "config.extraFiles",
      "networkPolicy.ingress",
      "podSecurityContext",
      "resources",
      "securityContext",
      "serviceMonitor.interval",
    ],
  };
}
