import { referred, isLiteral } from "../synthesized-stack";
import { actions, type RightsOf, type RightsRequest } from "./request";

/** Everything that the provider reads of a bucket, said or not. HeadBucket is allowed by ListBucket. */
const BUCKET_READS = actions(
  "s3",
  "ListBucket GetBucketPolicy GetBucketAcl GetBucketCORS GetBucketWebsite GetBucketVersioning GetAccelerateConfiguration " +
    "GetBucketRequestPayment GetBucketLogging GetLifecycleConfiguration GetReplicationConfiguration GetEncryptionConfiguration " +
    // The provider read tags by the first up to 6.22, and reads them by the second since.
    "GetBucketObjectLockConfiguration GetBucketTagging ListTagsForResource",
);

/**
 * The rights for buckets and objects, by the bucket's name or prefix. Settings of a bucket that are arguments of its own, such
 * as `versioning`, are resources of their own since provider 4 and not known here.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
export const S3_RIGHTS: Readonly<Record<string, RightsOf>> = {
  aws_s3_bucket: (request) => {
    const bucket = bucketArn(request);
    const emptied = request.arguments.force_destroy === true;
    return [
      request.on(
        "Buckets",
        [
          ...BUCKET_READS,
          ...actions("s3", "CreateBucket DeleteBucket"),
          ...(emptied ? ["s3:ListBucketVersions"] : []),
          ...request.whenTagged(actions("s3", "PutBucketTagging TagResource UntagResource")),
        ],
        [bucket],
      ),
      // A bucket that is not empty when it goes.
      ...(emptied ? [request.on("Objects", actions("s3", "DeleteObject DeleteObjectVersion"), [`${bucket}/*`])] : []),
    ];
  },
  aws_s3_bucket_public_access_block: (request) => [
    // There is no action for taking the block away but the one for putting it.
    request.on("Buckets", actions("s3", "GetBucketPublicAccessBlock PutBucketPublicAccessBlock"), [bucketArn(ofBucket(request))]),
  ],
  aws_s3_object: (request) => [
    request.on(
      "Objects",
      [
        ...actions("s3", "PutObject GetObject GetObjectTagging DeleteObject"),
        ...request.when("acl", ["s3:PutObjectAcl"]),
        ...request.whenTagged(actions("s3", "PutObjectTagging DeleteObjectTagging")),
      ],
      [`${bucketArn(ofBucket(request))}/*`],
    ),
    // An object that is not there is a 404 only for who may list, and a 403 for everybody else.
    request.on("Buckets", ["s3:ListBucket"], [bucketArn(ofBucket(request))]),
  ],
};

/** The request for the bucket that a block refers to; the block itself where it names the bucket, or nothing known does. */
function ofBucket(request: RightsRequest): RightsRequest {
  const block = referred(request.stack, request.arguments.bucket);
  return block?.type === "aws_s3_bucket" ? request.of(block) : request;
}

function bucketArn(request: RightsRequest): string {
  const unknown = request.block.type !== "aws_s3_bucket" && !isLiteral(request.arguments.bucket);
  return `arn:${request.target.partition}:s3:::${unknown ? "*" : request.namePattern("bucket", "bucket_prefix")}`;
}
