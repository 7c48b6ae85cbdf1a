import { Lazy, type App, type TerraformStack } from "cdktf";
import {
  HostpathStorage,
  NodeTaint,
  Prometheus,
  PrometheusProfile,
  WavelengthInstanceType,
  WavelengthZone,
  type Microk8sCluster,
  type PrometheusProps,
} from "../../../lib";
import type { InfrastructureStackProps } from "../../../stacks";
import { PlatformStack, PrometheusStack } from "../../../stacks";
import { danglingReferences } from "../../support/structure";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { addOnStack, bostonSite, importedBoston } from "../support/add-ons";

/** Prometheus and its storage in one stack, on the cluster of another. */
const synthPrometheus = (
  props: Partial<PrometheusProps> = {},
  site: Partial<InfrastructureStackProps> = {},
  more: (stack: TerraformStack, cluster: Microk8sCluster, app: App) => void = () => undefined,
): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app, site);
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster });
    new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE, ...props });
    more(stack, cluster, app);
  })["add-ons"]!;

const releaseOf = (json: StackJson, name: string) =>
  Object.values<StackJson>(json.resource.helm_release).find((candidate) => candidate.name === name)!;
const addressOf = (json: StackJson, name: string) =>
  `helm_release.${Object.entries<StackJson>(json.resource.helm_release).find(([, candidate]) => candidate.name === name)![0]}`;
const valuesOf = (json: StackJson, name = "prometheus") => JSON.parse(releaseOf(json, name).values[0]);

describe("Prometheus", () => {
  const json = synthPrometheus();

  test("is the pinned chart, in a namespace where node-exporter may look at the machine", () => {
    expect(releaseOf(json, "prometheus")).toMatchObject({
      chart: "kube-prometheus-stack",
      repository: "https://prometheus-community.github.io/helm-charts",
      version: "88.5.3",
      namespace: "monitoring",
    });
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toEqual([
      { name: "monitoring", labels: { "pod-security.kubernetes.io/enforce": "privileged" } },
    ]);
  });

  test("is installed after its storage class, and its own chart after it", () => {
    expect(releaseOf(json, "prometheus").depends_on).toContain(addressOf(json, "hostpath-storage"));
    expect(releaseOf(json, "prometheus-mec")).toMatchObject({ chart: expect.stringMatching(/^\.\/assets\//), namespace: "monitoring" });
    expect(releaseOf(json, "prometheus-mec").depends_on).toContain(addressOf(json, "prometheus"));
  });

  test("has texts that Terraform leaves as they are", () => {
    for (const name of ["prometheus", "prometheus-mec"]) {
      expect(releaseOf(json, name).values[0]).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
    }
    expect(valuesOf(json, "prometheus-mec").rules[0].rules[0].annotations.summary).toBe("Node {{ $labels.node }} is not ready");
  });

  test("takes the user's values last", () => {
    const values = valuesOf(
      synthPrometheus({ values: { prometheus: { prometheusSpec: { replicas: 2, resources: { limits: { memory: "1Gi" } } } } } }),
    );
    expect(values.prometheus.prometheusSpec).toMatchObject({
      replicas: 2,
      retention: "3d",
      resources: { requests: { memory: "384Mi" }, limits: { memory: "1Gi" } },
    });
  });

  test("refuses a mistyped key of the user's", () => {
    expect(() => synthPrometheus({ values: { prometheus: { prometheusSpec: { retentoin: "3d" } } } })).toThrow(
      /MEC1470.*add-ons\/Prometheus: got the value key "prometheus\.prometheusSpec\.retentoin".*write "prometheus\.prometheusSpec\.retention/,
    );
  });

  test("has a URL within the cluster", () => {
    synthPrometheus({}, {}, (stack) => {
      const prometheus = stack.node.findChild("Prometheus") as Prometheus;
      expect(prometheus.url).toBe("http://prometheus-operated.monitoring.svc:9090");
      expect(prometheus).toMatchObject({ kind: "prometheus", releaseName: "prometheus", namespace: "monitoring" });
      expect(prometheus.monitoring.nameInput).toBe("prometheus-mec");
    });
  });

  test("has another name, and another namespace, wherever they are said", () => {
    const other = synthPrometheus({ releaseName: "watch", namespace: "watching" });
    expect(releaseOf(other, "watch").namespace).toBe("watching");
    expect(releaseOf(other, "watch-mec").namespace).toBe("watching");
    expect(valuesOf(other, "watch").grafana.rbac.useExistingClusterRole).toBe("watch-grafana-dashboards");
  });

  test("is refused by the path of its construct", () => {
    expect(() => synthPrometheus({ pathTargets: ["x"] })).toThrow(/\[MEC1435\] add-ons\/Prometheus: /);
  });

  test("leaves no secret in any file", () => {
    const secret = "Tr0ub4dor&3";
    expect(() => synthPrometheus({ grafanaAdminSecret: secret })).toThrow(/^(?!.*Tr0ub4dor).*MEC1424/s);
    const text = JSON.stringify(synthPrometheus({ grafanaAdminSecret: "grafana-admin" }));
    expect(text).toContain('\\"existingSecret\\":\\"grafana-admin\\"');
    expect(text).not.toMatch(/adminPassword|admin_password|set_sensitive/);
  });

  test("takes the name of a Secret that only the apply knows", () => {
    const name = Lazy.stringValue({ produce: () => "${kubernetes_secret_v1.x.metadata[0].name}" });
    expect(releaseOf(synthPrometheus({ grafanaAdminSecret: name }), "prometheus").values[0]).toContain("kubernetes_secret_v1.x");
  });
});

describe("beside others", () => {
  test("a second one is refused: the definitions have one owner", () => {
    expect(() =>
      synthPrometheus({}, {}, (stack, cluster) => {
        new Prometheus(stack, "Second", { cluster, profile: PrometheusProfile.LITE, namespace: "second", releaseName: "second" });
      }),
    ).toThrow(/MEC1415/);
  });

  test("an unknown storage class is refused", () => {
    expect(() => synthPrometheus({ storageClass: "fast" })).toThrow(/MEC1419.*got "fast" as storageClass/);
  });

  const controlPlane = { instanceType: WavelengthInstanceType.T3_MEDIUM };
  const profile = PrometheusProfile.STANDARD;

  test("STANDARD on nodes of 4 GiB is refused with the numbers; LITE is for them", () => {
    expect(() => synthPrometheus({ profile }, { controlPlane })).toThrow(
      /\[MEC1436\] add-ons\/Prometheus: got the profile STANDARD on nodes of t3\.medium, of which the largest has 4 GiB: beside microk8s it needs a node of 8 GiB, so write PrometheusProfile\.LITE/,
    );
    expect(warnings(synthPrometheus({}, { controlPlane }))).toEqual([]);
  });

  test("one node that is large enough will do, also where it comes after the add-on, and one of a type that nobody knows", () => {
    expect(() =>
      synthPrometheus({ profile }, { controlPlane }, (_, cluster) => {
        cluster.addWorkers("load", { count: 1, instanceType: WavelengthInstanceType.T3_XLARGE });
      }),
    ).not.toThrow();
    const instanceType = WavelengthInstanceType.of("c6i.4xlarge");
    const zone = WavelengthZone.of("us-east-1-wl1-bos-wlz-1", { instanceTypes: [instanceType] });
    expect(() => synthPrometheus({ profile }, { zone, controlPlane: { instanceType } })).not.toThrow();
  });

  test("a warning tells of nodes that are too small among larger ones, unless somebody says where it is placed", () => {
    const small = (props: Partial<PrometheusProps>, taints?: NodeTaint[]) =>
      warnings(
        synthPrometheus({ profile, ...props }, { controlPlane: { instanceType: WavelengthInstanceType.T3_XLARGE } }, (_, cluster) => {
          cluster.addWorkers("load", { count: 1, instanceType: WavelengthInstanceType.T3_MEDIUM, taints });
        }),
      ).filter((text) => text.includes("MEC1941"));
    expect(small({})).toEqual([
      expect.stringMatching(
        /\[MEC1941\] add-ons\/Prometheus: got the profile STANDARD, which needs a node of 8 GiB, on a cluster that also has nodes of t3\.medium: .*write taints at the small ones, or values\.prometheus\.prometheusSpec\.nodeSelector/,
      ),
    ]);
    expect(small({ profile: PrometheusProfile.LITE })).toEqual([]);
    expect(small({}, [NodeTaint.of("example.com/small")])).toEqual([]);
    expect(small({ values: { prometheus: { prometheusSpec: { nodeSelector: { size: "large" } } } } })).toEqual([]);
  });

  test("more than the nodes have is refused with the numbers", () => {
    const { settings } = PrometheusProfile.LITE;
    const greedy = PrometheusProfile.of({ ...settings, prometheus: { ...settings.prometheus, cpuMillis: 4000 } });
    expect(() => synthPrometheus({ profile: greedy }, { controlPlane })).toThrow(/MEC1420.*prometheus/);
  });
});

describe("metrics of the control plane", () => {
  test("are read where the cluster of the app tells them", () => {
    const on = valuesOf(synthPrometheus({}, { controlPlaneMetrics: true }));
    expect(on.kubeScheduler.enabled).toBe(true);
    expect(on.prometheus.prometheusSpec.additionalScrapeConfigs).toHaveLength(3);
    expect(valuesOf(synthPrometheus()).kubeScheduler.enabled).toBe(false);
  });

  test("are refused where it does not", () => {
    expect(() => synthPrometheus({ controlPlaneMetrics: true })).toThrow(/\[MEC1432\] add-ons\/Prometheus/);
  });

  test("are looked after by the plan where the cluster is made elsewhere", () => {
    const imported = (controlPlaneMetrics?: boolean) =>
      synthApp((app) => {
        const stack = addOnStack(app);
        const cluster = importedBoston(stack);
        new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE, controlPlaneMetrics });
      })["add-ons"]!;
    const guards = (json: StackJson) =>
      Object.values<StackJson>(json.data.aws_ssm_parameter).flatMap(({ lifecycle }) =>
        (lifecycle?.postcondition ?? []).filter((guard: StackJson) => guard.error_message.includes("MEC1432")),
      );
    expect(guards(imported())).toEqual([]);
    expect(valuesOf(imported()).kubeProxy.enabled).toBe(false);
    expect(guards(imported(true))).toEqual([
      {
        condition: "${try(jsondecode(self.insecure_value).controlPlaneMetrics, false)}",
        error_message: expect.stringMatching(/^\[MEC1432\] add-ons\/Prometheus: got true as controlPlaneMetrics/),
      },
    ]);
    expect(valuesOf(imported(true)).kubeProxy.enabled).toBe(true);
  });

  test("are warned of where nodes do not let each other read the machine", () => {
    const unreached = (json: StackJson) => warnings(json).filter((text) => text.includes("MEC1940"));
    const controlPlane = { count: 3 } as const;
    expect(unreached(synthPrometheus())).toEqual([]);
    expect(unreached(synthPrometheus({}, { controlPlane }))).toEqual([
      expect.stringMatching(/\[MEC1940\] add-ons\/Prometheus: got 3 nodes of the cluster boston/),
    ]);
    expect(unreached(synthPrometheus({}, { controlPlane, controlPlaneMetrics: true }))).toEqual([]);
  });

  test("are warned of where nobody knows at synth, unless somebody decided", () => {
    const imported = (controlPlaneMetrics?: boolean) =>
      warnings(
        synthApp((app) => {
          const stack = addOnStack(app);
          new Prometheus(stack, "Prometheus", { cluster: importedBoston(stack), profile: PrometheusProfile.LITE, controlPlaneMetrics });
        })["add-ons"]!,
      ).filter((text) => text.includes("MEC1940"));
    expect(imported()).toEqual([
      expect.stringMatching(/\[MEC1940\] add-ons\/Prometheus: got the cluster boston, of which is not known here/),
    ]);
    expect(imported(true)).toEqual([]);
    expect(imported(false)).toEqual([]);
  });

  test("count workers that come after the add-on", () => {
    const json = synthPrometheus({}, {}, (_, cluster) => {
      cluster.addWorkers("load", { count: 1, instanceType: WavelengthInstanceType.T3_MEDIUM });
    });
    expect(warnings(json).filter((text) => text.includes("MEC1940"))).toEqual([expect.stringContaining("got 2 nodes")]);
  });
});

describe("PrometheusStack", () => {
  const synth = (withPlatform: boolean) =>
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      if (withPlatform) {
        new PlatformStack(app, "boston-platform", { cluster });
      }
      new PrometheusStack(app, "boston-prometheus", { cluster, profile: PrometheusProfile.LITE, aws: { profile: "edge" } });
    });

  test("is deployed after the platform, which brings its storage class", () => {
    const json = synth(true)["boston-prometheus"]!;
    expect(json.dependencies.sort()).toEqual(["boston-infrastructure", "boston-platform"]);
    expect(json.provider.aws[0]).toMatchObject({ region: "us-east-1", profile: "edge" });
    expect(Object.values<StackJson>(json.resource.helm_release).map(({ name }) => name)).toEqual(["prometheus", "prometheus-mec"]);
    expect(json.output.add_ons.value.prometheus).toMatchObject({
      namespace: "monitoring",
      release: "prometheus",
      version: "88.5.3",
      volume_gibibytes: 5,
    });
  });

  test("is one more stack: the others are as they are without it", () => {
    const alone = synthApp((app) => {
      const { cluster } = bostonSite(app);
      new PlatformStack(app, "boston-platform", { cluster });
    });
    const { "boston-prometheus": prometheus, ...others } = synth(true);
    expect(others).toEqual(alone);
    expect(danglingReferences(prometheus!)).toEqual([]);
  });

  test("is refused without anybody who brings the class", () => {
    expect(() => synth(false)).toThrow(/\[MEC1419\] boston-prometheus\/Prometheus/);
  });
});
