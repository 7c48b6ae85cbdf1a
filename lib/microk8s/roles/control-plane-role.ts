import type { Precondition } from "cdktf";
import type { Construct } from "constructs";
import { allowKeyForParameters } from "../policy-statements";
import { readStatements, type RegistryCredentials } from "../registry-credentials";
import { MachineRole, type MachineRoleProps } from "./machine-role";

/** Parameter with the deployer's credential; no other role reads it. */
const CREDENTIAL = "credential";

/** Properties of {@link ControlPlaneRole}. */
export interface ControlPlaneRoleProps extends MachineRoleProps {
  /** ARN of the KMS key of the secret parameters. */
  readonly keyArn: string;
  /** What must hold before nodes may use that key, and no other. */
  readonly keyGuard: Precondition;
  /** Credentials of registries, in parameters of the user's. */
  readonly registryCredentials: readonly RegistryCredentials[];
}

/**
 * The role of control-plane nodes: they read what they shall be, and write where the cluster was born, the deployer's credential and their
 * own status. The key serves them for the credential alone.
 */
export class ControlPlaneRole extends MachineRole {
  public constructor(scope: Construct, id: string, props: ControlPlaneRoleProps) {
    super(scope, id, props, {
      shortName: "cp",
      description: "Control-plane nodes",
      policyName: "node",
      reads: ["desired", "cluster", CREDENTIAL, "nodes/cp-*"],
      writes: ["cluster", CREDENTIAL, "nodes/cp-*"],
      stacks: "cp-*",
      logStreams: "cp-*",
      precondition: props.keyGuard,
      more: (arns) => [
        ...allowKeyForParameters(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], props.keyArn, [arns.parameter(CREDENTIAL)]),
        ...readStatements(props.registryCredentials, (name) => arns.absoluteParameter(name)),
      ],
    });
  }
}
