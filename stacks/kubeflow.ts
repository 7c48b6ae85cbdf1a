import type { Construct } from "constructs";
import { Kubeflow, type KubeflowOptions } from "../lib/helm/kubeflow/kubeflow";
import type { Duration } from "../lib/units";
import { AddOnStack, type AddOnStackProps } from "./add-on-stack";

/** Properties of {@link KubeflowStack}: what there is to say of Kubeflow, and where and how it is deployed. */
export interface KubeflowStackProps extends AddOnStackProps, KubeflowOptions {
  /**
   * How long an installation or upgrade of each part may take.
   * @default Duration.minutes(20)
   */
  readonly timeout?: Duration;
}

/**
 * Kubeflow as a stack of its own, `<site>-kubeflow` by custom. What it stands on, certificates and storage, and the GPU operator for GPUs, a
 * `PlatformStack` of the app brings: that one is deployed first.
 *
 * Models, training runs and volumes are added to {@link KubeflowStack.kubeflow}.
 *
 * @throws {MecError} what {@link Kubeflow}, `aws` and `backend` refuse
 */
export class KubeflowStack extends AddOnStack {
  /** Kubeflow's parts, and what is added to them. */
  public readonly kubeflow: Kubeflow;

  public constructor(scope: Construct, id: string, props: KubeflowStackProps) {
    super(scope, id, props);
    this.kubeflow = new Kubeflow(this, "Kubeflow", props);
  }
}
