export { HelmAddOn } from "./add-on";
export type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps, OwnChartOptions, StorageClassOffer } from "./add-on-props";
export { Chart, type RegistryChartProps } from "./chart";
export type { Footprint, PodsFootprint, Requests } from "./footprint";
export type { PodSecurity } from "./namespaces";
export { mergeValues, type Values } from "./values";
export { PINNED_CHARTS, type PinnedChart } from "./versions";
export { CertManager, type CertManagerOptions, type CertManagerProps } from "./cert-manager/cert-manager";
export { ClusterFit, type Amounts, type FitEntry, type FitRow } from "./fit";
export { GpuDriver, GpuOperator, type GpuOperatorOptions, type GpuOperatorProps } from "./gpu/gpu-operator";
export {
  HOSTPATH_STORAGE_CLASS,
  HostpathStorage,
  ReclaimPolicy,
  type HostpathStorageOptions,
  type HostpathStorageProps,
} from "./storage/hostpath-storage";
export { Prometheus } from "./prometheus/prometheus";
export { PrometheusProfile, type PrometheusProfileProps } from "./prometheus/profile";
export type { PrometheusOptions, PrometheusProps } from "./prometheus/prometheus-props";
export type { RemoteWrite, SecretKey } from "./prometheus/remote-write";
export type { ContainerResources } from "./prometheus/resources";
export { Kubeflow, type KubeflowOptions, type KubeflowProps } from "./kubeflow/kubeflow";
export { KServe, type KServeOptions, type KServeProps } from "./kubeflow/kserve";
export { KServeCrds, type KServeCrdsProps } from "./kubeflow/kserve-crds";
export { KServeRuntimes, type KServeRuntimesOptions, type KServeRuntimesProps } from "./kubeflow/kserve-runtimes";
export { KubeflowProfile, type KubeflowProfileProps } from "./kubeflow/profile";
export { KubeflowTrainer, type KubeflowTrainerOptions, type KubeflowTrainerProps } from "./kubeflow/trainer";
export { KubeflowWorkloads, type KubeflowContent, type KubeflowWorkloadsProps } from "./kubeflow/workloads";
export { Model, type ModelProps } from "./kubeflow/model";
export { ModelExposure, type IngressExposure, type NodePortExposure } from "./kubeflow/model-exposure";
export { ModelRuntime } from "./kubeflow/model-runtime";
export { ModelStorage } from "./kubeflow/model-storage";
export { ModelStore, type ModelStoreProps } from "./kubeflow/model-store";
export type { TrainJobProps } from "./kubeflow/train-job";
export { TrainingFramework } from "./kubeflow/training-framework";
export { KubeflowTrainingRuntimes, type KubeflowTrainingRuntimesProps } from "./kubeflow/training-runtimes";
export { TrainingRuntime, type TrainingRuntimeProps } from "./kubeflow/training-runtime";
export { KubeflowPipelines } from "./kubeflow/pipelines/pipelines";
export type { KubeflowPipelinesOptions, KubeflowPipelinesProps, S3PipelineRoot } from "./kubeflow/pipelines/pipelines-props";
export type { PartResources, PipelinesPart } from "./kubeflow/pipelines/parts";
