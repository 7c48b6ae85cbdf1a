import { Token } from "cdktf";
import { MecError, got } from "../../errors";
import type { Values } from "../values";
import { secretName } from "../names";
import { BROKER, POSTGRES, UI } from "./graph/addresses";
import type { ServiceGraph } from "./graph/service-graph";

/** A path of an {@link EdgeXIngress}. */
export interface EdgeXIngressPath {
  /** What the path of a request begins with, such as `/api/v3/resource`. It is not cut off. */
  readonly path: string;
  /** Name of the service it leads to, such as `edgex-device-rest`. */
  readonly service: string;
  /** Port of the service. */
  readonly port: number;
}

/** Properties of an {@link EdgeXIngress}. */
export interface EdgeXIngressProps {
  /** DNS name that it is asked by, such as `line.example.com`. */
  readonly host: string;
  /** Name of a Secret with `tls.crt` and `tls.key` in EdgeX' namespace; with `clusterIssuer` cert-manager makes it. */
  readonly tlsSecret: string;
  /**
   * Name of an existing Secret in EdgeX' namespace with names and hashed passwords, as `htpasswd` writes them: under the key `users` for
   * Traefik, under `auth` for NGINX. Nobody comes in without.
   */
  readonly basicAuthSecret: string;
  /**
   * Name of a ClusterIssuer of cert-manager that makes `tlsSecret`.
   * @default - the Secret is made apart
   * @see https://cert-manager.io/docs/usage/ingress/
   */
  readonly clusterIssuer?: string;
  /**
   * Where which path leads.
   * @default - everything to the web interface, which passes requests on to the services that it shows
   */
  readonly paths?: readonly EdgeXIngressPath[];
  /**
   * Ingress class.
   * @default - `traefik`, or for NGINX `public`: those of microk8s' own add-on
   */
  readonly className?: string;
  /**
   * Namespace of the ingress controller, which may connect to what paths lead to.
   * @default "ingress", that of microk8s' own add-on
   */
  readonly controllerNamespace?: string;
}

const HOST = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** A name of an object of Kubernetes (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names). */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** A name of a namespace (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names). */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** What has no interface by HTTP, and is not for anybody outside. */
const NEVER_OUTSIDE = [POSTGRES.service, BROKER.service];

/** What a path may hold: neither what an Ingress would take for a pattern, nor a query. */
const PATH = /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*\/?)?$/;

/**
 * A way in from outside of the cluster, by an ingress controller that is there: by TLS, and with a name and a password that the controller asks
 * for. EdgeX itself asks for none.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/ingress/
 * @see https://microk8s.io/docs/addon-ingress
 */
export class EdgeXIngress {
  /**
   * By Traefik, microk8s' add-on from 1.35 on, at its entry point `websecure` alone.
   * @throws {MecError} MEC1479 for a host, a path or another name that is none, and for a path to the database or the message bus, MEC1424 for what is no name of a Secret
   * @see https://doc.traefik.io/traefik/reference/routing-configuration/http/middlewares/basicauth/
   * @see https://github.com/canonical/microk8s-core-addons/blob/1.35/addons/ingress/values.yaml
   */
  public static traefik(props: EdgeXIngressProps): EdgeXIngress {
    const { basicAuthSecret } = checked(props);
    // The class is Traefik's alone: another controller would pass over its middleware, and let everybody in.
    return new EdgeXIngress(props, "traefik", {
      basicAuthMiddlewareSecret: basicAuthSecret,
      annotations: {
        // Traefik answers at every entry point otherwise, at port 80 too, where the password would be read by anybody on the way.
        "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
        "traefik.ingress.kubernetes.io/router.tls": "true",
      },
    });
  }

  /**
   * By NGINX, microk8s' add-on up to 1.34.
   * @throws {MecError} MEC1479 for a host, a path or another name that is none, and for a path to the database or the message bus, MEC1424 for what is no name of a Secret
   * @see https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/#authentication
   */
  public static nginx(props: EdgeXIngressProps): EdgeXIngress {
    const { basicAuthSecret } = checked(props);
    return new EdgeXIngress(props, "public", {
      annotations: {
        "nginx.ingress.kubernetes.io/auth-type": "basic",
        "nginx.ingress.kubernetes.io/auth-secret": basicAuthSecret,
        "nginx.ingress.kubernetes.io/auth-realm": "EdgeX",
        "nginx.ingress.kubernetes.io/ssl-redirect": "true",
        // Traefik has the same class from 1.35 on and passes over these: by a middleware that is not there it serves nothing rather than all.
        "traefik.ingress.kubernetes.io/router.middlewares": "edgex-is-for-nginx@kubernetescrd",
      },
    });
  }

  private constructor(
    private readonly props: EdgeXIngressProps,
    private readonly className: string,
    private readonly authentication: Values,
  ) {}

  /**
   * The `ingress` of the chart's values.
   * @internal
   * @param path construct path for the error
   * @param graph the services
   * @throws {MecError} MEC1479 for a path that leads to what is not there
   */
  public toValues(path: string, { services }: ServiceGraph): Values {
    const { host, tlsSecret, clusterIssuer, paths, className = this.className, controllerNamespace = "ingress" } = this.props;
    const leads = paths ?? [{ path: "/", service: UI.service, port: UI.port }];
    for (const { path: from, service, port } of leads) {
      if (!services.some(({ name, ports = [] }) => name === service && ports.some((own) => own.port === port))) {
        throw new MecError(
          "MEC1479",
          path,
          `${got(`${service}:${port}`)} as where the ingress path ${from} leads: ${paths ? "no service of this EdgeX answers there" : "it is the default, and this EdgeX has no web interface"}, so write ui: true, or paths with one of ${services.flatMap(({ name, ports = [] }) => ports.map((own) => `${name}:${own.port}`)).join(", ")}`,
        );
      }
    }
    const { annotations, ...middleware } = this.authentication;
    return {
      className,
      host,
      tlsSecret,
      annotations: {
        ...(annotations as Values | undefined),
        ...(clusterIssuer === undefined ? {} : { "cert-manager.io/cluster-issuer": clusterIssuer }),
      },
      ...middleware,
      controllerNamespace,
      paths: leads.map(({ path: from, service, port }) => ({ path: from, service, port })),
    };
  }
}

function checked(props: EdgeXIngressProps): EdgeXIngressProps {
  const refuse = (what: string, value: unknown, rule: string): never => {
    throw new MecError("MEC1479", "EdgeXIngress", `${got(value)} as ${what}: ${rule}`);
  };
  const { host, tlsSecret, basicAuthSecret, paths, className, controllerNamespace, clusterIssuer } = props;
  if (!Token.isUnresolved(host) && !HOST.test(String(host))) {
    refuse("host", host, 'without a name of its own, requests of others would come in, so write its DNS name, such as "line.example.com"');
  }
  secretName("EdgeXIngress", "tlsSecret", String(tlsSecret ?? ""));
  secretName("EdgeXIngress", "basicAuthSecret", String(basicAuthSecret ?? ""));
  const named = (property: string, value: unknown, rule: RegExp, example: string) => {
    if (value !== undefined && !Token.isUnresolved(value) && !(typeof value === "string" && rule.test(value))) {
      refuse(property, value, `it is a name of Kubernetes, lowercase letters, digits and dashes, so write for example "${example}"`);
    }
  };
  named("className", className, NAME, "traefik");
  named("clusterIssuer", clusterIssuer, NAME, "letsencrypt");
  named("controllerNamespace", controllerNamespace, NAMESPACE, "ingress");
  if (paths?.length === 0) {
    refuse("paths", paths, "an ingress leads somewhere, so write a path, or leave paths out");
  }
  paths?.forEach(({ path, service }, index) => {
    if (NEVER_OUTSIDE.includes(service)) {
      refuse(
        `paths[${index}].service`,
        service,
        "neither the database nor the message bus is for the outside, and both speak no HTTP, so write the name of a service that does",
      );
    }
    if (!PATH.test(path)) {
      refuse(
        `paths[${index}].path`,
        path,
        'a path begins with a slash and has no pattern and no query, so write for example "/api/v3/resource"',
      );
    }
    if (paths.findIndex((other) => other.path === path) !== index) {
      refuse(`paths[${index}].path`, path, "it is there already, and a path leads to one service, so take one of them out");
    }
  });
  return props;
}
