import { createHash } from "node:crypto";
import { join } from "node:path";
import { PrometheusProfile } from "../../../lib";
import { monitoringValues } from "../../../lib/helm/prometheus/monitoring-values";
import { checkedPrometheus } from "../../../lib/helm/prometheus/settings";
import type { PrometheusOptions } from "../../../lib";
import { mecRules } from "../../../lib/helm/prometheus/rules";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "../support/helm";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";

const CHART = join(__dirname, "../../../lib/helm/prometheus/chart");

const valuesOf = (props: Partial<PrometheusOptions> = {}) =>
  monitoringValues(
    "boston",
    checkedPrometheus(
      { profile: PrometheusProfile.LITE, ...props },
      { path: "stack/Prometheus", clusterName: "boston", releaseName: "prometheus", region: "us-east-1" },
    ),
  );

describeHelm("the chart of dashboard, alerts and probe", () => {
  const options = { releaseName: "prometheus-mec", namespace: "monitoring" };
  const render = (values: object) => helmTemplate(CHART, { values, ...options });
  const objects = render(valuesOf());
  const of = (kind: string, all: readonly KubernetesObject[] = objects) => all.filter((object) => object.kind === kind);

  test("is sound, with its own values and with those of the add-on", () => {
    expect(helmLint(CHART)).toMatchObject({ status: 0 });
    expect(helmLint(CHART, valuesOf({ profile: PrometheusProfile.STANDARD }))).toMatchObject({ status: 0 });
  });

  test("brings each object into its namespace, under the name of its release", () => {
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`).sort()).toEqual([
      "ConfigMap prometheus-mec-probe",
      "ConfigMap prometheus-mec-site",
      "Deployment prometheus-mec-probe",
      "Probe prometheus-mec-carrier-path",
      "PrometheusRule prometheus-mec",
      "ScrapeConfig prometheus-mec-certificates-api-server",
      "ScrapeConfig prometheus-mec-certificates-kubelet",
      "Service prometheus-mec-probe",
    ]);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["monitoring"]));
  });

  test("has the alerts as the library has them, with Prometheus' own templates in them", () => {
    const [{ spec }] = of("PrometheusRule") as [KubernetesObject];
    expect(spec.groups).toEqual(mecRules(5 * 2 ** 30));
    expect(JSON.stringify(spec)).toContain("{{ $labels.instance }}");
  });

  test("has the dashboard where Grafana looks for it", () => {
    const dashboard = of("ConfigMap").find(({ metadata }) => metadata.labels.grafana_dashboard === "1")!;
    expect(Object.keys(dashboard.data)).toEqual(["site.json"]);
    expect(JSON.parse(dashboard.data["site.json"])).toMatchObject({ uid: "mec-boston", title: "MEC site boston" });
    expect(of("ConfigMap", render(valuesOf({ grafana: false }))).map(({ metadata }) => metadata.name)).toEqual(["prometheus-mec-probe"]);
  });

  test("tries the way out by a handshake", () => {
    const [{ spec }] = of("Probe") as [KubernetesObject];
    expect(spec).toMatchObject({
      jobName: "mec-carrier-path",
      module: "tls",
      prober: { url: "prometheus-mec-probe.monitoring.svc:9115" },
      targets: { staticConfig: { static: ["ssm.us-east-1.amazonaws.com:443"] } },
    });
    const [config] = of("ConfigMap").filter(({ data }) => data["blackbox.yml"] !== undefined);
    expect(config!.data["blackbox.yml"]).toMatch(/^modules:\n {2}tls:\n {4}prober: tcp\n/);
    expect(of("Probe", render(valuesOf({ pathTargets: [] })))).toEqual([]);
  });

  test("looks at certificates of nodes as they come and go: the API server's on control-plane nodes, the kubelet's on all", () => {
    const configs = of("ScrapeConfig");
    for (const { spec } of configs) {
      expect(spec).toMatchObject({ jobName: "mec-certificates", metricsPath: "/probe", kubernetesSDConfigs: [{ role: "Node" }] });
      expect(spec.relabelings.at(-1)).toEqual({ targetLabel: "__address__", replacement: "prometheus-mec-probe.monitoring.svc:9115" });
    }
    const targets = configs.map(
      ({ spec }) => spec.relabelings.find(({ targetLabel }: KubernetesObject) => targetLabel === "__param_target").replacement,
    );
    expect(targets).toEqual(["$1:16443", "$1:10250"]);
    const kept = configs.map(({ spec }) => spec.relabelings.filter(({ action }: KubernetesObject) => action === "keep").length);
    expect(kept).toEqual([1, 0]);
  });

  test("has a probe of a pinned image, without rights, that asks for what the profile says", () => {
    const [{ spec }] = of("Deployment") as [KubernetesObject];
    const pod = spec.template.spec;
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
    const [container] = pod.containers;
    expect(container.image).toMatch(/:v\d+\.\d+\.\d+$/);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.resources).toEqual({ requests: { cpu: "10m", memory: "24Mi" }, limits: { memory: "64Mi" } });
    expect(of("Service")[0]!.spec.selector).toEqual(spec.selector.matchLabels);
    expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    // It reads its configuration when it starts.
    const [config] = of("ConfigMap").filter(({ data }) => data["blackbox.yml"] !== undefined);
    const sum = createHash("sha256").update(config!.data["blackbox.yml"].trimEnd()).digest("hex");
    expect(spec.template.metadata.annotations).toEqual({ "checksum/config": sum });
  });

  test.each<[string, object]>([
    ["a mistyped key", { dashboard: {} }],
    ["an image without a version", { probe: { image: "quay.io/prometheus/blackbox-exporter:latest" } }],
    ["a target without a port", { pathTargets: ["example.com"] }],
    ["an alert without an expression", { rules: [{ name: "a", rules: [{ alert: "A" }] }] }],
  ])("refuses %s by its schema", (_, values) => {
    expect(helmLint(CHART, values).status).toBe(1);
  });

  test("fits a Secret of Helm many times over", () => {
    expect(releaseBytes(CHART, { values: valuesOf() })).toBeLessThan(SECRET_LIMIT / 10);
  });
});
