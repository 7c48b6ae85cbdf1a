import { Token } from "cdktf";
import { MecError, got } from "./errors";

/** What the IAM roles that this library makes have in common. */
export interface RoleOptions {
  /**
   * ARN of the policy that bounds what the roles can ever do, such as `arn:aws:iam::123456789012:policy/edge-boundary`.
   * @default - no boundary
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  readonly permissionsBoundaryArn?: string;

  /**
   * IAM path of roles and instance profiles, with a slash at both ends, such as `/edge/`.
   * @default "/"
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
   */
  readonly path?: string;
}

/**
 * Refuses what no role can have.
 *
 * @param path construct path for the error
 * @throws {MecError} MEC1031 for a boundary that is no policy's ARN, MEC1032 for a path without its slashes
 */
export function assertRoleOptions(path: string, roles: RoleOptions = {}): void {
  const { permissionsBoundaryArn: boundary, path: iamPath } = roles;
  if (boundary !== undefined && !Token.isUnresolved(boundary) && !/^arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/\S+$/.test(boundary)) {
    throw new MecError(
      "MEC1031",
      path,
      `${got(boundary)} as roles.permissionsBoundaryArn: a boundary is the ARN of a managed policy, so write for example "arn:aws:iam::123456789012:policy/edge-boundary"`,
    );
  }
  if (
    iamPath !== undefined &&
    !Token.isUnresolved(iamPath) &&
    (iamPath.length > 512 || !/^\/(?:[\x21-\x2e\x30-\x7e]+\/)*$/.test(iamPath))
  ) {
    throw new MecError(
      "MEC1032",
      path,
      `${got(iamPath)} as roles.path: an IAM path begins and ends with a slash and has 512 characters at most, so write for example "/edge/"`,
    );
  }
}

/**
 * Refuses what is not the ARN of a KMS key in the Region it is used in. Aliases and ids are refused: an alias can be moved
 * to another key, and IAM policies and encrypted parameters name the key itself.
 *
 * @param path construct path for the error
 * @param prop name of the property, for the error
 * @param arn the ARN
 * @param region Region the key must be in. @default - any
 * @throws {MecError} MEC1030
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id
 */
export function assertKmsKeyArn(path: string, prop: string, arn: string | undefined, region?: string): void {
  if (arn === undefined || Token.isUnresolved(arn)) {
    return;
  }
  const match = /^arn:aws[a-z-]*:kms:(?<region>[a-z0-9-]+):\d{12}:key\/[A-Za-z0-9-]+$/.exec(arn);
  if (!match?.groups) {
    throw new MecError(
      "MEC1030",
      path,
      `${got(arn)} as ${prop}: a key is given by its own ARN, not by an alias or an id, so write what ` +
        "`aws kms describe-key --key-id <alias> --query KeyMetadata.Arn` prints, such as " +
        `"arn:aws:kms:${region ?? "us-east-1"}:123456789012:key/11111111-2222-3333-4444-555555555555"`,
    );
  }
  if (region !== undefined && match.groups.region !== region) {
    throw new MecError(
      "MEC1030",
      path,
      `${got(arn)} as ${prop}: the key is in ${match.groups.region} and what it encrypts in ${region}, so write a key of ${region}`,
    );
  }
}
