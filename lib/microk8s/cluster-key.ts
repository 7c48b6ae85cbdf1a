import { KmsKey } from "@cdktf/provider-aws/lib/kms-key";
import { Construct } from "constructs";
import { AccountArns } from "./account-arns";
import { keptFromDestroy } from "./kept-from-destroy";
import { policyDocument } from "./policy-statements";

/** The key of a cluster. */
export interface ClusterKey {
  /** ARN of the key. @attribute */
  readonly keyArn: string;
  /** ARN of the key where it is the cluster's own; undefined for one of the user's. @attribute */
  readonly ownKeyArn?: string;
}

/** Properties of {@link clusterKey}. */
export interface ClusterKeyProps {
  /** Name of the cluster. */
  readonly clusterName: string;
  /** Region of the key. */
  readonly region: string;
  /**
   * ARN of a key of the user's, which is taken in place of an own one and left as it is.
   * @default - none
   */
  readonly given?: string;
  /**
   * Name of the log group that an own key encrypts too.
   * @default - none
   */
  readonly logGroup?: string;
  /** Whether Terraform cannot take the key away. */
  readonly deletionProtection: boolean;
  /** Tags of the key. */
  readonly tags?: Record<string, string>;
}

/**
 * The key of a cluster's secret parameters: the one that is given, or one of the cluster's own, with yearly rotation, which then encrypts the
 * cluster's log group too, where that has no other.
 *
 * The policy of an own key leaves it to the account's IAM who may use it, and lets CloudWatch Logs use it for that one group.
 *
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function clusterKey(scope: Construct, props: ClusterKeyProps): ClusterKey {
  const { clusterName, region, given, logGroup, deletionProtection, tags } = props;
  if (given !== undefined) {
    return { keyArn: given };
  }
  const arns = new AccountArns(new Construct(scope, "KeyPolicy"), clusterName, region);
  const account = { Effect: "Allow", Principal: { AWS: arns.root }, Action: "kms:*", Resource: "*" };
  const logs = (group: string) => ({
    Effect: "Allow",
    Principal: { Service: `logs.${region}.amazonaws.com` },
    Action: ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
    Resource: "*",
    Condition: { ArnEquals: { "kms:EncryptionContext:aws:logs:arn": arns.logGroup(group) } },
  });
  const { arn } = new KmsKey(scope, "Key", {
    description: `Secret parameters of the cluster ${clusterName}`,
    enableKeyRotation: true,
    deletionWindowInDays: 7,
    // Always said: the provider keeps what AWS has where an argument goes away.
    policy: policyDocument([account, ...(logGroup === undefined ? [] : [logs(logGroup)])]),
    tags,
    lifecycle: keptFromDestroy(deletionProtection),
  });
  return { keyArn: arn, ownKeyArn: arn };
}
