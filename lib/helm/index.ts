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
export { LogCollector } from "./logging/log-collector";
export type { LogCollectorOptions, LogCollectorProps } from "./logging/collector-props";
export { LogExport, type CloudWatchLogExportProps } from "./logging/log-export";
export { Loki } from "./logging/loki";
export type { LokiOptions, LokiProps } from "./logging/loki-props";
