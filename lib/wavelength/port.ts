import { MecError, got } from "../errors";

function checked(factory: string, from: number, to: number): [number, number] {
  const valid = (port: number) => Number.isInteger(port) && port >= 0 && port <= 65_535;
  if (!valid(from) || !valid(to) || from > to) {
    throw new MecError(
      "MEC1020",
      factory,
      `${got(from === to ? from : [from, to])}: a port is a whole number from 0 to 65535 and a range goes upwards, so write for example ${factory}(${factory.endsWith("Range") ? "30000, 32767" : "443"})`,
    );
  }
  return [from, to];
}

/** Protocol and ports of a rule: what traffic is let through. */
export class Port {
  /**
   * One TCP port.
   * @param port 0 to 65535
   * @throws {MecError} MEC1020
   */
  public static tcp(port: number): Port {
    return new Port("tcp", ...checked("Port.tcp", port, port));
  }

  /**
   * TCP ports.
   * @param from the lowest, 0 to 65535
   * @param to the highest
   * @throws {MecError} MEC1020
   */
  public static tcpRange(from: number, to: number): Port {
    return new Port("tcp", ...checked("Port.tcpRange", from, to));
  }

  /**
   * One UDP port.
   * @param port 0 to 65535
   * @throws {MecError} MEC1020
   */
  public static udp(port: number): Port {
    return new Port("udp", ...checked("Port.udp", port, port));
  }

  /**
   * UDP ports.
   * @param from the lowest, 0 to 65535
   * @param to the highest
   * @throws {MecError} MEC1020
   */
  public static udpRange(from: number, to: number): Port {
    return new Port("udp", ...checked("Port.udpRange", from, to));
  }

  /**
   * ICMP "fragmentation needed" (type 3, code 4): the path to a Wavelength Zone takes 1,300 bytes, and this is how a sender learns.
   * @see https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
   */
  public static icmpFragmentationNeeded(): Port {
    return new Port("icmp", 3, 4);
  }

  /** ICMP echo request (type 8): ping. */
  public static icmpPing(): Port {
    return new Port("icmp", 8, -1);
  }

  /** Every protocol and port. */
  public static allTraffic(): Port {
    return new Port("-1");
  }

  private constructor(
    /** Protocol as the EC2 API takes it: `tcp`, `udp`, `icmp`, or `-1` for all. */
    public readonly ipProtocol: string,
    /** Lowest port; the type for ICMP; undefined for all traffic. */
    public readonly fromPort?: number,
    /** Highest port; the code for ICMP, -1 for any; undefined for all traffic. */
    public readonly toPort?: number,
  ) {}

  /** Whether the other has a port in common with this. */
  public overlaps(other: Port): boolean {
    const [a, b] = [this, other].map(({ fromPort = 0, toPort = Infinity }) => ({ fromPort, toPort }));
    const sameProtocol = this.ipProtocol === other.ipProtocol || this.ipProtocol === "-1" || other.ipProtocol === "-1";
    return sameProtocol && a.fromPort <= b.toPort && b.fromPort <= a.toPort;
  }

  /** Such as `tcp-443`, `udp-5000-5010` or `all`. */
  public toString(): string {
    if (this.fromPort === undefined || this.toPort === undefined) {
      return "all";
    }
    const ports = this.fromPort === this.toPort ? [this.fromPort] : [this.fromPort, this.toPort];
    return [this.ipProtocol, ...ports.map((port) => (port < 0 ? "any" : port))].join("-");
  }
}
