import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration, PINNED_CHARTS, PrometheusProfile, Size, type PrometheusOptions } from "../../../lib";
import { prometheusFootprint } from "../../../lib/helm/prometheus/footprint";
import { controlPlaneJobs } from "../../../lib/helm/prometheus/control-plane-jobs";
import { checkedPrometheus, type PrometheusContext } from "../../../lib/helm/prometheus/settings";
import { prometheusValues } from "../../../lib/helm/prometheus/values";
import { unknownPaths } from "../../../lib/helm/value-paths";

/* eslint-disable @typescript-eslint/no-explicit-any -- values have no static shape */

const CONTEXT: PrometheusContext = { path: "stack/Prometheus", clusterName: "boston", releaseName: "prometheus", region: "us-east-1" };

const settingsOf = (props: Partial<PrometheusOptions> = {}, context: Partial<PrometheusContext> = {}) =>
  checkedPrometheus({ profile: PrometheusProfile.LITE, ...props }, { ...CONTEXT, ...context });

const valuesOf = (props: Partial<PrometheusOptions> = {}, context: Partial<PrometheusContext> = {}): any =>
  prometheusValues({ profile: PrometheusProfile.LITE, ...props }, settingsOf(props, context), { ...CONTEXT, ...context });

const PATHS = readFileSync(
  join(__dirname, `../../../lib/helm/value-paths/kube-prometheus-stack-${PINNED_CHARTS.kubePrometheusStack.version}.txt`),
  "utf8",
).split("\n");

const SECRETS: Partial<PrometheusOptions> = {
  grafanaAdminSecret: "grafana-admin",
  alertmanagerSecret: "who-is-told",
  remoteWrite: [
    {
      url: "https://metrics.example.com/api/v1/write",
      name: "region",
      basicAuth: { username: { name: "receiver", key: "user" }, password: { name: "receiver", key: "password" } },
      metrics: "up|probe_.+",
    },
    { url: "http://receiver.other.svc:9090/api/v1/write", bearerToken: { name: "token", key: "token" } },
  ],
};

describe("values for microk8s", () => {
  const values = valuesOf();

  test("leave out what is no program of its own, and the rules on it", () => {
    for (const part of ["kubeEtcd", "kubeControllerManager", "kubeScheduler", "kubeProxy"]) {
      expect(values[part]).toEqual({ enabled: false });
    }
    expect(values.defaultRules.rules).toMatchObject({
      etcd: false,
      kubeControllerManager: false,
      kubeSchedulerAlerting: false,
      kubeSchedulerRecording: false,
      kubeProxy: false,
      windows: false,
    });
    expect(values.prometheus.prometheusSpec).not.toHaveProperty("additionalScrapeConfigs");
  });

  test("have no webhook that an upgrade could hang on, and new definitions by a job of pinned images", () => {
    expect(values.prometheusOperator).toMatchObject({ admissionWebhooks: { enabled: false }, tls: { enabled: false } });
    const { enabled, image } = values.crds.upgradeJob;
    expect(enabled).toBe(true);
    expect(image.busybox.tag).toMatch(/^\d+\.\d+\.\d+$/);
    expect(image.kubectl.tag).toMatch(/^v\d+\.\d+\.\d+$/);
  });

  test("find the monitors and rules of every release", () => {
    for (const kind of ["serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig"]) {
      expect(values.prometheus.prometheusSpec[`${kind}SelectorNilUsesHelmValues`]).toBe(false);
    }
  });

  test("have node-exporter pass over what microk8s mounts for pods", () => {
    const [mounts] = values["prometheus-node-exporter"].extraArgs as string[];
    const excluded = new RegExp(mounts!.split("exclude=")[1]!);
    expect(excluded.test("/var/snap/microk8s/common/run/containerd/io.containerd.grpc.v1.cri/sandboxes/a/shm")).toBe(true);
    expect(excluded.test("/var/snap/microk8s/common/var/lib/kubelet/pods/a/volumes/b")).toBe(true);
    expect(excluded.test("/proc")).toBe(true);
    expect(excluded.test("/")).toBe(false);
    expect(excluded.test("/data")).toBe(false);
    expect(excluded.test("/var/snap/microk8s/common")).toBe(false);
  });

  test("read from a program what is its own: the process tells all of it at each port", () => {
    const dropped =
      (part: string) =>
      (metric: string, le = "") =>
        values[part].serviceMonitor.metricRelabelings.some(({ sourceLabels, regex, action }: any) => {
          expect(action).toBe("drop");
          return new RegExp(`^(?:${regex})$`).test(sourceLabels.length === 2 ? `${metric};${le}` : metric);
        });
    const kubelet = dropped("kubelet");
    const apiServer = dropped("kubeApiServer");
    for (const metric of [
      "apiserver_request_total",
      "etcd_requests_total",
      "scheduler_pending_pods",
      "workqueue_depth",
      "kubeproxy_sync_x",
    ]) {
      expect([metric, kubelet(metric)]).toEqual([metric, true]);
    }
    for (const metric of [
      "kubelet_running_pods",
      "kubelet_volume_stats_available_bytes",
      "storage_operation_duration_seconds_count",
      "prober_probe_total",
      "process_cpu_seconds_total",
      "rest_client_requests_total",
      "node_namespace_x",
      "go_goroutines",
    ]) {
      expect([metric, kubelet(metric)]).toEqual([metric, false]);
    }
    for (const metric of ["kubelet_running_pods", "kubeproxy_sync_x", "scheduler_pending_pods"]) {
      expect([metric, apiServer(metric)]).toEqual([metric, true]);
    }
    for (const metric of [
      "apiserver_request_total",
      "etcd_request_duration_seconds_count",
      "apiserver_client_certificate_expiration_seconds_count",
      "workqueue_depth",
      "aggregator_unavailable_apiservice",
      "process_start_time_seconds",
    ]) {
      expect([metric, apiServer(metric)]).toEqual([metric, false]);
    }
    // The steps that the alert on the datastore stands on stay; those that the chart leaves out go.
    expect(["0.1", "0.5", "1", "5"].map((le) => apiServer("etcd_request_duration_seconds_bucket", le))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(apiServer("etcd_request_duration_seconds_bucket", "0.15")).toBe(true);
    expect(kubelet("storage_operation_duration_seconds_bucket", "120")).toBe(true);
  });

  test("have the label of control-plane nodes told, which the alerts on the datastore ask for", () => {
    expect(values["kube-state-metrics"].metricLabelsAllowlist).toEqual(["nodes=[node.kubernetes.io/microk8s-controlplane]"]);
  });

  test("have Grafana ask nobody outside of the site, and download nothing", () => {
    expect(values.grafana["grafana.ini"]).toEqual({
      analytics: { check_for_updates: false, check_for_plugin_updates: false, reporting_enabled: false },
      plugins: { preinstall_disabled: true, preinstall_auto_update: false },
    });
  });

  test("have Grafana read ConfigMaps and no Secret", () => {
    const role = values.extraManifests.grafanaDashboards;
    expect(role.rules).toEqual([{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "watch", "list"] }]);
    expect(values.grafana.rbac.useExistingClusterRole).toBe(role.metadata.name);
    expect(valuesOf({}, { releaseName: "mine" }).extraManifests.grafanaDashboards.metadata.name).toBe("mine-grafana-dashboards");
  });
});

describe("profiles", () => {
  test("LITE is for 4 GiB", () => {
    const values = valuesOf();
    expect(values.prometheus.prometheusSpec).toMatchObject({
      replicas: 1,
      retention: "3d",
      retentionSize: "4096MiB",
      scrapeInterval: "1m",
      evaluationInterval: "1m",
      resources: { requests: { cpu: "100m", memory: "384Mi" }, limits: { memory: "512Mi" } },
      storageSpec: {
        volumeClaimTemplate: {
          spec: {
            storageClassName: "microk8s-hostpath",
            accessModes: ["ReadWriteOnce"],
            resources: { requests: { storage: "5120Mi" } },
          },
        },
      },
      externalLabels: { cluster: "boston" },
    });
    expect(values.kubelet.serviceMonitor.cAdvisorInterval).toBe("1m");
    expect(values.alertmanager).toEqual({ enabled: false });
    // It would fire for ever.
    expect(values.defaultRules.disabled).toMatchObject({ PrometheusNotConnectedToAlertmanagers: true });
    expect(values.defaultRules.rules).toMatchObject({ alertmanager: false, kubeApiserverAvailability: false, kubeApiserverSlos: false });
    expect(values.grafana.sidecar.datasources.alertmanager.enabled).toBe(false);
  });

  test("STANDARD has Alertmanager, with a volume of its own", () => {
    const values = valuesOf({ profile: PrometheusProfile.STANDARD });
    expect(values.prometheus.prometheusSpec).toMatchObject({ retention: "15d", retentionSize: "16384MiB", scrapeInterval: "30s" });
    expect(values.alertmanager).toMatchObject({
      enabled: true,
      alertmanagerSpec: { storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: "1024Mi" } } } } } },
    });
    expect(values.defaultRules).not.toHaveProperty("disabled");
    expect(values.defaultRules.rules.kubeApiserverSlos).toBe(true);
  });

  test.each([PrometheusProfile.LITE, PrometheusProfile.STANDARD])("$name has every container ask for something", (profile) => {
    const values = valuesOf({ profile, alertmanager: true });
    const asking: [string, any][] = [
      ["prometheus", values.prometheus.prometheusSpec],
      ["operator", values.prometheusOperator],
      ["reloader", values.prometheusOperator.prometheusConfigReloader],
      ["grafana", values.grafana],
      ["sidecar", values.grafana.sidecar],
      ["kube-state-metrics", values["kube-state-metrics"]],
      ["node-exporter", values["prometheus-node-exporter"]],
      ["alertmanager", values.alertmanager.alertmanagerSpec],
      ["job", values.crds.upgradeJob],
    ];
    for (const [name, { resources }] of asking) {
      const mebibytes = (text: string) => Number(/^(\d+)Mi$/.exec(text)![1]);
      expect([name, resources.requests.cpu]).toEqual([name, expect.stringMatching(/^[1-9]\d*m$/)]);
      expect(mebibytes(resources.limits.memory)).toBeGreaterThan(mebibytes(resources.requests.memory));
    }
  });

  test("come to what the fit check counts", () => {
    const lite = prometheusFootprint(settingsOf());
    // Prometheus 384 + 48, operator 64, Grafana 128 + 2 x 48, kube-state-metrics 48, probe 24.
    expect(lite.memory.toMebibytes()).toBe(792);
    expect(lite.cpuMillis).toBe(220);
    expect(lite.volumes!.toGibibytes()).toBe(5);
    expect(lite.perNode).toMatchObject({ cpuMillis: 10 });
    const standard = prometheusFootprint(settingsOf({ profile: PrometheusProfile.STANDARD }));
    expect(standard.volumes!.toGibibytes()).toBe(21);
    expect(standard.memory.toMebibytes()).toBe(1024 + 64 + 96 + 192 + 128 + 64 + 24 + 48 + 64);
    const bare = prometheusFootprint(settingsOf({ grafana: false }));
    expect(lite.memory.toMebibytes() - bare.memory.toMebibytes()).toBe(128 + 2 * 48);
  });

  test.each<[number, string, boolean]>([
    [15, "15s", false],
    [30, "30s", false],
    [31, "30s", true],
    [60, "30s", true],
    [120, "30s", true],
  ])("of a look each %i s see machines each %s, and have no alert that could not fire", (seconds, machines, isLeftOut) => {
    const profile = PrometheusProfile.of({ ...PrometheusProfile.LITE.settings, scrapeInterval: Duration.seconds(seconds) });
    const values = valuesOf({ profile });
    expect(values["prometheus-node-exporter"].prometheus.monitor.interval).toBe(machines);
    expect(values.defaultRules.disabled.KubeAggregatedAPIErrors).toBe(isLeftOut ? true : undefined);
  });

  test("may be one's own", () => {
    const profile = PrometheusProfile.of({ ...PrometheusProfile.LITE.settings, name: "TINY", scrapeInterval: Duration.minutes(2) });
    expect(profile.name).toBe("TINY");
    expect(valuesOf({ profile }).prometheus.prometheusSpec).toMatchObject({ scrapeInterval: "2m", retention: "3d" });
  });
});

describe("typed properties", () => {
  test("go before the profile", () => {
    const { prometheusSpec } = valuesOf({
      retention: Duration.hours(36),
      volume: Size.gibibytes(10),
      retentionSize: Size.gibibytes(6),
      storageClass: "fast",
      externalLabels: { site: "north" },
    }).prometheus;
    expect(prometheusSpec).toMatchObject({ retention: "36h", retentionSize: "6144MiB", externalLabels: { site: "north" } });
    expect(prometheusSpec.storageSpec.volumeClaimTemplate.spec).toMatchObject({
      storageClassName: "fast",
      resources: { requests: { storage: "10240Mi" } },
    });
  });

  test("switch parts off and on", () => {
    expect(valuesOf({ grafana: false }).grafana).toEqual({ enabled: false });
    expect(valuesOf({ grafana: false })).not.toHaveProperty("extraManifests");
    expect(valuesOf({ alertmanager: true }).alertmanager.enabled).toBe(true);
    expect(valuesOf({ profile: PrometheusProfile.STANDARD, alertmanager: false }).alertmanager).toEqual({ enabled: false });
  });

  test("give charts the names of Secrets, and nothing of what is in them", () => {
    const values = valuesOf({ ...SECRETS, alertmanager: true });
    expect(values.grafana.admin).toEqual({
      existingSecret: "grafana-admin",
      userKey: "admin-user",
      passwordKey: "admin-password",
    });
    expect(values.alertmanager.alertmanagerSpec).toMatchObject({ useExistingSecret: true, configSecret: "who-is-told" });
    expect(values.prometheus.prometheusSpec.remoteWrite).toEqual(
      [
        {
          url: "https://metrics.example.com/api/v1/write",
          name: "region",
          basicAuth: { username: { name: "receiver", key: "user" }, password: { name: "receiver", key: "password" } },
          writeRelabelConfigs: [{ sourceLabels: ["__name__"], regex: "up|probe_.+", action: "keep" }],
        },
        { url: "http://receiver.other.svc:9090/api/v1/write", authorization: { credentials: { name: "token", key: "token" } } },
      ].map((receiver) => expect.objectContaining(receiver)),
    );
    expect(JSON.stringify(valuesOf())).not.toMatch(/assword/);
  });

  test("say where the way out is tried, at an address of the Region unless told otherwise", () => {
    expect(settingsOf().pathTargets).toEqual(["ssm.us-east-1.amazonaws.com:443"]);
    expect(settingsOf({}, { region: undefined }).pathTargets).toEqual([]);
    expect(settingsOf({ pathTargets: ["10.0.0.4:8443"] }).pathTargets).toEqual(["10.0.0.4:8443"]);
  });
});

describe("metrics of the control plane", () => {
  test("are read where the cluster tells them, whatever nodes there are", () => {
    const values = valuesOf({}, { hasControlPlaneMetrics: true });
    for (const part of ["kubeControllerManager", "kubeScheduler", "kubeProxy"]) {
      expect(values[part]).toEqual({ enabled: true, service: { enabled: false }, serviceMonitor: { enabled: false } });
    }
    expect(values.kubeEtcd).toEqual({ enabled: false });
    expect(values.defaultRules.rules).toMatchObject({
      kubeControllerManager: true,
      kubeSchedulerAlerting: true,
      kubeProxy: true,
      etcd: false,
    });
    expect(values.prometheus.prometheusSpec.additionalScrapeConfigs).toEqual(controlPlaneJobs());
  });

  test("are asked for over TLS with the service account on control-plane nodes, kube-proxy's on all", () => {
    const jobs: any[] = controlPlaneJobs();
    expect(jobs.map(({ job_name: name }) => name)).toEqual(["kube-controller-manager", "kube-scheduler", "kube-proxy"]);
    const address = (job: any) => job.relabel_configs.find((rule: any) => rule.target_label === "__address__").replacement;
    expect(jobs.map(address)).toEqual(["$1:10257", "$1:10259", "$1:10249"]);
    for (const job of jobs.slice(0, 2)) {
      expect(job).toMatchObject({ scheme: "https", authorization: { credentials_file: expect.stringContaining("serviceaccount/token") } });
      expect(job.relabel_configs[0]).toEqual({
        source_labels: ["__meta_kubernetes_node_label_node_kubernetes_io_microk8s_controlplane"],
        regex: ".+",
        action: "keep",
      });
    }
    expect(jobs[2]).not.toHaveProperty("authorization");
    expect(jobs[2].relabel_configs).not.toContainEqual(expect.objectContaining({ action: "keep" }));
  });

  test("keep what is a program's own: all of a node tell the metrics of all", () => {
    const kept = controlPlaneJobs().map((job: any) => new RegExp(`^(?:${job.metric_relabel_configs[0].regex})$`));
    const by = (metric: string) => kept.map((regex) => regex.test(metric));
    expect(by("workqueue_depth")).toEqual([true, false, false]);
    expect(by("scheduler_pending_pods")).toEqual([false, true, false]);
    expect(by("kubeproxy_sync_proxy_rules_duration_seconds_bucket")).toEqual([false, false, true]);
    expect(by("process_resident_memory_bytes")).toEqual([true, true, true]);
    expect(by("apiserver_request_total")).toEqual([false, false, false]);
  });

  test("are refused where the cluster tells nobody, and may be asked for where that is not known", () => {
    expect(() => settingsOf({ controlPlaneMetrics: true }, { hasControlPlaneMetrics: false })).toThrow(
      /\[MEC1432\] stack\/Prometheus: got true as controlPlaneMetrics: the nodes of the cluster boston tell them to nobody/,
    );
    expect(settingsOf({ controlPlaneMetrics: true }).controlPlaneMetrics).toBe(true);
    expect(settingsOf().controlPlaneMetrics).toBe(false);
    expect(settingsOf({ controlPlaneMetrics: false }, { hasControlPlaneMetrics: true }).controlPlaneMetrics).toBe(false);
  });
});

describe("every key that can be emitted is one of the chart's", () => {
  test.each<[string, Partial<PrometheusOptions>, boolean]>([
    ["LITE", {}, false],
    ["STANDARD with all there is", { profile: PrometheusProfile.STANDARD, ...SECRETS }, true],
    ["without Grafana", { grafana: false }, false],
    ["with a bare Alertmanager", { alertmanager: true }, false],
  ])("%s", (_, props, hasControlPlaneMetrics) => {
    expect(unknownPaths(valuesOf(props, { hasControlPlaneMetrics }), PATHS)).toEqual([]);
  });
});

describe("what is refused", () => {
  test.each<[Partial<PrometheusOptions>, RegExp]>([
    [{ retentionSize: Size.gibibytes(5) }, /MEC1430.*got 5 GiB as retentionSize in a volume of 5 GiB/],
    [{ volume: Size.gibibytes(1), retentionSize: Size.gibibytes(4) }, /MEC1430/],
    [{ retention: Duration.minutes(30) }, /MEC1431/],
    [{ grafana: false, grafanaAdminSecret: "x" }, /MEC1434.*got "x" as grafanaAdminSecret without grafana/],
    [{ alertmanagerSecret: "x" }, /MEC1434.*got "x" as alertmanagerSecret without alertmanager.*write alertmanager: true/],
    [{ grafanaAdminSecret: "S3cret!" }, /MEC1424.*grafanaAdminSecret/],
    [{ alertmanager: true, alertmanagerSecret: "not a name" }, /MEC1424.*alertmanagerSecret/],
    [{ remoteWrite: [{ url: "http://metrics.example.com" }] }, /MEC1433.*https alone/],
    [{ remoteWrite: [{ url: "metrics.example.com/api" }] }, /MEC1433.*got what is no https URL as remoteWrite\[0\]\.url.*https alone/],
    [
      { remoteWrite: [{ url: "https://user:hidden@metrics.example.com/x" }] },
      /MEC1433.*user or password in the URL of metrics\.example\.com/,
    ],
    [
      { remoteWrite: [{ url: "https://a.example.com" }, { url: "https://metrics.example.com/x?token=hidden" }] },
      /MEC1433.*a query in the URL of metrics\.example\.com as remoteWrite\[1\]\.url.*write it without, and basicAuth or bearerToken/,
    ],
    [
      {
        remoteWrite: [
          {
            url: "https://a.example.com",
            bearerToken: { name: "a", key: "b" },
            basicAuth: { username: { name: "a", key: "b" }, password: { name: "a", key: "c" } },
          },
        ],
      },
      /MEC1433.*got basicAuth and bearerToken for remoteWrite\[0\]/,
    ],
    [
      {
        remoteWrite: [
          { url: "https://a.example.com", name: "a" },
          { url: "https://b.example.com", name: "a" },
        ],
      },
      /MEC1433.*got "a" as name of two/,
    ],
    [
      { remoteWrite: [{ url: "https://a.example.com", bearerToken: { name: "No Name", key: "b" } }] },
      /MEC1424.*remoteWrite\[0\]\.bearerToken\.name/,
    ],
    [{ pathTargets: ["example.com"] }, /MEC1435.*got "example\.com" as pathTargets\[0\].*a colon and a port/],
    [{ pathTargets: ["https://example.com:443"] }, /MEC1435/],
    [{ pathTargets: ["example.com:0"] }, /MEC1435/],
    [{ pathTargets: ["example.com:65536"] }, /MEC1435/],
    [{ pathTargets: ["10.0.0.256:443"] }, /MEC1435/],
    [{ pathTargets: ["a.example.com:443", "a.example.com:443"] }, /MEC1435.*twice/],
  ])("%j", (props, message) => {
    expect(() => valuesOf(props)).toThrow(message);
  });

  test.each([
    "https://user:hidden@metrics.example.com/x",
    "ftp://user:hidden@metrics.example.com",
    "https://u:hidden@ bad",
    "http://metrics.example.com/hidden",
    "http://hidden:hidden@metrics.example.com/",
    "metrics.example.com/x?token=hidden",
    "hidden:x@metrics.example.com",
    "https://metrics.example.com/x?token=hidden",
    "https://metrics.example.com/x#hidden",
  ])("%s does not show the password", (url) => {
    expect(() => valuesOf({ remoteWrite: [{ url }] })).toThrow(/^(?!.*hidden).*MEC1433/);
  });
});
