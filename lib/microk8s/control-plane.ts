import { Token } from "cdktf";
import { MecError, got } from "../errors";
import type { ControlPlaneAddressRequest } from "../wavelength/control-plane-addresses";
import { WavelengthInstanceType } from "../wavelength/instance-type";
import { QUORUM_COUNTS, assertControlPlaneChanges } from "./control-plane-changes";
import { MachineImage } from "./machine-image";
import { checkedRootVolume, type RootVolumeProps } from "./root-volume";

/** What is to change about the nodes of a control plane that is there. */
export interface ControlPlaneChanges {
  /**
   * Number of nodes, the last ones, that are to leave in good order: the others drain and remove them. Once the apply has ended, lower `count`
   * by as many. 1, 3 or 5 must stay.
   * @default 0
   */
  readonly leaving?: number;

  /**
   * Says that a cluster that had three control-plane nodes may have fewer, which stand no loss.
   * @default - the plan fails with MEC1162 where it would
   */
  readonly acknowledgeLossOfHighAvailability?: true;

  /**
   * Node that takes on another `instanceType`, such as `["cp-1"]`: one per apply, since it is stopped and started again; the apply waits
   * until it is ready. Leave it out once all have it. Where it is left out, the plan fails with MEC1164 for a node that has another type.
   * @default - none
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-resize.html
   */
  readonly resize?: readonly string[];

  /**
   * Nodes whose machines are replaced, once for each new text, such as `{ "cp-1": "2026-11-25" }`; the entry may stay, or go. Replace one
   * per apply, so that the others keep a majority. Where `deletionProtection` is on, apply with `false` first.
   * @default - none
   */
  readonly replacements?: Readonly<Record<string, string>>;
}

/** Control plane of a {@link Microk8sCluster}. */
export interface ControlPlaneProps extends ControlPlaneAddressRequest, ControlPlaneChanges {
  /**
   * Number of control-plane nodes: 1, 3 or 5, those in `leaving` included. Three are highly available and five stand the loss of two; an
   * even number stands no more than the odd one below it. More or fewer is one more apply: nodes that stay are not touched, new ones join by
   * themselves.
   * @default 1
   * @see https://microk8s.io/docs/high-availability
   */
  readonly count?: number;

  /**
   * Instance type of the nodes.
   * @default WavelengthInstanceType.T3_XLARGE
   */
  readonly instanceType?: WavelengthInstanceType;

  /**
   * Root volume of the nodes.
   * @default - 50 GiB of gp2
   */
  readonly rootVolume?: RootVolumeProps;

  /**
   * Image the nodes' machines start from; it never replaces a node that is there.
   * @default MachineImage.UBUNTU_24_04
   */
  readonly machineImage?: MachineImage;

  /**
   * Whether EC2 is asked to put each node on hardware of its own, by a placement group of the strategy "spread" (7 instances at most). It is
   * for machines that are made from then on: none that is there is moved.
   *
   * No page of AWS that is known to the authors says whether Wavelength Zones take placement groups; where they do not, the apply fails.
   * @default false
   * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/placement-groups.html
   */
  readonly spreadPlacement?: boolean;

  /**
   * Id of the instance on which a lost cluster was born, such as `i-0123456789abcdef0`: allows a second cluster under this name. It is the
   * only way to one once the machine of the first is lost for good, and everything is lost that was in it: its objects, its certificates,
   * the data on its disk.
   *
   * The node's own reason names the id, and so does the parameter `/mec/<cluster>/cluster`. The consent is bound to this one loss and used
   * up by the birth, so it may stay in the code: a node whose cluster was born elsewhere does not take it.
   * @default - a node whose cluster was born on another machine says so and does nothing
   */
  readonly reinitialise?: string;
}

/** A control plane with nothing left open. */
export interface CheckedControlPlane {
  readonly count: number;
  readonly instanceType: WavelengthInstanceType;
  readonly rootVolume: Required<RootVolumeProps>;
  readonly machineImage: MachineImage;
  readonly addresses: ControlPlaneAddressRequest;
  readonly spreadPlacement: boolean;
  readonly reinitialise?: string;
  readonly leaving: number;
  readonly acknowledgeLossOfHighAvailability?: true;
  readonly resize: readonly string[];
  readonly replacements: Readonly<Record<string, string>>;
}

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param path construct path for the errors
 * @param props what a person wrote
 * @throws {MecError} MEC1103 for the number of nodes, MEC1104 for a root volume that is too small or too large, MEC1150 for what is no
 *   instance id, and what {@link assertControlPlaneChanges} refuses
 */
export function checkedControlPlane(path: string, props: ControlPlaneProps = {}): CheckedControlPlane {
  const {
    count = 1,
    instanceType = WavelengthInstanceType.T3_XLARGE,
    rootVolume,
    addressBlock,
    privateIps,
    machineImage = MachineImage.UBUNTU_24_04,
    spreadPlacement = false,
    reinitialise,
    leaving = 0,
    acknowledgeLossOfHighAvailability,
    resize = [],
    replacements = {},
  } = props;
  if (!QUORUM_COUNTS.includes(count)) {
    throw new MecError(
      "MEC1103",
      path,
      `${got(count)} as controlPlane.count: a majority of the nodes keeps the cluster going and an even number stands no more losses than the odd one below it, so write 1, 3 or 5`,
    );
  }
  assertControlPlaneChanges(path, count, props);
  const checkedVolume = checkedRootVolume(path, "controlPlane.rootVolume", rootVolume);
  if (reinitialise !== undefined && !Token.isUnresolved(reinitialise) && !/^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/.test(reinitialise)) {
    throw new MecError(
      "MEC1150",
      path,
      `${got(reinitialise)} as controlPlane.reinitialise: the consent is to the loss of one machine, so write the id of the instance that the reason in nodes/cp-0 names, such as "i-0123456789abcdef0"`,
    );
  }
  return {
    count,
    instanceType,
    rootVolume: checkedVolume,
    machineImage,
    addresses: { addressBlock, privateIps },
    spreadPlacement,
    reinitialise,
    leaving,
    acknowledgeLossOfHighAvailability,
    resize,
    replacements,
  };
}

/**
 * Names of the control-plane nodes in their order.
 *
 * @param path construct path for the error
 * @param controlPlane the control plane
 * @param addresses private addresses, the first for `cp-0`
 * @throws {MecError} MEC1160 where nodes would have no address
 */
export function controlPlaneNames(path: string, { count }: CheckedControlPlane, addresses: readonly string[]): string[] {
  if (addresses.length < count) {
    throw new MecError(
      "MEC1160",
      path,
      `${got(addresses)} as controlPlane.privateIps: there are ${count} nodes, each with an address of its own, so write ${count} addresses`,
    );
  }
  return Array.from({ length: count }, (_, index) => `cp-${index}`);
}
