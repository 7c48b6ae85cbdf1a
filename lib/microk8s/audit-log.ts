import { MecError, got } from "../errors";
import { Duration, Size } from "../units";
import { assertAuditPolicy, type AuditPolicy } from "./audit-policy";

/** Where the API server writes; it makes the folder. Not the path of the cis-hardening add-on: the agent ships one file. */
const LOG_PATH = "/var/log/mec-audit/audit.log";

/** Name of the policy among microk8s' argument files; the cis-hardening add-on overwrites `audit-policy.yaml`. */
const POLICY_FILE = "mec-audit-policy.yaml";

/** How much of an audit log a node keeps. */
export interface AuditLogRotation {
  /**
   * How long, in whole days.
   * @default Duration.days(30)
   */
  readonly maxAge?: Duration;
  /**
   * Number of full files that are kept, 1 at least.
   * @default 10
   */
  readonly maxBackups?: number;
  /**
   * Size of a full file, in whole mebibytes.
   * @default Size.mebibytes(100)
   */
  readonly maxSize?: Size;
}

/** Properties of {@link AuditLog.policy}. */
export interface AuditLogPolicyProps extends AuditLogRotation {
  /**
   * What is written, by the rules of Kubernetes, as an object; read YAML with a parser of your choice. It goes to the nodes in a
   * parameter of 4 KB that holds all about them.
   */
  readonly policy: AuditPolicy;
}

/**
 * The log of who asked the Kubernetes API for what. Nodes keep it in `/var/log/mec-audit/audit.log`.
 * @see https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */
export class AuditLog {
  /**
   * Who asked for what and when, of every request; no contents, so no secrets.
   * @throws {MecError} MEC1146 for a rotation that cannot be
   */
  public static metadata(rotation: AuditLogRotation = {}): AuditLog {
    return AuditLog.of("AuditLog.metadata", { ...rotation, policy: METADATA });
  }

  /**
   * What a policy of your own says. The levels `Request` and `RequestResponse` write contents, those of secrets too unless a rule before
   * excepts them.
   * @throws {MecError} MEC1146 for a policy that the API server would not take, or a rotation that cannot be
   */
  public static policy(props: AuditLogPolicyProps): AuditLog {
    return AuditLog.of("AuditLog.policy", props);
  }

  private static of(path: string, props: AuditLogPolicyProps): AuditLog {
    const { policy, maxAge = Duration.days(30), maxBackups = 10, maxSize = Size.mebibytes(100) } = props;
    assertAuditPolicy(path, policy);
    const whole = (property: string, value: number, unit: string, example: string) => {
      if (!Number.isInteger(value) || value < 1) {
        throw new MecError(
          "MEC1146",
          path,
          `${got(value)} ${unit} as ${property}: it is a whole number from 1 on, so write for example ${example}`,
        );
      }
    };
    whole("maxAge", maxAge.toDays(), "days", "Duration.days(30)");
    whole("maxBackups", maxBackups, "files", "10");
    whole("maxSize", maxSize.toMebibytes(), "MiB", "Size.mebibytes(100)");
    return new AuditLog(policy, maxAge, maxBackups, maxSize);
  }

  private constructor(
    private readonly auditPolicy: AuditPolicy,
    private readonly maxAge: Duration,
    private readonly maxBackups: number,
    private readonly maxSize: Size,
  ) {}

  /** The API server's flags. */
  public get flags(): Readonly<Record<string, string>> {
    return {
      "--audit-log-path": LOG_PATH,
      "--audit-policy-file": `\${SNAP_DATA}/args/${POLICY_FILE}`,
      "--audit-log-maxage": String(this.maxAge.toDays()),
      "--audit-log-maxbackup": String(this.maxBackups),
      "--audit-log-maxsize": String(this.maxSize.toMebibytes()),
    };
  }

  /** Files beside microk8s' arguments, by name: the policy as JSON, which is YAML too. */
  public get files(): Readonly<Record<string, string>> {
    return { [POLICY_FILE]: JSON.stringify(this.auditPolicy) };
  }

  /**
   * Refuses a log that could fill the disk.
   *
   * @param path construct path for the error
   * @param disk size of the root volume
   * @throws {MecError} MEC1146 when the log may take more than half of it
   */
  public assertFits(path: string, disk: Size): void {
    const most = (this.maxSize.toGibibytes() * (this.maxBackups + 1)).toFixed(1);
    if (Number(most) > disk.toGibibytes() / 2) {
      throw new MecError(
        "MEC1146",
        path,
        `got an audit log of up to ${most} GiB: it may take half of the root volume of ${disk.toGibibytes()} GiB, so write a smaller maxSize or maxBackups, or a larger rootVolume`,
      );
    }
  }
}

const METADATA: AuditPolicy = { apiVersion: "audit.k8s.io/v1", kind: "Policy", rules: [{ level: "Metadata" }] };
