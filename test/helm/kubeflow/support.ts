import type { App } from "cdktf";
import {
  KubeflowProfile,
  Size,
  WavelengthInstanceType,
  type IMicrok8sCluster,
  type Kubeflow,
  type TrainingRuntimeProps,
} from "../../../lib";
import {
  KubeflowStack,
  PlatformStack,
  type InfrastructureStackProps,
  type KubeflowStackProps,
  type PlatformStackProps,
} from "../../../stacks";
import { synthApp, type StackJson } from "../../support/synth";
import { bostonSite } from "../support/add-ons";

/** What a site with Kubeflow is made of. */
export interface KubeflowSite {
  readonly site?: Partial<InfrastructureStackProps>;
  /** Switches of the platform; none without. */
  readonly platform?: Partial<PlatformStackProps> | false;
  readonly kubeflow?: Partial<KubeflowStackProps>;
  readonly more?: (app: App, cluster: IMicrok8sCluster) => void;
}

/** A training runtime of one's own. */
export const OWN_RUNTIME: TrainingRuntimeProps = {
  name: "own",
  image: "docker.io/library/python:3.12.7-slim",
  resources: { cpuMillis: 100, memory: Size.mebibytes(128), memoryLimit: Size.mebibytes(256) },
};

/** A site with GPUs. */
export const WITH_GPU: Partial<InfrastructureStackProps> = { controlPlane: { instanceType: WavelengthInstanceType.G4DN_2XLARGE } };

/** Makes a site in Boston with Kubeflow, for models and training runs unless told otherwise. */
export function makeKubeflow(app: App, { site, platform = {}, kubeflow, more }: KubeflowSite = {}): Kubeflow {
  const { cluster } = bostonSite(app, site);
  if (platform !== false) {
    new PlatformStack(app, "boston-platform", { cluster, ...platform });
  }
  const stack = new KubeflowStack(app, "boston-kubeflow", { cluster, profile: KubeflowProfile.SERVING_AND_TRAINING, ...kubeflow });
  more?.(app, cluster);
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
