import { Size } from "../../units";
import type { ContainerResources } from "../prometheus/resources";

/** What a {@link ModelRuntime} is. */
interface ModelRuntimeSettings {
  /** Name of the format of models, as KServe has it. */
  readonly format: string;
  /** Key of its values in the chart. */
  readonly valuesKey: string;
  /** Name of the ClusterServingRuntime. */
  readonly servingRuntime: string;
  /** Version of the protocol that models are asked with. */
  readonly protocol: "v1" | "v2";
  /** What a model's container asks for, and may use, unless the model says more. */
  readonly resources: ContainerResources;
  /** Image of the server. @default - that of the chart */
  readonly image?: string;
}

const pod = (cpuMillis: number, mebibytes: number, limit: number): ContainerResources => ({
  cpuMillis,
  memory: Size.mebibytes(mebibytes),
  memoryLimit: Size.mebibytes(limit),
});

/**
 * A server for models of one kind: KServe's own, as its chart `kserve-runtime-configs` v0.20.0 has them, but for those without a version of
 * their image (`vllmserver` is `latest`), those of several machines, and torchserve, which its makers no longer maintain.
 *
 * What a model asks for is a proposal of this library: KServe's own is a vCPU and 2 GiB for each, most of a small node.
 *
 * @see https://github.com/kserve/kserve/blob/v0.20.0/charts/kserve-runtime-configs/values.yaml
 * @see https://github.com/pytorch/serve
 */
export class ModelRuntime {
  /** scikit-learn: `model.joblib`, `model.pkl` or `model.pickle` in a folder. */
  public static readonly SKLEARN = new ModelRuntime({
    format: "sklearn",
    valuesKey: "sklearnserver",
    servingRuntime: "kserve-sklearnserver",
    protocol: "v1",
    resources: pod(100, 384, 1024),
    image: "docker.io/kserve/sklearnserver:v0.20.0",
  });

  /** XGBoost: `model.bst`, `model.json` or `model.ubj` in a folder. */
  public static readonly XGBOOST = new ModelRuntime({
    format: "xgboost",
    valuesKey: "xgbserver",
    servingRuntime: "kserve-xgbserver",
    protocol: "v1",
    resources: pod(100, 384, 1024),
    image: "docker.io/kserve/xgbserver:v0.20.0",
  });

  /** LightGBM: `model.bst` in a folder. */
  public static readonly LIGHTGBM = new ModelRuntime({
    format: "lightgbm",
    valuesKey: "lgbserver",
    servingRuntime: "kserve-lgbserver",
    protocol: "v1",
    resources: pod(100, 384, 1024),
    image: "docker.io/kserve/lgbserver:v0.20.0",
  });

  /** PMML: `model.pmml` in a folder; a Java program. */
  public static readonly PMML = new ModelRuntime({
    format: "pmml",
    valuesKey: "pmmlserver",
    servingRuntime: "kserve-pmmlserver",
    protocol: "v1",
    resources: pod(100, 512, 1024),
    image: "docker.io/kserve/pmmlserver:v0.20.0",
  });

  /** TensorFlow: folders of SavedModels by their number. The image is of 2021. */
  public static readonly TENSORFLOW = new ModelRuntime({
    format: "tensorflow",
    valuesKey: "tensorflow",
    servingRuntime: "kserve-tensorflow-serving",
    protocol: "v1",
    resources: pod(200, 512, 2048),
  });

  /** NVIDIA Triton: a model repository of TensorRT, ONNX or TorchScript. The image is many gigabytes. */
  public static readonly TRITON = new ModelRuntime({
    format: "onnx",
    valuesKey: "tritonserver",
    servingRuntime: "kserve-tritonserver",
    protocol: "v2",
    resources: pod(500, 2048, 4096),
  });

  /** Hugging Face: a folder with a model of transformers. The image is many gigabytes. */
  public static readonly HUGGINGFACE = new ModelRuntime({
    format: "huggingface",
    valuesKey: "huggingfaceserver",
    servingRuntime: "kserve-huggingfaceserver",
    protocol: "v2",
    resources: pod(1000, 4096, 8192),
  });

  /** All that there are. */
  public static readonly ALL: readonly ModelRuntime[] = [
    ModelRuntime.SKLEARN,
    ModelRuntime.XGBOOST,
    ModelRuntime.LIGHTGBM,
    ModelRuntime.PMML,
    ModelRuntime.TENSORFLOW,
    ModelRuntime.TRITON,
    ModelRuntime.HUGGINGFACE,
  ];

  private constructor(
    /** What it is. @internal */
    public readonly settings: ModelRuntimeSettings,
  ) {}

  /** Name of the format of its models, such as `sklearn`. */
  public get format(): string {
    return this.settings.format;
  }

  /**
   * Image of the server where it is KServe's own: a training run in the same image makes models that the server can read, with the same
   * versions of everything, and the node has the image already.
   */
  public get image(): string | undefined {
    return this.settings.image;
  }

  /** Name of the format. */
  public toString(): string {
    return this.format;
  }
}
