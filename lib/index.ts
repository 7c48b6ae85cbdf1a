export * from "./access";
export * from "./errors";
export type { RoleOptions } from "./identity";
export * from "./microk8s";
export * from "./units";
export * from "./wavelength";
