import type { SynthesizedBlock } from "../synthesized-stack";
import { CLOUDFORMATION_RIGHTS } from "./cloudformation";
import { CLOUDWATCH_RIGHTS } from "./cloudwatch";
import { EC2_DATA_RIGHTS, EC2_RIGHTS } from "./ec2";
import { IAM_RIGHTS } from "./iam";
import { KMS_RIGHTS } from "./kms";
import { LOGS_RIGHTS } from "./logs";
import { actions, type RightsOf } from "./request";
import { S3_RIGHTS } from "./s3";
import { SSM_DATA_RIGHTS, SSM_EPHEMERAL_RIGHTS, SSM_RIGHTS } from "./ssm";

const NOTHING: RightsOf = () => [];

/** Who the caller is. AWS answers that to everybody; it is named so that a policy lists every call. */
export const IDENTITY: RightsOf = (request) => [request.on("Identity", actions("sts", "GetCallerIdentity"), ["*"])];

/** The rights of every type that is known, by kind of block and type. */
export const KNOWN_RIGHTS: Readonly<Record<SynthesizedBlock["kind"], Readonly<Record<string, RightsOf>>>> = {
  resource: {
    ...EC2_RIGHTS,
    ...IAM_RIGHTS,
    ...KMS_RIGHTS,
    ...SSM_RIGHTS,
    ...S3_RIGHTS,
    ...CLOUDFORMATION_RIGHTS,
    ...LOGS_RIGHTS,
    ...CLOUDWATCH_RIGHTS,
  },
  data: {
    ...EC2_DATA_RIGHTS,
    ...SSM_DATA_RIGHTS,
    aws_caller_identity: IDENTITY,
    // Known from the provider's own configuration, without a call.
    aws_partition: NOTHING,
    aws_region: NOTHING,
  },
  ephemeral: SSM_EPHEMERAL_RIGHTS,
};
