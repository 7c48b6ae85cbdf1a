import type { Construct } from "constructs";
import { join } from "node:path";
import { warn } from "../../annotations";
import { MecError, got } from "../../errors";
import { Size } from "../../units";
import { HelmAddOn } from "../add-on";
import type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import { pinnedChart } from "../pinned-chart";
import { resourceValues, type ContainerResources } from "../prometheus/resources";
import { sumOf } from "../resources";
import { PINNED_CHARTS } from "../versions";
import type { TrainingRuntime } from "./training-runtime";

/** What may be said of {@link KubeflowTrainer}. */
export interface KubeflowTrainerOptions extends HelmAddOnOptions {
  /**
   * Training runtimes that all namespaces have.
   * @default - none
   */
  readonly runtimes?: readonly TrainingRuntime[];
}

/** Properties of {@link KubeflowTrainer}. */
export interface KubeflowTrainerProps extends KubeflowTrainerOptions, HelmAddOnProps {}

const container = (cpuMillis: number, mebibytes: number, limit: number): ContainerResources => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  memoryLimit: Size.mebibytes(limit),
});

/** What its pods ask for: the chart asks for nothing for its manager, and for half a vCPU for JobSet's. */
const PODS = { manager: container(20, 96, 256), jobset: container(20, 64, 256) };

/**
 * Version of JobSet that the chart depends on. The chart in JobSet's repository names an image of its build, and the published one a release;
 * it is written here so that it is the same whichever is taken.
 * @see https://github.com/kubeflow/trainer/blob/v2.3.0/charts/kubeflow-trainer/Chart.yaml
 */
const JOBSET = "v0.12.0";

/**
 * Kubeflow Trainer, with JobSet: a `TrainJob` becomes the pods of a training run, on one node or several. It makes the certificates of its webhooks
 * itself. Needs Kubernetes 1.31 or newer.
 *
 * Its runtimes are a release of the library's own chart. The chart's own way is off: a Job that runs as root after each upgrade and before the chart
 * goes, and installs `kubectl`, in whatever version, from the package servers of Alpine over the link of the site; while that is down neither works.
 *
 * Definitions of Trainer go with it, and every run with them; those of JobSet stay.
 *
 * @throws {MecError} MEC1506 for two runtimes of one name, and what {@link HelmAddOn} refuses
 * @see https://www.kubeflow.org/docs/components/trainer/
 * @see https://github.com/kubeflow/trainer/blob/v2.3.0/charts/kubeflow-trainer/templates/runtimes/installer-job.yaml
 */
export class KubeflowTrainer extends HelmAddOn {
  /** Training runtimes that all namespaces have. */
  public readonly runtimes: readonly TrainingRuntime[];

  public constructor(scope: Construct, id: string, props: KubeflowTrainerProps) {
    super(scope, id, props, definition());
    this.runtimes = [...(props.runtimes ?? [])];
    if (this.runtimes.length > 0) {
      const names = this.runtimes.map(({ name }) => name);
      const twice = names.find((name, index) => names.indexOf(name) !== index);
      if (twice !== undefined) {
        throw new MecError(
          "MEC1506",
          this.node.path,
          `${got(twice)} as name of two training runtimes of the profile: there is one of that name already, so write another name`,
        );
      }
      const sharedRuntimes = Object.fromEntries(this.runtimes.map((runtime) => [runtime.name, runtime.toValues()]));
      this.addChart("Runtimes", join(__dirname, "chart"), { sharedRuntimes });
    }
    const { version } = PINNED_CHARTS.kubeflowTrainer;
    if (this.chart.version !== version) {
      warn(
        this,
        "MEC1971",
        `${got(this.chart.version)} as version of the chart ${this.chart.name}: the release of ${version} takes 84 percent of what a Secret holds, and later ones take more, so see to it that it can be installed, or write ${version}`,
      );
    }
  }
}

function definition(): AddOnDefinition {
  return {
    kind: "kubeflow-trainer",
    chart: pinnedChart(PINNED_CHARTS.kubeflowTrainer),
    namespace: "kubeflow-system",
    releaseName: "kubeflow-trainer",
    values: [
      {
        manager: { resources: resourceValues(PODS.manager) },
        jobset: {
          install: true,
          image: { repository: "registry.k8s.io/jobset/jobset", tag: JOBSET, pullPolicy: "IfNotPresent" },
          // The chart's limit of 2 vCPUs is left out, as everywhere here.
          controller: { resources: { ...resourceValues(PODS.jobset), limits: { cpu: null, memory: "256Mi" } } },
        },
        runtimes: { defaultEnabled: false },
      },
    ],
    ownsCrds: ["trainer.kubeflow.org", "jobset.x-k8s.io"],
    footprint: sumOf(...Object.values(PODS)),
    openMaps: ["manager.resources"],
  };
}
