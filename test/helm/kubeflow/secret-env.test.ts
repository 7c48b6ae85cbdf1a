import { Token } from "cdktf";
import { join } from "node:path";
import type { Kubeflow, ModelProps, TrainJobProps } from "../../../lib";
import { TrainingRuntime } from "../../../lib";
import { describeHelm, helmLint, helmTemplate, type KubernetesObject } from "../support/helm";
import { typeFaults } from "../support/kubernetes-types";
import { IRIS, OWN_RUNTIME, added, withKubeflow } from "./site";

const CHART = join(__dirname, "../../../lib/helm/kubeflow/chart");
const HUB = { HF_TOKEN: { name: "hub", key: "token" } };
/** What must be shown by no error. */
const HIDDEN = "Hidden/Text";

const job = (more: Partial<TrainJobProps>) => (kubeflow: Kubeflow) =>
  kubeflow.addTrainJob({ name: "train", runtime: TrainingRuntime.XGBOOST, ...more });
const model = (more: Partial<ModelProps>) => (kubeflow: Kubeflow) => kubeflow.addModel({ ...IRIS, ...more });
/** Both that have an environment of texts. */
const USERS = [
  ["the model iris", model],
  ["the training run train", job],
] as const;

/** The message of what is thrown. */
function refusal(of: () => unknown): string {
  try {
    of();
  } catch (error) {
    return (error as Error).message;
  }
  return "nothing was refused";
}

describe.each(USERS)("the environment of %s", (what, add) => {
  test.each([
    "HF_TOKEN",
    "HUGGING_FACE_HUB_TOKEN",
    "TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "DB_PASSWORD",
    "PGPASSWORD",
    "MYSQL_PWD",
    "CLIENT_SECRET",
    "WANDB_API_KEY",
    "OPENAI_APIKEY",
    "KAGGLE_KEY",
    "AZURE_STORAGE_CONNECTION_STRING",
    "my_api_key",
  ])("MEC1510: %s as a text, which the error does not repeat", (name) => {
    const message = refusal(() => withKubeflow(add({ env: { [name]: HIDDEN } })));
    expect(message).toContain(`[MEC1510] stack/Kubeflow: got a text as ${name} in env of ${what} `);
    expect(message).toContain(`write secretEnv: { ${name}: { name: `);
    expect(message).not.toContain(HIDDEN);
  });

  test.each([
    ["EPOCHS", "3"],
    ["HF_HUB_DISABLE_IMPLICIT_TOKEN", "1"],
    ["EOS_TOKEN", "</s>"],
    ["MAX_TOKENS", "128"],
    ["TOKENIZERS_PARALLELISM", "false"],
    ["HF_TOKEN_PATH", "/run/token"],
    ["DB_PASSWORD_FILE", "/run/password"],
    ["HF_TOKEN", ""],
  ])("takes %s=%j", (name, value) => {
    const { models, jobs } = added(add({ env: { [name]: value } }));
    expect(Object.values<{ env: object }>({ ...models, ...jobs }).map(({ env }) => env)).toEqual([{ [name]: value }]);
  });

  test("MEC1511: a variable that is in both", () => {
    expect(() => withKubeflow(add({ env: { HF_TOKEN: "" }, secretEnv: HUB }))).toThrow(
      `[MEC1511] stack/Kubeflow: got "HF_TOKEN" in secretEnv of ${what}: it has a variable of that name already`,
    );
  });

  test.each(["", ".", "..", HIDDEN, "a b", "a\n", "a".repeat(254)])("MEC1511: the key %j, which the error does not repeat", (key) => {
    const message = refusal(() => withKubeflow(add({ secretEnv: { A: { name: "hub", key } } })));
    expect(message).toContain(`[MEC1511] stack/Kubeflow: got ${key.length} characters as secretEnv.A.key of ${what} `);
    expect(message).not.toContain(HIDDEN);
  });

  test("MEC1424: what is no name of a Secret, which the error does not repeat; MEC1500: a variable that is none", () => {
    const message = refusal(() => withKubeflow(add({ secretEnv: { A: { name: HIDDEN, key: "token" } } })));
    expect(message).toContain("[MEC1424] stack/Kubeflow: got 11 characters as secretEnv.A.name ");
    expect(message).not.toContain(HIDDEN);
    expect(() => withKubeflow(add({ secretEnv: { "A-B": HUB.HF_TOKEN } }))).toThrow(/MEC1500.*got "A-B" as name of a variable/);
  });
});

describe("variables of Secrets", () => {
  test("MEC1511: the home folder of a runtime, and a key that is none; MEC1424: a Secret that is none", () => {
    const of = (secretEnv: TrainJobProps["secretEnv"]) => () => TrainingRuntime.of({ ...OWN_RUNTIME, secretEnv });
    expect(of({ HOME: HUB.HF_TOKEN })).toThrow(/\[MEC1511\] TrainingRuntime\.of own: got "HOME" in secretEnv of the training runtime/);
    expect(of({ A: { name: "hub", key: "/" } })).toThrow(/\[MEC1511\] TrainingRuntime\.of own: .*secretEnv\.A\.key/);
    expect(of({ A: { name: "Hub", key: "token" } })).toThrow(/\[MEC1424\] TrainingRuntime\.of own: /);
  });

  test("a model takes names that only the apply knows, a run does not", () => {
    const secretEnv = { HF_TOKEN: { name: Token.asString({ later: 1 }), key: Token.asString({ later: 2 }) } };
    expect(added(model({ secretEnv })).models.iris.secretEnv).toEqual(secretEnv);
    expect(() => added(job({ secretEnv }))).toThrow(/\[MEC1509\] training run train: got a value that only the apply knows/);
  });

  test("a run without any has the name that it had before; one with other Secrets, or in a runtime with others, is another run", () => {
    const name = (more: Partial<TrainJobProps>) => Object.keys(added(job(more)).jobs)[0];
    const inRuntime = (secretEnv: TrainJobProps["secretEnv"]) =>
      Object.keys(added((kubeflow) => job({ runtime: kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, secretEnv }) })(kubeflow)).jobs)[0];
    expect(name({ secretEnv: {} })).toBe(name({}));
    expect(inRuntime({})).toBe(inRuntime(undefined));
    const other = { HF_TOKEN: { name: "hub", key: "other" } };
    expect(new Set([name({}), name({ secretEnv: HUB }), name({ secretEnv: other })]).size).toBe(3);
    expect(new Set([inRuntime({}), inRuntime(HUB), inRuntime(other)]).size).toBe(3);
  });
});

describeHelm("the chart with variables of Secrets", () => {
  const fromHub = { name: "HF_TOKEN", valueFrom: { secretKeyRef: { name: "hub", key: "token" } } };
  const odd = { NO: { name: "1e3", key: "true" } };
  const fromOdd = { name: "NO", valueFrom: { secretKeyRef: { name: "1e3", key: "true" } } };
  const values = withKubeflow((kubeflow) => {
    const runtime = kubeflow.addTrainingRuntime({ ...OWN_RUNTIME, secretEnv: HUB });
    kubeflow.addTrainJob({ name: "mixed", runtime, env: { EPOCHS: "3" }, secretEnv: { ...HUB, ...odd } });
    kubeflow.addTrainJob({ name: "alone", runtime, secretEnv: HUB });
    kubeflow.addTrainJob({ name: "none", runtime });
    kubeflow.addModel({ ...IRIS, name: "mixed", env: { LEVEL: "1" }, secretEnv: { ...HUB, ...odd } });
    kubeflow.addModel({ ...IRIS, name: "alone", secretEnv: HUB });
    kubeflow.addModel(IRIS);
    const { workloads, trainingRuntimes } = kubeflow;
    return [trainingRuntimes!.values, workloads!.values] as object[];
  });
  const sharedRuntimes = { shared: TrainingRuntime.of({ ...OWN_RUNTIME, secretEnv: HUB }).toValues() };
  const all = [...values, { sharedRuntimes }];
  const objects = all.flatMap((each) => helmTemplate(CHART, { values: each, releaseName: "workloads", namespace: "ml" }));
  const one = (kind: string, name: RegExp) =>
    objects.find((object) => object.kind === kind && name.test(object.metadata.name as string)) as KubernetesObject;

  test("is sound, and has no field that Kubernetes, KServe or Trainer drops", () => {
    for (const each of all) {
      expect(helmLint(CHART, each)).toMatchObject({ status: 0 });
    }
    // The shapes of KServe's and Trainer's kinds have texts alone: variables are those of Kubernetes, and checked as a container's.
    const plain = JSON.parse(
      JSON.stringify(objects).replace(/"valueFrom":\{"secretKeyRef":\{[^}]*\}\}/g, '"value":""'),
    ) as KubernetesObject[];
    expect(typeFaults(plain)).toEqual([]);
    const envs = objects.flatMap(({ spec }) => [spec.trainer?.env ?? [], spec.predictor?.model.env ?? []] as object[][]);
    expect(envs.filter(({ length }) => length > 0)).toHaveLength(4);
    const pods = envs.map((env, index) => ({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: `pod-${index}` },
      spec: { containers: [{ name: "node", env }] },
    }));
    expect(typeFaults(pods)).toEqual([]);
  });

  test("models read them beside their texts, alone, or not at all", () => {
    const env = (name: RegExp) => one("InferenceService", name).spec.predictor.model.env;
    expect(env(/^mixed$/)).toEqual([{ name: "LEVEL", value: "1" }, fromHub, fromOdd]);
    expect(env(/^alone$/)).toEqual([fromHub]);
    expect(env(/^iris$/)).toBeUndefined();
  });

  test("so do runs", () => {
    const env = (name: RegExp) => one("TrainJob", name).spec.trainer.env;
    expect(env(/^mixed-/)).toEqual([{ name: "EPOCHS", value: "3" }, fromHub, fromOdd]);
    expect(env(/^alone-/)).toEqual([fromHub]);
    expect(env(/^none-/)).toBeUndefined();
  });

  test("a runtime has them in the container of its runs, beside the home folder", () => {
    for (const [kind, name] of [
      ["TrainingRuntime", /^own$/],
      ["ClusterTrainingRuntime", /^shared$/],
    ] as const) {
      const [{ template }] = one(kind, name).spec.template.spec.replicatedJobs;
      expect(template.spec.template.spec.containers[0].env).toEqual([{ name: "HOME", value: "/tmp" }, fromHub]);
    }
  });

  test.each<[string, object]>([
    ["no key", { name: "hub" }],
    ["a text beside it", { name: "hub", key: "token", value: "text" }],
    ["a name that is none", { name: "Hub", key: "token" }],
    ["a key that is none", { name: "hub", key: "a/b" }],
  ])("its schema refuses %s", (_, wrong) => {
    const runtime = (secretEnv: object) => ({ runtimes: { a: { ...TrainingRuntime.of(OWN_RUNTIME).toValues(), secretEnv } } });
    expect(helmLint(CHART, runtime({ A: wrong })).status).toBe(1);
    expect(helmLint(CHART, runtime({ A: { name: "hub", key: "token" } })).status).toBe(0);
  });
});
