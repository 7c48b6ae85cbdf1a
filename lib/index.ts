export * from "./access";
export * from "./errors";
export * from "./helm";
export * from "./microk8s";
export * from "./units";
export * from "./wavelength";
