import { MecError, got } from "../../errors";
import type { EdgeXOptions } from "./edgex-props";
import { BROKER, COMMAND, DATA, METADATA, NOTIFICATIONS, SCHEDULER } from "./graph/addresses";
import type { ServiceGraph } from "./graph/service-graph";
import { SECRET_TEXT, type Outside, type ServiceNode } from "./graph/service-node";
import { CORE_DATA_TELEMETRY } from "./metrics/telemetry";

/** What the whole EdgeX says of its services, whatever each of them is. */
export interface NodeSettings extends Pick<EdgeXOptions, "outbound" | "allowedNamespaces" | "credentialsVersion"> {
  /** Networks whose devices connect to the broker themselves. */
  readonly brokerNetworks: readonly string[];
  /** Whether there are metrics. */
  readonly isWatched: boolean;
}

/** Services that `allowedNamespaces` opens. */
const FOR_OTHERS = [BROKER, METADATA, COMMAND, DATA, NOTIFICATIONS, SCHEDULER];

/**
 * A service with what the whole EdgeX says of it.
 *
 * @param node the service
 * @param settings what is said
 */
export function withSettings(node: ServiceNode, settings: NodeSettings): ServiceNode {
  const outbound = settings.outbound?.[node.name] ?? [];
  const inbound = [...devicesAt(node, settings), ...namespacesAt(node, settings)];
  const env = { ...telemetryOf(node, settings), ...versionOf(node, settings) };
  return {
    ...node,
    ...(Object.keys(env).length > 0 ? { env: { ...node.env, ...env } } : {}),
    ...(outbound.length > 0 ? { outbound: [...(node.outbound ?? []), ...outbound] } : {}),
    ...(inbound.length > 0 ? { inbound: [...(node.inbound ?? []), ...inbound] } : {}),
  };
}

/**
 * Refuses ways out of services that are not there.
 *
 * @param path construct path for the error
 * @param outbound the ways out, by name of the service
 * @param graph the services
 * @throws {MecError} MEC1482
 */
export function assertOutbound(path: string, outbound: EdgeXOptions["outbound"], { services }: ServiceGraph): void {
  for (const service of Object.keys(outbound ?? {})) {
    if (!services.some(({ name }) => name === service)) {
      throw new MecError(
        "MEC1482",
        path,
        `${got(service)} in outbound: there is no such service in this EdgeX, so write one of ${services.map(({ name }) => name).join(", ")}`,
      );
    }
  }
}

/** The networks whose devices connect to the broker themselves. */
function devicesAt({ name }: ServiceNode, { brokerNetworks }: NodeSettings): readonly Outside[] {
  const cidrs = [...new Set(brokerNetworks)].sort();
  return name === BROKER.service && cidrs.length > 0 ? [{ cidrs, ports: [{ port: BROKER.port }] }] : [];
}

/** What may connect to it from other namespaces. */
function namespacesAt({ name }: ServiceNode, { allowedNamespaces = [] }: NodeSettings): readonly Outside[] {
  const address = FOR_OTHERS.find(({ service }) => service === name);
  return address ? allowedNamespaces.map((namespace) => ({ namespace, ports: [{ port: address.port }] })) : [];
}

/** What has core-data tell its metrics, which its own configuration switches off. */
function telemetryOf({ name }: ServiceNode, { isWatched }: NodeSettings): Readonly<Record<string, string>> {
  return name === DATA.service && isWatched ? CORE_DATA_TELEMETRY : {};
}

/** What has a service start anew for other credentials. */
function versionOf(
  { secrets = [], configuration = {} }: ServiceNode,
  { credentialsVersion }: NodeSettings,
): Readonly<Record<string, string>> {
  const readsSecrets = secrets.length > 0 || JSON.stringify(configuration).match(SECRET_TEXT) !== null;
  return credentialsVersion !== undefined && readsSecrets ? { MEC_CREDENTIALS_VERSION: credentialsVersion } : {};
}
