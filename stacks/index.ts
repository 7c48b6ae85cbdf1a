export * from "./infrastructure";
