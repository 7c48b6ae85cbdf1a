import { App, Lazy } from "cdktf";
import {
  Duration,
  KServeCrds,
  Kubeflow,
  KubeflowProfile,
  ModelExposure,
  ModelRuntime,
  ModelStorage,
  PINNED_CHARTS,
  Port,
  Size,
  TrainingFramework,
  TrainingRuntime,
  WavelengthInstanceType,
  type ModelProps,
  type TrainJobProps,
} from "../../../lib";
import { KubeflowStack, PlatformStack, type KubeflowStackProps } from "../../../stacks";
import { addOnStack, importedBoston } from "../support/add-ons";
import { SECRET_LIMIT } from "../support/release-size";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { danglingReferences } from "../../support/structure";
import { OWN_RUNTIME, WITH_GPU, makeKubeflow, releasesOf, synthKubeflow, valuesOf, type KubeflowSite } from "./site";

const IRIS: ModelProps = { name: "iris", runtime: ModelRuntime.SKLEARN, storage: ModelStorage.claim("models", "iris") };

/** Kubeflow in a stack of its own that is not synthesized, for what is seen or refused at once. */
function withKubeflow<T>(use: (kubeflow: Kubeflow) => T, profile = KubeflowProfile.SERVING_AND_TRAINING): T {
  // An app of its own: each add-on looks at all others of its cluster.
  const app = new App();
  return use(new KubeflowStack(app, "stack", { cluster: importedBoston(addOnStack(app)), profile }).kubeflow);
}

/** Values of what was added. */
const added = (add: (kubeflow: Kubeflow) => unknown, profile?: KubeflowProfile): StackJson =>
  withKubeflow((kubeflow) => {
    add(kubeflow);
    return kubeflow.workloads!.values as StackJson;
  }, profile);

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
    // What the warning says: measured bytes of the pinned one, as the version table has them.
    expect(Math.round((100 * 879_580) / SECRET_LIMIT)).toBe(84);
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

describe("GPUs", () => {
  const gpuModel = (kubeflow: Kubeflow) => kubeflow.addModel({ ...IRIS, gpus: 1 });
  const gpu = { site: WITH_GPU, platform: { gpu: true } };

  test("of models and profiles are taken where there is one, with the operator first", () => {
    const json = synthKubeflow(gpuModel, { ...gpu, kubeflow: { profile: KubeflowProfile.GPU } });
    expect(json.output.add_ons.value["kubeflow-workloads"].gpus).toBe(1);
    expect(json.dependencies).toContain("boston-platform");
  });

  test.each<[string, (kubeflow: Kubeflow) => unknown, Partial<KubeflowSite>, string]>([
    ["a model", gpuModel, {}, "the model iris"],
    ["a profile", () => undefined, { kubeflow: { profile: KubeflowProfile.GPU } }, "the profile GPU"],
    [
      "a run",
      (kubeflow) => kubeflow.addTrainJob({ name: "train", runtime: kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, gpus: 1 }) }),
      {},
      "the training run train",
    ],
  ])("for %s are refused where no node has one, and without the operator", (_, add, of, who) => {
    // Beside what the stack lacks by itself: of a platform the fit check would speak first.
    expect(() => synthKubeflow((kubeflow) => void add(kubeflow), { ...of, platform: false })).toThrow(
      new RegExp(`\\[MEC1502\\] boston-kubeflow/Kubeflow: got ${who} on the cluster boston, of which no node has a GPU`),
    );
    expect(() => synthKubeflow((kubeflow) => void add(kubeflow), { ...of, site: WITH_GPU })).toThrow(
      new RegExp(`\\[MEC1503\\] boston-kubeflow/Kubeflow: got ${who} on the cluster boston without the GPU operator`),
    );
  });

  test("are looked for by the plan where the cluster is made elsewhere, once", () => {
    const guards = (add: (kubeflow: Kubeflow) => void, profile: KubeflowProfile) => {
      const json = synthApp((other) => {
        const stack = addOnStack(other);
        const elsewhere = importedBoston(stack);
        new PlatformStack(other, "platform", { cluster: elsewhere, gpu: true });
        add(new Kubeflow(stack, "Kubeflow", { cluster: elsewhere, profile }));
      })["add-ons"]!;
      return Object.values<StackJson>(json.data.aws_ssm_parameter)
        .flatMap(({ lifecycle }) => lifecycle?.postcondition ?? [])
        .filter(({ error_message: text }: StackJson) => text.includes("MEC1502"));
    };
    const guard = {
      condition: "${try(jsondecode(self.insecure_value).gpu, false)}",
      error_message: expect.stringMatching(/^\[MEC1502\] add-ons\/Kubeflow: got GPUs on the cluster boston, of which no node has one/),
    };
    expect(guards(() => undefined, KubeflowProfile.SERVING)).toEqual([]);
    expect(
      guards((kubeflow) => void [gpuModel(kubeflow), kubeflow.addModel({ ...IRIS, name: "two", gpus: 1 })], KubeflowProfile.GPU),
    ).toEqual([guard]);
    expect(guards((kubeflow) => void gpuModel(kubeflow), KubeflowProfile.SERVING)).toEqual([guard]);
    const run = (kubeflow: Kubeflow) =>
      kubeflow.addTrainJob({ name: "train", runtime: kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, gpus: 1 }) });
    expect(guards(run, KubeflowProfile.TRAINING)).toEqual([guard]);
  });

  test("of a model are no more than there are, and none where there are none", () => {
    expect(() => synthKubeflow(gpuModel)).toThrow(/MEC1420.*got 1 of GPUs where the nodes have 0.*kubeflow-workloads .*1 GPUs/);
    const two = (kubeflow: Kubeflow) => kubeflow.addModel({ ...IRIS, gpus: 1, replicas: 2 });
    expect(() => synthKubeflow(two, gpu)).toThrow(/MEC1420.*got 2 of GPUs where the nodes have 1/);
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

describe("refuses", () => {
  const at = "\\[CODE\\] stack/Kubeflow: ";
  const job = (more: Partial<TrainJobProps>) => (kubeflow: Kubeflow) =>
    kubeflow.addTrainJob({ name: "train", runtime: TrainingRuntime.XGBOOST, ...more });
  const model = (more: Partial<ModelProps>) => (kubeflow: Kubeflow) => kubeflow.addModel({ ...IRIS, ...more });
  const twice = (add: (kubeflow: Kubeflow) => unknown) => (kubeflow: Kubeflow) => [add(kubeflow), add(kubeflow)];
  const store = (kubeflow: Kubeflow) => kubeflow.addStore({ name: "models", size: Size.gibibytes(1) });
  const alien = withKubeflow((kubeflow) => {
    const made = store(kubeflow);
    kubeflow.addModel({ ...IRIS, storage: ModelStorage.store(made, "iris") });
    return made;
  });

  test.each<[string, string, (kubeflow: Kubeflow) => unknown, RegExp]>([
    ["MEC1500", "a name with capitals", model({ name: "Iris" }), /got "Iris" as name of a model: .*"iris"$/],
    ["MEC1500", "a name that is too long", model({ name: "a".repeat(41) }), /as name of a model: it has 1 to 40 /],
    ["MEC1500", "a run whose pods' names JobSet would refuse", job({ name: "a".repeat(37) }), /as name of a training run: it has 1 to 36 /],
    [
      "MEC1500",
      "a name that begins with a digit",
      (kubeflow) => kubeflow.addStore({ name: "1st", size: Size.gibibytes(1) }),
      /as name of a store/,
    ],
    [
      "MEC1501",
      "a model whose runtime is off",
      model({ runtime: ModelRuntime.TRITON }),
      /got "onnx" as runtime of the model iris: on are sklearn, xgboost, lightgbm/,
    ],
    [
      "MEC1504",
      "a store of another construct",
      model({ storage: ModelStorage.store(alien, "iris") }),
      /got the store models for the model iris: it is none of none/,
    ],
    ["MEC1504", "a store of another construct for a run", job({ stores: { "/models": alien } }), /for the training run train/],
    ["MEC1506", "two models of a name", twice(model({})), /got "iris" as name of a model: there is one/],
    ["MEC1506", "two runs of a name", twice(job({})), /as name of a training run/],
    ["MEC1506", "two stores of a name", twice(store), /as name of a store/],
    ["MEC1506", "two runtimes of a name", twice((kubeflow) => kubeflow.addTrainingRuntime(OWN_RUNTIME)), /as name of a training runtime/],
    [
      "MEC1506",
      "a runtime of the profile again",
      (kubeflow) => kubeflow.addTrainingRuntime(TrainingRuntime.XGBOOST),
      /"xgboost-distributed"/,
    ],
    ["MEC1008", "no replica", model({ replicas: 0 }), /got 0 as replicas of the model iris/],
    ...["a", "a-predictor"].map((name): [string, string, (kubeflow: Kubeflow) => unknown, RegExp] => [
      "MEC1506",
      `a model beside ${name} whose Service KServe has already, or would have`,
      (kubeflow) => [model({ name })(kubeflow), model({ name: name === "a" ? "a-predictor" : "a" })(kubeflow)],
      /KServe has a Service <model>-predictor/,
    ]),
    [
      "MEC1008",
      "no CPU",
      model({ resources: { ...OWN_RUNTIME.resources, cpuMillis: 0 } }),
      /got 0 as resources\.cpuMillis of the model iris/,
    ],
    [
      "MEC1008",
      "a limit below the request",
      model({ resources: { ...OWN_RUNTIME.resources, memoryLimit: Size.mebibytes(127) } }),
      /got 127 MiB as resources\.memoryLimit of the model iris for a request of 128 MiB: .*at least 128 MiB/,
    ],
    ["MEC1008", "half a GPU", model({ gpus: 0.5 }), /got 0\.5 as gpus of the model iris/],
    [
      "MEC1509",
      "a runtime that nobody added",
      job({ runtime: TrainingRuntime.of(OWN_RUNTIME) }),
      /got "own" as runtime of the training run train: it is none of xgboost-distributed/,
    ],
    ["MEC1509", "a run on no node", job({ nodes: 0 }), /got 0 as nodes/],
    ["MEC1500", "a variable of a run that is none", job({ env: { "A-B": "1" } }), /got "A-B" as name of a variable/],
    ["MEC1500", "a variable of a model that is none", model({ env: { "": "1" } }), /got "" as name of a variable/],
    [
      "MEC1509",
      "more variables than Trainer takes",
      job({ env: Object.fromEntries(Array.from({ length: 129 }, (_, index) => [`V${index}`, ""])) }),
      /129 items as env/,
    ],
    ["MEC1509", "more arguments than Trainer takes", job({ args: Array.from({ length: 129 }, () => "x") }), /129 items as args/],
  ])("%s: %s", (code, _, add, text) => {
    expect(() => withKubeflow(add)).toThrow(new RegExp(at.replace("CODE", code) + ".*"));
    expect(() => withKubeflow(add)).toThrow(text);
  });

  test.each(["models", "/", "/tmp", "/a/", "/a b", "/a/..", "/./tmp"])("MEC1509: a store at %s", (path) => {
    expect(() => withKubeflow((kubeflow) => job({ stores: { [path]: store(kubeflow) } })(kubeflow))).toThrow(
      /MEC1509.*as path of a store: it is an absolute path other than/,
    );
  });

  test("MEC1509: a run with what only the apply knows, whose name would change", () => {
    const token = Lazy.stringValue({ produce: () => "later" });
    expect(() => added(job({ env: { A: `x-${token}` } }))).toThrow(/\[MEC1509\] training run train: got a value that only the apply knows/);
  });

  test("names of runs, digest included, leave room for what JobSet puts behind them", () => {
    const { jobs } = added((kubeflow) => kubeflow.addTrainJob({ name: "a".repeat(36), runtime: TrainingRuntime.XGBOOST, nodes: 10_000 }));
    // JobSet's name of a pod: <run>-<job>-<index of the job>-<index of the pod>-<5 characters>.
    expect(`${Object.keys(jobs)[0]}-node-0-9999-abcde`.length).toBeLessThanOrEqual(63);
  });

  test("MEC1506: two runtimes of one name in a profile, of which only one would be there", () => {
    const other = TrainingRuntime.of({ ...OWN_RUNTIME, name: TrainingRuntime.XGBOOST.name });
    const profile = KubeflowProfile.of({ name: "TWICE", trainingRuntimes: [TrainingRuntime.XGBOOST, other] });
    expect(() => withKubeflow(() => undefined, profile)).toThrow(
      /\[MEC1506\] stack\/Kubeflow\/Trainer: got "xgboost-distributed" as name of two training runtimes/,
    );
  });

  test("MEC1008: a runtime whose limit is below the request", () => {
    const resources = { ...OWN_RUNTIME.resources, memoryLimit: Size.mebibytes(64) };
    expect(() => TrainingRuntime.of({ ...OWN_RUNTIME, resources })).toThrow(
      /\[MEC1008\] TrainingRuntime\.of own: got 64 MiB as resources\.memoryLimit/,
    );
  });

  test("MEC1505: what the profile leaves out", () => {
    const of = (profile: KubeflowProfile, add: (kubeflow: Kubeflow) => unknown) => () => withKubeflow(add, profile);
    expect(of(KubeflowProfile.TRAINING, model({}))).toThrow(
      /MEC1505.*got the model iris with the profile TRAINING, .*write KubeflowProfile\.SERVING or/,
    );
    expect(of(KubeflowProfile.SERVING, job({}))).toThrow(/MEC1505.*the training run train .*KubeflowProfile\.TRAINING or/);
    expect(of(KubeflowProfile.SERVING, (kubeflow) => kubeflow.addTrainingRuntime(OWN_RUNTIME))).toThrow(
      /MEC1505.*the training runtime own/,
    );
  });

  test("MEC1504: a store that nothing uses, for which the release would wait in vain", () => {
    expect(() => synthKubeflow(store)).toThrow(/\[MEC1504\] boston-kubeflow\/Kubeflow: got the store models, which no model/);
  });

  test("MEC1507: ports that are taken or none, hosts that are none, an ingress that is not there", () => {
    const exposure = ModelExposure.nodePort({ port: 30080, acknowledgePlainHttp: true });
    expect(() =>
      withKubeflow((kubeflow) => [kubeflow.addModel({ ...IRIS, exposure }), kubeflow.addModel({ ...IRIS, name: "two", exposure })]),
    ).toThrow(/MEC1507.*got 30080 as port of the model two: the model iris has it/);
    for (const port of [29_999, 32_768, 30_080.5, NaN]) {
      expect(() => ModelExposure.nodePort({ port })).toThrow(/\[MEC1507\] ModelExposure\.nodePort: .*30000 to 32767/);
    }
    for (const host of ["", "iris", "Iris.example.com", "https://iris.example.com", "*.example.com", `${"a.".repeat(130)}com`]) {
      expect(() => ModelExposure.ingress({ host })).toThrow(/\[MEC1507\] ModelExposure\.ingress/);
    }
    const add = (kubeflow: Kubeflow) =>
      kubeflow.addModel({ ...IRIS, exposure: ModelExposure.ingress({ host: "a.example.com", tlsSecret: "tls" }) });
    expect(() => synthKubeflow(add)).toThrow(/MEC1507.*ModelExposure\.ingress for iris on the cluster boston, which has no ingress/);
    expect(valuesOf(synthKubeflow(add, { site: { ingress: true } }), "kubeflow-workloads").models.iris.ingress).toEqual({
      className: "public",
      host: "a.example.com",
      tlsSecret: "tls",
    });
  });

  test.each([
    "python",
    "python:3.12",
    "docker.io/library/python",
    "docker.io/library/python:latest",
    "docker.io/library/python:slim",
    "docker.io/python@sha256:0",
    "localhost/python:1",
  ])("MEC1508: the image %s", (image) => {
    expect(() => TrainingRuntime.of({ ...OWN_RUNTIME, image })).toThrow(/\[MEC1508\] TrainingRuntime\.of own: got ".*" as image/);
  });

  test.each([
    "docker.io/library/python:3.12.7-slim",
    "localhost:32000/team/train:v1",
    `quay.io/a/b@sha256:${"0".repeat(64)}`,
    `quay.io/a/b:1.2@sha256:${"0".repeat(64)}`,
    `localhost:32000/b:main@sha256:${"0".repeat(64)}`,
    "ghcr.io:443/a/b:1",
  ])("takes the image %s", (image) => {
    expect(TrainingRuntime.of({ ...OWN_RUNTIME, image }).toValues()).toMatchObject({ image, framework: "plain", gpus: 0, user: 1000 });
  });

  test("MEC1509: runtimes with root, or parts of GPUs", () => {
    expect(() => TrainingRuntime.of({ ...OWN_RUNTIME, user: 0 })).toThrow(/\[MEC1509\].*got 0 as user/);
    expect(() => TrainingRuntime.of({ ...OWN_RUNTIME, gpus: -1 })).toThrow(/\[MEC1509\].*got -1 as gpus/);
    expect(TrainingRuntime.of({ ...OWN_RUNTIME, framework: TrainingFramework.JAX, user: 7 }).toValues()).toMatchObject({
      framework: "jax",
      user: 7,
    });
  });
});

describe("storage of models", () => {
  test.each<[() => ModelStorage, object]>([
    [() => ModelStorage.claim("models", "a/b.c"), { uri: "pvc://models/a/b.c", ports: [], secret: undefined }],
    [() => ModelStorage.s3("s3://bucket/a", "s3", 9000), { uri: "s3://bucket/a", ports: [9000] }],
    [() => ModelStorage.s3("s3://bucket/a/b", "s3"), { uri: "s3://bucket/a/b", ports: [443], secret: "s3" }],
    [
      () => ModelStorage.https("https://example.com:8443/a.tgz"),
      { uri: "https://example.com:8443/a.tgz", ports: [8443], secret: undefined },
    ],
    [() => ModelStorage.https("https://example.com/a.joblib", "auth"), { ports: [443], secret: "auth" }],
  ])("%s", (make, expected) => {
    expect(make()).toMatchObject(expected);
  });

  test.each(["", "/a", "a/", "../a", "a/../b", "a//b", "a b", ".hidden"])("MEC1504: the folder %j", (folder) => {
    expect(() => ModelStorage.claim("models", folder)).toThrow(/\[MEC1504\] ModelStorage: .*as folder/);
  });

  test.each(["bucket/a", "s3://bucket", "s3://bucket/", "s3://Bucket/a", "s3://b/a?x=1", "gs://bucket/a"])(
    "MEC1504: the address %s of S3",
    (uri) => {
      expect(() => ModelStorage.s3(uri, "s3")).toThrow(/\[MEC1504\] ModelStorage\.s3/);
    },
  );

  test.each([
    "http://example.com/a",
    "https://me:secret@example.com/a",
    "https://example.com/a?X-Amz-Signature=secret",
    "https://example.com",
  ])("MEC1504: the address %s, which the error does not repeat", (url) => {
    expect(() => ModelStorage.https(url)).toThrow(/\[MEC1504\] ModelStorage\.https: got an address that is not shown/);
    expect(() => ModelStorage.https(url)).not.toThrow(/secret@|=secret/);
  });

  test.each([0, 65_536, 1.5, NaN])("MEC1504: the port %s of S3", (port) => {
    expect(() => ModelStorage.s3("s3://bucket/a", "s3", port)).toThrow(/\[MEC1504\] ModelStorage\.s3: got .* as port/);
  });

  test("MEC1504: a claim that is none, MEC1424: a Secret that is none", () => {
    expect(() => ModelStorage.claim("My Claim", "a")).toThrow(/\[MEC1504\] ModelStorage\.claim/);
    expect(() => ModelStorage.s3("s3://bucket/a", "AKIA SECRET")).toThrow(/\[MEC1424\] ModelStorage\.s3/);
  });
});
