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

/** Properties of {@link GatewayRole}. */
export interface GatewayRoleProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster's parameters. */
  readonly region: string;
  /** Where the gateway fetches its agent. */
  readonly agent: AgentSource;
  /** What roles have in common. */
  readonly roles?: RoleOptions;
  /** Tags of role and instance profile. */
  readonly tags?: Record<string, string>;
}

/**
 * What the API gateway's host may do in AWS: read its own settings and status, write its status, fetch its agent, tell its own waiting
 * stacks, and be reached by Session Manager. It reads nothing else of the cluster, and no secret.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
export class GatewayRole extends Construct {
  /** Name of the instance profile. @attribute */
  public readonly instanceProfileName: string;

  /** What must exist before the host uses the role, and must outlive it. */
  public readonly dependables: ITerraformDependable[];

  public constructor(scope: Construct, id: string, props: GatewayRoleProps) {
    super(scope, id);
    const { partition } = new DataAwsPartition(this, "Partition");
    const { accountId } = new DataAwsCallerIdentity(this, "Identity");
    const arn = (service: string, resource: string) => `arn:${partition}:${service}:${props.region}:${accountId}:${resource}`;
    const parameter = (name: string) => arn("ssm", `parameter${parameterName(props.clusterName, name)}`);
    const allow = (Action: string[], Resource: string | string[]) => ({ Effect: "Allow", Action, Resource });

    const role = new IamRole(this, "Resource", {
      namePrefix: `mec-${props.clusterName}-gw-`,
      description: `API gateway of the cluster ${props.clusterName}`,
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
      name: "gateway",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          allow(["ssm:GetParameters"], ["gateway", "nodes/gateway"].map(parameter)),
          allow(["ssm:PutParameter"], [parameter("nodes/gateway")]),
          allow(["s3:GetObject"], `${props.agent.bucketArn}/agent/*`),
          allow(
            ["cloudformation:DescribeStacks", "cloudformation:SignalResource"],
            arn("cloudformation", `stack/mec-${props.clusterName}--gateway-*/*`),
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
      namePrefix: `mec-${props.clusterName}-gw-`,
      role: role.name,
      path: props.roles?.path,
      tags: props.tags,
    });
    this.instanceProfileName = profile.name;
    this.dependables = [policy];
  }
}
