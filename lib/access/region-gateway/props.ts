import type { MachineImage } from "../../microk8s/machine-image";
import type { RegionInstanceType } from "../../wavelength/region-instance-type";

/** Properties of `ApiAccess.regionGateway`. */
export interface RegionGatewayAccessProps {
  /**
   * Networks that may reach the API, such as `203.0.113.7/32`; IPv4, one at least. A security group takes 60 rules by default, so the
   * construct carries a warning from 60 networks on.
   */
  readonly allowedCidrs: readonly string[];

  /**
   * Says that everybody on the internet may try to reach the Kubernetes API, for `allowedCidrs` that are everybody (`0.0.0.0/0`). TLS and
   * the cluster's own authentication are then all that is left.
   * @default - networks that are everybody are refused
   */
  readonly acknowledgeOpenToTheInternet?: true;

  /**
   * TCP port that the gateway listens on, 1 to 65535 without 22 and 53, which the host itself uses.
   * @default 16443
   */
  readonly port?: number;

  /**
   * Largest packet of the gateway's network interface in bytes, 1280 to 1500. The path between the parent Region and the zone takes 1,300
   * bytes; larger packets are for a path that is known to take them.
   * @default 1300
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
   */
  readonly mtu?: number;

  /**
   * Instance type of the gateway's host, of those that the parent Region offers. A change stops the host and starts it again.
   * @default RegionInstanceType.T3_MICRO
   */
  readonly instanceType?: RegionInstanceType;

  /**
   * Image the gateway's host starts from: an Ubuntu, 22.04 or later. It never replaces a host that is there.
   * @default MachineImage.UBUNTU_24_04
   */
  readonly machineImage?: MachineImage;
}
