import { Lazy, Token } from "cdktf";
import type { Kubeflow } from "../../../lib";
import {
  KubeflowProfile,
  ModelExposure,
  ModelRuntime,
  ModelStorage,
  Size,
  TrainingFramework,
  TrainingRuntime,
  type ModelProps,
  type TrainJobProps,
} from "../../../lib";
import { IRIS, OWN_RUNTIME, added, synthKubeflow, valuesOf, withKubeflow } from "./site";

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

  test("MEC1509: more variables than Trainer takes, those of Secrets among them", () => {
    const many = (letter: string, to: number) => Array.from({ length: to }, (_, index) => `${letter}${index}`);
    const secretEnv = Object.fromEntries(many("S", 64).map((name) => [name, { name: "hub", key: "token" }]));
    const env = (to: number) => Object.fromEntries(many("V", to).map((name) => [name, ""]));
    expect(() => withKubeflow(job({ env: env(65), secretEnv }))).toThrow(/MEC1509.*129 items as env/);
    expect(() => withKubeflow(job({ env: env(64), secretEnv }))).not.toThrow();
  });

  test.each(["models", "/", "/tmp", "/a/", "/a b", "/a/..", "/./tmp"])("MEC1509: a store at %s", (path) => {
    expect(() => withKubeflow((kubeflow) => job({ stores: { [path]: store(kubeflow) } })(kubeflow))).toThrow(
      /MEC1509.*as path of a store: it is an absolute path other than/,
    );
  });

  test("MEC1509: a run with what only the apply knows, whose name would change", () => {
    const token = Lazy.stringValue({ produce: () => "later" });
    const knownByApply = /\[MEC1509\] training run train: got a value that only the apply knows/;
    expect(() => added(job({ env: { A: `x-${token}` } }))).toThrow(knownByApply);
    expect(() => added(job({ args: [token] }))).toThrow(knownByApply);
    expect(() => added(job({ args: Token.asList(Lazy.listValue({ produce: () => ["later"] })) }))).toThrow(knownByApply);
    const inRuntime = (kubeflow: Kubeflow) =>
      job({ runtime: kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, image: `${token}/a:1` }) })(kubeflow);
    expect(() => added(inRuntime)).toThrow(knownByApply);
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
