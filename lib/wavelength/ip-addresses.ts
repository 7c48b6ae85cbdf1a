import { MecError, got } from "../errors";
import { subnetOf, smallestNetwork, SUBNET_NAMES, type SubnetRole } from "./address-plan";
import { PREFIX, vpcNetwork, type Cidr } from "./cidr";

/** Networks of the subnets of a {@link WavelengthNetwork}, each in CIDR notation, /16 to /28. */
export interface SubnetNetworks {
  /**
   * Network that all subnets are in: the VPC's, or the part of an existing VPC that may be used.
   */
  readonly cidr: string;
  /**
   * Wavelength subnet routed to the carrier gateway.
   * @default - none: it is an existing one
   */
  readonly carrier?: string;
  /**
   * Wavelength subnet whose way out is a NAT gateway in the parent Region.
   * @default - none: whatever needs the subnet is refused
   */
  readonly private?: string;
  /**
   * Public subnet in the parent Region.
   * @default - none: whatever needs the subnet is refused
   */
  readonly parentPublic?: string;
  /**
   * Private subnet in the parent Region.
   * @default - none: whatever needs the subnet is refused
   */
  readonly parentPrivate?: string;
}

/**
 * Which IPv4 networks a {@link WavelengthNetwork} takes. Wavelength Zones have no IPv6.
 * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/wavelength-quotas.html
 */
export class IpAddresses {
  /**
   * One network, cut into subnets by a fixed plan: every subnet has its place whether it is made or not, so what is added later
   * moves nothing.
   *
   * ```
   * 10.0.0.0/16  ├── 10.0.0.0/17    Wavelength subnet, carrier-routed
   *              ├── 10.0.128.0/18  Wavelength subnet, private
   *              ├── 10.0.192.0/19  parent Region, public
   *              └── 10.0.224.0/19  parent Region, private
   * ```
   *
   * @param cidr network in CIDR notation, /16 to /28, such as `10.0.0.0/16`: the VPC's, or the part of an existing VPC that may be
   *   used; a /26 is the least for one cluster, a /25 for all four subnets
   */
  public static cidr(cidr: string): IpAddresses {
    return new IpAddresses({ cidr }, true);
  }

  /**
   * Subnets with the networks you choose.
   *
   * @param networks networks of the subnets, inside `cidr`, with no address in common
   */
  public static subnets(networks: SubnetNetworks): IpAddresses {
    return new IpAddresses(networks, false);
  }

  private constructor(
    private readonly networks: SubnetNetworks,
    private readonly planned: boolean,
  ) {}

  /** Network that all subnets are in, in CIDR notation. */
  public get cidr(): string {
    return this.networks.cidr;
  }

  /**
   * Checks what can be checked before a subnet is asked for.
   *
   * @internal
   * @param path construct path for the errors
   * @returns the network that all subnets are in, and what of it they may take
   * @throws {MecError} MEC1003, MEC1004, MEC1024, MEC1025, MEC1015
   */
  public check(path: string): { whole: Cidr; taken: readonly Cidr[] } {
    const whole = vpcNetwork(path, this.cidr);
    const given = Object.entries(SUBNET_NAMES).flatMap(([role, name]) => {
      const text = this.networks[role as SubnetRole];
      return text === undefined ? [] : [{ name, cidr: vpcNetwork(path, text) }];
    });
    given.forEach(({ name, cidr }, index) => {
      if (!whole.contains(cidr)) {
        throw new MecError("MEC1015", path, `${got(`${cidr}`)} for the ${name}: it is not inside ${whole}, so write a part of ${whole}`);
      }
      const twin = given.slice(0, index).find((other) => other.cidr.overlaps(cidr));
      if (twin !== undefined) {
        throw new MecError(
          "MEC1015",
          path,
          `${got(`${cidr}`)} for the ${name}: it overlaps ${twin.cidr}, the ${twin.name}, so write networks with no address in common`,
        );
      }
    });
    return { whole, taken: this.planned ? [whole] : given.map(({ cidr }) => cidr) };
  }

  /**
   * The network of one subnet.
   *
   * @internal
   * @param path construct path for the error
   * @param role which subnet
   * @throws {MecError} MEC1017 when there is no room for it; what {@link check} throws
   */
  public subnet(path: string, role: SubnetRole): Cidr {
    const { whole } = this.check(path);
    const name = SUBNET_NAMES[role];
    if (!this.planned) {
      const text = this.networks[role];
      if (text === undefined) {
        throw new MecError(
          "MEC1017",
          path,
          `got no network for the ${name}: something needs it, so write ${role} in IpAddresses.subnets({ … }), a part of ${whole} of 16 addresses at least`,
        );
      }
      return vpcNetwork(path, text);
    }
    const subnet = subnetOf(whole, role);
    if (subnet.prefix > PREFIX.smallest) {
      const least = smallestNetwork([role]);
      throw new MecError(
        "MEC1017",
        path,
        `${got(`${whole}`)}: the ${name} needs 16 addresses (a /28, the least of AWS, which keeps five of them) and ${subnet.size} are available for it, ` +
          `so write a /${least} or larger, such as "${whole.address(0)}/${least}", or IpAddresses.subnets({ … })`,
      );
    }
    return subnet;
  }
}
