import { ModelRuntime } from "./model-runtime";
import { TrainingRuntime } from "./training-runtime";

/** What a {@link KubeflowProfile} says. */
export interface KubeflowProfileProps {
  /** Name of the profile, for people. */
  readonly name: string;
  /**
   * The model servers that are on.
   * @default - none: no KServe
   */
  readonly modelRuntimes?: readonly ModelRuntime[];
  /**
   * Whether there is Trainer, for training runs.
   * @default - where there are `trainingRuntimes`
   */
  readonly training?: boolean;
  /**
   * Training runtimes that all namespaces have.
   * @default - none
   */
  readonly trainingRuntimes?: readonly TrainingRuntime[];
  /**
   * Whether it is for GPUs, and makes no sense without one.
   * @default false
   */
  readonly needsGpu?: boolean;
}

/**
 * Which parts of Kubeflow a site has. A model server or training runtime that is on takes nothing before a model or a run asks for it; what these
 * ask for then is counted by the fit check.
 *
 * | profile | parts | asks for, without models and runs | node, at least |
 * | --- | --- | --- | --- |
 * | `SERVING` | KServe | 60m, 192 MiB | 4 GiB (`t3.medium`) |
 * | `TRAINING` | Trainer, JobSet | 40m, 160 MiB | 8 GiB (`t3.xlarge` where the zone has none) |
 * | `SERVING_AND_TRAINING` | both | 100m, 352 MiB | 8 GiB |
 * | `GPU` | both, for GPUs | 100m, 352 MiB | `g4dn.2xlarge` |
 *
 * The figures of nodes are proposals of this library, with a model or a run on them, and not measured.
 */
export class KubeflowProfile {
  /** Models of scikit-learn, XGBoost and LightGBM are served. */
  public static readonly SERVING = new KubeflowProfile({
    name: "SERVING",
    modelRuntimes: [ModelRuntime.SKLEARN, ModelRuntime.XGBOOST, ModelRuntime.LIGHTGBM],
  });

  /** Models are trained, by XGBoost or runtimes of your own. */
  public static readonly TRAINING = new KubeflowProfile({ name: "TRAINING", trainingRuntimes: [TrainingRuntime.XGBOOST] });

  /** Both. */
  public static readonly SERVING_AND_TRAINING = new KubeflowProfile({
    ...KubeflowProfile.TRAINING.settings,
    ...KubeflowProfile.SERVING.settings,
    name: "SERVING_AND_TRAINING",
  });

  /** Both, with Triton and Hugging Face beside the small servers, and PyTorch on a GPU. */
  public static readonly GPU = new KubeflowProfile({
    name: "GPU",
    modelRuntimes: [...(KubeflowProfile.SERVING.settings.modelRuntimes ?? []), ModelRuntime.TRITON, ModelRuntime.HUGGINGFACE],
    trainingRuntimes: [TrainingRuntime.XGBOOST, TrainingRuntime.TORCH_GPU],
    needsGpu: true,
  });

  /** A profile of one's own; take over what stays by `{ ...KubeflowProfile.SERVING.settings, … }`. */
  public static of(settings: KubeflowProfileProps): KubeflowProfile {
    return new KubeflowProfile(settings);
  }

  private constructor(
    /** What the profile says. */
    public readonly settings: KubeflowProfileProps,
  ) {}

  /** Name of the profile. */
  public get name(): string {
    return this.settings.name;
  }

  /** The model servers that are on. */
  public get modelRuntimes(): readonly ModelRuntime[] {
    return this.settings.modelRuntimes ?? [];
  }

  /** Training runtimes that all namespaces have. */
  public get trainingRuntimes(): readonly TrainingRuntime[] {
    return this.settings.trainingRuntimes ?? [];
  }

  /** Whether there is KServe. */
  public get hasServing(): boolean {
    return this.modelRuntimes.length > 0;
  }

  /** Whether there is Trainer. */
  public get hasTraining(): boolean {
    return this.settings.training ?? this.trainingRuntimes.length > 0;
  }

  /** Name of the profile. */
  public toString(): string {
    return this.name;
  }
}
