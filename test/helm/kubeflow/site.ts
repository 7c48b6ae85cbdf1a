import { App } from "cdktf";
import {
  KubeflowProfile,
  ModelRuntime,
  ModelStorage,
  Size,
  WavelengthInstanceType,
  type ClusterCapabilities,
  type Kubeflow,
  type ModelProps,
  type TrainingRuntimeProps,
} from "../../../lib";
import { KubeflowStack, PlatformStack, type KubeflowStackProps, type PlatformStackProps } from "../../../stacks";
import { synthApp, type StackJson } from "../../support/synth";
import { addOnStack, importedBoston } from "../support/add-ons";

/** What a site with Kubeflow is made of. */
export interface KubeflowSite {
  /** What is known of the cluster. */
  readonly site?: { readonly instanceType?: WavelengthInstanceType; readonly count?: number; readonly ingress?: boolean };
  /** Switches of the platform; none without. */
  readonly platform?: Partial<PlatformStackProps> | false;
  readonly kubeflow?: Partial<KubeflowStackProps>;
}

/** A training runtime of one's own. */
export const OWN_RUNTIME: TrainingRuntimeProps = {
  name: "own",
  image: "docker.io/library/python:3.12.7-slim",
  resources: { cpuMillis: 100, memory: Size.mebibytes(128), memoryLimit: Size.mebibytes(256) },
};

/** A site with GPUs. */
export const WITH_GPU = { instanceType: WavelengthInstanceType.G4DN_2XLARGE };

/** A cluster of which the app knows all that it would of its own, without a machine of it. */
function knownCluster(
  app: App,
  { instanceType = WavelengthInstanceType.T3_XLARGE, count = 1, ingress }: NonNullable<KubeflowSite["site"]>,
) {
  const capabilities: ClusterCapabilities = {
    nodes: Array.from({ length: count }, (_, index) => ({
      name: `cp-${index}`,
      role: "control-plane",
      instanceType: instanceType.name,
      rootVolume: Size.gibibytes(50),
    })),
    gpu: instanceType.hasGpu,
    storageClasses: [],
    ingressClass: ingress ? "public" : undefined,
    controlPlaneMetrics: false,
  };
  return Object.defineProperty(importedBoston(addOnStack(app, "names")), "capabilities", { value: capabilities });
}

/** Makes a site in Boston with Kubeflow, for models and training runs unless told otherwise. */
export function makeKubeflow(app: App, { site = {}, platform = {}, kubeflow }: KubeflowSite = {}): Kubeflow {
  const cluster = knownCluster(app, site);
  if (platform !== false) {
    new PlatformStack(app, "boston-platform", { cluster, ...platform });
  }
  const stack = new KubeflowStack(app, "boston-kubeflow", { cluster, profile: KubeflowProfile.SERVING_AND_TRAINING, ...kubeflow });
  return stack.kubeflow;
}

/** The stack with Kubeflow, and what was added to it. */
export function synthKubeflow(add: (kubeflow: Kubeflow) => void = () => undefined, of: KubeflowSite = {}): StackJson {
  return synthApp((app) => add(makeKubeflow(app, of)))["boston-kubeflow"]!;
}

/** Releases of a stack by their names. */
export function releasesOf(json: StackJson): Record<string, StackJson> {
  return Object.fromEntries(Object.values<StackJson>(json.resource?.helm_release ?? {}).map((release) => [release.name, release]));
}

/** Values of a release of the stack. */
export function valuesOf(json: StackJson, name: string): StackJson {
  return JSON.parse(releasesOf(json)[name]!.values?.[0] ?? "{}") as StackJson;
}

/** A model on a claim that is there. */
export const IRIS: ModelProps = { name: "iris", runtime: ModelRuntime.SKLEARN, storage: ModelStorage.claim("models", "iris") };

/** Kubeflow in a stack of its own that is not synthesized, for what is seen or refused at once. */
export function withKubeflow<T>(use: (kubeflow: Kubeflow) => T, profile = KubeflowProfile.SERVING_AND_TRAINING): T {
  // An app of its own: each add-on looks at all others of its cluster.
  const app = new App();
  return use(new KubeflowStack(app, "stack", { cluster: importedBoston(addOnStack(app)), profile }).kubeflow);
}

/** Values of what was added. */
export const added = (add: (kubeflow: Kubeflow) => unknown, profile?: KubeflowProfile): StackJson =>
  withKubeflow((kubeflow) => {
    add(kubeflow);
    return kubeflow.workloads!.values as StackJson;
  }, profile);
