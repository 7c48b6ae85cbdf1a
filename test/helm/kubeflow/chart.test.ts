import { App } from "cdktf";
import fc from "fast-check";
import { join } from "node:path";
import {
  Duration,
  KubeflowProfile,
  ModelExposure,
  ModelRuntime,
  ModelStorage,
  Size,
  TrainingFramework,
  TrainingRuntime,
  type Kubeflow,
} from "../../../lib";
import { KubeflowStack } from "../../../stacks";
import { bostonSite } from "../support/add-ons";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { podFaults } from "../support/pod-rules";
import { SECRET_LIMIT, releaseBytes } from "../support/release-size";
import { OWN_RUNTIME } from "./site";

const CHART = join(__dirname, "../../../lib/helm/kubeflow/chart");
const PLACE = { releaseName: "kubeflow-workloads", namespace: "ml" };

const app = new App();
const { cluster } = bostonSite(app, { ingress: true });
let stacks = 0;

/** What Helm makes of what was added. */
function rendered(add: (kubeflow: Kubeflow) => void): { objects: KubernetesObject[]; values: object[] } {
  const profile = KubeflowProfile.of({
    name: "ALL",
    modelRuntimes: ModelRuntime.ALL,
    trainingRuntimes: [TrainingRuntime.XGBOOST, TrainingRuntime.TORCH_GPU],
  });
  const { kubeflow } = new KubeflowStack(app, `stack-${stacks++}`, { cluster, profile });
  add(kubeflow);
  const sharedRuntimes = Object.fromEntries(profile.trainingRuntimes.map((runtime) => [runtime.name, runtime.toValues()]));
  const values = [{ sharedRuntimes }, kubeflow.trainingRuntimes?.values ?? {}, kubeflow.workloads?.values ?? {}];
  return { objects: values.flatMap((each) => helmTemplate(CHART, { values: each, ...PLACE })), values };
}

const of = (objects: readonly KubernetesObject[], kind: string, name?: string) =>
  objects.filter((object) => object.kind === kind && (name === undefined || object.metadata.name === name));

/** The pods of training runtimes as jobs, for the rules that all pods keep. */
const runs = (objects: readonly KubernetesObject[]): KubernetesObject[] =>
  objects
    .filter(({ kind }) => kind.endsWith("TrainingRuntime"))
    .flatMap(({ metadata, spec }) =>
      spec.template.spec.replicatedJobs.map(({ template }: KubernetesObject) => ({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { name: metadata.name },
        // What JobSet leaves to Kubernetes' own default for jobs.
        spec: { template: { spec: { restartPolicy: "Never", ...template.spec.template.spec } } },
      })),
    );

describeHelm("the chart of models and training runs", () => {
  const { objects, values } = rendered((kubeflow) => {
    const store = kubeflow.addStore({ name: "models", size: Size.gibibytes(2) });
    const own = kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, framework: TrainingFramework.JAX, gpus: 2, user: 4000 });
    kubeflow.addTrainJob({
      name: "own",
      runtime: own,
      command: ["sh", "-c", 'echo "a: {{ b }}" # no\ntrue\n'],
      args: ["yes", "1"],
      env: { ON: "yes", NUMBER: "1e3" },
      nodes: 2,
      stores: { "/models": store, "/other": store },
      deadline: Duration.days(30),
    });
    kubeflow.addTrainJob({ name: "shared", runtime: TrainingRuntime.XGBOOST });
    kubeflow.addModel({
      name: "stored",
      runtime: ModelRuntime.SKLEARN,
      storage: ModelStorage.store(store, "iris"),
      replicas: 2,
      exposure: ModelExposure.nodePort({ port: 30080, acknowledgePlainHttp: true }),
    });
    kubeflow.addModel({
      name: "downloaded",
      runtime: ModelRuntime.TRITON,
      storage: ModelStorage.s3("s3://bucket/net", "s3-reader"),
      gpus: 1,
      env: { LEVEL: "1" },
      exposure: ModelExposure.ingress({
        host: "net.example.com",
        tlsSecret: "net-tls",
        annotations: { "cert-manager.io/cluster-issuer": "ca" },
      }),
    });
    kubeflow.addModel({
      name: "inside",
      runtime: ModelRuntime.XGBOOST,
      storage: ModelStorage.https("https://example.com:8443/model.bst"),
    });
  });

  test("is sound by itself and with what was added, and refuses other keys", () => {
    for (const each of [{}, ...values]) {
      expect(helmLint(CHART, each)).toMatchObject({ status: 0 });
    }
    expect(helmLint(CHART, { model: {} }).status).toBe(1);
    expect(helmTemplate(CHART)).toEqual([]);
  });

  test("has these objects, all in their namespace but for runtimes of the cluster", () => {
    const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name.replace(/-[0-9a-f]{8}$/, "-#")}`).sort();
    expect(names).toEqual([
      "ClusterTrainingRuntime torch-distributed-gpu",
      "ClusterTrainingRuntime xgboost-distributed",
      "InferenceService downloaded",
      "InferenceService inside",
      "InferenceService stored",
      "Ingress downloaded",
      "NetworkPolicy model-downloaded",
      "NetworkPolicy model-inside",
      "NetworkPolicy model-stored",
      "PersistentVolumeClaim models",
      "Service downloaded",
      "Service inside",
      "Service stored",
      "ServiceAccount model-downloaded",
      "TrainJob own-#",
      "TrainJob shared-#",
      "TrainingRuntime own",
    ]);
    for (const { kind, metadata } of objects) {
      expect(metadata.namespace).toBe(kind === "ClusterTrainingRuntime" ? undefined : "ml");
    }
  });

  test("has no field that Kubernetes, KServe or Trainer drops, and no value that Kubernetes refuses", () => {
    expect(typeFaults(objects)).toEqual([]);
    expect(typeFaults(runs(objects))).toEqual([]);
  });

  test("the pods of runs keep the rules of all pods", () => {
    expect(runs(objects)).toHaveLength(3);
    expect(podFaults(runs(objects))).toEqual([]);
  });

  test("models have no token and no rights, and a fixed number of replicas that never needs a further one", () => {
    for (const { metadata, spec } of of(objects, "InferenceService")) {
      expect(metadata.annotations).toEqual({
        "serving.kserve.io/deploymentMode": "Standard",
        "serving.kserve.io/autoscalerClass": "none",
      });
      expect(spec.predictor).toMatchObject({
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
        deploymentStrategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      });
      expect(spec.predictor.minReplicas).toBe(spec.predictor.maxReplicas);
    }
    const [{ spec }] = of(objects, "InferenceService", "stored") as [KubernetesObject];
    expect(spec.predictor.minReplicas).toBe(2);
    expect(spec.predictor.model).toEqual({
      modelFormat: { name: "sklearn" },
      runtime: "kserve-sklearnserver",
      protocolVersion: "v1",
      storageUri: "pvc://models/iris",
      resources: { requests: { cpu: "100m", memory: "384Mi" }, limits: { cpu: "1000m", memory: "1024Mi" } },
    });
  });

  test("GPUs are asked for, and had: by the runtime class, past the taint; what needs none says nothing of them", () => {
    const gpu = { runtimeClassName: "nvidia", tolerations: [{ key: "nvidia.com/gpu", operator: "Exists" }] };
    const [model] = of(objects, "InferenceService", "downloaded") as [KubernetesObject];
    expect(model.spec.predictor).toMatchObject(gpu);
    const { requests, limits } = model.spec.predictor.model.resources;
    expect([requests["nvidia.com/gpu"], limits["nvidia.com/gpu"]]).toEqual(["1", "1"]);
    const pod = (name: string) => runs(objects).find(({ metadata }) => metadata.name === name)!.spec.template.spec;
    expect(pod("own")).toMatchObject(gpu);
    expect(pod("own").containers[0].resources.limits["nvidia.com/gpu"]).toBe("2");
    expect(pod("torch-distributed-gpu")).toMatchObject(gpu);
    for (const without of [pod("xgboost-distributed"), of(objects, "InferenceService", "stored")[0]!.spec.predictor]) {
      expect(JSON.stringify(without)).not.toMatch(/nvidia|runtimeClassName|tolerations/);
    }
  });

  test("each model has a Service of its name at the pods of KServe's own, and a port of nodes only where that is said", () => {
    const service = (name: string) => of(objects, "Service", name)[0]!.spec;
    expect(service("stored")).toEqual({
      type: "NodePort",
      selector: { app: "isvc.stored-predictor" },
      ports: [{ name: "http", port: 80, targetPort: 8080, nodePort: 30080 }],
    });
    for (const name of ["downloaded", "inside"]) {
      expect(service(name)).toMatchObject({ type: "ClusterIP", ports: [{ name: "http", port: 80, targetPort: 8080 }] });
    }
  });

  test("an Ingress leads to that Service, with its certificate and its annotations", () => {
    const [ingress] = of(objects, "Ingress") as [KubernetesObject];
    expect(ingress.metadata.annotations).toEqual({ "cert-manager.io/cluster-issuer": "ca" });
    expect(ingress.spec).toEqual({
      ingressClassName: "public",
      tls: [{ hosts: ["net.example.com"], secretName: "net-tls" }],
      rules: [
        {
          host: "net.example.com",
          http: {
            paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "downloaded", port: { name: "http" } } } }],
          },
        },
      ],
    });
  });

  test("a model that is downloaded has its Secret by a service account; others have neither", () => {
    expect(of(objects, "ServiceAccount")).toMatchObject([
      { metadata: { name: "model-downloaded" }, automountServiceAccountToken: false, secrets: [{ name: "s3-reader" }] },
    ]);
    expect(of(objects, "InferenceService").map(({ spec }) => spec.predictor.serviceAccountName)).toEqual(
      of(objects, "InferenceService").map(({ metadata }) => (metadata.name === "downloaded" ? "model-downloaded" : undefined)),
    );
  });

  test("a model is let out to what it is read from alone, and others in to its port alone", () => {
    const policy = (name: string) => of(objects, "NetworkPolicy", `model-${name}`)[0]!.spec;
    const port = (of_: number, protocol = "TCP") => ({ port: of_, protocol });
    for (const name of ["stored", "downloaded", "inside"]) {
      expect(policy(name)).toMatchObject({
        podSelector: { matchLabels: of(objects, "Service", name)[0]!.spec.selector },
        policyTypes: ["Ingress", "Egress"],
      });
      expect(policy(name).ingress.map(({ ports }: KubernetesObject) => ports)).toEqual([[port(8080)]]);
    }
    expect(policy("stored").ingress[0].from).toEqual([{ namespaceSelector: {} }, { ipBlock: { cidr: "0.0.0.0/0" } }]);
    expect(policy("inside").ingress[0].from).toEqual([{ namespaceSelector: {} }]);
    expect(policy("stored").egress).toEqual([]);
    expect(policy("downloaded").egress.map(({ ports }: KubernetesObject) => ports)).toEqual([[port(53, "UDP"), port(53)], [port(443)]]);
    expect(policy("inside").egress.at(-1)).toEqual({ ports: [port(8443)] });
  });

  test("a run is what was written, word for word, with its stores in the pods of its runtime", () => {
    const run = objects.find(({ kind, metadata }) => kind === "TrainJob" && metadata.name.startsWith("own-"))!;
    expect(run.spec).toMatchObject({
      runtimeRef: { apiGroup: "trainer.kubeflow.org", kind: "TrainingRuntime", name: "own" },
      trainer: {
        numNodes: 2,
        command: ["sh", "-c", 'echo "a: {{ b }}" # no\ntrue\n'],
        args: ["yes", "1"],
        env: [
          { name: "NUMBER", value: "1e3" },
          { name: "ON", value: "yes" },
        ],
      },
      activeDeadlineSeconds: 2_592_000,
    });
    const [{ manager, trainingRuntimeSpec }] = run.spec.runtimePatches;
    expect(manager).toBe("cdktf-wavelength-mec/kubeflow");
    const [node] = trainingRuntimeSpec.template.spec.replicatedJobs;
    const [runtime] = of(objects, "TrainingRuntime", "own") as [KubernetesObject];
    const [replicated] = runtime.spec.template.spec.replicatedJobs;
    expect(node.name).toBe(replicated.name);
    const { volumes, containers } = node.template.spec.template.spec;
    expect(volumes.map(({ persistentVolumeClaim }: KubernetesObject) => persistentVolumeClaim.claimName)).toEqual(["models", "models"]);
    expect(containers).toEqual([
      {
        name: replicated.template.spec.template.spec.containers[0].name,
        volumeMounts: [
          { name: volumes[0].name, mountPath: "/models" },
          { name: volumes[1].name, mountPath: "/other" },
        ],
      },
    ]);
    const shared = objects.find(({ kind, metadata }) => kind === "TrainJob" && metadata.name.startsWith("shared-"))!;
    expect(shared.spec.runtimePatches).toBeUndefined();
    expect(shared.spec.runtimeRef).toMatchObject({ kind: "ClusterTrainingRuntime", name: "xgboost-distributed" });
  });

  test("a runtime has what Trainer finds it by, and the policy of its framework", () => {
    const runtime = (kind: string, name: string) => of(objects, kind, name)[0]!;
    expect(runtime("TrainingRuntime", "own").spec.mlPolicy).toEqual({ numNodes: 1, jax: {} });
    expect(runtime("ClusterTrainingRuntime", "xgboost-distributed").spec.mlPolicy).toEqual({ numNodes: 1, xgboost: {} });
    expect(runtime("ClusterTrainingRuntime", "torch-distributed-gpu").spec.mlPolicy).toEqual({ numNodes: 1, torch: {} });
    for (const { spec } of objects.filter(({ kind }) => kind.endsWith("TrainingRuntime"))) {
      const [job] = spec.template.spec.replicatedJobs;
      expect(job).toMatchObject({
        name: "node",
        template: { metadata: { labels: { "trainer.kubeflow.org/trainjob-ancestor-step": "trainer" } } },
      });
    }
    expect(runs(objects).find(({ metadata }) => metadata.name === "own")!.spec.template.spec.securityContext).toMatchObject({
      runAsUser: 4000,
      runAsGroup: 4000,
      fsGroup: 4000,
    });
  });

  test("a volume has its size and class", () => {
    expect(of(objects, "PersistentVolumeClaim")[0]!.spec).toEqual({
      storageClassName: "microk8s-hostpath",
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: "2048Mi" } },
    });
  });

  test.each<[string, object]>([
    ["an image without a version", { runtimes: { a: { ...TrainingRuntime.of(OWN_RUNTIME).toValues(), image: "docker.io/a/b:latest" } } }],
    ["a run as root", { runtimes: { a: { ...TrainingRuntime.of(OWN_RUNTIME).toValues(), user: 0 } } }],
    ["an address of no kind", { models: { a: { storageUri: "http://example.com/a" } } }],
    ["a name that is none", { stores: { A: { size: "1Gi", storageClass: "a" } } }],
  ])("refuses %s by its schema", (_, wrong) => {
    expect(helmLint(CHART, wrong).status).toBe(1);
  });

  test("names that YAML takes for something else stay names", () => {
    const { objects: named } = rendered((kubeflow) => {
      for (const name of ["on", "no", "y", "null", "true", "e1"]) {
        kubeflow.addModel({ name, runtime: ModelRuntime.SKLEARN, storage: ModelStorage.claim("no", "on"), env: { NO: "off" } });
      }
    });
    expect(typeFaults(named)).toEqual([]);
    expect(of(named, "Service").map(({ metadata }) => metadata.name)).toEqual(["e1", "no", "null", "on", "true", "y"]);
    for (const { metadata } of of(named, "Service")) {
      expect(metadata.labels["app.kubernetes.io/name"]).toBe(metadata.name);
    }
  });

  test("any text reaches the program as it is", () => {
    const texts = fc.sample(fc.string({ unit: "grapheme" }), { numRuns: 100, seed: 8 });
    const odd = [
      "{{ .Values }}",
      "${HOME}",
      "%{x}",
      "a\n---\nb",
      '"',
      "'",
      "\\n",
      "#",
      "- a",
      "key: value",
      " ",
      "\t",
      "\u2028",
      "yes",
      "1.0",
      "~",
      "|",
    ];
    const args = [...texts, ...odd].slice(0, 128);
    const env = Object.fromEntries(args.map((text, index) => [`V${index}`, text]));
    const { objects: made } = rendered((kubeflow) => kubeflow.addTrainJob({ name: "any", runtime: TrainingRuntime.XGBOOST, args, env }));
    const [run] = of(made, "TrainJob") as [KubernetesObject];
    expect(run.spec.trainer.args).toEqual(args);
    const given = Object.fromEntries(run.spec.trainer.env.map(({ name, value }: KubernetesObject) => [name, value]));
    expect(given).toEqual(env);
  });

  test("fits a Secret of Helm many times over", () => {
    for (const each of values) {
      expect(releaseBytes(CHART, { values: each, ...PLACE })).toBeLessThan(SECRET_LIMIT / 50);
    }
  });
});
