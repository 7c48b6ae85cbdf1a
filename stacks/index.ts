export { awsProvider, type AssumedRole, type AwsAccess } from "./aws-access";
export * from "./billable-resources";
export * from "./deployer-policy";
export * from "./infrastructure";
export type { PolicyCondition, PolicyDocument, PolicyStatement } from "./policy-document";
export * from "./state-backend";
export type { BlockArguments, SynthesizedStack } from "./synthesized-stack";
