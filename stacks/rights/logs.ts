import { actions, type RightsOf } from "./request";

/**
 * The rights for log groups, by name or prefix.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
 */
export const LOGS_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_cloudwatch_log_group: (request) => {
    const group = request.arn("logs", `log-group:${request.namePattern()}`);
    return [
      request.on(
        "LogGroups",
        [
          ...actions("logs", "CreateLogGroup DeleteLogGroup ListTagsForResource"),
          ...request.when("retention_in_days", actions("logs", "PutRetentionPolicy DeleteRetentionPolicy")),
          ...request.when("kms_key_id", actions("logs", "AssociateKmsKey DisassociateKmsKey")),
          ...request.whenTagged(actions("logs", "TagResource UntagResource")),
        ],
        // The tagging actions name a group without the colon, all others with it.
        group.endsWith("*") ? [group] : [group, `${group}:*`],
      ),
      request.on("LogGroupList", ["logs:DescribeLogGroups"], [request.arn("logs", "log-group:*")]),
    ];
  },
};
