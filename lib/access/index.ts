export * from "./api-access";
export type { RegionGatewayAccessProps } from "./region-gateway/props";
