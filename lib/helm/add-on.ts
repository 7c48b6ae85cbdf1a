import type { Release } from "@cdktf/provider-helm/lib/release";
import { Lazy, TerraformStack, type ITerraformDependable, type TerraformProvider } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { addRule } from "../annotations";
import { waitFor } from "../dependencies";
import type { IMicrok8sCluster } from "../microk8s/cluster-interface";
import { Duration } from "../units";
import type { AddOnDefinition, HelmAddOnProps, OwnChartOptions } from "./add-on-props";
import { Chart } from "./chart";
import { ClusterAddOns, type InstalledAddOn } from "./cluster-add-ons";
import { checkFit } from "./fit-rules";
import type { Footprint } from "./footprint";
import { assertNamespace, assertReleaseName, ownReleaseName, secretName } from "./names";
import { namespaceFor } from "./namespaces";
import { checkStorage } from "./storage-rules";
import { assertKnownPaths } from "./value-paths";
import { assertValues, lateValuesText, mergeValues, valuesText, type Values } from "./values";

/** How many revisions of a release Helm keeps: each is a Secret of up to a megabyte in the datastore. */
const MAX_HISTORY = 3;

/**
 * A Helm chart in a microk8s cluster, known to be right before anything is deployed: its values, what it requires and what it cannot share a
 * cluster with, and whether it fits.
 *
 * A subclass tells what the add-on is; see {@link AddOnDefinition}.
 *
 * @throws {MecError} MEC1412 for chart, repository and version, MEC1414 for namespace and releaseName, MEC1421 for values that are none,
 *   MEC1470 for a key that the chart does not know, MEC1110 in the cluster's own stack, MEC1108 without the provider's package; at synth MEC1415
 *   to MEC1420 for what it is beside the others
 */
export abstract class HelmAddOn extends Construct implements InstalledAddOn {
  /**
   * The add-ons below a construct, such as an app or a stack, in the order of the code.
   *
   * @param root the construct
   * @param cluster the cluster they are installed in. @default - any
   */
  public static allIn(root: IConstruct, cluster?: IMicrok8sCluster): readonly HelmAddOn[] {
    const clusters = cluster === undefined ? ClusterAddOns.all(root) : [ClusterAddOns.of(root, cluster)];
    return clusters.flatMap(({ addOns }) => addOns as readonly HelmAddOn[]).filter((addOn) => addOn.node.scopes.includes(root));
  }

  /** The cluster it is installed in. */
  public readonly cluster: IMicrok8sCluster;

  /** Name of the kind of add-on, such as `cert-manager`. */
  public readonly kind: string;

  /** Namespace of the release. */
  public readonly namespace: string;

  /** Name of the release. */
  public readonly releaseName: string;

  /** The chart. */
  public readonly chart: Chart;

  /** What it needs of the cluster. */
  public readonly footprint: Footprint;

  /** The release: the provider's own class. */
  public readonly release: Release;

  /** What the class told of the add-on. @internal */
  public readonly definition: AddOnDefinition;

  /** Whether the stack makes its namespaces, which then go with it. @internal */
  public readonly createsNamespace: boolean;

  private readonly userValues?: Values;
  private readonly ownCharts: Release[] = [];
  private readonly timeoutSeconds: number;

  protected constructor(scope: Construct, id: string, props: HelmAddOnProps, definition: AddOnDefinition) {
    super(scope, id);
    const { path } = this.node;
    const { namespace = definition.namespace, releaseName = definition.releaseName, timeout = Duration.minutes(20) } = props;
    assertNamespace(path, namespace);
    assertReleaseName(path, releaseName);
    this.cluster = props.cluster;
    this.definition = definition;
    this.kind = definition.kind;
    this.namespace = namespace;
    this.releaseName = releaseName;
    this.createsNamespace = props.createNamespace ?? true;
    this.chart = chartOf(definition.chart, props);
    assertValues(path, props.values ?? {});
    // A copy: what the user does to the map later does not count.
    this.userValues = props.values && mergeValues(props.values);
    const { name, version, folder } = this.chart;
    assertKnownPaths(path, name, version, this.values, definition.openMaps ?? [], folder);
    this.footprint = definition.footprint;
    this.timeoutSeconds = Math.ceil(timeout.toSeconds());
    this.release = this.makeRelease("Resource", this.chart, this.valuesOfRelease, {});
    const others = ClusterAddOns.of(this, this.cluster);
    others.add(this);
    addRule(this, () => others.errorsOf(this));
    checkFit(this);
    checkStorage(this);
  }

  /** All values that the chart is installed with: those of what has been added so far. */
  public get values(): Values {
    const { values, lateValues } = this.definition;
    return mergeValues(...values, lateValues?.(), this.userValues);
  }

  /** What is there once the add-on is installed, for `dependsOn` in its own stack. */
  public get installed(): readonly ITerraformDependable[] {
    return [this.release, ...this.ownCharts];
  }

  /**
   * Has it installed after something of its own stack.
   * @internal
   * @param dependables what it waits for
   */
  public installAfter(dependables: readonly ITerraformDependable[]): void {
    waitFor(this.release, dependables);
  }

  /**
   * Installs a chart of the library's own after the add-on's: what needs its custom resource definitions, or a dashboard.
   *
   * @param id id of the construct
   * @param folder absolute path of the chart's folder
   * @param values values of the chart; a function where they hang on what is added later: it is asked at synth, maybe more than once
   * @param options name and namespace of its release
   * @throws {MecError} MEC1413 for the folder, MEC1414 for names, MEC1421 for values that are none, of a function at synth
   */
  protected addChart(id: string, folder: string, values: Values | (() => Values) = {}, options: OwnChartOptions = {}): Release {
    const { releaseName = ownReleaseName(this.node.path, this.releaseName, `-${id.toLowerCase()}`), namespace = this.namespace } = options;
    assertNamespace(this.node.path, namespace);
    assertReleaseName(this.node.path, releaseName);
    const text = typeof values === "function" ? this.lateText(values) : valuesText(this.node.path, values);
    const release = this.makeRelease(id, Chart.fromFolder(folder), text, { releaseName, namespace }, [this.release]);
    this.ownCharts.push(release);
    ClusterAddOns.of(this, this.cluster).extend(this, release, { releaseName, namespace });
    return release;
  }

  /**
   * The name of a Kubernetes Secret that is made apart from the add-on, for its values.
   *
   * @param property name of the property, for the error
   * @param name the name
   * @throws {MecError} MEC1424 for what is no name of a Secret
   */
  protected secret(property: string, name: string): string {
    return secretName(this.node.path, property, name);
  }

  /** The text of the values; where something may still be added, it is made at synth. */
  private get valuesOfRelease(): string {
    const { path } = this.node;
    if (this.definition.lateValues === undefined) {
      return valuesText(path, this.values);
    }
    const { name, version, folder } = this.chart;
    return this.lateText(() => {
      assertKnownPaths(path, name, version, this.values, this.definition.openMaps ?? [], folder);
      return this.values;
    });
  }

  /** The text of values that are known at synth alone. */
  private lateText(values: () => Values): string {
    return Lazy.stringValue({ produce: (context) => lateValuesText(this.node.path, values(), context) });
  }

  private makeRelease(
    id: string,
    chart: Chart,
    text: string,
    { releaseName = this.releaseName, namespace = this.namespace }: OwnChartOptions,
    after: readonly ITerraformDependable[] = [],
  ): Release {
    const provider: TerraformProvider = this.cluster.bindProviders(TerraformStack.of(this)).helm;
    const { Release: Resource } = require("@cdktf/provider-helm/lib/release") as typeof import("@cdktf/provider-helm/lib/release");
    const namespaces = this.createsNamespace ? namespaceFor(this, this.cluster, namespace, this.definition.podSecurity) : [];
    return new Resource(this, id, {
      provider,
      ...chart.bind(this, `${id}Chart`),
      name: releaseName,
      namespace,
      values: text === "{}" ? undefined : [text],
      timeout: this.timeoutSeconds,
      maxHistory: MAX_HISTORY,
      // A first installation that fails stays to be looked at; an upgrade that fails leaves nothing new behind.
      atomic: false,
      cleanupOnFail: true,
      wait: true,
      createNamespace: false,
      dependsOn: [...namespaces, ...after],
    });
  }
}

/** The chart with what the user named in place of it. */
function chartOf(chart: Chart, { chart: name, repository, version }: HelmAddOnProps): Chart {
  if (name === undefined && repository === undefined && version === undefined) {
    return chart;
  }
  return Chart.fromRegistry({
    chart: name ?? chart.name,
    repository: repository ?? chart.repository ?? "",
    version: version ?? chart.version ?? "",
  });
}
