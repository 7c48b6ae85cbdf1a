import { hostsToml, type RegistryEndpoint } from "./hosts-toml";
import { IN_CLUSTER_REGISTRY, assertNotOfMicrok8s, assertRegistryAddress, certificatesOf } from "./in-cluster-registry";
import { assertEndpoints, assertRegistryHost, portsOf } from "./registry-address";
import type { RegistryCredentials } from "./registry-credentials";

/** Properties of {@link ContainerRegistry.of}. */
export interface PrivateRegistryProps {
  /** The registry as images name it: host, and port if there is one, such as `registry.example.com:5000`. It answers by HTTPS. */
  readonly registry: string;

  /** What the registry lets the nodes in with. */
  readonly credentials: RegistryCredentials;
}

/** Properties of {@link ContainerRegistry.mirror}. */
export interface RegistryMirrorProps {
  /** The registry as images name it: host, and port if there is one, such as `docker.io`. */
  readonly registry: string;

  /**
   * URLs of the mirrors, such as `https://mirror.example.com`, tried in this order. They say which image a tag means, so name
   * only mirrors that you trust.
   */
  readonly endpoints: readonly string[];

  /**
   * Whether the registry itself is asked after the mirrors. Without it the mirrors must have everything that is pulled by this
   * registry's name: microk8s takes Calico from `docker.io`.
   * @default true
   */
  readonly fallback?: boolean;

  /**
   * Whether the path of the endpoints is the root of the registry API, in place of `<path>/v2`.
   * @default false
   */
  readonly overridePath?: boolean;

  /**
   * Whether the endpoints may be plain HTTP, which lets everybody on the way change images; never together with credentials.
   * @default false
   */
  readonly allowHttp?: boolean;

  /**
   * What the mirrors let the nodes in with; the registry itself never sees it.
   * @default - none
   */
  readonly credentials?: RegistryCredentials;
}

/** Where nodes look for a registry in the cluster itself. */
export interface RegistryService {
  /** Address of its Service. */
  readonly address: string;
  /** Whether they speak TLS to it. */
  readonly isEncrypted: boolean;
}

/** Properties of {@link ContainerRegistry.inCluster}. */
export interface InClusterRegistryProps {
  /**
   * The registry as images name it: host, and port if there is one. It need not exist in any DNS. All that is pulled by this name comes from it, so
   * it is not one that microk8s itself pulls from: `docker.io` and `registry.k8s.io`.
   * @default "localhost:32000"
   */
  readonly registry?: string;

  /**
   * Address of the registry's Service; see `address` of `ImageRegistry`.
   * @default "10.152.183.5"
   */
  readonly address?: string;

  /**
   * What the registry lets the nodes in with. Without `certificateAuthority` they go from a node to the registry's pod in the clear, on the
   * network of the cluster's pods: whoever rules a node can read them, as on the node itself.
   * @default - none: pods name a Secret in `imagePullSecrets`
   */
  readonly credentials?: RegistryCredentials;

  /**
   * Certificate in PEM that the registry's own is signed by: the text, which is no secret, and takes room in the parameter `desired`, so one with
   * an elliptic key. With it nodes speak TLS to the registry; see `tls` of `ImageRegistry`.
   * @default - plain HTTP
   */
  readonly certificateAuthority?: string;
}

/**
 * How the nodes of a cluster pull the images of one registry.
 *
 * User and password are sent by HTTP Basic authentication. Registries that give out tokens, such as Docker Hub, take it from
 * containerd 2.1 on, which came with microk8s 1.35.
 *
 * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md
 * @see https://github.com/containerd/containerd/pull/11092
 */
export class ContainerRegistry {
  /**
   * A registry that lets nobody in without credentials.
   * @throws {MecError} MEC1120 for what is no registry host
   */
  public static of(props: PrivateRegistryProps): ContainerRegistry {
    assertRegistryHost("ContainerRegistry.of", props.registry);
    const text = hostsToml({ mirrors: [], withCredentials: true });
    return new ContainerRegistry(props.registry, text, portsOf([props.registry]), props.credentials);
  }

  /**
   * A registry whose images are pulled from mirrors of it.
   * @throws {MecError} MEC1120 for what is no registry host, MEC1121 for endpoints that are none, unusable or unsafe, MEC1122 for
   *   an endpoint that is there twice
   */
  public static mirror(props: RegistryMirrorProps): ContainerRegistry {
    const path = "ContainerRegistry.mirror";
    const { registry, endpoints, credentials, fallback = true, overridePath = false, allowHttp = false } = props;
    assertRegistryHost(path, registry);
    assertEndpoints(path, endpoints, { allowHttp, withCredentials: credentials !== undefined });
    const mirrors = endpoints.map((url): RegistryEndpoint => ({ url, overridePath }));
    // The registry itself is left out by having the last mirror take its place.
    const server = fallback ? undefined : mirrors.pop();
    const text = hostsToml({ mirrors, server, withCredentials: credentials !== undefined });
    return new ContainerRegistry(registry, text, portsOf([...endpoints, ...(fallback ? [registry] : [])]), credentials);
  }

  /**
   * A registry in the cluster itself, such as an `ImageRegistry`: reached at an address within the cluster, whatever its images are named by.
   *
   * @throws {MecError} MEC1120 for what is no registry host, MEC1535 for one that microk8s itself pulls from, MEC1530 for an address that is not free,
   *   MEC1531 for what is no certificate
   */
  public static inCluster(props: InClusterRegistryProps = {}): ContainerRegistry {
    const path = "ContainerRegistry.inCluster";
    const { registry = IN_CLUSTER_REGISTRY.name, address = IN_CLUSTER_REGISTRY.address, credentials, certificateAuthority } = props;
    assertRegistryHost(path, registry);
    assertNotOfMicrok8s(path, registry);
    assertRegistryAddress(path, address);
    const authority = certificateAuthority === undefined ? undefined : certificatesOf(path, certificateAuthority);
    const isEncrypted = authority !== undefined;
    const url = `${isEncrypted ? "https" : "http"}://${address}:${IN_CLUSTER_REGISTRY.port}`;
    const text = hostsToml({ mirrors: [], server: { url, overridePath: false }, authority, withCredentials: credentials !== undefined });
    // No port is let out for it: nodes reach one another, and a Service is within.
    return new ContainerRegistry(registry, text, [], credentials, { address, isEncrypted });
  }

  private constructor(
    /** The registry as images name it. */
    public readonly registry: string,
    /** Text of containerd's `hosts.toml`, with a mark in place of the credentials. */
    public readonly hostsToml: string,
    /** Ports beside 443 and 80 that images are pulled from. */
    public readonly ports: readonly number[],
    /** The credentials; undefined for none. */
    public readonly credentials?: RegistryCredentials,
    /** Where it is in the cluster itself; undefined for any other. */
    public readonly service?: RegistryService,
  ) {}
}
