export { AddOnStack, type AddOnStackProps } from "./add-on-stack";
export { awsProvider, type AssumedRole, type AwsAccess } from "./aws-access";
export * from "./billable-resources";
export * from "./deployer-policy";
export * from "./infrastructure";
export * from "./platform";
export type { PolicyCondition, PolicyDocument, PolicyStatement } from "./policy-document";
export * from "./state-backend";
export type { BlockArguments, SynthesizedStack } from "./synthesized-stack";
