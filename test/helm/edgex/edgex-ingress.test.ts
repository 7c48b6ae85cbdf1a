import { EdgeXIngress, type EdgeXIngressProps } from "../../../lib";
import { synthEdgeX, valuesOf } from "./support/synth-edgex";

describe("an ingress", () => {
  const props = { host: "line.example.com", tlsSecret: "line-tls", basicAuthSecret: "line-users" };

  test("of Traefik leads to the web interface, by TLS and a middleware that asks for a password", () => {
    const { ingress } = valuesOf(synthEdgeX({ ui: true, ingress: EdgeXIngress.traefik({ ...props, clusterIssuer: "letsencrypt" }) }));
    expect(ingress).toEqual({
      className: "traefik",
      host: "line.example.com",
      tlsSecret: "line-tls",
      annotations: {
        "cert-manager.io/cluster-issuer": "letsencrypt",
        // Not at port 80, where a password would be in the clear.
        "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
        "traefik.ingress.kubernetes.io/router.tls": "true",
      },
      basicAuthMiddlewareSecret: "line-users",
      controllerNamespace: "ingress",
      paths: [{ path: "/", service: "edgex-ui-go", port: 4000 }],
    });
  });

  test("of NGINX asks for a password too, and another controller of the class serves nothing", () => {
    const paths = [{ path: "/api/v3/device", service: "edgex-core-metadata", port: 59881 }];
    const { ingress } = valuesOf(
      synthEdgeX({ ingress: EdgeXIngress.nginx({ ...props, paths, className: "mine", controllerNamespace: "nginx" }) }),
    );
    expect(ingress).toMatchObject({ className: "mine", controllerNamespace: "nginx", paths });
    expect(ingress.annotations).toMatchObject({
      "nginx.ingress.kubernetes.io/auth-type": "basic",
      "nginx.ingress.kubernetes.io/auth-secret": "line-users",
      "traefik.ingress.kubernetes.io/router.middlewares": "edgex-is-for-nginx@kubernetescrd",
    });
    expect(ingress).not.toHaveProperty("basicAuthMiddlewareSecret");
  });

  test.each<[string, Partial<Omit<EdgeXIngressProps, "paths">> & { paths?: object[] }, RegExp]>([
    ["no host", { host: "" }, /MEC1479\] EdgeXIngress: got "" as host/],
    ["a URL as host", { host: "https://line.example.com" }, /MEC1479.*as host/],
    ["no Secret of passwords", { basicAuthSecret: undefined }, /MEC1424.*basicAuthSecret/],
    ["no Secret of the certificate", { tlsSecret: undefined }, /MEC1424.*tlsSecret/],
    ["no path", { paths: [] }, /MEC1479.*as paths/],
    ["a class that is none", { className: "Traefik!" }, /MEC1479.*got "Traefik!" as className.*write for example "traefik"/],
    ["an empty class", { className: "" }, /MEC1479.*as className/],
    ["an issuer that is none", { clusterIssuer: "let's encrypt" }, /MEC1479.*as clusterIssuer/],
    ["a namespace that is none", { controllerNamespace: "kube.system" }, /MEC1479.*got "kube.system" as controllerNamespace/],
    ["a path to the database", { paths: [{ path: "/", service: "edgex-postgres", port: 5432 }] }, /MEC1479.*as paths\[0\]\.service/],
    [
      "a path to the message bus",
      {
        paths: [
          { path: "/", service: "edgex-ui-go", port: 4000 },
          { path: "/bus", service: "edgex-mqtt-broker", port: 1883 },
        ],
      },
      /MEC1479.*got "edgex-mqtt-broker" as paths\[1\]\.service/,
    ],
    ["a pattern as path", { paths: [{ path: "/api/(.*)", service: "a", port: 1 }] }, /MEC1479.*paths\[0\]\.path/],
    [
      "a path twice",
      {
        paths: [
          { path: "/a", service: "a", port: 1 },
          { path: "/a", service: "b", port: 1 },
        ],
      },
      /MEC1479.*paths\[1\]\.path/,
    ],
  ])("with %s is refused", (_, more, error) => {
    const given = { ...props, ...more } as Parameters<typeof EdgeXIngress.traefik>[0];
    expect(() => EdgeXIngress.traefik(given)).toThrow(error);
    expect(() => EdgeXIngress.nginx(given)).toThrow(error);
  });

  test("that leads nowhere is refused", () => {
    expect(() => synthEdgeX({ ingress: EdgeXIngress.traefik(props) })).toThrow(
      /MEC1479.*got "edgex-ui-go:4000" as where the ingress path \/ leads: it is the default, and this EdgeX has no web interface/,
    );
    const paths = [{ path: "/", service: "edgex-core-metadata", port: 80 }];
    expect(() => synthEdgeX({ ingress: EdgeXIngress.traefik({ ...props, paths }) })).toThrow(
      /MEC1479.*no service of this EdgeX answers there/,
    );
  });
});
