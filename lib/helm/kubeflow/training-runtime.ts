import { Size } from "../../units";
import { MecError, got } from "../../errors";
import type { ContainerResources } from "../prometheus/resources";
import { resourceValues } from "../prometheus/resources";
import type { Values } from "../values";
import { assertImage, assertName } from "./names";
import { assertResources } from "./pod-resources";
import { assertSecretEnv, secretEnvValues, type SecretEnv } from "./secret-env";
import { TrainingFramework } from "./training-framework";

/** User of KServe's own images (https://github.com/kserve/kserve/blob/v0.20.0/python/sklearn.Dockerfile). */
const DEFAULT_USER = 1000;

/** What a {@link TrainingRuntime} is. */
export interface TrainingRuntimeProps {
  /** Name of the runtime: 1 to 40 lowercase letters, digits and dashes. */
  readonly name: string;
  /**
   * How the nodes of a run find one another.
   * @default TrainingFramework.PLAIN
   */
  readonly framework?: TrainingFramework;
  /** Image of the program, with its registry and an exact version. */
  readonly image: string;
  /** What each node of a run asks for, and may use. */
  readonly resources: ContainerResources;
  /**
   * Number of GPUs of each node of a run: each is its own while it runs.
   * @default 0
   */
  readonly gpus?: number;
  /**
   * User and group that the program runs as, above 0: what it writes to a store belongs to them. Model servers read as user 1000.
   * @default 1000
   */
  readonly user?: number;
  /**
   * Variables of all its runs that are read from existing Secrets of their namespace, such as `{ HF_TOKEN: { name: "hub", key: "token" } }`: each pod waits until
   * they are there. Only the names of Secrets and keys are in state and release.
   * @default - none
   */
  readonly secretEnv?: SecretEnv;
}

/**
 * What training runs have in common: image, framework and size of each of their nodes. The pods have no rights: no root, no capabilities, no
 * token, and a root that is only read; `/tmp` is theirs, and the home folder.
 *
 * @see https://www.kubeflow.org/docs/components/trainer/operator-guides/runtime/
 */
export class TrainingRuntime {
  /**
   * PyTorch, in the image that Trainer's own runtime has: for CUDA 13, several gigabytes over the link of the site, also where no GPU is used.
   * Name an image of your own by {@link TrainingRuntime.of} for processors alone.
   * @see https://github.com/kubeflow/trainer/blob/v2.3.0/charts/kubeflow-trainer/files/runtimes/torch-distributed.yaml
   */
  public static readonly TORCH = TrainingRuntime.of({
    name: "torch-distributed",
    framework: TrainingFramework.TORCH,
    image: "docker.io/pytorch/pytorch:2.13.0-cuda13.0-cudnn9-runtime",
    resources: { cpuMillis: 1000, memory: Size.mebibytes(2048), memoryLimit: Size.mebibytes(4096) },
  });

  /** The same with one GPU for each node of a run. */
  public static readonly TORCH_GPU = TrainingRuntime.of({
    ...TrainingRuntime.TORCH.props,
    name: "torch-distributed-gpu",
    resources: { cpuMillis: 2000, memory: Size.mebibytes(8192), memoryLimit: Size.mebibytes(16_384) },
    gpus: 1,
  });

  /**
   * XGBoost, in the image of Trainer's own runtime.
   * @see https://github.com/kubeflow/trainer/blob/v2.3.0/charts/kubeflow-trainer/files/runtimes/xgboost-distributed.yaml
   */
  public static readonly XGBOOST = TrainingRuntime.of({
    name: "xgboost-distributed",
    framework: TrainingFramework.XGBOOST,
    image: "ghcr.io/kubeflow/trainer/xgboost-runtime:v2.3.0",
    resources: { cpuMillis: 500, memory: Size.mebibytes(1024), memoryLimit: Size.mebibytes(2048) },
  });

  /**
   * A runtime of one's own.
   *
   * @throws {MecError} MEC1500 for the name, MEC1508 for the image, MEC1008 for its resources, MEC1509 for GPUs that are no whole number and a user that is none or root,
   *   MEC1511 and MEC1424 for secretEnv
   */
  public static of(props: TrainingRuntimeProps): TrainingRuntime {
    return new TrainingRuntime(props);
  }

  private constructor(
    /** What it is. */
    public readonly props: TrainingRuntimeProps,
  ) {
    const { name, image, resources, gpus = 0, user = DEFAULT_USER, secretEnv = {} } = props;
    const path = `TrainingRuntime.of ${name}`;
    assertName(path, "training runtime", name);
    assertImage(path, image);
    assertResources(path, "each node of a run", resources);
    // The chart gives the home folder.
    assertSecretEnv(path, "the training runtime", secretEnv, ["HOME"]);
    if (!(Number.isInteger(gpus) && gpus >= 0)) {
      throw new MecError("MEC1509", path, `${got(gpus)} as gpus: it is a whole number, 0 or more, so write for example 1`);
    }
    if (!(Number.isInteger(user) && user > 0)) {
      throw new MecError("MEC1509", path, `${got(user)} as user: it is the number of a user other than root, so write for example 1000`);
    }
  }

  /** Name of the runtime. */
  public get name(): string {
    return this.props.name;
  }

  /** What the library's chart makes of it. @internal */
  public toValues(): Values {
    const { framework = TrainingFramework.PLAIN, image, resources, gpus = 0, user = DEFAULT_USER, secretEnv } = this.props;
    return { framework: framework.name, image, resources: resourceValues(resources), gpus, user, ...secretEnvValues(secretEnv) };
  }
}
