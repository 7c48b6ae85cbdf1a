/**
 * Emulated AWS for tests and for a first try: one loopback endpoint, simulated machines, real Terraform.
 *
 * @packageDocumentation
 */
export * from "./emulator";
export * from "./emulator-client";
export * from "./emulator-error";
export * from "./environment";
export * from "./missing-tool";
export * from "./node-version";
export * from "./provider-mirror";
export * from "./provider-plan";
export * from "./python";
export * from "./registry";
export * from "./terraform";
export * from "./terraform-config";
export * from "./toolchain";
