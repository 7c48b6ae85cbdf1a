import { MecError } from "../errors";
import { Size } from "../units";
import { WavelengthVolumeType } from "../wavelength/volume-type";

/** Smallest root volume in GiB: microk8s recommends 20 GB of disk (https://microk8s.io/docs/getting-started). */
const MIN_GIBIBYTES = 20;

/** Largest gp2 volume in GiB (https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html). */
const MAX_GIBIBYTES = 16_384;

/** Root volume of a node; always encrypted. */
export interface RootVolumeProps {
  /**
   * Size, 20 to 16,384 GiB.
   * @default Size.gibibytes(50)
   */
  readonly size?: Size;

  /**
   * Type; a Wavelength Zone has gp2 volumes only.
   * @default WavelengthVolumeType.GP2
   */
  readonly volumeType?: WavelengthVolumeType;
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param path construct path for the error
 * @param property name of the property, for the error
 * @param props what a person wrote
 * @throws {MecError} MEC1104 for a volume that is too small or too large
 */
export function checkedRootVolume(path: string, property: string, props: RootVolumeProps = {}): Required<RootVolumeProps> {
  const { size = Size.gibibytes(50), volumeType = WavelengthVolumeType.GP2 } = props;
  if (size.toGibibytes() < MIN_GIBIBYTES || size.toGibibytes() > MAX_GIBIBYTES) {
    throw new MecError(
      "MEC1104",
      path,
      `got ${size.toGibibytes()} GiB as ${property}.size: microk8s recommends ${MIN_GIBIBYTES} GB of disk and gp2 has ${MAX_GIBIBYTES} GiB at most, so write for example Size.gibibytes(50)`,
    );
  }
  return { size, volumeType };
}
