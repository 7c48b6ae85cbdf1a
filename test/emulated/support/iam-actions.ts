/**
 * Calls of S3 as the emulator logs them, by method and subresource of a bucket or an object, whose action IAM names otherwise.
 */
const S3_ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: "ListBucket",
  ListObjects: "ListBucket",
  HeadObject: "GetObject",
  GetAccelerate: "GetAccelerateConfiguration",
  GetAcl: "GetBucketAcl",
  GetCors: "GetBucketCORS",
  GetEncryption: "GetEncryptionConfiguration",
  GetLifecycle: "GetLifecycleConfiguration",
  GetLogging: "GetBucketLogging",
  GetObjectLock: "GetBucketObjectLockConfiguration",
  GetPolicy: "GetBucketPolicy",
  GetPublicaccessblock: "GetBucketPublicAccessBlock",
  PutPublicaccessblock: "PutBucketPublicAccessBlock",
  DeletePublicaccessblock: "PutBucketPublicAccessBlock",
  GetReplication: "GetReplicationConfiguration",
  GetRequestpayment: "GetBucketRequestPayment",
  GetTagging: "GetBucketTagging",
  PutTagging: "PutBucketTagging",
  DeleteTagging: "PutBucketTagging",
  GetVersioning: "GetBucketVersioning",
  GetVersions: "ListBucketVersions",
  GetWebsite: "GetBucketWebsite",
};

/** Distinct calls of Terraform in the emulator's log, such as `ec2 RunInstances`; whatever AWS answered. */
export function terraformCalls(log: string): ReadonlySet<string> {
  return new Set([...log.matchAll(/ terraform (\S+ \S+) \d+$/gm)].map(([, call]) => call!));
}

/**
 * The IAM action that allows a call.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
export function actionOf(call: string): string {
  const [service, name] = call.split(" ") as [string, string];
  return `${service}:${service === "s3" ? (S3_ACTIONS[name] ?? name) : name}`;
}
