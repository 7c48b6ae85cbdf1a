export * from "./api-access";
export * from "./channel";
export * from "./cluster";
export * from "./cluster-interface";
export type { ControlPlaneProps, RootVolumeProps } from "./control-plane";
export type { ClusterNameAttributes } from "./imported-cluster";
export { Microk8sNode } from "./node";
