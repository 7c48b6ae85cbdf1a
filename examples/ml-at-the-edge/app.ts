import type { App } from "cdktf";
import {
  ApiAccess,
  Duration,
  KubeflowProfile,
  Microk8sChannel,
  ModelExposure,
  ModelRuntime,
  ModelStorage,
  Size,
  WavelengthInstanceType,
  WavelengthZone,
} from "../../lib";
import { InfrastructureStack, KubeflowStack, PlatformStack } from "../../stacks";
import type { Deployment } from "../deployment";
import { TRAIN } from "./train";

/** The stacks of the example. */
export interface MlStacks {
  /** Network and cluster: `atlas-infrastructure`. */
  readonly infrastructure: InfrastructureStack;
  /** Storage and certificates: `atlas-platform`. */
  readonly platform: PlatformStack;
  /** Kubeflow, with a training run and the model that it makes: `atlas-kubeflow`. */
  readonly kubeflow: KubeflowStack;
}

/**
 * A model of scikit-learn that is trained on the node and answers phones at its carrier IP:
 * `curl http://<carrier IP>:30080/v1/models/iris:predict -d '{"instances": [[6.8, 2.8, 4.8, 1.4]]}'`.
 *
 * The run and the server are one image: what one writes the other reads, with the same versions of everything. The server starts anew, and is not
 * ready, until the run has written its first model; a later model is read by a new pod: `kubectl rollout restart deployment -n kubeflow-workloads`.
 */
export function mlAtTheEdge(app: App, deployment: Deployment = {}): MlStacks {
  const infrastructure = new InfrastructureStack(app, "atlas-infrastructure", {
    ...deployment,
    zone: WavelengthZone.US_EAST_1_WL1_ATL,
    acknowledgeAccountWideOptIn: true,
    clusterName: "atlas",
    channel: Microk8sChannel.V1_35,
    controlPlane: { instanceType: WavelengthInstanceType.T3_XLARGE, rootVolume: { size: Size.gibibytes(60) } },
    apiAccess: ApiAccess.privateNetwork(),
    tags: { "mec:site": "atlas" },
  });
  const { cluster } = infrastructure;
  const platform = new PlatformStack(app, "atlas-platform", { ...deployment, cluster });
  const stack = new KubeflowStack(app, "atlas-kubeflow", { ...deployment, cluster, profile: KubeflowProfile.SERVING_AND_TRAINING });
  const { kubeflow } = stack;

  const models = kubeflow.addStore({ name: "models", size: Size.gibibytes(1) });
  const sklearn = kubeflow.addTrainingRuntime({
    name: "sklearn",
    image: ModelRuntime.SKLEARN.image!,
    resources: { cpuMillis: 250, memory: Size.mebibytes(512), memoryLimit: Size.mebibytes(1024) },
  });
  kubeflow.addTrainJob({
    name: "iris",
    runtime: sklearn,
    command: ["python", "-c", TRAIN],
    stores: { "/models": models },
    deadline: Duration.minutes(30),
  });
  const iris = kubeflow.addModel({
    name: "iris",
    runtime: ModelRuntime.SKLEARN,
    storage: ModelStorage.store(models, "iris"),
    exposure: ModelExposure.nodePort({ port: 30080, acknowledgePlainHttp: true }),
  });
  cluster.connections.allowFromCarrier(iris.port!, "phones that ask the model");
  return { infrastructure, platform, kubeflow: stack };
}
