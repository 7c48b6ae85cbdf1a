import { actions, type RightsOf, type RightsRequest } from "./request";

/**
 * The rights for keys. A key has no name that synth could know, so they reach all keys of the account in the Region.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html
 */
export const KMS_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_kms_key: (request) => [
    request.regional("KeyCreation", ["kms:CreateKey"]),
    request.on(
      "Keys",
      [
        ...actions("kms", "DescribeKey GetKeyPolicy GetKeyRotationStatus ListResourceTags ScheduleKeyDeletion"),
        ...request.when("description", ["kms:UpdateKeyDescription"]),
        ...request.when("enable_key_rotation", actions("kms", "EnableKeyRotation DisableKeyRotation")),
        ...request.when("is_enabled", actions("kms", "EnableKey DisableKey")),
        ...request.when("policy", ["kms:PutKeyPolicy"]),
        ...request.whenTagged(actions("kms", "TagResource UntagResource")),
      ],
      [request.arn("kms", "key/*")],
    ),
  ],
};

/** ARN of a key by its ARN or id; of any key of the account in the Region where synth cannot know it. */
export function keyResource(request: RightsRequest, key: unknown): string {
  const text = String(key);
  if (text.startsWith("arn:") && text.includes(":key/") && !text.includes("${")) {
    return text;
  }
  return request.arn("kms", /^[\w-]+$/.test(text) ? `key/${text}` : "key/*");
}
