import { App, type TerraformStack } from "cdktf";
import type { Microk8sCluster } from "../../../lib";
import {
  Duration,
  HostpathStorage,
  LogCollector,
  Loki,
  Prometheus,
  PrometheusProfile,
  Size,
  WavelengthInstanceType,
  type IMicrok8sCluster,
  type LokiProps,
} from "../../../lib";
import type { InfrastructureStackProps } from "../../../stacks";
import { loggingValues } from "../../../lib/helm/logging/logging-values";
import { Neighbours } from "../../../lib/helm/logging/neighbours";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { addOnStack, bostonSite, importedBoston } from "../support/add-ons";

type More = (stack: TerraformStack, cluster: IMicrok8sCluster) => void;

const collector: More = (stack, cluster) => void new LogCollector(stack, "Collector", { cluster });
const prometheus =
  (props: { grafana?: boolean; namespace?: string } = {}): More =>
  (stack, cluster) =>
    void new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE, ...props });

/** Loki and its storage in one stack, on the cluster of another. */
const synthLoki = (
  props: Partial<LokiProps> = {},
  more: readonly More[] = [collector],
  site: Partial<InfrastructureStackProps> = {},
): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app, site);
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster });
    new Loki(stack, "Loki", { cluster, ...props });
    more.forEach((add) => add(stack, cluster));
  })["add-ons"]!;

/** Loki on a cluster of another app, not synthesized. */
const madeLoki = (props: Partial<LokiProps> = {}, more: readonly More[] = []): Loki => {
  const stack = addOnStack(new App(), "add-ons");
  const cluster = importedBoston(stack);
  const loki = new Loki(stack, "Loki", { cluster, ...props });
  more.forEach((add) => add(stack, cluster));
  return loki;
};
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- values of a chart have no static shape
const madeValues = (props: Partial<LokiProps>): any => madeLoki(props).values;

const entry = (json: StackJson, name: string) =>
  Object.entries<StackJson>(json.resource.helm_release).find(([, candidate]) => candidate.name === name)!;
const releaseOf = (json: StackJson, name: string) => entry(json, name)[1];
const addressOf = (json: StackJson, name: string) => `helm_release.${entry(json, name)[0]}`;
const valuesOf = (json: StackJson, name = "loki") => JSON.parse(releaseOf(json, name).values[0]);

describe("Loki", () => {
  const json = synthLoki();

  test("is the pinned chart, after its storage class, and its own chart after it", () => {
    expect(releaseOf(json, "loki")).toMatchObject({
      chart: "loki",
      repository: "https://grafana-community.github.io/helm-charts",
      version: "18.11.0",
      namespace: "logging",
    });
    expect(releaseOf(json, "loki").depends_on).toContain(addressOf(json, "hostpath-storage"));
    expect(releaseOf(json, "loki-mec")).toMatchObject({ chart: expect.stringMatching(/^\.\/assets\//), namespace: "logging" });
    expect(releaseOf(json, "loki-mec").depends_on).toContain(addressOf(json, "loki"));
  });

  test("is one process with one volume, and nothing for sites of another size", () => {
    const values = valuesOf(json);
    expect(values).toMatchObject({
      deploymentMode: "Monolithic",
      singleBinary: {
        replicas: 1,
        persistence: { enabled: true, size: "5120Mi", storageClass: "microk8s-hostpath" },
        resources: { requests: { cpu: "50m", memory: "256Mi" }, limits: { memory: "512Mi" } },
      },
    });
    for (const part of ["gateway", "chunksCache", "resultsCache", "lokiCanary", "test", "ruler"]) {
      expect(values[part]).toEqual({ enabled: false });
    }
  });

  test("deletes what is older than it is told, and takes no more than its volume holds", () => {
    const { compactor, limits_config: limits } = valuesOf(json).loki;
    expect(compactor).toEqual({ retention_enabled: true, delete_request_store: "filesystem" });
    expect(limits).toMatchObject({ retention_period: "72h", reject_old_samples_max_age: "72h", ingestion_burst_size_mb: 44 });
    expect(limits.ingestion_rate_mb * 86_400).toBeCloseTo(1076);
  });

  test("asks for what is not on its volume yet as far back as that may be", () => {
    const { ingester, querier } = valuesOf(json).loki;
    expect(parseInt(querier.query_ingesters_within, 10)).toBeGreaterThan(parseInt(ingester.max_chunk_age, 10));
    for (const time of [ingester.max_chunk_age, querier.query_ingesters_within]) expect(time).toMatch(/^\d+h$/);
  });

  test("looks for no others of its kind, and tells its makers nothing", () => {
    const { loki } = valuesOf(json);
    expect(loki.commonConfig).toMatchObject({
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      instance_addr: "127.0.0.1",
    });
    expect(loki.memberlistConfig).toEqual({ join_members: [] });
    expect(loki.analytics).toEqual({ reporting_enabled: false });
    expect(loki.storage).toEqual({ type: "filesystem" });
  });

  test("does not read back more at a start than it may use", () => {
    const resources = { cpuMillis: 100, memory: Size.mebibytes(512), memoryLimit: Size.gibibytes(1) };
    const { loki, singleBinary } = madeValues({ resources });
    expect(loki.ingester.wal.replay_memory_ceiling).toBe("512MB");
    expect(singleBinary.resources.limits).toEqual({ memory: "1024Mi" });
  });

  test("takes typed properties, and the user's values last", () => {
    const values = madeValues({
      retention: Duration.days(7),
      volume: Size.gibibytes(20),
      values: { loki: { server: { log_level: "debug" } } },
    });
    expect(values.singleBinary.persistence.size).toBe("20480Mi");
    expect(values.loki.limits_config.retention_period).toBe("168h");
    expect(values.loki.server).toEqual({ http_listen_port: 3100, log_level: "debug" });
    expect(() => madeLoki({ values: { singleBinray: {} } })).toThrow(/MEC1470.*write "singleBinary"/);
  });

  test("has a URL, by the name of its release", () => {
    const loki = madeLoki({ releaseName: "logs", namespace: "keep" });
    expect(loki.url).toBe("http://logs.keep.svc:3100");
    expect(loki.access.nameInput).toBe("logs-mec");
    expect(loki.values).toMatchObject({ fullnameOverride: "logs" });
  });

  test.each<[Partial<LokiProps>, RegExp]>([
    [{ dailyLimit: Size.gibibytes(2) }, /\[MEC1520\] add-ons\/Loki: got 2 GiB a day as dailyLimit in a volume of 5 GiB/],
    [{ volume: Size.mebibytes(512) }, /\[MEC1520\] add-ons\/Loki: got 512 MiB as volume/],
    [{ retention: Duration.hours(12) }, /\[MEC1521\] add-ons\/Loki: got 12 hours as retention/],
    [{ allowedNamespaces: ["Not one"] }, /MEC1414/],
    [
      { resources: { cpuMillis: 50, memory: Size.mebibytes(256), memoryLimit: Size.mebibytes(255) } },
      /\[MEC1527\] add-ons\/Loki: got 255 MiB as resources\.memoryLimit for a request of 256 MiB/,
    ],
  ])("refuses %j", (props, message) => {
    expect(() => madeLoki(props)).toThrow(message);
  });

  test("of a storage class that the cluster does not have is refused", () => {
    expect(() => synthLoki({ storageClass: "fast" })).toThrow(/MEC1419.*got "fast" as storageClass/);
  });

  test("that nobody writes to is told of", () => {
    expect(warnings(synthLoki({}, []))).toEqual([
      expect.stringMatching(/\[MEC1975\] add-ons\/Loki: got no log-collector for the cluster boston/),
    ]);
    expect(warnings(synthLoki({ allowedNamespaces: ["edge"] }, []))).toEqual([]);
    expect(warnings(json)).toEqual([]);
  });

  test("of which two would have one release is refused", () => {
    expect(() => synthLoki({}, [(stack, cluster) => void new Loki(stack, "Second", { cluster })])).toThrow(/MEC1415.*the release loki/);
  });

  test("does not fit where its memory is not there", () => {
    const resources = { cpuMillis: 50, memory: Size.gibibytes(15), memoryLimit: Size.gibibytes(16) };
    expect(() => synthLoki({ resources }, [collector], { controlPlane: { instanceType: WavelengthInstanceType.T3_MEDIUM } })).toThrow(
      /MEC1420[\s\S]*loki/,
    );
  });

  test("on several nodes is told that its lines are on the disk of one", () => {
    const json = synthLoki({}, [
      collector,
      (_, cluster) => (cluster as Microk8sCluster).addWorkers("load", { count: 1, instanceType: WavelengthInstanceType.T3_XLARGE }),
    ]);
    expect(warnings(json)).toEqual([
      expect.stringMatching(/\[MEC1923\] add-ons\/Loki: got volumes of the class microk8s-hostpath on a cluster of 2 nodes/),
    ]);
  });
});

describe("who gets to Loki", () => {
  /** As the values of the library's own chart come to be at synth. */
  const clients = (props: Partial<LokiProps> = {}, more: readonly More[] = [collector]) => {
    const loki = madeLoki(props, more);
    const { clusterName } = loki.cluster;
    const { allowedNamespaces = [] } = props;
    return loggingValues(new Neighbours(loki, loki.cluster), { loki, clusterName, allowedNamespaces }).clients as object[];
  };
  const client = (namespace: string, labels: object) => ({ namespace, labels });

  test("is the collector, wherever it is, and whoever is named", () => {
    expect(clients()).toEqual([
      client("logging", { "app.kubernetes.io/name": "fluent-bit", "app.kubernetes.io/instance": "log-collector" }),
    ]);
    const elsewhere: More = (stack, cluster) =>
      void new LogCollector(stack, "Collector", { cluster, namespace: "agents", releaseName: "fb" });
    expect(clients({ allowedNamespaces: ["edge", "edge"] }, [elsewhere])).toEqual([
      client("agents", { "app.kubernetes.io/name": "fluent-bit", "app.kubernetes.io/instance": "fb" }),
      client("edge", {}),
    ]);
    expect(clients({}, [])).toEqual([]);
  });

  test("of a second Loki is nobody that sends to the first, and Grafana shows the first alone", () => {
    let second: Loki | undefined;
    const another: More = (stack, cluster) =>
      void (second = new Loki(stack, "Second", { cluster, releaseName: "second", namespace: "second" }));
    const first = madeLoki({}, [collector, prometheus(), another]);
    const of = (loki: Loki) =>
      loggingValues(new Neighbours(loki, loki.cluster), { loki, clusterName: "boston", allowedNamespaces: [] }) as Record<string, object>;
    expect(of(second!)).toEqual({
      loki: "second",
      clients: [client("monitoring", { "app.kubernetes.io/name": "prometheus" })],
      datasource: {},
      dashboards: {},
      rules: [],
    });
    expect(of(first).datasource).toEqual({ namespace: "monitoring", url: "http://loki.logging.svc:3100" });
    expect(Object.keys(of(first).dashboards!)).toEqual(["logs"]);
    expect(of(first).rules).toHaveLength(1);
  });

  test("is Prometheus too, and its Grafana, where they are in the app, in whatever order", () => {
    const both = [
      client("monitoring", { "app.kubernetes.io/name": "prometheus" }),
      client("monitoring", expect.objectContaining({ "app.kubernetes.io/name": "grafana" })),
    ];
    expect(clients({}, [collector, prometheus()]).slice(1)).toEqual(both);
    expect(clients({}, [prometheus(), collector]).slice(1)).toEqual(both);
    expect(clients({}, [collector, prometheus({ grafana: false })]).slice(1)).toEqual(both.slice(0, 1));
  });
});

describe("beside Prometheus", () => {
  const json = synthLoki({ releaseName: "logs", namespace: "keep" }, [collector, prometheus({ namespace: "watch" })]);

  test("is installed after it, whose definitions it uses", () => {
    expect(releaseOf(json, "logs").depends_on).toContain(addressOf(json, "prometheus"));
    expect(valuesOf(json, "logs").monitoring.serviceMonitor.enabled).toBe(true);
    expect(valuesOf(synthLoki()).monitoring.serviceMonitor.enabled).toBe(false);
  });

  test("is a source of data of its Grafana, in the namespace where that looks for it", () => {
    expect(valuesOf(json, "logs-mec").datasource).toEqual({ namespace: "watch", url: "http://logs.keep.svc:3100" });
    expect(Object.keys(valuesOf(json, "logs-mec").dashboards)).toEqual(["logs"]);
  });

  test("has alerts, and without Grafana nothing for it", () => {
    expect(valuesOf(json, "logs-mec").rules[0].name).toBe("mec-logging");
    const without = valuesOf(synthLoki({}, [collector, prometheus({ grafana: false })]), "loki-mec");
    expect(without).toMatchObject({ datasource: {}, dashboards: {} });
    expect(without.rules).toHaveLength(1);
    expect(valuesOf(synthLoki(), "loki-mec")).toMatchObject({ datasource: {}, dashboards: {}, rules: [] });
  });

  test("has texts that Terraform leaves as they are", () => {
    expect(releaseOf(json, "logs-mec").values[0]).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
    expect(JSON.stringify(valuesOf(json, "logs-mec").rules)).toContain("{{ $labels.pod }}");
  });
});
