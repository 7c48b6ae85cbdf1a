import { LocalBackend, S3Backend, Token, type TerraformStack } from "cdktf";
import { isAbsolute, join } from "node:path";
import { MecError, got } from "../lib/errors";
import { assertKmsKeyArn } from "../lib/identity";

/** Properties of {@link StateBackend.s3}. */
export interface S3StateBackendProps {
  /** Name of the bucket; it exists already, with versioning and without public access. */
  readonly bucket: string;
  /** Region of the bucket, such as `us-east-1`. */
  readonly region: string;
  /**
   * Prefix of the state's key; the name of the stack and `.tfstate` follow.
   * @default "mec/"
   */
  readonly keyPrefix?: string;
  /**
   * Whether a lock file beside the state keeps two deploys from running at once.
   * @default true
   * @see https://developer.hashicorp.com/terraform/language/backend/s3#state-locking
   */
  readonly useLockfile?: boolean;
  /**
   * ARN of the KMS key that encrypts the state; not an alias.
   * @default - the bucket's own encryption
   */
  readonly encryptionKeyArn?: string;
  /**
   * Profile of the shared configuration files, where the state is in another account than the site.
   * @default - the environment's
   */
  readonly profile?: string;
}

/** Where the Terraform state of ready-made stacks is kept; one state for each stack. */
export abstract class StateBackend {
  /**
   * In an S3 bucket, encrypted and locked.
   *
   * @param props bucket, Region and how
   * @throws {MecError} when bound: MEC1405 for a bucket, Region or prefix that cannot be, MEC1030 for a key
   */
  public static s3(props: S3StateBackendProps): StateBackend {
    return new S3StateBackend(props);
  }

  /**
   * In a folder of this machine: for sandboxes and tests.
   *
   * @param directory absolute path of the folder
   * @throws {MecError} when bound: MEC1405 for a path that is not absolute
   */
  public static local(directory: string): StateBackend {
    return new LocalStateBackend(directory);
  }

  /** Gives a stack its backend; `<name of the stack>.tfstate` is the state's name. */
  public abstract bind(stack: TerraformStack): void;
}

function refuse(stack: TerraformStack, prop: string, value: unknown, rule: string): never {
  throw new MecError("MEC1405", stack.node.path, `${got(value)} as ${prop} of the state backend: ${rule}`);
}

class S3StateBackend extends StateBackend {
  public constructor(private readonly props: S3StateBackendProps) {
    super();
  }

  public bind(stack: TerraformStack): void {
    const { bucket, region, keyPrefix = "mec/", useLockfile = true, encryptionKeyArn, profile } = this.props;
    // A backend is read before anything else, so a token can never be in it.
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket ?? "") || bucket.includes("..")) {
      refuse(
        stack,
        "bucket",
        bucket,
        'a bucket is named with 3 to 63 lowercase letters, digits, dots and dashes, so write for example "acme-terraform-state"',
      );
    }
    if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/.test(region ?? "")) {
      refuse(stack, "region", region, 'it is the code of the Region the bucket is in, so write for example "us-east-1"');
    }
    if (keyPrefix.startsWith("/") || !/^[\w!.*'()/-]*$/.test(keyPrefix)) {
      refuse(stack, "keyPrefix", keyPrefix, 'it is the beginning of an object key, without a slash before it, so write for example "mec/"');
    }
    const token = Object.entries({ encryptionKeyArn, profile }).find(([, value]) => value !== undefined && Token.isUnresolved(value));
    if (token !== undefined) {
      refuse(stack, token[0], "a token", "Terraform reads it before it knows any value, so write the value itself");
    }
    assertKmsKeyArn(stack.node.path, "encryptionKeyArn", encryptionKeyArn, region);
    new S3Backend(stack, {
      bucket,
      region,
      key: `${keyPrefix}${stack.node.id}.tfstate`,
      encrypt: true,
      kmsKeyId: encryptionKeyArn,
      profile,
    });
    // The framework has no such argument before cdktn 0.24.
    stack.addOverride("terraform.backend.s3.use_lockfile", useLockfile);
  }
}

class LocalStateBackend extends StateBackend {
  public constructor(private readonly directory: string) {
    super();
  }

  public bind(stack: TerraformStack): void {
    if (!isAbsolute(this.directory)) {
      refuse(
        stack,
        "directory",
        this.directory,
        'Terraform runs in another folder, so write an absolute path, such as path.resolve("state")',
      );
    }
    new LocalBackend(stack, { path: join(this.directory, `${stack.node.id}.tfstate`) });
  }
}
