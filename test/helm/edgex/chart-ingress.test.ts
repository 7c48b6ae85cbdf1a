import { describeHelm } from "../support/helm";
import { changed, renderedChart } from "./support/chart";

describeHelm("the chart of EdgeX: the ingress", () => {
  const { render, of, one } = renderedChart();

  test("leads by TLS and after a password to the paths that are given", () => {
    expect(one("Ingress", "edgex")).toMatchObject({
      metadata: {
        annotations: {
          "traefik.ingress.kubernetes.io/router.entrypoints": "websecure",
          "traefik.ingress.kubernetes.io/router.middlewares": "edgex-edgex-basic-auth@kubernetescrd",
        },
      },
      spec: {
        ingressClassName: "public",
        tls: [{ hosts: ["edgex.example.com"], secretName: "edgex-tls" }],
        rules: [
          {
            host: "edgex.example.com",
            http: {
              paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "edgex-ui-go", port: { number: 4000 } } } }],
            },
          },
        ],
      },
    });
    expect(one("Middleware", "edgex-basic-auth").spec).toEqual({ basicAuth: { secret: "edgex-users", removeHeader: true } });
  });

  test("has middlewares of its annotations behind the password", () => {
    const name = "traefik.ingress.kubernetes.io/router.middlewares";
    const all = render(changed(({ ingress }) => (ingress.annotations[name] = "edgex-strip@kubernetescrd")));
    expect(one("Ingress", "edgex", all).metadata.annotations[name]).toBe("edgex-edgex-basic-auth@kubernetescrd,edgex-strip@kubernetescrd");
  });

  test("is not there unless it is asked for, and has no middleware of Traefik where another controller asks for the password", () => {
    const none = render(changed((values) => delete values.ingress));
    expect([...of("Ingress", none), ...of("Middleware", none)]).toEqual([]);
    const annotations = { "nginx.ingress.kubernetes.io/auth-type": "basic", "nginx.ingress.kubernetes.io/auth-secret": "edgex-users" };
    const nginx = render(
      changed(({ ingress }) => {
        delete ingress.basicAuthMiddlewareSecret;
        ingress.annotations = annotations;
      }),
    );
    expect(of("Middleware", nginx)).toEqual([]);
    expect(one("Ingress", "edgex", nginx).metadata.annotations).toEqual(annotations);
  });
});
