import { DataAwsSsmParameter } from "@cdktf/provider-aws/lib/data-aws-ssm-parameter";
import { Token } from "cdktf";
import type { Construct } from "constructs";
import { MecError, got } from "../errors";
import type { CpuArchitecture } from "../wavelength/instance-type";

/** Ubuntu releases whose images work, with the volume type that Canonical registers them with; it is a part of the parameter's name. */
const UBUNTU = { "24.04": "gp3", "22.04": "gp2" } as const;

/**
 * The image that a node's machine starts from. It counts when the machine is made: a newer or another image never replaces a node.
 *
 * A Wavelength Zone has no UEFI boot, so an image must be able to boot without; Canonical's are `uefi-preferred`, which is.
 *
 * Session Manager's agent need not be on it: a node installs the snap `amazon-ssm-agent` where it is missing.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/launch-instance-boot-mode.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/agent-install-ubuntu-64-snap.html
 */
export class MachineImage {
  /** Ubuntu Server 24.04 LTS, the newest image of Canonical's, for the architecture of the instance type. */
  public static readonly UBUNTU_24_04 = MachineImage.ubuntu("24.04");

  /** Ubuntu Server 22.04 LTS, the newest image of Canonical's, for the architecture of the instance type. */
  public static readonly UBUNTU_22_04 = MachineImage.ubuntu("22.04");

  /**
   * The image that a parameter names, read when Terraform plans.
   *
   * @param parameterName absolute name of a parameter in the cluster's Region whose value is an image id, such as
   *   `/golden/ubuntu-24.04/ami-id`; the image is an Ubuntu with cloud-init, snapd and Python 3, for the architecture of the instance type
   * @throws {MecError} MEC1125 for a name that is not absolute
   */
  public static fromSsmParameter(parameterName: string): MachineImage {
    if (!Token.isUnresolved(parameterName) && !/^(?:\/[A-Za-z0-9_.-]+){1,15}$/.test(parameterName)) {
      throw new MecError(
        "MEC1125",
        "MachineImage.fromSsmParameter",
        `${got(parameterName)}: a parameter is given by its absolute name, so write for example "/golden/ubuntu-24.04/ami-id"`,
      );
    }
    return MachineImage.byParameter(() => parameterName);
  }

  /**
   * One image by its id.
   *
   * @param imageId such as `ami-0123456789abcdef0`, in the cluster's Region; an Ubuntu with cloud-init, snapd and Python 3, for the
   *   architecture of the instance type
   * @throws {MecError} MEC1125 for what is no image id
   */
  public static fromId(imageId: string): MachineImage {
    if (!Token.isUnresolved(imageId) && !/^ami-[0-9a-f]{8,17}$/.test(imageId)) {
      throw new MecError(
        "MEC1125",
        "MachineImage.fromId",
        `${got(imageId)}: an image id is ami- and 8 or 17 hexadecimal digits, so write for example "ami-0123456789abcdef0"`,
      );
    }
    return new MachineImage(() => imageId);
  }

  /** Canonical's public parameter with the newest image (https://documentation.ubuntu.com/aws/aws-how-to/instances/find-ubuntu-images/). */
  private static ubuntu(release: keyof typeof UBUNTU): MachineImage {
    return MachineImage.byParameter(
      ({ debianName }) => `/aws/service/canonical/ubuntu/server/${release}/stable/current/${debianName}/hvm/ebs-${UBUNTU[release]}/ami-id`,
    );
  }

  private static byParameter(nameFor: (architecture: CpuArchitecture) => string): MachineImage {
    return new MachineImage(
      (scope, architecture) => new DataAwsSsmParameter(scope, "Image", { name: nameFor(architecture) }).insecureValue,
    );
  }

  private constructor(private readonly imageId: (scope: Construct, architecture: CpuArchitecture) => string) {}

  /**
   * Id of the image. @attribute
   *
   * @internal
   * @param scope where a lookup is made, if one is needed
   * @param architecture of the machine
   */
  public bind(scope: Construct, architecture: CpuArchitecture): string {
    return this.imageId(scope, architecture);
  }
}
