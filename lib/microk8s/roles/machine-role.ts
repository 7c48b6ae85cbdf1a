import { IamInstanceProfile } from "@cdktf/provider-aws/lib/iam-instance-profile";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import type { ITerraformDependable, Precondition } from "cdktf";
import { Construct } from "constructs";
import type { RoleOptions } from "../../identity";
import { AccountArns } from "../account-arns";
import type { AgentSource } from "../agent-source";
import { allow, policyDocument, type AllowStatement } from "../policy-statements";
import { SESSION_MANAGER } from "./session-manager";

/** What every role of a cluster is told. */
export interface MachineRoleProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster's parameters. */
  readonly region: string;
  /** Where the machines fetch their agent. */
  readonly agent: AgentSource;
  /**
   * Name of the log group that the machines write to.
   * @default - they write to none
   */
  readonly logGroup?: string;
  /** What roles have in common. */
  readonly roles?: RoleOptions;
  /** Tags of role and instance profile. */
  readonly tags?: Record<string, string>;
}

/** What tells the machines of one role from those of another. All names are exact, but for a star at the end. */
export interface MachineRights {
  /** Name of the role among those of its cluster, such as `cp`. */
  readonly shortName: string;
  /** Who has the role, for people. */
  readonly description: string;
  /** Name of the inline policy. */
  readonly policyName: string;
  /** Parameters of the cluster that the machines may read, by their names in it. */
  readonly reads: readonly string[];
  /** Parameters of the cluster that the machines may write. */
  readonly writes: readonly string[];
  /** Waiting stacks that the machines may signal, by what comes after the two dashes in their names. */
  readonly stacks: string;
  /** Log streams that the machines may make and write. */
  readonly logStreams: string;
  /** What must hold before the rights are given or changed. @default - nothing */
  readonly precondition?: Precondition;
  /** Further statements. */
  readonly more?: (arns: AccountArns) => readonly AllowStatement[];
}

/**
 * The role of some of a cluster's machines, with its instance profile: what they may do in AWS, each thing by its name. All may fetch their
 * agent and be reached by Session Manager.
 *
 * None ever has the managed policy AmazonSSMManagedInstanceCore, which would let machines (and what runs on them) read every parameter of
 * the account. A pod has no role: the hop limit of the instance metadata service ends at the host.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-options.html
 */
export abstract class MachineRole extends Construct {
  /** Name of the instance profile. @attribute */
  public readonly instanceProfileName: string;

  /** What must exist before a machine uses the role, and must outlive it. */
  public readonly dependables: ITerraformDependable[];

  protected constructor(scope: Construct, id: string, props: MachineRoleProps, rights: MachineRights) {
    super(scope, id);
    const arns = new AccountArns(this, props.clusterName, props.region);
    const parameters = (names: readonly string[]) => names.map((name) => arns.parameter(name));
    const namePrefix = `mec-${props.clusterName}-${rights.shortName}-`;

    const role = new IamRole(this, "Resource", {
      namePrefix,
      description: `${rights.description} of the cluster ${props.clusterName}`,
      path: props.roles?.path,
      permissionsBoundary: props.roles?.permissionsBoundaryArn,
      assumeRolePolicy: policyDocument([{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }]),
      tags: props.tags,
    });
    const policy = new IamRolePolicy(this, "Policy", {
      role: role.name,
      name: rights.policyName,
      policy: policyDocument([
        ...allow(["ssm:GetParameters"], parameters(rights.reads)),
        ...allow(["ssm:PutParameter"], parameters(rights.writes)),
        ...(rights.more?.(arns) ?? []),
        ...allow(["s3:GetObject"], `${props.agent.bucketArn}/agent/*`),
        ...allow(["cloudformation:DescribeStacks", "cloudformation:SignalResource"], arns.waitingStacks(rights.stacks)),
        // No CreateLogGroup: a late event must not make the group again after a destroy.
        ...(props.logGroup === undefined
          ? []
          : allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${arns.logGroup(props.logGroup)}:log-stream:${rights.logStreams}`)),
        SESSION_MANAGER,
      ]),
      lifecycle: rights.precondition && { precondition: [rights.precondition] },
    });
    const profile = new IamInstanceProfile(this, "InstanceProfile", {
      namePrefix,
      role: role.name,
      path: props.roles?.path,
      tags: props.tags,
    });
    this.instanceProfileName = profile.name;
    this.dependables = [policy];
  }
}
