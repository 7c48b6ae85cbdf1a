import { CloudwatchLogGroup } from "@cdktf/provider-aws/lib/cloudwatch-log-group";
import type { ITerraformDependable } from "cdktf";
import type { Construct } from "constructs";
import { assertKmsKeyArn } from "../identity";
import { retentionInDays } from "../log-retention";
import { Duration } from "../units";
import type { DesiredLogs } from "./desired";
import { keptFromDestroy } from "./kept-from-destroy";

/** Properties of {@link ClusterLogs.toCloudWatch}. */
export interface CloudWatchClusterLogsProps {
  /**
   * How long events are kept, in whole days that CloudWatch Logs has, such as 7, 30 or 365.
   * @default Duration.days(30)
   */
  readonly retention?: Duration;
  /**
   * ARN of the KMS key that encrypts the log group; the key's policy must let CloudWatch Logs use it.
   * @default - the cluster's own key; a key of CloudWatch Logs' own where the cluster has none, since `encryptionKeyArn` of the cluster names yours
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   */
  readonly encryptionKeyArn?: string;
}

/** What logs are bound to. */
export interface ClusterLogsTarget {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the cluster's parameters. */
  readonly region: string;
  /** ARN of the cluster's own key. @default - it has none */
  readonly clusterKeyArn?: string;
  /** Whether Terraform cannot take the logs away. */
  readonly deletionProtection: boolean;
  /** Tags of the log group. */
  readonly tags?: Record<string, string>;
}

/** What the nodes must know of the logs, and wait for. */
export interface BoundClusterLogs {
  /** What `desired` says of them; undefined where they stay on the nodes. */
  readonly desired?: DesiredLogs;
  /** What must exist before a node boots, and must outlive it. */
  readonly dependables: ITerraformDependable[];
}

/**
 * Whether and where the nodes' logs go: those of the agent, of cloud-init and of the microk8s snap, and the audit log where there is one.
 * Each node writes to streams of its own, and none can read or make a group.
 */
export abstract class ClusterLogs {
  /**
   * To the log group `/mec/<cluster>` of CloudWatch Logs, with the streams `<node>/agent`, `<node>/cloud-init`, `<node>/snap` and
   * `<node>/audit`. The group goes with the cluster, and its events with it.
   *
   * @param props retention and key
   * @throws {MecError} when bound: MEC1023 for the retention, MEC1030 for the key
   */
  public static toCloudWatch(props: CloudWatchClusterLogsProps = {}): ClusterLogs {
    return new CloudWatchClusterLogs(props);
  }

  /** Nowhere: they stay on the nodes. */
  public static none(): ClusterLogs {
    return new NoClusterLogs();
  }

  /**
   * Name of the log group that the cluster's own key is to encrypt; undefined where it encrypts none.
   * @internal
   */
  public abstract groupOfClusterKey(clusterName: string): string | undefined;

  /**
   * Makes what the logs need.
   * @internal
   */
  public abstract bind(scope: Construct, target: ClusterLogsTarget): BoundClusterLogs;
}

class NoClusterLogs extends ClusterLogs {
  public groupOfClusterKey(): undefined {
    return undefined;
  }

  public bind(): BoundClusterLogs {
    return { dependables: [] };
  }
}

class CloudWatchClusterLogs extends ClusterLogs {
  public constructor(private readonly props: CloudWatchClusterLogsProps) {
    super();
  }

  public groupOfClusterKey(clusterName: string): string | undefined {
    return this.props.encryptionKeyArn === undefined ? groupName(clusterName) : undefined;
  }

  public bind(scope: Construct, { clusterName, region, clusterKeyArn, deletionProtection, tags }: ClusterLogsTarget): BoundClusterLogs {
    const { retention = Duration.days(30), encryptionKeyArn } = this.props;
    assertKmsKeyArn(scope.node.path, "logs.encryptionKeyArn", encryptionKeyArn, region);
    const name = groupName(clusterName);
    const group = new CloudwatchLogGroup(scope, "LogGroup", {
      name,
      retentionInDays: retentionInDays(scope.node.path, retention),
      kmsKeyId: encryptionKeyArn ?? clusterKeyArn,
      tags,
      // Where the block goes from the code, and prevent_destroy with it.
      skipDestroy: deletionProtection || undefined,
      lifecycle: keptFromDestroy(deletionProtection),
    });
    return { desired: { group: name }, dependables: [group] };
  }
}

function groupName(clusterName: string): string {
  return `/mec/${clusterName}`;
}
