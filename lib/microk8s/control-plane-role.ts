import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { RoleOptions } from "../identity";
import type { AgentSource } from "./agent-source";
import { parameterName } from "./parameters";
import { readStatements, type RegistryCredentials } from "./registry-credentials";

/** Properties of {@link ControlPlaneRole}. */
export interface ControlPlaneRoleProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster's parameters. */
  readonly region: string;
  /** ARN of the KMS key of the secret parameters. */
  readonly keyArn: string;
  /** Where the nodes fetch their agent. */
  readonly agent: AgentSource;
  /** What roles have in common. */
  readonly roles?: RoleOptions;
  /** Credentials of registries, in parameters of the user's. */
  readonly registryCredentials: readonly RegistryCredentials[];
  /** Tags of role and instance profile. */
  readonly tags?: Record<string, string>;
}

/**
 * What a control-plane node may do in AWS: read and write its cluster's own parameters by name, fetch its agent, tell its
 * own waiting stacks, and be reached by Session Manager.
 *
 * It never has the managed policy AmazonSSMManagedInstanceCore, which would let it (and what runs on it) read every
 * parameter of the account.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export class ControlPlaneRole extends Construct {
  /** Name of the instance profile. @attribute */
  public readonly instanceProfileName: string;

  /** What must exist before a node uses the role, and must outlive it. */
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: ControlPlaneRoleProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, "Partition");
    const { accountId } = new DataAwsCallerIdentity(this, "Identity");
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${props.region}:${accountId}:${resource}`;
    const parameter = (name: string) => arn("ssm", `parameter${parameterName(props.clusterName, name)}`);
    const allow = (Action: string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });

    const role = new IamRole(this, "Resource", {
      namePrefix: `mec-${props.clusterName}-cp-`,
      description: `Control-plane nodes of the cluster ${props.clusterName}`,
      path: props.roles?.path,
      permissionsBoundary: props.roles?.permissionsBoundaryArn,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
      }),
      tags: props.tags,
    });
    const policy = new IamRolePolicy(this, "Policy", {
      role: role.name,
      name: "node",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          allow(["ssm:GetParameters"], ["desired", "cluster", "credential", "nodes/cp-*"].map(parameter)),
          allow(["ssm:PutParameter"], ["cluster", "credential", "nodes/cp-*"].map(parameter)),
          allow(["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"], props.keyArn),
          ...readStatements(props.registryCredentials, (name) => arn("ssm", `parameter${name}`)),
          allow(["s3:GetObject"], `${props.agent.bucketArn}/agent/*`),
          allow(
            ["cloudformation:DescribeStacks", "cloudformation:SignalResource"],
            arn("cloudformation", `stack/mec-${props.clusterName}--cp-*/*`),
          ),
          // Session Manager, by the actions that its page lists; they take no resource.
          allow(
            [
              "ssm:UpdateInstanceInformation",
              "ssmmessages:CreateControlChannel",
              "ssmmessages:CreateDataChannel",
              "ssmmessages:OpenControlChannel",
              "ssmmessages:OpenDataChannel",
              "ec2messages:AcknowledgeMessage",
              "ec2messages:DeleteMessage",
              "ec2messages:FailMessage",
              "ec2messages:GetEndpoint",
              "ec2messages:GetMessages",
              "ec2messages:SendReply",
            ],
            "*",
          ),
        ],
      }),
    });
    const profile = new IamInstanceProfile(this, "InstanceProfile", {
      namePrefix: `mec-${props.clusterName}-cp-`,
      role: role.name,
      path: props.roles?.path,
      tags: props.tags,
    });
    this.instanceProfileName = profile.name;
    this.dependables = [policy];
  }
}
