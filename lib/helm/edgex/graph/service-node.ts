import type { ContainerResources } from "../../prometheus/resources";
import type { Values } from "../../values";

/** A protocol of a port. */
export type PortProtocol = "TCP" | "UDP";

/** A port that a service answers at. */
export interface ServicePort {
  /** Name of the port, at most 15 lowercase letters, digits and dashes, such as `http`. */
  readonly name: string;
  /** Its number. */
  readonly port: number;
  /** @default "TCP" */
  readonly protocol?: PortProtocol;
}

/** Another service of the same EdgeX that a service connects to. */
export interface Talk {
  /** Its name, such as `edgex-core-keeper`. */
  readonly service: string;
  /** The port there. */
  readonly port: number;
}

/** What is outside of EdgeX: networks, or a namespace of the cluster, and the ports that are used. */
export interface Outside {
  /** Networks in CIDR notation. @default - those of `namespace` */
  readonly cidrs?: readonly string[];
  /** Name of a namespace of the cluster whose pods it is. @default - those of `cidrs` */
  readonly namespace?: string;
  /** Ports: those of the service for what comes in, those outside for what goes out. */
  readonly ports: readonly { readonly port: number; readonly protocol?: PortProtocol }[];
}

/** How it is seen whether a service works: by HTTP, by a connection, or by a command in its container. */
export type ServiceProbe =
  | { readonly http: { readonly path: string; readonly port: number } }
  | { readonly tcp: { readonly port: number } }
  | { readonly command: readonly string[] };

/** A directory that a service writes to. The root of each container is read-only. */
export interface ServiceVolume {
  /** Name, lowercase letters, digits and dashes. */
  readonly name: string;
  /** Where it is mounted. */
  readonly path: string;
  /** Size, as Kubernetes writes it, such as `64Mi`. */
  readonly size: string;
  /** Whether it outlives the pod, as a claim named `<service>-<name>`. @default false: it is empty when the pod starts */
  readonly claim?: boolean;
  /** Storage class of the claim. */
  readonly storageClass?: string;
  /** Whether it is in memory, for what no disk should hold. @default false */
  readonly inMemory?: boolean;
}

/** Files that a service reads, from a ConfigMap of its own. */
export interface ServiceFiles {
  /** Directory they are mounted at; it holds nothing else. */
  readonly path: string;
  /** Text by file name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Keys of a Secret as files, in a directory that holds nothing else. */
export interface ServiceSecret {
  /** Name of the Secret, in the namespace. */
  readonly secret: string;
  /** Directory they are mounted at. */
  readonly path: string;
  /** The keys, each a file of its name. */
  readonly keys: readonly string[];
}

/** What runs before the service, in its image and with all that it has mounted. */
export interface ServiceInit {
  /** Name, lowercase letters, digits and dashes. */
  readonly name: string;
  /** What is run. */
  readonly command: readonly string[];
}

/**
 * A service of EdgeX: what its pod is made of, what it answers at and whom it talks to. Deployments, Services, NetworkPolicies, probes,
 * environment and documentation are made from these nodes alone.
 */
export interface ServiceNode {
  /** Name of the Deployment, of the Service and of the host: EdgeX' own, such as `edgex-core-metadata`. */
  readonly name: string;
  /** What it is for, in a few words, for the documentation. */
  readonly purpose: string;
  /** Image with its tag, from the registry on, such as `docker.io/edgexfoundry/core-metadata:4.0.1`. */
  readonly image: string;
  /** @default - the image's own */
  readonly command?: readonly string[];
  /** @default - the image's own */
  readonly args?: readonly string[];
  /** Environment; no secret belongs here: EdgeX writes what overrides its configuration into its log. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ports it answers at; the first is the one that is documented. @default - none */
  readonly ports?: readonly ServicePort[];
  /** How it is seen whether it works. */
  readonly probe: ServiceProbe;
  /** Requests and limits. */
  readonly resources: ContainerResources;
  /** User and group of its process. @default - 2002 and 2001, those of EdgeX */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Whether it starts only once core-keeper has the configuration of this very release. @default false */
  readonly waitsForConfiguration?: boolean;
  /**
   * Configuration in files, by path, each file whole: a map that is written as JSON, which is YAML. Texts may hold {@link secretText}, which is
   * put in when the pod starts, so that neither the release nor the log has it.
   * @default - that of the image
   */
  readonly configuration?: Readonly<Record<string, Values>>;
  /** @default - none */
  readonly files?: readonly ServiceFiles[];
  /** @default - none */
  readonly secrets?: readonly ServiceSecret[];
  /** @default - none */
  readonly volumes?: readonly ServiceVolume[];
  /** @default - nothing */
  readonly init?: readonly ServiceInit[];
  /** Services of the same EdgeX that it connects to. */
  readonly talksTo: readonly Talk[];
  /** What it connects to outside of EdgeX, beside the cluster's DNS. @default - nothing */
  readonly outbound?: readonly Outside[];
  /** What may connect to it from outside of EdgeX. @default - nothing */
  readonly inbound?: readonly Outside[];
  /** Where Prometheus reads its metrics. @default - it has none */
  readonly metrics?: { readonly port: number; readonly path: string };
}

/** A job: a service that ends. It has no ports and is not probed, and is made anew where anything of it changes. */
export type JobNode = Omit<ServiceNode, "probe" | "ports" | "inbound" | "metrics">;

/**
 * Where a key of a Secret goes in a text of {@link ServiceNode.configuration}. An init container puts it in, as JSON escapes it, into the file in
 * memory that the service reads.
 *
 * @param secret name of the Secret
 * @param key the key in it
 */
export function secretText(secret: string, key: string): string {
  return `@@${secret}/${key}@@`;
}

/** Each place of {@link secretText} in a text: name of the Secret, then key. */
export const SECRET_TEXT = /@@([a-z0-9.-]+)\/([\w.-]+)@@/g;
