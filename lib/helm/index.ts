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
export { ImageRegistry } from "./registry/image-registry";
export type { ImageRegistryOptions, ImageRegistryProps } from "./registry/image-registry-props";
export { RegistryTls, type CertificateIssuer } from "./registry/registry-tls";
export { Prometheus } from "./prometheus/prometheus";
export { PrometheusProfile, type PrometheusProfileProps } from "./prometheus/profile";
export type { PrometheusOptions, PrometheusProps } from "./prometheus/prometheus-props";
export type { RemoteWrite, SecretKey } from "./prometheus/remote-write";
export type { ContainerResources } from "./prometheus/resources";
export { EdgeX } from "./edgex/edgex";
export type { EdgeXOptions, EdgeXProps } from "./edgex/edgex-props";
export { EdgeXIngress, type EdgeXIngressPath, type EdgeXIngressProps } from "./edgex/ingress";
export { EdgeXProfile, type EdgeXProfileProps } from "./edgex/profile";
export type { EdgeXMail } from "./edgex/mail";
export type { EdgeXLogLevel } from "./edgex/log-level";
export type { ServiceGraph } from "./edgex/graph/service-graph";
export type * from "./edgex/graph/service-node";
export {
  Device,
  DeviceProfile,
  DeviceProtocol,
  DeviceService,
  ReadWrite,
  ValueType,
  type AutoEvent,
  type AutoEventRetention,
  type CoapProps,
  type CoapServiceOptions,
  type CustomDeviceServiceProps,
  type DeviceBroker,
  type DeviceCommand,
  type DeviceEndpoint,
  type DeviceProfileProps,
  type DeviceProps,
  type DeviceProtocolKind,
  type DeviceResource,
  type DeviceServiceContext,
  type DeviceServiceLogLevel,
  type DeviceServiceOptions,
  type DiscoveryOptions,
  type ModbusTcpProps,
  type MqttDeviceProps,
  type MqttServiceOptions,
  type OnvifCredentials,
  type OnvifDiscoveryOptions,
  type OnvifProps,
  type OnvifServiceOptions,
  type OpcUaProps,
  type OpcUaServiceOptions,
  type ProtocolProperties,
  type ResourceOperation,
  type ResourceProperties,
  type RestDeviceProps,
  type RfidLlrpProps,
  type RfidLlrpServiceOptions,
  type SnmpProps,
} from "./edgex/devices";
export { Export, type ExportContext } from "./edgex/exports/export";
export { ExportCredentials } from "./edgex/exports/export-credentials";
export type { EventFilter } from "./edgex/exports/event-filter";
export type { HttpExportProps } from "./edgex/exports/http-export";
export type { MqttEndpoint, MqttExportProps, MqttQos } from "./edgex/exports/mqtt-export";
export type { ExportOptions } from "./edgex/exports/pipeline";
export { Rule, type RuleOptions, type RuleProps, type RuleSqlProps } from "./edgex/rules-engine/rule";
export { RuleAction } from "./edgex/rules-engine/rule-action";
export type { BusAction, CommandAction, MqttAction, RestAction } from "./edgex/rules-engine/rule-action-props";
export { RuleField } from "./edgex/rules-engine/rule-field";
export { RuleStream, type DeviceReadings } from "./edgex/rules-engine/rule-stream";
export { RuleWindow } from "./edgex/rules-engine/rule-window";
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
export type { SecretEnv } from "./kubeflow/secret-env";
export { TrainingFramework } from "./kubeflow/training-framework";
export { KubeflowTrainingRuntimes, type KubeflowTrainingRuntimesProps } from "./kubeflow/training-runtimes";
export { TrainingRuntime, type TrainingRuntimeProps } from "./kubeflow/training-runtime";
export { KubeflowPipelines } from "./kubeflow/pipelines/pipelines";
export type { KubeflowPipelinesOptions, KubeflowPipelinesProps, S3PipelineRoot } from "./kubeflow/pipelines/pipelines-props";
export type { PartResources, PipelinesPart } from "./kubeflow/pipelines/parts";
export { LogCollector } from "./logging/log-collector";
export type { LogCollectorOptions, LogCollectorProps } from "./logging/collector-props";
export { LogExport, type CloudWatchLogExportProps } from "./logging/log-export";
export { Loki } from "./logging/loki";
export type { LokiOptions, LokiProps } from "./logging/loki-props";
