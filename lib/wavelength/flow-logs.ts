import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { FlowLog } from "@cdktf/provider-aws/lib/flow-log";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { assertKmsKeyArn, type RoleOptions } from "../identity";
import { retentionInDays } from "../log-retention";
import { Duration } from "../units";

/** Properties of {@link FlowLogs.toCloudWatch}. */
export interface CloudWatchFlowLogsProps {
  /**
   * How long events are kept, in whole days that CloudWatch Logs has, such as 7, 30 or 365.
   * @default Duration.days(30)
   */
  readonly retention?: Duration;
  /**
   * ARN of the KMS key that encrypts the log group; the key's policy must let CloudWatch Logs use it.
   * @default - a key of CloudWatch Logs' own
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly encryptionKeyArn?: string;
}

/** What flow logs are bound to. */
export interface FlowLogsTarget {
  /** Id of the VPC. @attribute */
  readonly vpcId: string;
  /** Parent Region of the zone. */
  readonly region: string;
  /** Name of the zone: a part of the log group's name. */
  readonly zoneName: string;
  /** What the role has in common with others. */
  readonly roles?: RoleOptions;
  /** Tags of every resource. */
  readonly tags?: Record<string, string>;
}

/**
 * Whether and where the flows of a VPC are logged: who spoke to whom, accepted and rejected.
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
 */
export abstract class FlowLogs {
  /**
   * To a log group of CloudWatch Logs, `/mec/network/<zone>/…`, with a role that can write to it alone.
   *
   * @param props retention and key
   * @throws {MecError} when bound: MEC1023 for the retention, MEC1030 for the key
   */
  public static toCloudWatch(props: CloudWatchFlowLogsProps = {}): FlowLogs {
    return new CloudWatchFlowLogs(props);
  }

  /** Nowhere. */
  public static none(): FlowLogs {
    return new NoFlowLogs();
  }

  /**
   * Makes what the logs need.
   * @internal
   */
  public abstract bind(scope: Construct, target: FlowLogsTarget): void;
}

class NoFlowLogs extends FlowLogs {
  public bind(): void {}
}

class CloudWatchFlowLogs extends FlowLogs {
  public constructor(private readonly props: CloudWatchFlowLogsProps) {
    super();
  }

  public bind(parent: Construct, { vpcId, region, zoneName, roles, tags }: FlowLogsTarget): void {
    const scope = new Construct(parent, "FlowLogs");
    const { retention = Duration.days(30), encryptionKeyArn } = this.props;
    assertKmsKeyArn(scope.node.path, "flowLogs.encryptionKeyArn", encryptionKeyArn, region);
    const group = new CloudwatchLogGroup(scope, "LogGroup", {
      namePrefix: `/mec/network/${zoneName}/`,
      retentionInDays: retentionInDays(scope.node.path, retention),
      kmsKeyId: encryptionKeyArn,
      tags,
    });
    const role = new IamRole(scope, "Role", {
      namePrefix: "mec-flow-logs-",
      description: `Flow logs of the network in ${zoneName}`,
      path: roles?.path,
      permissionsBoundary: roles?.permissionsBoundaryArn,
      assumeRolePolicy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            Principal: { Service: "vpc-flow-logs.amazonaws.com" },
            Action: "sts:AssumeRole",
            // The confused deputy: only this account's flow logs.
            Condition: { StringEquals: { "aws:SourceAccount": new DataAwsCallerIdentity(scope, "Identity").accountId } },
          },
        ],
      }),
      tags,
    });
    const policy = new IamRolePolicy(scope, "Policy", {
      role: role.name,
      name: "flow-logs",
      policy: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          {
            Effect: "Allow",
            // No CreateLogGroup: a late event must not make the group again after a destroy.
            Action: ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            Resource: [group.arn, `${group.arn}:*`],
          },
        ],
      }),
    });
    new FlowLog(scope, "Resource", {
      vpcId,
      trafficType: "ALL",
      logDestination: group.arn,
      iamRoleArn: role.arn,
      maxAggregationInterval: 600,
      tags,
      dependsOn: [policy],
    });
  }
}
