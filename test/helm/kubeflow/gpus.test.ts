import { Kubeflow, KubeflowProfile } from "../../../lib";
import { PlatformStack } from "../../../stacks";
import { addOnStack, importedBoston } from "../support/add-ons";
import { synthApp, type StackJson } from "../../support/synth";
import { IRIS, OWN_RUNTIME, WITH_GPU, synthKubeflow, type KubeflowSite } from "./site";

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
