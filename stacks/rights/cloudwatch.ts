import { actions, type RightsOf } from "./request";

/** Role that CloudWatch gives itself with the first alarm that acts on an instance. */
const SERVICE_ROLE = "role/aws-service-role/events.amazonaws.com/AWSServiceRoleForCloudWatchEvents";

/**
 * The rights for alarms, by name.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html (what actions on instances ask for)
 */
export const CLOUDWATCH_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_cloudwatch_metric_alarm: (request) => [
    request.on(
      "Alarms",
      [
        ...actions("cloudwatch", "PutMetricAlarm DeleteAlarms DescribeAlarms ListTagsForResource"),
        ...request.whenTagged(actions("cloudwatch", "TagResource UntagResource")),
      ],
      [request.arn("cloudwatch", `alarm:${request.namePattern("alarm_name")}`)],
    ),
    ...(JSON.stringify(request.arguments.alarm_actions ?? "").includes(":automate:")
      ? [
          request.on("AlarmRole", ["iam:CreateServiceLinkedRole"], [request.globalArn("iam", SERVICE_ROLE)], {
            StringEquals: { "iam:AWSServiceName": "events.amazonaws.com" },
          }),
        ]
      : []),
  ],
};
