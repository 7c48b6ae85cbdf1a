import { App } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { HelmAddOn } from "../../lib";
import {
  CertManager,
  DeviceService,
  EdgeX,
  EdgeXIngress,
  EdgeXProfile,
  GpuDriver,
  GpuOperator,
  Duration,
  HostpathStorage,
  ImageRegistry,
  KServe,
  KServeRuntimes,
  KubeflowTrainer,
  ModelRuntime,
  KubeflowPipelines,
  LogCollector,
  LogExport,
  Loki,
  Prometheus,
  PrometheusProfile,
  ReclaimPolicy,
  RegistryTls,
  Size,
  WavelengthInstanceType,
  type IMicrok8sCluster,
  type Values,
} from "../../lib";
import { schemaPaths } from "../../lib/helm/schema-paths";
import { assertKnownPaths, unknownPaths } from "../../lib/helm/value-paths";
import { addOnStack, bostonSite } from "./support/add-ons";

/** Maps of an add-on's chart in which any key goes; what is in them Kubernetes or the operator knows, and not the chart. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  prometheus: [
    "alertmanager.alertmanagerSpec.resources",
    "alertmanager.alertmanagerSpec.storage",
    "crds.upgradeJob.resources",
    "extraManifests",
    "grafana.grafana\\.ini",
    "grafana.resources",
    "grafana.sidecar.resources",
    "kube-state-metrics.resources",
    "prometheus-node-exporter.resources",
    "prometheus.prometheusSpec.externalLabels",
    "prometheus.prometheusSpec.resources",
    "prometheus.prometheusSpec.storageSpec",
    "prometheusOperator.prometheusConfigReloader.resources",
    "prometheusOperator.resources",
  ],
};

/** The open maps of an add-on, by its own word or by that of this test. */
const openMaps = ({ kind, definition }: HelmAddOn): readonly string[] => [...(definition.openMaps ?? []), ...(FREE[kind] ?? [])];

type Make = (stack: ReturnType<typeof addOnStack>, props: { cluster: IMicrok8sCluster; values?: Values }) => HelmAddOn;

/** Each add-on with all that it can be told. */
const ADD_ONS: [string, Make][] = [
  ["CertManager", (stack, props) => new CertManager(stack, "AddOn", props)],
  ["GpuOperator", (stack, props) => new GpuOperator(stack, "AddOn", props)],
  ["GpuOperator with the image's driver", (stack, props) => new GpuOperator(stack, "AddOn", { ...props, driver: GpuDriver.HOST })],
  ["HostpathStorage", (stack, props) => new HostpathStorage(stack, "AddOn", props)],
  [
    "HostpathStorage that retains",
    (stack, props) => new HostpathStorage(stack, "AddOn", { ...props, reclaimPolicy: ReclaimPolicy.RETAIN, isDefaultClass: false }),
  ],
  ["ImageRegistry", (stack, props) => new ImageRegistry(stack, "AddOn", props)],
  [
    "ImageRegistry with all that it can be told",
    (stack, props) =>
      new ImageRegistry(stack, "AddOn", {
        ...props,
        volume: Size.gibibytes(30),
        storageClass: "mine",
        address: "10.152.183.7",
        htpasswdSecret: "people",
        tls: RegistryTls.issuer("ca"),
        cleanUpAt: "02:00",
        removeUntagged: true,
      }),
  ],
  [
    "ImageRegistry with a certificate of one's own",
    (stack, props) => new ImageRegistry(stack, "AddOn", { ...props, tls: RegistryTls.secret("cert") }),
  ],
  ["KServe", (stack, props) => new KServe(stack, "AddOn", props)],
  ["KServeRuntimes", (stack, props) => new KServeRuntimes(stack, "AddOn", { ...props, runtimes: ModelRuntime.ALL })],
  ["KubeflowTrainer", (stack, props) => new KubeflowTrainer(stack, "AddOn", props)],
  ["KubeflowPipelines", (stack, props) => new KubeflowPipelines(stack, "AddOn", props)],
  [
    "KubeflowPipelines with all that it can be told",
    (stack, props) =>
      new KubeflowPipelines(stack, "AddOn", {
        ...props,
        databaseVolume: Size.gibibytes(2),
        artifactVolume: Size.gibibytes(4),
        storageClass: "mine",
        databaseSecret: "database",
        artifactSecret: "artifacts",
        readableSecrets: ["other"],
        s3Root: { bucket: "artifacts", prefix: "boston", region: "us-east-1", secret: "s3" },
        parallelRuns: 3,
        accessFrom: ["ingress"],
        resources: { ui: { cpuMillis: 1, memory: Size.mebibytes(1), memoryLimit: Size.mebibytes(2) } },
      }),
  ],
  ["Prometheus", (stack, props) => new Prometheus(stack, "AddOn", { ...props, profile: PrometheusProfile.LITE })],
  ["Prometheus, standard", (stack, props) => new Prometheus(stack, "AddOn", { ...props, profile: PrometheusProfile.STANDARD })],
  [
    "Prometheus with all that it can be told",
    (stack, props) =>
      new Prometheus(stack, "AddOn", {
        ...props,
        profile: PrometheusProfile.LITE,
        retention: Duration.days(2),
        retentionSize: Size.gibibytes(8),
        volume: Size.gibibytes(10),
        storageClass: "mine",
        grafanaAdminSecret: "grafana-admin",
        alertmanager: true,
        alertmanagerSecret: "alertmanager",
        remoteWrite: [
          { url: "https://metrics.example.com/write", name: "region", bearerToken: { name: "token", key: "token" }, metrics: "up|mec_.*" },
        ],
        controlPlaneMetrics: true,
        externalLabels: { cluster: "boston", site: "one" },
      }),
  ],
  [
    "Prometheus without Grafana",
    (stack, props) => new Prometheus(stack, "AddOn", { ...props, profile: PrometheusProfile.LITE, grafana: false }),
  ],
  ["EdgeX", (stack, props) => new EdgeX(stack, "AddOn", { ...props, profile: EdgeXProfile.CORE })],
  [
    "EdgeX with all that it can be told",
    (stack, props) => {
      const ingress = EdgeXIngress.traefik({
        host: "line.example.com",
        tlsSecret: "tls",
        basicAuthSecret: "users",
        clusterIssuer: "issuer",
      });
      const edgex = new EdgeX(stack, "AddOn", { ...props, profile: EdgeXProfile.STANDARD, ui: true, monitoring: true, ingress });
      edgex.addDeviceService(DeviceService.virtual());
      return edgex;
    },
  ],
  ["Loki", (stack, props) => new Loki(stack, "AddOn", props)],
  [
    "Loki with all that it can be told",
    (stack, props) =>
      new Loki(stack, "AddOn", {
        ...props,
        retention: Duration.days(7),
        volume: Size.gibibytes(10),
        dailyLimit: Size.mebibytes(512),
        storageClass: "mine",
        allowedNamespaces: ["edge"],
      }),
  ],
  ["LogCollector", (stack, props) => new LogCollector(stack, "AddOn", props)],
  [
    "LogCollector with all that it can be told",
    (stack, props) =>
      new LogCollector(stack, "AddOn", {
        ...props,
        excludedNamespaces: ["noisy"],
        dropLines: ["GET /healthz"],
        journal: false,
        buffer: Size.gibibytes(1),
        export: LogExport.toCloudWatch({ credentialsSecret: "log-writer" }),
      }),
  ],
];

const app = new App();
const { cluster } = bostonSite(app, { controlPlane: { instanceType: WavelengthInstanceType.G4DN_2XLARGE }, controlPlaneMetrics: true });
let stacks = 0;

/** The add-on in a stack of its own; nothing is synthesized, so they need not go together. */
function made(make: Make, values?: Values): HelmAddOn {
  return make(addOnStack(app, `stack-${stacks++}`), { cluster, values });
}

/** What the add-on's chart knows, its open maps closed: what the library sets must be there by name, or in a map that the add-on names. */
function strictList({ chart: { name, version, folder } }: HelmAddOn): string[] {
  const file = join(__dirname, "..", "..", "lib", "helm", "value-paths", `${name}-${version}.txt`);
  const lines =
    folder === undefined ? readFileSync(file, "utf8").split("\n") : schemaPaths(readFileSync(join(folder, "values.schema.json"), "utf8"))!;
  return lines.map((line) => line.replace(/\.\*$/, ""));
}

/** The paths of the leaves of values. */
function leaves(values: object): string[][] {
  return Object.entries(values).flatMap(([key, value]) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
      ? leaves(value).map((path) => [key, ...path])
      : [[key]],
  );
}

describe.each(ADD_ONS)("%s", (_, make) => {
  const addOn = made(make);
  const list = strictList(addOn);

  test("sets only what its chart knows", () => {
    expect(leaves(addOn.values).length).toBeGreaterThan(0);
    expect(unknownPaths(addOn.values, list, openMaps(addOn))).toEqual([]);
  });

  test("names no open map in vain", () => {
    for (const open of openMaps(addOn)) {
      expect(list.some((path) => path === open || path.startsWith(`${open}.`))).toBe(true);
    }
  });

  test("names no open map twice", () => {
    const maps = openMaps(addOn);
    expect(maps).toEqual([...new Set(maps)]);
  });

  test("refuses each of its own keys when it is mistyped, with the right one", () => {
    const { chart, definition, node } = addOn;
    for (const [key, value] of Object.entries(addOn.values)) {
      const mistyped = `${key}x`;
      // What the construct does with its values, without making all of it anew for each key; the test below makes one.
      const check = () =>
        assertKnownPaths(node.path, chart.name, chart.version, { [mistyped]: value }, definition.openMaps ?? [], chart.folder);
      expect(check).toThrow(
        new RegExp(`^\\[MEC1470\\] stack-\\d+/AddOn: got the value key "${mistyped}", which .* does not know, .*: write "${key}"$`),
      );
    }
  });

  test("refuses a mistyped key of the user", () => {
    const [key] = Object.keys(addOn.values);
    expect(() => made(make, { [`${key}x`]: true })).toThrow(new RegExp(`^\\[MEC1470\\] stack-\\d+/AddOn: .*: write "${key}"$`));
  });
});

test("a key of another version is not checked", () => {
  const addOn = new CertManager(addOnStack(app), "AddOn", { cluster, version: "v1.99.0", values: { brandNew: true } });
  expect(addOn.values.brandNew).toBe(true);
});
