import type { Construct } from "constructs";
import { Kubeflow, type KubeflowOptions } from "../lib/helm/kubeflow/kubeflow";
import { KubeflowPipelines } from "../lib/helm/kubeflow/pipelines/pipelines";
import type { KubeflowPipelinesOptions } from "../lib/helm/kubeflow/pipelines/pipelines-props";
import type { Duration } from "../lib/units";
import { AddOnStack, type AddOnStackProps } from "./add-on-stack";

/** Properties of {@link KubeflowStack}: what there is to say of Kubeflow, and where and how it is deployed. */
export interface KubeflowStackProps extends AddOnStackProps, KubeflowOptions {
  /**
   * How long an installation or upgrade of each part may take.
   * @default Duration.minutes(20)
   */
  readonly timeout?: Duration;

  /**
   * Kubeflow Pipelines: `true`, or what there is to say of it.
   * @default false
   */
  readonly pipelines?: boolean | KubeflowPipelinesOptions;
}

/**
 * Kubeflow as a stack of its own, `<site>-kubeflow` by custom. What it stands on, certificates and storage, and the GPU operator for GPUs, a
 * `PlatformStack` of the app brings: that one is deployed first.
 *
 * Models, training runs and volumes are added to {@link KubeflowStack.kubeflow}.
 *
 * @throws {MecError} what {@link Kubeflow}, {@link KubeflowPipelines}, `aws` and `backend` refuse
 */
export class KubeflowStack extends AddOnStack {
  /** Kubeflow's parts, and what is added to them. */
  public readonly kubeflow: Kubeflow;

  /** Kubeflow Pipelines; undefined where it is off. */
  public readonly pipelines?: KubeflowPipelines;

  public constructor(scope: Construct, id: string, props: KubeflowStackProps) {
    super(scope, id, props);
    this.kubeflow = new Kubeflow(this, "Kubeflow", props);
    const { cluster, timeout, pipelines = false } = props;
    if (pipelines !== false) {
      this.pipelines = new KubeflowPipelines(this, "Pipelines", { timeout, ...(pipelines === true ? {} : pipelines), cluster });
    }
  }
}
