import { MecError, got } from "../errors";

/**
 * A channel of the microk8s snap: a Kubernetes minor version and a risk level.
 *
 * There is no default: an upgrade is a decision. Only classic channels are meant; a strict one (`1.35-strict/stable`)
 * lacks the privileges that a node needs here.
 *
 * @see https://microk8s.io/docs/setting-snap-channel
 */
export class Microk8sChannel {
  /** Kubernetes 1.34, stable. */
  public static readonly V1_34 = Microk8sChannel.of("1.34/stable");
  /** Kubernetes 1.35, stable. */
  public static readonly V1_35 = Microk8sChannel.of("1.35/stable");

  /**
   * The channel with this name.
   *
   * @param name minor version and risk level, such as `1.36/stable`; 1.28 at least, the first with launch configuration
   *   0.2.0 and with certificates in place of static tokens
   * @throws {MecError} MEC1102 when the name is of another form or names an older version
   */
  public static of(name: string): Microk8sChannel {
    const match = /^1\.(?<minor>\d{2})\/(?:stable|candidate|beta|edge)$/.exec(name);
    if (!match?.groups || Number(match.groups.minor) < 28) {
      throw new MecError(
        "MEC1102",
        "Microk8sChannel.of",
        `${got(name)}: a channel is a minor version from 1.28 on and stable, candidate, beta or edge, so write for example "1.35/stable"`,
      );
    }
    return new Microk8sChannel(name, Number(match.groups.minor));
  }

  /** Kubernetes minor version, such as `1.35`. */
  public readonly kubernetesVersion: string;

  private constructor(
    /** Name of the channel, such as `1.35/stable`. */
    public readonly name: string,
    /** Second number of the Kubernetes version, such as 35. */
    public readonly minor: number,
  ) {
    this.kubernetesVersion = `1.${minor}`;
  }

  /** Name of the channel. */
  public toString(): string {
    return this.name;
  }
}
