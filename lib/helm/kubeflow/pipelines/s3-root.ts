import { Token } from "cdktf";
import { MecError, got } from "../../../errors";
import { secretName } from "../../names";
import type { S3PipelineRoot } from "./pipelines-props";

/** Rules by property, with an example: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html. */
const RULES = {
  bucket: {
    // Labels with dots between them, of which none is empty or has a dash at an end; four numbers would be an IP address.
    pattern: /^(?=.{3,63}$)(?!\d+(?:\.\d+){3}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/,
    rule: "3 to 63 lowercase letters, digits, dots and dashes, a letter or digit at both ends and beside each dot, and no IP address",
    example: "boston-artifacts",
  },
  prefix: {
    pattern: /^[\w.-]+(?:\/[\w.-]+)*$/,
    rule: "names with slashes between them, and none at its ends",
    example: "boston/artifacts",
  },
  region: { pattern: /^[a-z]{2}(?:-[a-z]+)+-\d+$/, rule: "the name of an AWS Region", example: "us-east-1" },
};

/**
 * Refuses what is no place in S3; what is not known before deployment is taken as it is.
 *
 * @param path construct path for the error
 * @param root the place
 * @throws {MecError} MEC1519, and MEC1424 for what is no name of a Secret
 */
export function checkedRoot(path: string, root: S3PipelineRoot): S3PipelineRoot {
  for (const [property, { pattern, rule, example }] of Object.entries(RULES)) {
    const value = root[property as keyof typeof RULES];
    if (value !== undefined && !Token.isUnresolved(value) && !pattern.test(value)) {
      throw new MecError("MEC1519", path, `${got(value)} as s3Root.${property}: it is ${rule}, so write for example "${example}"`);
    }
  }
  return { ...root, secret: secretName(path, "s3Root.secret", root.secret) };
}

/** The place as pipelines write it. */
export function rootUri({ bucket, prefix }: S3PipelineRoot): string {
  return ["s3:/", bucket, ...(prefix === undefined ? [] : [prefix])].join("/");
}
