import type { Construct } from "constructs";
import { join } from "node:path";
import { HelmAddOn } from "../add-on";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { Chart } from "../chart";
import type { TrainingRuntime } from "./training-runtime";

/** Properties of {@link KubeflowTrainingRuntimes}. */
export interface KubeflowTrainingRuntimesProps
  extends Omit<HelmAddOnOptions, "chart" | "repository" | "version">, Pick<HelmAddOnProps, "cluster"> {
  /** The runtimes, by name: they grow until synth. */
  readonly runtimes: ReadonlyMap<string, TrainingRuntime>;
}

/**
 * Training runtimes that were added to a {@link Kubeflow}, as a release of the library's own chart, made with the first of them. It is one of its
 * own, before that of the runs: Trainer refuses a run whose runtime is not there, and Helm makes runs first, by the alphabet.
 *
 * @see https://github.com/kubeflow/trainer/blob/v2.3.0/pkg/runtime/core/trainingruntime.go
 * @see https://github.com/helm/helm/blob/v3.18.5/pkg/releaseutil/kind_sorter.go
 */
export class KubeflowTrainingRuntimes extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: KubeflowTrainingRuntimesProps) {
    const { runtimes } = props;
    super(scope, id, props, {
      kind: "kubeflow-training-runtimes",
      chart: Chart.fromFolder(join(__dirname, "chart")),
      namespace: "kubeflow-workloads",
      releaseName: "kubeflow-training-runtimes",
      values: [],
      lateValues: () => ({ runtimes: Object.fromEntries([...runtimes].map(([name, runtime]) => [name, runtime.toValues()])) }),
      requires: ["kubeflow-trainer"],
      footprint: { cpuMillis: 0 },
      podSecurity: "restricted",
    });
  }
}
