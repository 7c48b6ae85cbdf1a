export { awsProvider, type AssumedRole, type AwsAccess } from "./aws-access";
export * from "./infrastructure";
export * from "./state-backend";
