import { execFileSync } from "node:child_process";
import type { KubernetesObject } from "../../support/helm";

const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: ["ignore", "pipe", "pipe"], timeout: 20_000 });

/** What the addresses of all hosts begin with: another one for each process, so that two runs on a machine do not meet. */
const PREFIX = `10.213.${process.pid % 250}`;

/** The network that the hosts are in. */
export const POD_NETWORK = `${PREFIX}.0/24`;

/** A host of its own on the network, as a pod is one. */
export interface Host {
  /** Name of its network namespace. */
  readonly netns: string;
  readonly address: string;
}

/** A bridge with hosts on it, each in a network namespace of its own, and what NetworkPolicies let through between them. */
export class PodNetwork {
  private readonly bridge: string;
  private readonly hosts = new Map<string, Host>();
  private next = 2;

  public constructor(private readonly id: string) {
    this.bridge = `mec-${id}`;
    run("ip", "link", "add", this.bridge, "type", "bridge");
    run("ip", "address", "add", `${this.gateway}/24`, "dev", this.bridge);
    run("ip", "link", "set", this.bridge, "up");
  }

  /** Address of the machine on the bridge: the kubelet asks from there. */
  public get gateway(): string {
    return `${PREFIX}.1`;
  }

  /** The host of a name; it is made when it is asked for first. */
  public host(name: string): Host {
    const found = this.hosts.get(name);
    if (found !== undefined) {
      return found;
    }
    const number = this.next++;
    const host = { netns: `mec-${this.id}-${number}`, address: `${PREFIX}.${number}` };
    const [outer, inner] = [`v${this.id}-${number}`, `w${this.id}-${number}`];
    run("ip", "netns", "add", host.netns);
    run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", host.netns);
    run("ip", "link", "set", outer, "master", this.bridge, "up");
    run("ip", "-n", host.netns, "address", "add", `${host.address}/24`, "dev", inner);
    run("ip", "-n", host.netns, "link", "set", inner, "up");
    run("ip", "-n", host.netns, "link", "set", "lo", "up");
    run("ip", "-n", host.netns, "route", "add", "default", "via", this.gateway);
    this.hosts.set(name, host);
    return host;
  }

  /** Text of `/etc/hosts` for all of them. */
  public get hostsFile(): string {
    return ["127.0.0.1 localhost", ...[...this.hosts].map(([name, { address }]) => `${address} ${name}`), ""].join("\n");
  }

  /**
   * Has a host let through what the policies say, and nothing else, as a network plugin does.
   *
   * @param name the host
   * @param labels labels of its pod
   * @param policies all policies of the namespace
   * @param pods labels of all pods, by the name of their host
   */
  public enforce(
    name: string,
    labels: Readonly<Record<string, string>>,
    policies: readonly KubernetesObject[],
    pods: ReadonlyMap<string, Readonly<Record<string, string>>>,
  ): void {
    const own = policies.filter(({ spec }) => selects(spec.podSelector, labels));
    const chain = (hook: "input" | "output", type: "Ingress" | "Egress", side: "saddr" | "daddr") => {
      const of = own.filter(({ spec }) => (spec.policyTypes as string[]).includes(type));
      const rules = of.flatMap(({ spec }) => (spec[type.toLowerCase()] ?? []) as KubernetesObject[]);
      const lines = rules.flatMap((rule) => this.lines(rule, type === "Ingress" ? "from" : "to", side, pods));
      const interfaceOf = hook === "input" ? "iif" : "oif";
      return `chain ${hook} { type filter hook ${hook} priority 0; policy ${of.length > 0 ? "drop" : "accept"};
        ct state established,related accept
        ${interfaceOf} lo accept
        ${hook === "input" ? `ip saddr ${this.gateway} accept` : ""}
        ${lines.join("\n        ")}
      }`;
    };
    const text = `add table inet policies\ndelete table inet policies\ntable inet policies {\n${chain("input", "Ingress", "saddr")}\n${chain("output", "Egress", "daddr")}\n}`;
    execFileSync("ip", ["netns", "exec", this.host(name).netns, "nft", "-f", "-"], { input: text, timeout: 20_000 });
  }

  /** Takes all of it away. */
  public remove(): void {
    for (const { netns } of this.hosts.values()) {
      run("ip", "netns", "delete", netns);
    }
    run("ip", "link", "delete", this.bridge);
  }

  private lines(
    rule: KubernetesObject,
    key: "from" | "to",
    side: "saddr" | "daddr",
    pods: ReadonlyMap<string, Readonly<Record<string, string>>>,
  ): string[] {
    const peers = rule[key] as KubernetesObject[] | undefined;
    const addresses = peers?.flatMap((peer) => this.addresses(peer, pods));
    const where = addresses === undefined ? [""] : addresses.length === 0 ? [] : [`ip ${side} { ${[...new Set(addresses)].join(", ")} } `];
    const ports = (rule.ports as KubernetesObject[] | undefined)?.map(
      ({ port, protocol = "TCP" }) => `${(protocol as string).toLowerCase()} dport ${port} `,
    ) ?? [""];
    return where.flatMap((place) => ports.map((port) => `${place}${port}accept`));
  }

  private addresses(peer: KubernetesObject, pods: ReadonlyMap<string, Readonly<Record<string, string>>>): string[] {
    if (peer.ipBlock !== undefined) {
      return [peer.ipBlock.cidr as string];
    }
    // Other namespaces have no pods here.
    return peer.namespaceSelector !== undefined
      ? []
      : [...pods].filter(([, labels]) => selects(peer.podSelector, labels)).map(([name]) => this.host(name).address);
  }
}

/** Whether a selector is for a pod of these labels. */
function selects(selector: KubernetesObject, labels: Readonly<Record<string, string>>): boolean {
  const matchLabels = Object.entries((selector.matchLabels ?? {}) as Record<string, string>);
  const expressions = (selector.matchExpressions ?? []) as KubernetesObject[];
  return (
    matchLabels.every(([key, value]) => labels[key] === value) &&
    expressions.every(({ key, operator, values }) => {
      const value = labels[key as string];
      switch (operator) {
        case "In":
          return value !== undefined && (values as string[]).includes(value);
        case "NotIn":
          return value === undefined || !(values as string[]).includes(value);
        case "Exists":
          return value !== undefined;
        default:
          return value === undefined;
      }
    })
  );
}
