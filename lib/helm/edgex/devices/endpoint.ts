import { MecError, got } from "../../../errors";
import { isAddress } from "../../../wavelength/cidr";
import type { PortProtocol } from "../graph/service-node";

/** Where a device is reached: what the network policy of its device service lets out. */
export interface DeviceEndpoint {
  /** IPv4 address, or a name of DNS. */
  readonly host: string;
  /** Port, 1 to 65535. */
  readonly port: number;
  /** @default "TCP" */
  readonly protocol?: PortProtocol;
}

const CODE = "MEC1488";

/** Addresses that are the pod itself, or AWS' own service for the machine: never a device. */
const NO_DEVICE = /^(?:0\.|127\.|169\.254\.|255\.255\.255\.255$|localhost$|.*\.localhost$)/i;

/**
 * Refuses what is no host that a pod could reach.
 *
 * @param path name of the input for the error
 * @param property such as `address`
 * @param host the host
 * @throws {MecError} MEC1488
 */
export function assertHost(path: string, property: string, host: unknown): asserts host is string {
  const fits =
    typeof host === "string" &&
    host.length <= 253 &&
    (isAddress(host) ||
      (!/^[\d.]+$/.test(host) && host.split(".").every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label))));
  if (!fits) {
    throw new MecError(
      CODE,
      path,
      `${got(host)} as ${property}: a device is reached at an IPv4 address or a name of DNS, without a scheme and a port, so write for example "10.0.3.17"`,
    );
  }
  if (NO_DEVICE.test(host)) {
    throw new MecError(
      CODE,
      path,
      `${got(host)} as ${property}: that is the pod or the machine itself, so write the address of the device`,
    );
  }
}

/**
 * Refuses what is no port.
 *
 * @param path name of the input for the error
 * @param property such as `port`
 * @param port the port
 * @throws {MecError} MEC1488
 */
export function assertPort(path: string, property: string, port: unknown): asserts port is number {
  if (!(Number.isInteger(port) && (port as number) >= 1 && (port as number) <= 65_535)) {
    throw new MecError(CODE, path, `${got(port)} as ${property}: a port is a whole number from 1 to 65535, so write for example 502`);
  }
}
