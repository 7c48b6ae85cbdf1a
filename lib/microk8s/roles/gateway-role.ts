import type { Construct } from "constructs";
import { MachineRole, type MachineRoleProps } from "./machine-role";

/** Properties of {@link GatewayRole}. */
export type GatewayRoleProps = MachineRoleProps;

/**
 * The role of the API gateway's host: it reads its own settings and status and writes its status. It reads nothing else of the cluster, and
 * no secret.
 */
export class GatewayRole extends MachineRole {
  public constructor(scope: Construct, id: string, props: GatewayRoleProps) {
    super(scope, id, props, {
      shortName: "gw",
      description: "API gateway",
      policyName: "gateway",
      reads: ["gateway", "nodes/gateway"],
      writes: ["nodes/gateway"],
      stacks: "gateway-*",
      logStreams: "gateway/*",
    });
  }
}
