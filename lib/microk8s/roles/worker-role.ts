import type { Construct } from "constructs";
import { allowKeyForParameters } from "../policy-statements";
import { readStatements, type RegistryCredentials } from "../registry-credentials";
import { MachineRole, type MachineRoleProps } from "./machine-role";

/** Parameter with the token that lets a node join. */
const JOIN = "join";

/** Properties of {@link WorkerRole}. */
export interface WorkerRoleProps extends MachineRoleProps {
  /**
   * Name of the group: the beginning of its nodes' names, which a dash and a number follow. Without a dash of its own, so that no group's
   * name begins another's nodes.
   */
  readonly group: string;
  /** ARN of the KMS key of the secret parameters. */
  readonly keyArn: string;
  /** Credentials of registries, in parameters of the user's. */
  readonly registryCredentials: readonly RegistryCredentials[];
}

/**
 * The role of a group of workers: they read what they shall be, the status of all nodes (whose fingerprints tell whom they join) and the
 * token to join with, and write their own status. The deployer's credential is none of theirs, and the key serves them for the token alone.
 */
export class WorkerRole extends MachineRole {
  public constructor(scope: Construct, id: string, props: WorkerRoleProps) {
    const own = `${props.group}-*`;
    super(scope, id, props, {
      shortName: "wk",
      description: `Workers ${props.group}`,
      policyName: "node",
      reads: ["desired", "cluster", JOIN, "nodes/*"],
      writes: [`nodes/${own}`],
      stacks: own,
      logStreams: own,
      more: (arns) => [
        ...allowKeyForParameters(["kms:Decrypt"], props.keyArn, [arns.parameter(JOIN)]),
        ...readStatements(props.registryCredentials, (name) => arns.absoluteParameter(name)),
      ],
    });
  }
}
