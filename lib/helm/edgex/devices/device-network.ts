import { Cidr, isAddress } from "../../../wavelength/cidr";
import type { Outside, PortProtocol } from "../graph/service-node";
import type { DeviceEndpoint } from "./endpoint";

interface Port {
  readonly port: number;
  readonly protocol?: PortProtocol;
}

/**
 * What a device service is let out to: the networks it was told, at the ports of its kind and of its devices; the address of each other device; and
 * any address, at the port of the device, for one that is reached by a name of DNS where no networks are known.
 *
 * @param path name of the input for the errors
 * @param networks networks that devices are in
 * @param ports ports of the kind
 * @param endpoints where devices are reached
 */
export function outboundOf(
  path: string,
  networks: readonly string[],
  ports: readonly Port[],
  endpoints: readonly DeviceEndpoint[],
): readonly Outside[] {
  const within = networks.map((network) => Cidr.parse(path, network));
  const byTarget = new Map<string, Map<string, Port>>();
  const add = (target: string, { port, protocol = "TCP" }: Port) => {
    const targets = byTarget.get(target) ?? new Map<string, Port>();
    byTarget.set(target, targets.set(`${protocol}/${port}`, protocol === "TCP" ? { port } : { port, protocol }));
  };
  for (const network of networks) {
    ports.forEach((port) => add(network, port));
  }
  for (const { host, port, protocol } of endpoints) {
    const namespace = namespaceOf(host);
    if (namespace !== undefined) {
      add(`namespace ${namespace}`, { port, protocol });
    } else if (!isAddress(host)) {
      (networks.length > 0 ? networks : ["0.0.0.0/0"]).forEach((network) => add(network, { port, protocol }));
    } else {
      const address = Cidr.parse(path, `${host}/32`);
      const around = networks.filter((_, index) => within[index].contains(address));
      (around.length > 0 ? around : [`${host}/32`]).forEach((network) => add(network, { port, protocol }));
    }
  }
  return group(byTarget);
}

/** Targets with the same ports are one entry, in a fixed order. */
function group(byTarget: ReadonlyMap<string, ReadonlyMap<string, Port>>): Outside[] {
  const cidrs = new Map<string, { cidrs: string[]; ports: Port[] }>();
  const namespaces: Outside[] = [];
  for (const target of [...byTarget.keys()].sort()) {
    const ports = [...(byTarget.get(target)?.entries() ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
    const key = ports.map(([name]) => name).join();
    if (ports.length === 0) {
      continue;
    }
    if (target.startsWith("namespace ")) {
      namespaces.push({ namespace: target.slice("namespace ".length), ports: ports.map(([, port]) => port) });
    } else {
      const entry = cidrs.get(key) ?? { cidrs: [], ports: ports.map(([, port]) => port) };
      entry.cidrs.push(target);
      cidrs.set(key, entry);
    }
  }
  return [...cidrs.values(), ...namespaces];
}

/** Namespace of a Service of the same cluster, by the name that DNS has for it. */
function namespaceOf(host: string): string | undefined {
  return /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/.exec(host)?.[1];
}
