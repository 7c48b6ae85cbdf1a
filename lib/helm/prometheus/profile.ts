import { Duration, Size } from "../../units";
import type { ContainerResources } from "./resources";

/** What a {@link PrometheusProfile} says of the parts. */
export interface PrometheusProfileProps {
  /** Name of the profile, for people. */
  readonly name: string;
  /**
   * Memory that one node must have at least. The scheduler counts what pods ask for and nothing of microk8s itself, whose programs take most
   * of 2 GiB once something watches all objects.
   * @see https://docs.k3s.io/reference/resource-profiling
   */
  readonly nodeMemory: Size;
  /** How long metrics are kept. */
  readonly retention: Duration;
  /** Size of the volume that metrics are kept in. */
  readonly volume: Size;
  /** Time between two looks at a target; at a machine it is half a minute at most, since the chart's alerts on machines look at two minutes. */
  readonly scrapeInterval: Duration;
  /** Whether there is an Alertmanager. */
  readonly alertmanager: boolean;
  /**
   * Whether the chart's rules on the objectives of the API server are there: they add up thirty days, which is much work for a small machine
   * and says little where metrics are kept for less.
   */
  readonly apiServerObjectives: boolean;
  /** Prometheus. */
  readonly prometheus: ContainerResources;
  /** The operator of Prometheus. */
  readonly operator: ContainerResources;
  /** Grafana. */
  readonly grafana: ContainerResources;
  /** Each of the helpers beside others: two of Grafana's, one of Prometheus', one of Alertmanager's. */
  readonly sidecar: ContainerResources;
  /** kube-state-metrics. */
  readonly kubeStateMetrics: ContainerResources;
  /** node-exporter, on each node. */
  readonly nodeExporter: ContainerResources;
  /** The probe of the carrier path and of certificates. */
  readonly probe: ContainerResources;
  /** Alertmanager, where there is one. */
  readonly alertmanagerPod: ContainerResources;
}

const pod = (cpuMillis: number, mebibytes: number, limit: number): ContainerResources => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  memoryLimit: Size.mebibytes(limit),
});

/**
 * How much of a site Prometheus may take. The chart itself asks for nothing, so that the scheduler would count it as nothing; the figures
 * here are proposals of this library, to be watched on the dashboard and changed by `PrometheusProfile.of`.
 *
 * @see https://github.com/prometheus-community/helm-charts/blob/kube-prometheus-stack-88.5.3/charts/kube-prometheus-stack/values.yaml
 */
export class PrometheusProfile {
  /**
   * For a node of 4 GiB such as `t3.medium`: three days in 5 GiB, a look a minute, no Alertmanager. About 800 MiB of memory.
   */
  public static readonly LITE = new PrometheusProfile({
    name: "LITE",
    nodeMemory: Size.gibibytes(4),
    retention: Duration.days(3),
    volume: Size.gibibytes(5),
    scrapeInterval: Duration.seconds(60),
    alertmanager: false,
    apiServerObjectives: false,
    prometheus: pod(100, 384, 512),
    operator: pod(20, 64, 192),
    grafana: pod(50, 128, 512),
    sidecar: pod(10, 48, 192),
    kubeStateMetrics: pod(10, 48, 128),
    nodeExporter: pod(10, 24, 64),
    probe: pod(10, 24, 64),
    alertmanagerPod: pod(10, 48, 96),
  });

  /** For nodes of 8 GiB and more: fifteen days in 20 GiB, a look each half minute, Alertmanager. About 1.7 GiB of memory. */
  public static readonly STANDARD = new PrometheusProfile({
    name: "STANDARD",
    nodeMemory: Size.gibibytes(8),
    retention: Duration.days(15),
    volume: Size.gibibytes(20),
    scrapeInterval: Duration.seconds(30),
    alertmanager: true,
    apiServerObjectives: true,
    prometheus: pod(250, 1024, 2048),
    operator: pod(50, 96, 256),
    grafana: pod(100, 192, 768),
    sidecar: pod(10, 64, 256),
    kubeStateMetrics: pod(20, 64, 192),
    nodeExporter: pod(20, 32, 96),
    probe: pod(10, 24, 64),
    alertmanagerPod: pod(10, 48, 128),
  });

  /** A profile of one's own; take over what stays by `{ ...PrometheusProfile.LITE.settings, … }`. */
  public static of(settings: PrometheusProfileProps): PrometheusProfile {
    return new PrometheusProfile(settings);
  }

  private constructor(
    /** What the profile says. */
    public readonly settings: PrometheusProfileProps,
  ) {}

  /** Name of the profile. */
  public get name(): string {
    return this.settings.name;
  }
}
