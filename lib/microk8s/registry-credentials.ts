import { Token } from "cdktf";
import { MecError, got } from "../errors";
import { assertKmsKeyArn } from "../identity";
import { allow, allowKeyForParameters, type AllowStatement } from "./policy-statements";

/** Longest name of a parameter (https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html). */
const MAX_NAME_LENGTH = 1011;

/** An absolute name of 15 levels at most; a version or label, after a colon, is none. */
const PARAMETER_NAME = /^(?:\/[A-Za-z0-9_.-]+){1,15}$/;

/** First parts that Parameter Store keeps for itself. */
const RESERVED = /^\/(?:aws|ssm)/i;

/** Properties of {@link RegistryCredentials.fromSsmParameter}. */
export interface SsmParameterCredentialsProps {
  /**
   * Absolute name of a SecureString parameter in the cluster's Region and account, such as `/team/registry`. Its value is
   * JSON: `{"username": "…", "password": "…"}`, with no colon in the user name.
   */
  readonly parameterName: string;

  /**
   * ARN of the KMS key that the parameter is encrypted with; the nodes may then decrypt with it. Not an alias, which
   * permissions cannot name.
   * @default - the key of Parameter Store itself, `alias/aws/ssm`, which asks for no permission
   */
  readonly keyArn?: string;
}

/**
 * User name and password for a registry. Terraform never reads them, so they are in no state, plan, output or user data: the
 * nodes do, and write them into containerd's configuration on their own disks.
 */
export class RegistryCredentials {
  /**
   * Credentials in a parameter of your own, which a node reads before it installs microk8s and every five minutes afterwards:
   * a changed value needs neither apply nor restart. Make it without Terraform, or with a write-only value:
   *
   * ```sh
   * aws ssm put-parameter --type SecureString --name /team/registry --value file://credentials.json
   * ```
   *
   * @throws {MecError} MEC1123 for what is no absolute parameter name, MEC1030 for what is no ARN of a key
   */
  public static fromSsmParameter(props: SsmParameterCredentialsProps): RegistryCredentials {
    const path = "RegistryCredentials.fromSsmParameter";
    const { parameterName, keyArn } = props;
    if (
      !Token.isUnresolved(parameterName) &&
      (!PARAMETER_NAME.test(parameterName) || parameterName.length > MAX_NAME_LENGTH || RESERVED.test(parameterName))
    ) {
      throw new MecError(
        "MEC1123",
        path,
        `${got(parameterName)} as parameterName: the name is absolute, of 1 to 15 parts with letters, digits, ".", "-" and "_", without a version, and does not begin with aws or ssm, so write for example "/team/registry"`,
      );
    }
    assertKmsKeyArn(path, "keyArn", keyArn);
    return new RegistryCredentials(parameterName, keyArn);
  }

  private constructor(
    /** Name of the parameter. */
    public readonly parameterName: string,
    /** ARN of the parameter's key; undefined for the one of Parameter Store itself. */
    public readonly keyArn?: string,
  ) {}

  /**
   * Refuses a parameter among those that the library itself writes.
   *
   * @param path construct path for the error
   * @param clusterName name of the cluster
   * @throws {MecError} MEC1123
   */
  public assertOutside(path: string, clusterName: string): void {
    if (this.parameterName.startsWith(`/mec/${clusterName}/`)) {
      throw new MecError(
        "MEC1123",
        path,
        `${got(this.parameterName)} as parameterName: /mec/${clusterName}/ is written by the cluster itself, so write a name elsewhere, such as "/team/registry"`,
      );
    }
  }
}

/**
 * What a node must be allowed to read the credentials: exactly their parameters, and each key for its parameters alone.
 *
 * @param credentials those of the cluster; none give no statement
 * @param parameterArn ARN of a parameter by its absolute name
 */
export function readStatements(credentials: readonly RegistryCredentials[], parameterArn: (name: string) => string): AllowStatement[] {
  const arnsOf = (some: readonly RegistryCredentials[]) => [...new Set(some.map(({ parameterName }) => parameterArn(parameterName)))];
  const keys = new Set(credentials.flatMap(({ keyArn }) => keyArn ?? []));
  return [
    ...allow(["ssm:GetParameters"], arnsOf(credentials)),
    ...[...keys].flatMap((key) => allowKeyForParameters(["kms:Decrypt"], key, arnsOf(credentials.filter(({ keyArn }) => keyArn === key)))),
  ];
}
