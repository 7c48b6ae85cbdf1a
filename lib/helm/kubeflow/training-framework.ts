/**
 * How the nodes of a training run find one another: what Trainer tells each pod. Those of MPI (DeepSpeed, MLX) are not here: they run an SSH
 * server in each pod.
 * @see https://github.com/kubeflow/trainer/blob/v2.3.0/pkg/apis/trainer/v1alpha1/trainingruntime_types.go
 */
export class TrainingFramework {
  /** Nothing: a program that needs no others, such as scikit-learn. */
  public static readonly PLAIN = new TrainingFramework("plain");
  /** PyTorch: `torchrun`, by the variables `PET_…`. */
  public static readonly TORCH = new TrainingFramework("torch");
  /** JAX, by the variables `JAX_…`. */
  public static readonly JAX = new TrainingFramework("jax");
  /** XGBoost, by the variables `DMLC_…`. */
  public static readonly XGBOOST = new TrainingFramework("xgboost");

  private constructor(
    /** Name of its policy, as Trainer has it; `plain` has none. */
    public readonly name: string,
  ) {}

  /** Name of the framework. */
  public toString(): string {
    return this.name;
  }
}
