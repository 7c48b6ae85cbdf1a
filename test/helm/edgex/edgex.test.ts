import type { App, TerraformStack } from "cdktf";
import {
  ClusterFit,
  Duration,
  EdgeX,
  EdgeXIngress,
  EdgeXProfile,
  HostpathStorage,
  Prometheus,
  PrometheusProfile,
  Size,
  type EdgeXLogLevel,
  type EdgeXProps,
  type Microk8sCluster,
} from "../../../lib";
import { EdgeXStack, PlatformStack, PrometheusStack } from "../../../stacks";
import { danglingReferences } from "../../support/structure";
import { synthApp, warnings, type StackJson } from "../../support/synth";
import { addOnStack, bostonSite } from "../support/add-ons";

/** An EdgeX and its storage in one stack, on the cluster of another. */
const synthEdgeX = (
  props: Partial<EdgeXProps> = {},
  more: (edgex: EdgeX, stack: TerraformStack, cluster: Microk8sCluster, app: App) => void = () => undefined,
): StackJson =>
  synthApp((app) => {
    const { cluster } = bostonSite(app);
    const stack = addOnStack(app);
    new HostpathStorage(stack, "Storage", { cluster });
    more(new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE, ...props }), stack, cluster, app);
  })["add-ons"]!;

const releaseOf = (json: StackJson, name = "edgex") =>
  Object.values<StackJson>(json.resource.helm_release).find((candidate) => candidate.name === name)!;
const valuesOf = (json: StackJson) => JSON.parse(releaseOf(json).values[0]);

describe("EdgeX", () => {
  const json = synthEdgeX();
  const values = valuesOf(json);

  test("is the library's own chart, in a namespace that refuses what wants more than EdgeX", () => {
    expect(releaseOf(json)).toMatchObject({ chart: expect.stringMatching(/^\.\/assets\//), namespace: "edgex", wait: true });
    expect(Object.values<StackJson>(json.resource.kubernetes_namespace_v1).map(({ metadata }) => metadata)).toContainEqual({
      name: "edgex",
      labels: { "pod-security.kubernetes.io/enforce": "restricted" },
    });
    expect(danglingReferences(json)).toEqual([]);
    expect(warnings(json)).toEqual([]);
  });

  test("has the core and no more, with generated passwords and no ingress", () => {
    expect(Object.keys(values.services)).toEqual([
      "edgex-core-command",
      "edgex-core-keeper",
      "edgex-core-metadata",
      "edgex-mqtt-broker",
      "edgex-postgres",
    ]);
    expect(values.credentials).toEqual({
      "edgex-broker": { username: "edgex", generate: ["password"] },
      "edgex-database": { username: "edgex", generate: ["password"] },
    });
    expect(values).not.toHaveProperty("ingress");
    expect(values).not.toHaveProperty("monitoring");
    expect(values.revision).toMatch(/^[0-9a-f]{64}$/);
  });

  test("makes no Secret that is made apart, and reads it", () => {
    const own = valuesOf(synthEdgeX({ databaseSecret: "my-database", brokerSecret: "my-broker" }));
    expect(own.credentials).toEqual({});
    expect(own.services["edgex-postgres"].secrets).toEqual([
      { secret: "my-database", path: "/edgex/secrets/database", keys: ["username", "password"] },
    ]);
    expect(own.services["edgex-core-keeper"].configurationSecrets).toEqual([
      { secret: "my-broker", keys: ["password", "username"] },
      { secret: "my-database", keys: ["password", "username"] },
    ]);
  });

  test("takes its settings, and the user's values last", () => {
    const own = valuesOf(
      synthEdgeX({
        coreData: true,
        dataRetention: Duration.days(1),
        databaseVolume: Size.gibibytes(3),
        logLevel: "DEBUG",
        values: { services: { "edgex-core-command": { env: { SERVICE_REQUESTTIMEOUT: "9s" } } } },
      }),
    );
    expect(own.services["edgex-core-data"].env).toMatchObject({ RETENTION_DEFAULTDURATION: "24h", WRITABLE_LOGLEVEL: "DEBUG" });
    expect(own.services["edgex-postgres"].volumes[0]).toMatchObject({ size: "3072Mi" });
    expect(own.services["edgex-core-command"].env).toMatchObject({ SERVICE_REQUESTTIMEOUT: "9s", SERVICE_HOST: "edgex-core-command" });
  });

  test("has what reads Secrets start anew, after the configuration is written anew, for other credentials", () => {
    const [one, two] = ["1", "2"].map((credentialsVersion) => valuesOf(synthEdgeX({ credentialsVersion, coreData: true })));
    expect(one.revision).not.toBe(two.revision);
    expect(one.jobs["edgex-core-common-config-bootstrapper"]).not.toEqual(two.jobs["edgex-core-common-config-bootstrapper"]);
    const changed = Object.keys(one.services).filter((name) => JSON.stringify(one.services[name]) !== JSON.stringify(two.services[name]));
    expect(changed).toEqual(["edgex-core-keeper", "edgex-mqtt-broker", "edgex-postgres"]);
    const waiting = Object.keys(one.services).filter((name) => one.services[name].waitsForConfiguration);
    // These start anew by the revision that they wait for.
    expect([...changed, ...waiting].sort()).toEqual(Object.keys(one.services).sort());
  });

  test("tells where its services are", () => {
    synthEdgeX({ namespace: "line", ui: true }, (edgex) => {
      expect(edgex.brokerHost).toBe("edgex-mqtt-broker.line.svc");
      expect(edgex.restEndpoints).toEqual({
        "edgex-core-command": "http://edgex-core-command.line.svc:59882",
        "edgex-core-keeper": "http://edgex-core-keeper.line.svc:59890",
        "edgex-core-metadata": "http://edgex-core-metadata.line.svc:59881",
        "edgex-ui-go": "http://edgex-ui-go.line.svc:4000",
      });
      expect(edgex.graph.jobs.map(({ name }) => name)).toEqual(["edgex-core-common-config-bootstrapper"]);
    });
  });

  test("lets in pods of the namespaces that are named, and of no others", () => {
    const inbound = (given: StackJson, name: string) => given.services[name].inbound;
    const open = valuesOf(synthEdgeX({ allowedNamespaces: ["apps"] }));
    expect(inbound(open, "edgex-mqtt-broker")).toEqual([{ namespace: "apps", ports: [{ port: 1883 }] }]);
    expect(inbound(open, "edgex-core-command")).toEqual([{ namespace: "apps", ports: [{ port: 59882 }] }]);
    for (const name of ["edgex-postgres", "edgex-core-keeper"]) {
      expect(inbound(open, name)).toBeUndefined();
    }
    for (const { inbound: none } of Object.values<StackJson>(values.services)) {
      expect(none).toBeUndefined();
    }
  });

  test.each<[string, Partial<EdgeXProps>, RegExp]>([
    ["secure mode", { secure: true }, /MEC1475\] add-ons\/EdgeX: got true as secure: .*docs\/edgex-secure-mode\.md\)/],
    ["a log level that EdgeX does not have", { logLevel: "LOUD" as EdgeXLogLevel }, /MEC1482.*got "LOUD" as logLevel.*TRACE, DEBUG/],
    ["a retention of half an hour", { dataRetention: Duration.minutes(30) }, /MEC1482.*got 1800 seconds as dataRetention/],
    ["one Secret for both", { databaseSecret: "one", brokerSecret: "one" }, /MEC1482.*got "one" as databaseSecret and as brokerSecret/],
    ["the database's Secret for the broker", { brokerSecret: "edgex-database" }, /MEC1482.*got "edgex-database"/],
    ["a password in place of a Secret's name", { brokerSecret: "hunter2!" }, /MEC1424.*got 8 characters as brokerSecret/],
    ["what is no namespace", { allowedNamespaces: ["Apps"] }, /MEC1414.*"Apps"/],
    ["a mistyped value", { values: { servcies: {} } }, /MEC1470.*servcies.*write "services"/],
  ])("refuses %s", (_, props, error) => {
    expect(() => synthEdgeX(props)).toThrow(error);
  });

  test("refuses a second one in its namespace, and takes one in another", () => {
    const second = (namespace: string) => () =>
      synthEdgeX(
        {},
        (_, stack, cluster) => new EdgeX(stack, "Second", { cluster, namespace, releaseName: "second", profile: EdgeXProfile.CORE }),
      );
    expect(second("edgex")).toThrow(/MEC1476\] add-ons\/Second: got the namespace edgex, where add-ons\/EdgeX is: /);
    expect(second("other")).not.toThrow();
  });
});

describe("EdgeX beside Prometheus", () => {
  const synthBoth = (isFirst: boolean, props: Partial<EdgeXProps> = {}) =>
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      new PlatformStack(app, "platform", { cluster });
      const prometheus = () => new PrometheusStack(app, "prometheus", { cluster, profile: PrometheusProfile.LITE, namespace: "watching" });
      if (isFirst) prometheus();
      new EdgeXStack(app, "edgex", { cluster, profile: EdgeXProfile.CORE, ...props });
      if (!isFirst) prometheus();
    });

  test.each([true, false])("is watched by it and installed after it, in whatever order of the code (%s)", (isFirst) => {
    const { edgex } = synthBoth(isFirst);
    expect(edgex!.dependencies).toEqual(expect.arrayContaining(["prometheus", "platform"]));
    expect(valuesOf(edgex!).monitoring).toMatchObject({ enabled: true, namespace: "watching" });
  });

  test("is not watched where that is switched off, and can be where Prometheus is another's", () => {
    expect(valuesOf(synthBoth(true, { monitoring: false }).edgex!)).not.toHaveProperty("monitoring");
    expect(valuesOf(synthEdgeX({ monitoring: true })).monitoring).toMatchObject({ enabled: true, namespace: "monitoring" });
  });

  test("fits with LITE on a t3.xlarge with half of it to spare", () => {
    synthApp((app) => {
      const { cluster } = bostonSite(app);
      const stack = addOnStack(app);
      new HostpathStorage(stack, "Storage", { cluster });
      new Prometheus(stack, "Prometheus", { cluster, profile: PrometheusProfile.LITE });
      new EdgeX(stack, "EdgeX", { cluster, profile: EdgeXProfile.CORE });
      const { requested, available } = ClusterFit.of(app, cluster);
      expect(requested.cpuMillis).toBeLessThanOrEqual(available!.cpuMillis! / 2);
      expect(requested.memoryMebibytes).toBeLessThanOrEqual(available!.memoryMebibytes! / 2);
    });
  });

  test("counts what is switched on", () => {
    const cpu = (props: Partial<EdgeXProps>) => {
      let millis = 0;
      synthEdgeX(props, (edgex) => (millis = edgex.footprint.cpuMillis));
      return millis;
    };
    const { cpuMillis } = EdgeXProfile.CORE.settings.service;
    expect(cpu({ coreData: true }) - cpu({})).toBe(cpuMillis);
    expect(EdgeXProfile.of({ ...EdgeXProfile.CORE.settings, name: "mine" }).name).toBe("mine");
  });
});

describe("an ingress", () => {
  const props = { host: "line.example.com", tlsSecret: "line-tls", basicAuthSecret: "line-users" };

  test("of Traefik leads to the web interface, by TLS and a middleware that asks for a password", () => {
    const { ingress } = valuesOf(synthEdgeX({ ui: true, ingress: EdgeXIngress.traefik({ ...props, clusterIssuer: "letsencrypt" }) }));
    expect(ingress).toEqual({
      className: "traefik",
      host: "line.example.com",
      tlsSecret: "line-tls",
      annotations: { "cert-manager.io/cluster-issuer": "letsencrypt" },
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

  test.each<[string, Partial<typeof props> & { paths?: object[] }, RegExp]>([
    ["no host", { host: "" }, /MEC1479\] EdgeXIngress: got "" as host/],
    ["a URL as host", { host: "https://line.example.com" }, /MEC1479.*as host/],
    ["no Secret of passwords", { basicAuthSecret: undefined }, /MEC1424.*basicAuthSecret/],
    ["no Secret of the certificate", { tlsSecret: undefined }, /MEC1424.*tlsSecret/],
    ["no path", { paths: [] }, /MEC1479.*as paths/],
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
