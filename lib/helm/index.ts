export { HelmAddOn } from "./add-on";
export type { AddOnDefinition, HelmAddOnOptions, HelmAddOnProps, OwnChartOptions, StorageClassOffer } from "./add-on-props";
export { Chart, type RegistryChartProps } from "./chart";
export type { Footprint, Requests } from "./footprint";
export type { PodSecurity } from "./namespaces";
export { mergeValues, type Values } from "./values";
export { PINNED_CHARTS, type PinnedChart } from "./versions";
