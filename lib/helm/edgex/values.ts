import { resourceValues } from "../prometheus/resources";
import { SECRET_TEXT, type JobNode, type ServiceNode } from "./graph/service-node";
import type { ServiceGraph } from "./graph/service-graph";
import type { Values } from "../values";

/** User and group of EdgeX' own images. */
const EDGEX_USER = { uid: 2002, gid: 2001 };

/** The `services` and `jobs` of the chart's values. */
export function graphValues({ services, jobs }: ServiceGraph): Values {
  return { services: byName(services), jobs: byName(jobs) };
}

function byName(nodes: readonly (ServiceNode | JobNode)[]): Values {
  return Object.fromEntries(nodes.map((node) => [node.name, nodeValues(node)]));
}

/**
 * A node as the chart's values have it, without what is empty.
 * @param node the service or the job
 */
export function nodeValues(node: ServiceNode | JobNode): Values {
  const { ports, probe, inbound, metrics } = node as ServiceNode;
  const texts = Object.entries(node.configuration ?? {}).map(([path, file]) => [path, JSON.stringify(file)] as const);
  return withoutEmpty({
    image: node.image,
    command: node.command,
    args: node.args,
    env: node.env,
    ports: ports?.map(({ name, port, protocol = "TCP" }) => ({ name, port, protocol })),
    probe,
    resources: resourceValues(node.resources),
    user: node.user ?? EDGEX_USER,
    waitsForConfiguration: node.waitsForConfiguration || undefined,
    configuration: Object.fromEntries(texts),
    configurationSecrets: secretsOf(texts.map(([, text]) => text)),
    files: node.files,
    secrets: node.secrets,
    volumes: node.volumes?.map((volume) => withoutEmpty({ ...volume })),
    init: node.init,
    talksTo: node.talksTo,
    outbound: node.outbound?.map((outside) => withoutEmpty({ ...outside })),
    inbound: inbound?.map((outside) => withoutEmpty({ ...outside })),
    metrics,
  });
}

/** Secrets and keys that texts have places of. */
function secretsOf(texts: readonly string[]): readonly { readonly secret: string; readonly keys: readonly string[] }[] {
  const keysBySecret = new Map<string, Set<string>>();
  for (const text of texts) {
    for (const [, secret, key] of text.matchAll(SECRET_TEXT)) {
      keysBySecret.set(secret, (keysBySecret.get(secret) ?? new Set()).add(key));
    }
  }
  return [...keysBySecret].sort(([one], [other]) => (one < other ? -1 : 1)).map(([secret, keys]) => ({ secret, keys: [...keys].sort() }));
}

/** Without undefined, and without empty lists and maps. */
function withoutEmpty(values: Values): Values {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && !(isCollection(value) && Object.keys(value).length === 0)),
  );
}

function isCollection(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
