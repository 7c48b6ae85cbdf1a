export * from "./api-access";
