export * from "./billable-resources";
export * from "./deployer-policy";
export * from "./infrastructure";
export type { PolicyCondition, PolicyDocument, PolicyStatement } from "./policy-document";
export type { BlockArguments, SynthesizedStack } from "./synthesized-stack";
