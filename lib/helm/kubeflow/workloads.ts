import type { Construct } from "constructs";
import { join } from "node:path";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { Chart } from "../chart";
import type { Footprint } from "../footprint";
import { HOSTPATH_STORAGE_CLASS } from "../storage/hostpath-storage";
import type { Values } from "../values";
import { quantity } from "../../microk8s/quantities";
import { sizeOf, type Model } from "./model";
import type { ModelStore } from "./model-store";
import { trainJobValues, type TrainJobProps } from "./train-job";
import type { TrainingRuntime } from "./training-runtime";

/** What was added to a {@link KubeflowWorkloads}: it grows until synth. */
export interface KubeflowContent {
  /** Models, by name. */
  readonly models: ReadonlyMap<string, Model>;
  /** Training runs, by name. */
  readonly jobs: ReadonlyMap<string, TrainJobProps>;
  /** Volumes, by name. */
  readonly stores: ReadonlyMap<string, ModelStore>;
  /** The runtimes that all namespaces have. */
  readonly sharedRuntimes: readonly TrainingRuntime[];
}

/** Properties of {@link KubeflowWorkloads}. */
export interface KubeflowWorkloadsProps
  extends Omit<HelmAddOnOptions, "chart" | "repository" | "version">, Pick<HelmAddOnProps, "cluster"> {
  /** What there is. */
  readonly content: KubeflowContent;
  /** Kinds that are installed first. */
  readonly requires: readonly string[];
}

/** Models, training runs and volumes of a {@link Kubeflow}, as a release of the library's own chart: made with the first of them. */
export class KubeflowWorkloads extends HelmAddOn {
  public constructor(scope: Construct, id: string, props: KubeflowWorkloadsProps) {
    super(scope, id, props, definition(props));
  }
}

function definition({ content, requires, cluster }: KubeflowWorkloadsProps): AddOnDefinition {
  return {
    kind: "kubeflow-workloads",
    chart: Chart.fromFolder(join(__dirname, "chart")),
    namespace: "kubeflow-workloads",
    releaseName: "kubeflow-workloads",
    values: [],
    lateValues: () => contentValues(content, cluster.capabilities?.ingressClass),
    requires,
    after: ["hostpath-storage", "gpu-operator", "kubeflow-training-runtimes"],
    // Whether there is a volume is known at synth.
    get storageClass() {
      return content.stores.size > 0 ? HOSTPATH_STORAGE_CLASS : undefined;
    },
    footprint: contentFootprint(content),
    isStateful: true,
    podSecurity: "restricted",
  };
}

/** Values of the library's chart. */
export function contentValues({ models, jobs, stores, sharedRuntimes }: KubeflowContent, ingressClass: string | undefined): Values {
  const shared = (runtime: TrainingRuntime) => sharedRuntimes.includes(runtime);
  return {
    models: Object.fromEntries([...models].map(([name, model]) => [name, model.toValues(ingressClass)])),
    jobs: Object.fromEntries(
      [...jobs.values()].map((job) => {
        const { name, values } = trainJobValues(job, shared(job.runtime));
        return [name, values];
      }),
    ),
    stores: Object.fromEntries([...stores].map(([name, { size, storageClass }]) => [name, { size: quantity(size), storageClass }])),
  };
}

/** What all of it asks for together: models, and runs for as long as they run, as if all ran at once. */
function contentFootprint({ models, jobs, stores }: KubeflowContent): Footprint {
  const sum = (of: (pods: { readonly cpuMillis: number; readonly mebibytes: number; readonly gpus: number }) => number): number => {
    const ofJobs = [...jobs.values()].map(({ nodes = 1, runtime: { props } }) => ({
      cpuMillis: nodes * props.resources.cpuMillis,
      mebibytes: nodes * props.resources.memory.toMebibytes(),
      gpus: nodes * (props.gpus ?? 0),
    }));
    return [...[...models.values()].map(({ footprint }) => footprint), ...ofJobs].reduce((total, pods) => total + of(pods), 0);
  };
  // Its figures grow with what is added.
  return {
    get cpuMillis() {
      return sum(({ cpuMillis }) => cpuMillis);
    },
    get memory() {
      return sizeOf(sum(({ mebibytes }) => mebibytes));
    },
    get gpus() {
      return sum(({ gpus }) => gpus);
    },
    get volumes() {
      return sizeOf([...stores.values()].reduce((total, { size }) => total + size.toMebibytes(), 0));
    },
  };
}
