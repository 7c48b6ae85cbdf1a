import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Kubeflow } from "../../../lib";
import {
  Duration,
  KServeCrds,
  KubeflowProfile,
  ModelExposure,
  ModelRuntime,
  ModelStorage,
  PINNED_CHARTS,
  Port,
  Size,
  TrainingRuntime,
  WavelengthInstanceType,
  type TrainJobProps,
} from "../../../lib";
import { KubeflowStack, type KubeflowStackProps } from "../../../stacks";
import { SECRET_LIMIT } from "../support/release-size";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { danglingReferences } from "../../support/structure";
import { IRIS, OWN_RUNTIME, added, makeKubeflow, releasesOf, synthKubeflow, valuesOf, withKubeflow } from "./site";

/** Releases that a release waits for in its stack. */
function waitsFor(json: StackJson, name: string): string[] {
  const releases = json.resource.helm_release as Record<string, StackJson>;
  return (releasesOf(json)[name]!.depends_on as string[])
    .filter((address) => address.startsWith("helm_release."))
    .map((address) => releases[address.split(".")[1]!]!.name as string)
    .sort();
}

const SERVING = ["kserve", "kserve-crds", "kserve-runtimes"];
const TRAINING = ["kubeflow-trainer", "kubeflow-trainer-runtimes"];

describe("a profile", () => {
  test.each([
    [KubeflowProfile.SERVING, SERVING],
    [KubeflowProfile.TRAINING, TRAINING],
    [KubeflowProfile.SERVING_AND_TRAINING, [...SERVING, ...TRAINING]],
    [KubeflowProfile.of({ name: "EMPTY", training: true }), ["kubeflow-trainer"]],
    [KubeflowProfile.of({ name: "NOTHING" }), []],
  ])("%s is these releases, and nothing else before something is added", (profile, names) => {
    const json = synthKubeflow(undefined, { kubeflow: { profile } });
    expect(Object.keys(releasesOf(json)).sort()).toEqual([...names].sort());
    expect(danglingReferences(json)).toEqual([]);
    expect(warnings(json)).toEqual([]);
  });

  test("asks for what its docstring says", () => {
    const asksFor = (profile: KubeflowProfile) =>
      withKubeflow(({ kserve, kserveCrds, kserveRuntimes, trainer }) => {
        const parts = [kserve, kserveCrds, kserveRuntimes, trainer].flatMap((part) => part?.footprint ?? []);
        return [
          parts.reduce((total, { cpuMillis }) => total + cpuMillis, 0),
          parts.reduce((total, { memory }) => total + (memory?.toMebibytes() ?? 0), 0),
        ];
      }, profile);
    expect(asksFor(KubeflowProfile.SERVING)).toEqual([60, 192]);
    expect(asksFor(KubeflowProfile.TRAINING)).toEqual([40, 160]);
    expect(asksFor(KubeflowProfile.SERVING_AND_TRAINING)).toEqual([100, 352]);
  });

  test("has the model servers on that it names, and no others", () => {
    const { servingruntime } = withKubeflow(({ kserveRuntimes }) => kserveRuntimes!.values as StackJson).kserve;
    const { enabled, ...runtimes } = servingruntime;
    expect(enabled).toBe(true);
    const on = Object.entries<StackJson>(runtimes).filter(([, { disabled }]) => disabled === false);
    expect(on.map(([key]) => key).sort()).toEqual(["lgbserver", "sklearnserver", "xgbserver"]);
    expect(Object.keys(runtimes)).toHaveLength(14);
  });
});

describe("the parts", () => {
  const json = synthKubeflow();

  test("are installed one after the other: definitions, controller, servers; Trainer beside them", () => {
    expect(waitsFor(json, "kserve-crds")).toEqual([]);
    expect(waitsFor(json, "kserve")).toEqual(["kserve-crds"]);
    expect(waitsFor(json, "kserve-runtimes")).toEqual(["kserve"]);
    expect(waitsFor(json, "kubeflow-trainer")).toEqual([]);
    expect(waitsFor(json, "kubeflow-trainer-runtimes")).toEqual(["kubeflow-trainer"]);
    expect(json.dependencies).toEqual(expect.arrayContaining(["boston-platform"]));
  });

  test("are of pinned charts of a registry", () => {
    for (const { chart, repository, version } of Object.values({
      a: PINNED_CHARTS.kserveCrds,
      b: PINNED_CHARTS.kserve,
      c: PINNED_CHARTS.kserveRuntimes,
      d: PINNED_CHARTS.kubeflowTrainer,
    })) {
      expect(Object.values(releasesOf(json))).toContainEqual(expect.objectContaining({ chart, repository, version }));
      expect(repository).toMatch(/^oci:\/\/ghcr\.io\//);
    }
  });

  test("KServe makes Deployments alone, gives models no token, and tells the address that their Service has", () => {
    const { kserve } = valuesOf(json, "kserve");
    expect(kserve.controller.deploymentMode).toBe("Standard");
    expect(kserve.controller.gateway).toEqual({
      disableIngressCreation: true,
      disableIstioVirtualHost: true,
      domain: "svc.cluster.local",
      domainTemplate: "{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}",
    });
    expect(kserve.security.autoMountServiceAccountToken).toBe(false);
    expect(kserve.storage.s3.region).toBe("us-east-1");
    expect(kserve.inferenceservice.resources.requests).toEqual({ cpu: "100m", memory: "384Mi" });
  });

  test("Trainer has an image of JobSet with a version, and no job that fetches programs", () => {
    const { jobset, runtimes } = valuesOf(json, "kubeflow-trainer");
    expect(jobset.image).toEqual({ repository: "registry.k8s.io/jobset/jobset", tag: "v0.12.0", pullPolicy: "IfNotPresent" });
    expect(runtimes).toEqual({ defaultEnabled: false });
    expect(Object.keys(valuesOf(json, "kubeflow-trainer-runtimes").sharedRuntimes)).toEqual(["xgboost-distributed"]);
  });

  test("take what is said of them", () => {
    const other = synthKubeflow((kubeflow) => kubeflow.addModel(IRIS), {
      kubeflow: {
        timeout: Duration.minutes(5),
        namespace: "ml",
        kserve: { namespace: "serving", s3Region: "eu-west-3", values: { kserve: { storage: { enableModelcar: false } } } },
        trainer: { namespace: "training", timeout: Duration.minutes(7) },
      },
    });
    const at = (name: string) => [releasesOf(other)[name]!.namespace, releasesOf(other)[name]!.timeout];
    expect(at("kserve-crds")).toEqual(["serving", 300]);
    expect(at("kserve")).toEqual(["serving", 300]);
    expect(at("kserve-runtimes")).toEqual(["serving", 300]);
    expect(at("kubeflow-trainer")).toEqual(["training", 420]);
    expect(at("kubeflow-workloads")).toEqual(["ml", 300]);
    expect(valuesOf(other, "kserve").kserve.storage).toEqual({ s3: { region: "eu-west-3" }, enableModelcar: false });
  });

  test("another version of Trainer is warned of: it may not fit a Secret", () => {
    const other = synthKubeflow(undefined, { kubeflow: { trainer: { version: "2.4.0" } } });
    expect(warnings(other)).toEqual([expect.stringMatching(/\[MEC1971\] boston-kubeflow\/Kubeflow\/Trainer: got "2\.4\.0" .*84 percent/)]);
    // What the warning says: bytes that were measured of this version. Whoever pins another measures it, and writes that down everywhere.
    const measured = { version: "2.3.0", bytes: 879_580 };
    expect(PINNED_CHARTS.kubeflowTrainer.version).toBe(measured.version);
    expect(Math.round((100 * measured.bytes) / SECRET_LIMIT)).toBe(84);
    for (const file of ["lib/helm/versions.ts", "docs/kubeflow.md"]) {
      expect(readFileSync(join(__dirname, "../../..", file), "utf8")).toContain(measured.bytes.toLocaleString("en-US"));
    }
  });

  test("the definitions' chart has no values, so any is refused", () => {
    const nothing = KubeflowProfile.of({ name: "NOTHING" });
    const crds = () =>
      withKubeflow((kubeflow) => new KServeCrds(kubeflow, "Crds", { cluster: kubeflow.cluster, values: { a: 1 } }), nothing);
    expect(crds).toThrow(/\[MEC1470\].*got the value key "a", which the chart kserve-crd-minimal v0\.20\.0 does not know/);
  });

  test("KServe is refused without cert-manager", () => {
    expect(() => synthKubeflow(undefined, { platform: { certManager: false } })).toThrow(
      /\[MEC1416\] boston-kubeflow\/Kubeflow\/KServe: got no cert-manager/,
    );
    const training = { kubeflow: { profile: KubeflowProfile.TRAINING }, platform: { certManager: false } };
    expect(Object.keys(releasesOf(synthKubeflow(undefined, training)))).toContain("kubeflow-trainer");
  });

  test("two of them in one cluster are refused", () => {
    expect(() =>
      synthApp((app) => {
        const { cluster } = makeKubeflow(app);
        new KubeflowStack(app, "second", { cluster, profile: KubeflowProfile.TRAINING, trainer: { releaseName: "two", namespace: "two" } });
      }),
    ).toThrow(/MEC1415.*got the custom resource definitions of trainer\.kubeflow\.org/);
  });
});

describe("pipelines", () => {
  const withPipelines = (pipelines: KubeflowStackProps["pipelines"]) => synthKubeflow(undefined, { kubeflow: { pipelines } });

  test("are there where they are asked for, with what is said of them, and change nothing of the rest", () => {
    const without = releasesOf(synthKubeflow());
    expect(releasesOf(withPipelines(false))).toEqual(without);
    const { "kubeflow-pipelines": release, ...rest } = releasesOf(withPipelines(true));
    expect(rest).toEqual(without);
    expect(release).toMatchObject({ namespace: "kubeflow", timeout: 1200 });
    const told = synthKubeflow(undefined, {
      kubeflow: { timeout: Duration.minutes(30), pipelines: { artifactVolume: Size.gibibytes(4) } },
    });
    expect(releasesOf(told)["kubeflow-pipelines"]!.timeout).toBe(1800);
    expect(told.output.add_ons.value["kubeflow-pipelines"].volume_gibibytes).toBe(9);
    expect(told.dependencies).toContain("boston-platform");
  });

  test("are refused where they do not fit", () => {
    const small = { site: { instanceType: WavelengthInstanceType.T3_MEDIUM }, kubeflow: { pipelines: true } };
    expect(() => synthKubeflow((kubeflow) => kubeflow.addModel({ ...IRIS, replicas: 4 }), small)).toThrow(
      /MEC1420.*of memory where the nodes have 3996 MiB.*kubeflow-pipelines \d+m \d/,
    );
  });
});

describe("what is added", () => {
  /** A model, a run and a store between them. */
  const everything = (kubeflow: Kubeflow) => {
    const store = kubeflow.addStore({ name: "models", size: Size.gibibytes(2) });
    const runtime = kubeflow.addTrainingRuntime(OWN_RUNTIME);
    kubeflow.addTrainJob({ name: "train", runtime, nodes: 2, stores: { "/models": store } });
    kubeflow.addModel({ ...IRIS, storage: ModelStorage.store(store, "iris"), replicas: 2 });
  };

  const json = synthKubeflow(everything);

  test("comes after all of Kubeflow and storage, runtimes before runs", () => {
    expect(waitsFor(json, "kubeflow-training-runtimes")).toEqual(["kubeflow-trainer", "kubeflow-trainer-runtimes"]);
    expect(waitsFor(json, "kubeflow-workloads")).toEqual([
      "kserve-runtimes",
      "kubeflow-trainer",
      "kubeflow-trainer-runtimes",
      "kubeflow-training-runtimes",
    ]);
    expect(json.dependencies).toContain("boston-platform");
  });

  test("comes after runtimes that are added later too", () => {
    const other = synthKubeflow((kubeflow) => {
      kubeflow.addModel(IRIS);
      kubeflow.addTrainJob({ name: "train", runtime: kubeflow.addTrainingRuntime(OWN_RUNTIME) });
    });
    expect(waitsFor(other, "kubeflow-workloads")).toContain("kubeflow-training-runtimes");
  });

  test("needs what the profile has, and no more", () => {
    const other = synthKubeflow((kubeflow) => kubeflow.addModel(IRIS), { kubeflow: { profile: KubeflowProfile.SERVING } });
    expect(waitsFor(other, "kubeflow-workloads")).toEqual(["kserve-runtimes"]);
  });

  test("is counted: replicas, nodes of runs, volumes", () => {
    const { "kubeflow-workloads": workloads } = json.output.add_ons.value;
    expect(workloads).toMatchObject({ cpu_millis: 2 * 100 + 2 * 100, memory_mebibytes: 2 * 384 + 2 * 128, volume_gibibytes: 2, gpus: 0 });
  });

  test("is in a namespace whose pods may do little, and leaves blocks of the rest as they are", () => {
    const without = synthKubeflow();
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toContainEqual({
      name: "kubeflow-workloads",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    for (const [name, release] of Object.entries(releasesOf(without))) {
      expect(releasesOf(json)[name]).toEqual(release);
    }
  });

  test("is of the storage class only where there is a volume, and warned of on several nodes", () => {
    const none = { platform: { storage: false }, site: {} };
    expect(warnings(synthKubeflow((kubeflow) => kubeflow.addModel(IRIS), none))).toEqual([]);
    expect(() => synthKubeflow(everything, none)).toThrow(/\[MEC1419\] boston-kubeflow\/Kubeflow\/Workloads: got "microk8s-hostpath"/);
    const several = { site: { count: 3 } };
    const told = (add: (kubeflow: Kubeflow) => void) =>
      warnings(synthKubeflow(add, several)).filter((text) => text.includes("MEC1923")).length;
    expect(told(everything)).toBe(1);
    expect(told((kubeflow) => kubeflow.addModel(IRIS))).toBe(0);
    const modelFirst = (kubeflow: Kubeflow) => {
      kubeflow.addModel({ ...IRIS, name: "first" });
      everything(kubeflow);
    };
    expect(told(modelFirst)).toBe(1);
  });

  test("a run has another name where it or its runtime is another, and the same otherwise", () => {
    const nameOf = (job: Partial<TrainJobProps>, cpuMillis = 100) => {
      const resources = { ...OWN_RUNTIME.resources, cpuMillis };
      const { jobs } = added((kubeflow) =>
        kubeflow.addTrainJob({ name: "train", runtime: kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, resources }), ...job }),
      );
      return Object.keys(jobs)[0]!;
    };
    expect(nameOf({})).toMatch(/^train-[0-9a-f]{8}$/);
    expect(nameOf({})).toBe(nameOf({ nodes: 1 }));
    expect(new Set([nameOf({}), nameOf({ nodes: 2 }), nameOf({ args: ["x"] }), nameOf({ env: { A: "b" } }), nameOf({}, 200)]).size).toBe(5);
  });

  test("runs of the profile's runtimes name those of the cluster, others those of the namespace", () => {
    const { jobs } = added((kubeflow) => {
      kubeflow.addTrainJob({ name: "shared", runtime: TrainingRuntime.XGBOOST });
      const runtime = kubeflow.addTrainingRuntime(TrainingRuntime.of(OWN_RUNTIME));
      kubeflow.addTrainJob({ name: "own", runtime, deadline: Duration.hours(1) });
    });
    const runtimes = Object.values<StackJson>(jobs).map(({ runtime, deadlineSeconds }) => [runtime.kind, runtime.name, deadlineSeconds]);
    expect(runtimes.sort()).toEqual([
      ["ClusterTrainingRuntime", "xgboost-distributed", undefined],
      ["TrainingRuntime", "own", 3600],
    ]);
  });

  test("a model tells where it is asked", () => {
    const [iris, net] = withKubeflow(
      (kubeflow) => [
        kubeflow.addModel({ ...IRIS, exposure: ModelExposure.nodePort({ port: 30080, acknowledgePlainHttp: true }) }),
        kubeflow.addModel({ name: "net", runtime: ModelRuntime.TRITON, storage: ModelStorage.claim("models", "net") }),
      ],
      KubeflowProfile.of({ name: "OWN", modelRuntimes: [ModelRuntime.SKLEARN, ModelRuntime.TRITON] }),
    ) as [ReturnType<Kubeflow["addModel"]>, ReturnType<Kubeflow["addModel"]>];
    expect(iris).toMatchObject({ url: "http://iris.kubeflow-workloads.svc.cluster.local", path: "/v1/models/iris:predict" });
    expect(iris.port).toEqual(Port.tcp(30080));
    expect(net).toMatchObject({ path: "/v2/models/net/infer", port: undefined });
  });

  test("who reaches a model in plain HTTP is warned of, unless that is said to be known", () => {
    const told = (exposure: ModelExposure) =>
      withKubeflow((kubeflow) => {
        kubeflow.addModel({ ...IRIS, exposure });
        return kubeflow.node.metadata.map(({ data }) => data as string);
      });
    const host = "iris.example.com";
    for (const exposure of [ModelExposure.nodePort({ port: 30080 }), ModelExposure.ingress({ host })]) {
      expect(told(exposure)).toEqual([
        expect.stringMatching(/\[MEC1970\].*the model iris in plain HTTP at tcp-(?:30080|80): whoever reaches/),
      ]);
    }
    for (const exposure of [
      ModelExposure.CLUSTER,
      ModelExposure.nodePort({ port: 30080, acknowledgePlainHttp: true }),
      ModelExposure.ingress({ host, acknowledgePlainHttp: true }),
      ModelExposure.ingress({ host, tlsSecret: "iris-tls" }),
    ]) {
      expect(told(exposure)).toEqual([]);
    }
  });

  test.each(ModelRuntime.ALL.map((runtime) => [runtime]))(
    "a model of %s asks for what it may use, and no more CPU than its limit",
    (runtime) => {
      const profile = KubeflowProfile.of({ name: "ALL", modelRuntimes: ModelRuntime.ALL });
      const { iris } = added((kubeflow) => kubeflow.addModel({ ...IRIS, runtime }), profile).models;
      const millis = (text: string) => Number(/^(\d+)m$/.exec(text)![1]);
      const { requests, limits } = iris.resources;
      expect(millis(requests.cpu)).toBeLessThanOrEqual(millis(limits.cpu));
      expect(millis(limits.cpu)).toBeGreaterThanOrEqual(1000);
      expect(parseInt(requests.memory)).toBeLessThanOrEqual(parseInt(limits.memory));
    },
  );

  test("a download is counted where it asks for more than the model", () => {
    const small = { cpuMillis: 10, memory: Size.mebibytes(32), memoryLimit: Size.mebibytes(64) };
    const asked = (storage: ModelStorage) =>
      withKubeflow((kubeflow) => {
        kubeflow.addModel({ ...IRIS, resources: small, storage });
        const { cpuMillis, memory } = kubeflow.workloads!.footprint;
        return [cpuMillis, memory!.toMebibytes()];
      });
    expect(asked(ModelStorage.claim("models", "iris"))).toEqual([10, 32]);
    expect(asked(ModelStorage.s3("s3://bucket/iris", "s3"))).toEqual([100, 100]);
  });
});

test("what does not fit is refused, with the table of who asks for what", () => {
  const models = (kubeflow: Kubeflow) => ["a", "b", "c", "d"].forEach((name) => kubeflow.addModel({ ...IRIS, name, replicas: 3 }));
  const small = { site: { instanceType: WavelengthInstanceType.T3_MEDIUM } };
  expect(() => synthKubeflow(models, small)).toThrow(
    /\[MEC1420\] .*got 5769 MiB of memory where the nodes have 3996 MiB, on the cluster boston \(.*kserve 60m 192 MiB.*kubeflow-workloads 1200m 4608 MiB/,
  );
  // One model on the smallest node there is, with room to spare.
  expect(warnings(synthKubeflow((kubeflow) => kubeflow.addModel(IRIS), small))).toEqual([]);
});
