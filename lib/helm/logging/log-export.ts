import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { Construct } from "constructs";
import { MecError } from "../../errors";
import { assertKmsKeyArn } from "../../identity";
import { retentionInDays } from "../../log-retention";
import { Duration } from "../../units";
import { secretName } from "../names";

/** Properties of {@link LogExport.toCloudWatch}. */
export interface CloudWatchLogExportProps {
  /**
   * Name of an existing Secret in the collector's namespace with the key `credentials`: a file of AWS credentials with a profile `default`, of a
   * user or role that has {@link LogCollector.exportPolicy} and no more. Pods get no credentials from the metadata of their node: its answers
   * go one hop, and the node's role is not theirs.
   * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-options.html
   */
  readonly credentialsSecret: string;
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

/** What an export is bound to. */
export interface LogExportTarget {
  /** Construct path for errors. */
  readonly path: string;
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster: the zone's parent. @default - it has none */
  readonly region?: string;
}

/** What the collector must know of an export before there is anything. */
export interface LogDestination {
  /** Region of the log group. */
  readonly region: string;
  /** Name of the log group. */
  readonly group: string;
  /** Name of the Secret with credentials. */
  readonly credentialsSecret: string;
}

/**
 * Where logs of pods and nodes go out of the site, so that they outlive it. What is sent is paid for by the gibibyte, in CloudWatch Logs and, by
 * way of a NAT gateway, there too; see docs/logging.md.
 */
export class LogExport {
  /**
   * To the log group `/mec/<cluster>/containers` of CloudWatch Logs in the parent Region, with the streams `<node>/pods` and `<node>/journal`. The
   * group goes with the add-on, and its events with it.
   *
   * @param props credentials, retention and key
   * @throws {MecError} when bound: MEC1023 for the retention, MEC1030 for the key, MEC1424 for what is no name of a Secret, MEC1523 for a cluster
   *   without a Region
   */
  public static toCloudWatch(props: CloudWatchLogExportProps): LogExport {
    return new LogExport(props);
  }

  private constructor(private readonly props: CloudWatchLogExportProps) {}

  /**
   * Where they go.
   * @internal
   */
  public destination({ path, clusterName, region }: LogExportTarget): LogDestination {
    if (region === undefined) {
      throw new MecError(
        "MEC1523",
        path,
        `got an export to CloudWatch Logs for the cluster ${clusterName}, which is in no Region: there is nowhere to send logs to, so leave export out, or name the cluster's region`,
      );
    }
    const { credentialsSecret, retention = Duration.days(30), encryptionKeyArn } = this.props;
    assertKmsKeyArn(path, "export.encryptionKeyArn", encryptionKeyArn, region);
    retentionInDays(path, retention);
    return {
      region,
      group: `/mec/${clusterName}/containers`,
      credentialsSecret: secretName(path, "export.credentialsSecret", credentialsSecret),
    };
  }

  /**
   * Makes the log group.
   * @internal
   */
  public bind(scope: Construct, { group }: LogDestination): CloudwatchLogGroup {
    const { retention = Duration.days(30), encryptionKeyArn } = this.props;
    return new CloudwatchLogGroup(scope, "LogGroup", {
      name: group,
      retentionInDays: retentionInDays(scope.node.path, retention),
      kmsKeyId: encryptionKeyArn,
    });
  }
}

/**
 * What a collector may do at most in AWS: write to streams of one group, and neither read nor make one, so that a late line does not make the
 * group again after a destroy.
 *
 * @param groupArn ARN of the log group, as Terraform has it: without a colon and a star
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
export function logWriterPolicy(groupArn: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "WriteLogs",
        Effect: "Allow",
        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
        Resource: [groupArn, `${groupArn}:*`],
      },
    ],
  });
}
