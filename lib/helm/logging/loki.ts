import type { Release } from "@cdktf/provider-helm/lib/release";
import { Lazy } from "cdktf";
import type { Construct } from "constructs";
import { join } from "node:path";
import { warn } from "../../annotations";
import { Duration, Size } from "../../units";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition } from "../add-on-props";
import { atSynth } from "../fit-rules";
import { assertNamespace } from "../names";
import { pinnedChart } from "../pinned-chart";
import type { ContainerResources } from "../prometheus/resources";
import { HOSTPATH_STORAGE_CLASS } from "../storage/hostpath-storage";
import { lateValuesText } from "../values";
import { PINNED_CHARTS } from "../versions";
import { assertLoggingResources } from "./logging-resources";
import { loggingValues } from "./logging-values";
import type { LokiProps } from "./loki-props";
import { LOKI_SECTIONS, lateLokiValues, lokiValues, type LokiSettings } from "./loki-values";
import { KINDS, Neighbours, lokiUrl } from "./neighbours";
import { checkedLogRetention } from "./retention";

/** Name of the release, unless the user names another. */
const RELEASE = "loki";

/** What Loki asks for, and may use: a proposal of this library, to be watched and changed. */
const RESOURCES: ContainerResources = { cpuMillis: 50, memory: Size.mebibytes(256), memoryLimit: Size.mebibytes(512) };

/**
 * Loki, which keeps logs and answers questions about them, as one process with one volume: for the logs of a site. A `LogCollector` brings them.
 *
 * Who may read and write is a matter of a network policy, since Loki asks for no password: collectors and, where they are in the app, Prometheus
 * and Grafana; and `allowedNamespaces`. Grafana is told of it by a ConfigMap in its own namespace, and gets a dashboard. Where a cluster has several,
 * all of that but metrics is of the first alone.
 *
 * When it is taken away, its namespace goes with the claim, and the lines with it unless the storage class has `ReclaimPolicy.RETAIN`.
 *
 * Loki is under the AGPL 3.0, as Grafana is; it is installed as its makers built it.
 *
 * @throws {MecError} MEC1520 and MEC1521 for retention, MEC1527 for resources, MEC1414 for allowedNamespaces, and what {@link HelmAddOn} refuses
 * @see https://grafana.com/docs/loki/latest/get-started/deployment-modes/#monolithic-mode
 */
export class Loki extends HelmAddOn {
  /** URL of Loki within the cluster, for what is let in. */
  public readonly url: string;

  /** Release of the library's own chart, with network policy, source of data, dashboard and alerts: the provider's own class. */
  public readonly access: Release;

  public constructor(scope: Construct, id: string, props: LokiProps) {
    const path = `${scope.node.path}/${id}`;
    const { cluster, allowedNamespaces = [] } = props;
    allowedNamespaces.forEach((namespace) => assertNamespace(path, namespace));
    const settings = checkedLoki(path, props);
    const neighbours = new Neighbours(scope, cluster);
    super(scope, id, props, definition(props, settings, neighbours));
    this.url = lokiUrl(this);
    this.access = this.addChart("Mec", join(__dirname, "chart"));
    const { clusterName } = cluster;
    this.access.values = [
      Lazy.stringValue({
        produce: (context) => lateValuesText(path, loggingValues(neighbours, { loki: this, clusterName, allowedNamespaces }), context),
      }),
    ];
    atSynth(this, () => this.warnOfSilence(neighbours, allowedNamespaces));
  }

  private warnOfSilence(neighbours: Neighbours, allowedNamespaces: readonly string[]): void {
    if (neighbours.collectorsOf(this).length === 0 && allowedNamespaces.length === 0) {
      warn(
        this,
        "MEC1975",
        `got no log-collector for the cluster ${this.cluster.clusterName} that sends to it, and no allowedNamespaces: nobody gets to Loki, so it stays empty; add a LogCollector to the app, which sends to the first Loki, or name the namespaces of those that send logs`,
      );
    }
  }
}

/** Fills in the defaults and refuses what cannot be. */
function checkedLoki(path: string, props: LokiProps): LokiSettings {
  const {
    retention = Duration.days(3),
    volume = Size.gibibytes(5),
    dailyLimit,
    storageClass = HOSTPATH_STORAGE_CLASS,
    resources = RESOURCES,
  } = props;
  assertLoggingResources(path, resources);
  return { retention: checkedLogRetention(path, { retention, dailyLimit, volume }), volume, storageClass, resources };
}

function definition({ releaseName = RELEASE }: LokiProps, settings: LokiSettings, neighbours: Neighbours): AddOnDefinition {
  const { cpuMillis, memory } = settings.resources;
  return {
    kind: KINDS.loki,
    chart: pinnedChart(PINNED_CHARTS.loki),
    namespace: "logging",
    releaseName: RELEASE,
    values: [lokiValues({ releaseName }, settings)],
    lateValues: () => lateLokiValues(neighbours.prometheus),
    after: [KINDS.prometheus],
    storageClass: settings.storageClass,
    footprint: { cpuMillis, memory, volumes: settings.volume },
    isStateful: true,
    openMaps: ["singleBinary.resources", ...LOKI_SECTIONS.map((section) => `loki.${section}`)],
  };
}
