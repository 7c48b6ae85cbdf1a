import { MecError, got } from "../../errors";
import { Port } from "../../wavelength/port";
import { secretName } from "../names";

/** Ports of NodePort Services (https://kubernetes.io/docs/concepts/services-networking/service/#type-nodeport). */
const NODE_PORTS = { from: 30_000, to: 32_767 };

/** How a model is reached through a port of each node. */
export interface NodePortExposure {
  /** The port, 30000 to 32767. */
  readonly port: number;
  /**
   * Silences MEC1970: it is known that the model answers whoever reaches the port, in plain HTTP.
   * @default - a warning
   */
  readonly acknowledgePlainHttp?: true;
}

/** How a model is reached through the cluster's ingress. */
export interface IngressExposure {
  /** Name that devices ask for; its DNS is yours. */
  readonly host: string;
  /**
   * Name of a Secret of the type `kubernetes.io/tls`, in the namespace of the models: one that exists already, or that cert-manager makes by an
   * annotation.
   * @default - plain HTTP at port 80
   */
  readonly tlsSecret?: string;
  /**
   * Annotations of the Ingress, such as `cert-manager.io/cluster-issuer`, or the Middleware of Traefik that asks for a password.
   * @default - none
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /**
   * Silences MEC1970 where there is no `tlsSecret`: it is known that the model answers whoever reaches port 80, in plain HTTP.
   * @default - a warning
   */
  readonly acknowledgePlainHttp?: true;
}

/**
 * Who reaches a model from outside of the cluster. The cluster's side alone: the security group of the nodes lets nobody in unless told so, by
 * `cluster.connections.allowFromCarrier(model.port!)`; devices then ask the carrier IP of a node.
 */
export class ModelExposure {
  /** Nobody: pods of the cluster alone. */
  public static readonly CLUSTER = new ModelExposure();

  /**
   * A port of each node, in plain HTTP: whoever reaches it is answered.
   *
   * @throws {MecError} MEC1507 for a port that Kubernetes does not have for it
   */
  public static nodePort({ port, acknowledgePlainHttp }: NodePortExposure): ModelExposure {
    if (!(Number.isInteger(port) && port >= NODE_PORTS.from && port <= NODE_PORTS.to)) {
      throw new MecError(
        "MEC1507",
        "ModelExposure.nodePort",
        `${got(port)} as port: Kubernetes has the ports ${NODE_PORTS.from} to ${NODE_PORTS.to} of nodes for Services, so write for example 30080`,
      );
    }
    return new ModelExposure({ nodePort: port, port: Port.tcp(port), isPlain: true, isAcknowledged: acknowledgePlainHttp });
  }

  /**
   * A name at the cluster's ingress, ports 443 and 80 of each node: the cluster has `ingress: true`.
   *
   * @throws {MecError} MEC1507 for what is no name of a host, MEC1424 for what is no name of a Secret
   */
  public static ingress({ host, tlsSecret, annotations, acknowledgePlainHttp }: IngressExposure): ModelExposure {
    if (!/^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/.test(host)) {
      throw new MecError(
        "MEC1507",
        "ModelExposure.ingress",
        `${got(host)} as host: it is the name that devices ask for, in lowercase, so write for example "iris.edge.example.com"`,
      );
    }
    return new ModelExposure({
      ingress: {
        host,
        tlsSecret: tlsSecret === undefined ? undefined : secretName("ModelExposure.ingress", "tlsSecret", tlsSecret),
        annotations: annotations && { ...annotations },
      },
      port: Port.tcp(tlsSecret === undefined ? 80 : 443),
      isPlain: tlsSecret === undefined,
      isAcknowledged: acknowledgePlainHttp,
    });
  }

  /** Port of each node; undefined without one. @internal */
  public readonly nodePort?: number;
  /** What the Ingress is; undefined without one. @internal */
  public readonly ingress?: Omit<IngressExposure, "acknowledgePlainHttp">;
  /** Where nodes are reached. */
  public readonly port?: Port;
  /** Whether it is in plain HTTP, which nobody has said to know. @internal */
  public readonly isOpen: boolean;

  private constructor(
    of: {
      readonly nodePort?: number;
      readonly ingress?: Omit<IngressExposure, "acknowledgePlainHttp">;
      readonly port?: Port;
      readonly isPlain?: boolean;
      readonly isAcknowledged?: boolean;
    } = {},
  ) {
    this.nodePort = of.nodePort;
    this.ingress = of.ingress;
    this.port = of.port;
    this.isOpen = of.isPlain === true && of.isAcknowledged !== true;
  }
}
