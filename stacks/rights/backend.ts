import type { Right } from "../policy-document";
import type { SynthesizedStack } from "../synthesized-stack";
import { actions, type PolicyTarget } from "./request";

/**
 * What Terraform needs of the S3 backend that keeps a stack's state; nothing for any other backend.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#s3-bucket-permissions
 */
export function backendRights(stack: SynthesizedStack, { partition, account }: PolicyTarget): Right[] {
  const backend = stack.terraform?.backend?.s3;
  if (backend === undefined) {
    return [];
  }
  const region = String(backend.region ?? "*");
  const bucket = `arn:${partition}:s3:::${String(backend.bucket)}`;
  const object = `${bucket}/${String(backend.key)}`;
  // No condition on the prefix: a state that is not there yet is a 404 only for who may list, and a 403 for everybody else.
  const rights: Right[] = [
    { sid: "StateBucket", actions: ["s3:ListBucket"], resources: [bucket] },
    { sid: "State", actions: actions("s3", "GetObject PutObject"), resources: [object] },
  ];
  if (backend.use_lockfile === true) {
    rights.push({ sid: "StateLock", actions: actions("s3", "GetObject PutObject DeleteObject"), resources: [`${object}.tflock`] });
  }
  if (backend.dynamodb_table !== undefined) {
    rights.push({
      sid: "StateLockTable",
      actions: actions("dynamodb", "DescribeTable GetItem PutItem DeleteItem"),
      resources: [`arn:${partition}:dynamodb:${region}:${account}:table/${String(backend.dynamodb_table)}`],
    });
  }
  if (backend.kms_key_id !== undefined) {
    const key = String(backend.kms_key_id);
    const resource = key.startsWith("arn:") ? key : `arn:${partition}:kms:${region}:${account}:key/${/^[\w-]+$/.test(key) ? key : "*"}`;
    rights.push({
      sid: "StateKey",
      actions: actions("kms", "Decrypt Encrypt GenerateDataKey"),
      resources: [resource],
      condition: { StringLike: { "kms:ViaService": `s3.${region}.amazonaws.com` } },
    });
  }
  return rights;
}
