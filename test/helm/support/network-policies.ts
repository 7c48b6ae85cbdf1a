import { BlockList } from "node:net";
import type { KubernetesObject } from "./helm";
import { podTemplates } from "./pod-rules";

/** An end of a connection: a pod of a namespace, what is outside of the cluster, or both when a pod's address is looked at too. */
export interface End {
  readonly namespace?: string;
  /** Labels of the pod. */
  readonly labels?: Readonly<Record<string, string>>;
  /** IPv4 address. */
  readonly address?: string;
}

/**
 * What NetworkPolicies allow, worked out as Kubernetes has it: a pod that a policy of a direction selects is closed in that direction but for
 * what the policies that select it allow; a connection is allowed at both of its ends or not at all.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
export class NetworkPolicies {
  private readonly policies: readonly KubernetesObject[];

  public constructor(objects: readonly KubernetesObject[]) {
    this.policies = objects.filter(({ kind }) => kind === "NetworkPolicy");
  }

  /** Whether a connection is allowed. */
  public allow(from: End, to: End, port: number, protocol = "TCP"): boolean {
    return this.opens("Egress", from, to, port, protocol) && this.opens("Ingress", to, from, port, protocol);
  }

  private opens(direction: "Egress" | "Ingress", at: End, other: End, port: number, protocol: string): boolean {
    const [rules, peers] = direction === "Egress" ? ["egress", "to"] : ["ingress", "from"];
    const here = this.policies.filter(
      ({ metadata, spec }) =>
        at.labels !== undefined &&
        metadata.namespace === at.namespace &&
        matches(spec.podSelector, at.labels) &&
        types(spec).includes(direction),
    );
    if (here.length === 0) return true;
    return here.some(({ metadata, spec }) =>
      ((spec[rules!] ?? []) as KubernetesObject[]).some(
        (rule) =>
          (rule.ports === undefined || rule.ports.some((each: KubernetesObject) => isPort(each, port, protocol))) &&
          (rule[peers!] === undefined || rule[peers!].some((peer: KubernetesObject) => isPeer(peer, other, metadata.namespace))),
      ),
    );
  }
}

/**
 * The pods of rendered objects as Kubernetes would make them, one each, by the name of their first container.
 *
 * @param objects rendered objects, of Deployments and Jobs in one namespace
 * @param namespace that namespace
 */
export function podsOf(objects: readonly KubernetesObject[], namespace: string): Map<string, End> {
  return new Map(
    podTemplates(objects).map(({ metadata, spec }, index) => [
      spec.containers[0].name as string,
      { namespace, labels: metadata.labels, address: `10.1.${Math.floor(index / 250)}.${(index % 250) + 1}` },
    ]),
  );
}

/** Connections that the policies of rendered objects allow between their pods at any port of a Service, each as `from to port`, sorted. */
export function allowedConnections(objects: readonly KubernetesObject[], namespace: string): string[] {
  const policies = new NetworkPolicies(objects);
  const pods = [...podsOf(objects, namespace)];
  const services = objects.filter(({ kind }) => kind === "Service");
  const ports = [...new Set(services.flatMap(({ spec }) => spec.ports.map(({ port }: KubernetesObject) => port as number)))];
  return pods
    .flatMap(([from, here]) =>
      pods.flatMap(([to, there]) => ports.filter((port) => policies.allow(here, there, port)).map((port) => `${from} ${to} ${port}`)),
    )
    .sort();
}

function types(spec: KubernetesObject): string[] {
  return spec.policyTypes ?? ["Ingress", ...(spec.egress === undefined ? [] : ["Egress"])];
}

function isPort(given: KubernetesObject, port: number, protocol: string): boolean {
  if ((given.protocol ?? "TCP") !== protocol) return false;
  return given.port === undefined || (port >= given.port && port <= (given.endPort ?? given.port));
}

function isPeer(peer: KubernetesObject, end: End, namespace: string): boolean {
  if (peer.ipBlock !== undefined) {
    const { cidr, except = [] } = peer.ipBlock;
    return end.address !== undefined && contains(cidr, end.address) && !except.some((each: string) => contains(each, end.address!));
  }
  if (end.namespace === undefined) return false;
  const isThere =
    peer.namespaceSelector === undefined
      ? end.namespace === namespace
      : matches(peer.namespaceSelector, { "kubernetes.io/metadata.name": end.namespace });
  return isThere && (peer.podSelector === undefined || matches(peer.podSelector, end.labels ?? {}));
}

function matches(selector: KubernetesObject, labels: Readonly<Record<string, string>>): boolean {
  if (selector.matchExpressions !== undefined) throw new Error("selectors by expressions are not known here");
  return Object.entries(selector.matchLabels ?? {}).every(([name, value]) => labels[name] === value);
}

function contains(cidr: string, address: string): boolean {
  const [network, bits] = cidr.split("/");
  const list = new BlockList();
  list.addSubnet(network!, Number(bits));
  return list.check(address);
}
