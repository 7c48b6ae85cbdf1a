import type { Precondition } from "cdktf";
import type { Construct } from "constructs";
import { allowKeyForParameters } from "../policy-statements";
import { readStatements, type RegistryCredentials } from "../registry-credentials";
import { MachineRole, type MachineRoleProps } from "./machine-role";

/** Parameter with the deployer's credential; no other role reads it. */
const CREDENTIAL = "credential";

/** Parameter that says whose turn it is to join, with the token to do it. */
const JOIN = "join";

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
 * The role of control-plane nodes: they read what they shall be and the status of all nodes, and write where the cluster was born, the
 * deployer's credential, whose turn it is to join and their own status. The key serves them for the credential and the token alone.
 */
export class ControlPlaneRole extends MachineRole {
  public constructor(scope: Construct, id: string, props: ControlPlaneRoleProps) {
    super(scope, id, props, {
      shortName: "cp",
      description: "Control-plane nodes",
      policyName: "node",
      reads: ["desired", "cluster", CREDENTIAL, JOIN, "nodes/*"],
      writes: ["cluster", CREDENTIAL, JOIN, "nodes/cp-*"],
      stacks: "cp-*",
      logStreams: "cp-*",
      precondition: props.keyGuard,
      more: (arns) => [
        ...allowKeyForParameters(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], props.keyArn, [
          arns.parameter(CREDENTIAL),
          arns.parameter(JOIN),
        ]),
        ...readStatements(props.registryCredentials, (name) => arns.absoluteParameter(name)),
      ],
    });
  }
}
