import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { MecError, got } from "../lib/errors";
import { assertTags } from "../lib/tags";
import { isListToken } from "../lib/tokens";

/** An IAM role that the deployer takes on. */
export interface AssumedRole {
  /** ARN of the role, such as `arn:aws:iam::123456789012:role/deployer`. */
  readonly roleArn: string;
  /**
   * External id that the role's trust policy asks for.
   * @default - none
   */
  readonly externalId?: string;
  /**
   * Name of the session, as CloudTrail shows it.
   * @default - the provider's
   */
  readonly sessionName?: string;
}

/**
 * How a ready-made stack reaches AWS. Credentials are never a part of it: the provider finds them in the environment, in a profile,
 * or in what it runs on.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs#authentication-and-configuration
 */
export interface AwsAccess {
  /**
   * Region, for those who like to say it; another one than the zone's parent Region is refused.
   * @default - the zone's parent Region
   */
  readonly region?: string;
  /**
   * Profile of the shared configuration files.
   * @default - the environment's
   */
  readonly profile?: string;
  /**
   * Role to take on.
   * @default - none
   */
  readonly assumeRole?: AssumedRole;
  /**
   * The accounts that may be deployed to, by their ids of 12 digits: a plan with the credentials of another fails.
   * @default - any
   */
  readonly allowedAccountIds?: readonly string[];
  /**
   * Tags of everything that the stack makes, beside its own tags, which win.
   * @default - none
   */
  readonly defaultTags?: Record<string, string>;
  /**
   * Whether buckets are addressed by path, for an endpoint that is not AWS, such as an emulator.
   * @default false
   */
  readonly s3UsePathStyle?: boolean;
}

/** Keys that would put credentials into the synthesized files. */
const CREDENTIALS = ["accessKey", "secretKey", "token"];

/**
 * Makes the AWS provider of a stack.
 *
 * @param scope the stack
 * @param region the Region everything is in
 * @param access how AWS is reached
 * @throws {MecError} MEC1401 for another Region, MEC1402 for credentials, MEC1403 for an account id that is none, MEC1404 for a role that
 *   is none, MEC1033 for tags that AWS refuses
 */
export function awsProvider(scope: Construct, region: string, access: AwsAccess = {}): AwsProvider {
  const path = scope.node.path;
  const { assumeRole, allowedAccountIds, defaultTags } = access;
  if (access.region !== undefined && !Token.isUnresolved(access.region) && access.region !== region) {
    throw new MecError(
      "MEC1401",
      path,
      `${got(access.region)} as aws.region: the Wavelength Zone extends ${region} and EC2 knows it there alone, so write "${region}" or leave it out`,
    );
  }
  const secret = CREDENTIALS.find((key) => (access as Record<string, unknown>)[key] !== undefined);
  if (secret !== undefined) {
    throw new MecError(
      "MEC1402",
      path,
      `got aws.${secret} (its value is not shown): the synthesized files would hold it, so write profile or assumeRole, or set AWS_PROFILE or AWS_ACCESS_KEY_ID where you deploy`,
    );
  }
  const strange = allowedAccountIds?.find((id) => !Token.isUnresolved(id) && !isListToken(id) && !/^\d{12}$/.test(id));
  if (strange !== undefined || allowedAccountIds?.length === 0) {
    throw new MecError(
      "MEC1403",
      path,
      `${got(strange ?? allowedAccountIds)} in aws.allowedAccountIds: an account id is a text of 12 digits and one at least is allowed, so write for example "012345678901"`,
    );
  }
  if (assumeRole && !Token.isUnresolved(assumeRole.roleArn) && !/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(assumeRole.roleArn)) {
    throw new MecError(
      "MEC1404",
      path,
      `${got(assumeRole.roleArn)} as aws.assumeRole.roleArn: a role is given by its ARN, so write for example "arn:aws:iam::123456789012:role/deployer"`,
    );
  }
  assertTags(path, defaultTags);
  return new AwsProvider(scope, "Aws", {
    region,
    profile: access.profile,
    assumeRole: assumeRole && [assumeRole],
    allowedAccountIds: allowedAccountIds && [...allowedAccountIds],
    defaultTags: defaultTags && [{ tags: defaultTags }],
    s3UsePathStyle: access.s3UsePathStyle,
  });
}
