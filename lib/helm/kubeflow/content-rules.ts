import { MecError, got } from "../../errors";
import { ClusterAddOns } from "../cluster-add-ons";
import { knownCapabilities } from "../fit";
import type { Kubeflow } from "./kubeflow";
import type { Model, ModelProps } from "./model";
import type { KubeflowContent } from "./workloads";

/** What was added to a {@link Kubeflow}. */
type Content = Omit<KubeflowContent, "sharedRuntimes">;

/**
 * Refuses a model beside one that KServe has a Service of the same name for.
 *
 * @param path construct path for the error
 * @param name name of the model
 * @param models those that there are
 * @throws {MecError} MEC1506
 */
export function refuseServiceTwice(path: string, name: string, models: ReadonlyMap<string, Model>): void {
  const other = [`${name}-predictor`, name.replace(/-predictor$/, "")].find((one) => models.has(one));
  if (other !== undefined) {
    throw new MecError(
      "MEC1506",
      path,
      `${got(name)} as name of a model beside ${other}: KServe has a Service <model>-predictor for each model, so write another name`,
    );
  }
}

/**
 * Refuses a model at a port that another has.
 *
 * @param path construct path for the error
 * @param model the model
 * @param models those that there are
 * @throws {MecError} MEC1507
 */
export function refusePortTwice(path: string, { name, exposure }: ModelProps, models: ReadonlyMap<string, Model>): void {
  const nodePort = exposure?.nodePort;
  const other = [...models.values()].find((model) => nodePort !== undefined && model.props.exposure?.nodePort === nodePort);
  if (other !== undefined) {
    throw new MecError(
      "MEC1507",
      path,
      `${got(nodePort)} as port of the model ${name}: the model ${other.name} has it already, so write another one`,
    );
  }
}

/** What is wrong, at synth, with what was added: MEC1502 to MEC1504 and MEC1507. */
export function contentErrors(kubeflow: Kubeflow, content: Content): MecError[] {
  return [...gpuErrors(kubeflow, content), ...ingressErrors(kubeflow, content), ...unusedStores(kubeflow, content)];
}

/** Who asks for GPUs, in words. */
function gpuUsers({ profile }: Kubeflow, { models, jobs }: Content): string[] {
  return [
    ...(profile.settings.needsGpu ? [`the profile ${profile}`] : []),
    ...[...models.values()].filter(({ props }) => (props.gpus ?? 0) > 0).map(({ name }) => `the model ${name}`),
    ...[...jobs.values()].filter(({ runtime }) => (runtime.props.gpus ?? 0) > 0).map(({ name }) => `the training run ${name}`),
  ];
}

function gpuErrors(kubeflow: Kubeflow, content: Content): MecError[] {
  const users = gpuUsers(kubeflow, content);
  if (users.length === 0) {
    return [];
  }
  const { cluster, node } = kubeflow;
  const { clusterName } = cluster;
  if (knownCapabilities(kubeflow, cluster)?.gpu === false) {
    return [
      new MecError(
        "MEC1502",
        node.path,
        `got ${users.join(" and ")} on the cluster ${clusterName}, of which no node has a GPU: write workers with one, such as addWorkers("gpu", { instanceType: WavelengthInstanceType.G4DN_2XLARGE, … }), or leave GPUs out`,
      ),
    ];
  }
  return ClusterAddOns.of(kubeflow, cluster).addOns.some(({ kind }) => kind === "gpu-operator")
    ? []
    : [
        new MecError(
          "MEC1503",
          node.path,
          `got ${users.join(" and ")} on the cluster ${clusterName} without the GPU operator: no pod would get a GPU, so write gpu: true at the PlatformStack, or new GpuOperator(…)`,
        ),
      ];
}

function ingressErrors(kubeflow: Kubeflow, { models }: Content): MecError[] {
  const { cluster, node } = kubeflow;
  const capabilities = knownCapabilities(kubeflow, cluster);
  if (capabilities === undefined || capabilities.ingressClass !== undefined) {
    return [];
  }
  const names = [...models.values()].filter(({ props }) => props.exposure?.ingress !== undefined).map(({ name }) => name);
  return names.length === 0
    ? []
    : [
        new MecError(
          "MEC1507",
          node.path,
          `got ModelExposure.ingress for ${names.join(", ")} on the cluster ${cluster.clusterName}, which has no ingress: write ingress: true where the cluster is made, or ModelExposure.nodePort`,
        ),
      ];
}

/** Kubernetes makes a volume with the first pod that uses it, and Helm waits for it. */
function unusedStores({ node }: Kubeflow, { models, jobs, stores }: Content): MecError[] {
  const used = new Set([
    ...[...models.values()].map(({ props }) => props.storage.store),
    ...[...jobs.values()].flatMap(({ stores: mounted = {} }) => Object.values(mounted)),
  ]);
  return [...stores.values()]
    .filter((store) => !used.has(store))
    .map(
      ({ name }) =>
        new MecError(
          "MEC1504",
          node.path,
          `got the store ${name}, which no model and no training run uses: its volume would never be made, and the release would wait for it until its time is over, so use it or take it out`,
        ),
    );
}
