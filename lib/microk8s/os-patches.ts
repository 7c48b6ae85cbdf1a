import { Token } from "cdktf";
import { MecError, got } from "../errors";
import type { DesiredOsPatches } from "./desired";

/** Properties of {@link OsPatches.securityWithReboot}. */
export interface SecurityWithRebootProps {
  /** Time of day in UTC, as `HH:MM`, such as `03:30`. */
  readonly at: string;
}

/**
 * What nodes do about security patches of Ubuntu. microk8s itself is a snap, whose version `channel` decides, and is not meant.
 *
 * @see https://documentation.ubuntu.com/server/how-to/software/automatic-updates/
 */
export class OsPatches {
  /** Ubuntu's unattended security upgrades, once a day. A patch that needs a reboot, such as a kernel's, waits for one of yours. */
  public static readonly SECURITY = new OsPatches({ mode: "security" });

  /** None: unattended upgrades are turned off. For images that are patched and replaced. */
  public static readonly NONE = new OsPatches({ mode: "none" });

  /**
   * As `SECURITY`, and a node that a patch waits on reboots at a time of day. Every node of the cluster does so at the same time.
   *
   * @param props the time
   * @throws {MecError} MEC1132 for what is no time of day
   */
  public static securityWithReboot({ at }: SecurityWithRebootProps): OsPatches {
    if (!Token.isUnresolved(at) && !/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(at)) {
      throw new MecError(
        "MEC1132",
        "OsPatches.securityWithReboot",
        `${got(at)} as at: a time of day is HH:MM in UTC, from 00:00 to 23:59, so write for example "03:30"`,
      );
    }
    return new OsPatches({ mode: "security", rebootAt: at });
  }

  private constructor(
    /** As `desired` has it. @internal */
    public readonly rendered: DesiredOsPatches,
  ) {}
}
