export * from "./instance-type";
export * from "./network";
export * from "./zone";
export * from "./zone-opt-in";
