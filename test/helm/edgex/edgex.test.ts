import { Duration, EdgeX, EdgeXProfile, Size, type EdgeXLogLevel, type EdgeXProps } from "../../../lib";
import { danglingReferences } from "../../support/structure";
import { warnings, type StackJson } from "../../support/synth";
import { releaseOf, synthEdgeX, valuesOf } from "./support/synth-edgex";

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

  test("makes no Secret that is named, though the name is the one that it would give", () => {
    expect(Object.keys(valuesOf(synthEdgeX({ databaseSecret: "edgex-database" })).credentials)).toEqual(["edgex-broker"]);
    expect(valuesOf(synthEdgeX({ databaseSecret: "edgex-database", brokerSecret: "edgex-broker" })).credentials).toEqual({});
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

  test("sends mail with a password that is nowhere in the release, and goes where it is let", () => {
    const mail = { host: "mail.example.com", sender: "line@example.com", secret: "mail" };
    const { services } = valuesOf(
      synthEdgeX({
        notifications: true,
        scheduler: true,
        mail,
        outbound: { "edgex-support-scheduler": [{ cidrs: ["10.9.0.0/16"], ports: [{ port: 443 }] }] },
      }),
    );
    const notifications = services["edgex-support-notifications"];
    expect(JSON.parse(notifications.configuration["/edgex/config/configuration.yaml"])).toMatchObject({
      Writable: {
        InsecureSecrets: { SMTP: { SecretName: "smtp", SecretData: { username: "@@mail/username@@", password: "@@mail/password@@" } } },
      },
      Smtp: { Host: "mail.example.com", Port: 587, Sender: "line@example.com", SecretName: "smtp" },
    });
    expect(notifications.outbound).toEqual([{ cidrs: ["0.0.0.0/0"], ports: [{ port: 587 }] }]);
    expect(services["edgex-support-scheduler"].outbound).toEqual([{ cidrs: ["10.9.0.0/16"], ports: [{ port: 443 }] }]);
    const near = valuesOf(synthEdgeX({ notifications: true, mail: { ...mail, host: "10.9.1.2", port: 2525 } }));
    expect(near.services["edgex-support-notifications"].outbound).toEqual([{ cidrs: ["10.9.1.2/32"], ports: [{ port: 2525 }] }]);
  });

  test("tells where its services are", () => {
    synthEdgeX({ namespace: "line", ui: true }, (edgex) => {
      expect(edgex.brokerHost).toBe("edgex-mqtt-broker.line.svc");
      expect(edgex.brokerSecret).toBe("edgex-broker");
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
    [
      "mail without support-notifications",
      { mail: { host: "mail.example.com", sender: "a@example.com", secret: "mail" } },
      /MEC1478.*got "mail.example.com" as mail.host and no support-notifications/,
    ],
    ...(
      [
        ["a mail server that is none", { host: "https://mail" }, /MEC1482.*as mail.host/],
        ["a sender that is none", { sender: "line" }, /MEC1482.*as mail.sender/],
        ["a port that is none", { port: 0 }, /MEC1482.*as mail.port/],
        ["a password in place of a Secret's name", { secret: "hunter2!" }, /MEC1424.*mail.secret/],
        ["a network of mail that is none", { networks: ["10.0.0.1/8"] }, /MEC1003/],
      ] as [string, object, RegExp][]
    ).map(([name, more, error]): [string, Partial<EdgeXProps>, RegExp] => [
      name,
      { notifications: true, mail: { host: "mail.example.com", sender: "a@example.com", secret: "mail", ...more } },
      error,
    ]),
    ["a way out of a service that is not there", { outbound: { "edgex-core-data": [] } }, /MEC1482.*got "edgex-core-data" in outbound/],
    [
      "a way out to what is no network",
      { outbound: { "edgex-core-command": [{ cidrs: ["everywhere"], ports: [{ port: 443 }] }] } },
      /MEC1003/,
    ],
    ...(
      [
        [
          "to no ports, which would be all",
          { cidrs: ["10.0.0.0/8"], ports: [] },
          /MEC1482.*in outbound of edgex-core-command: it has ports/,
        ],
        ["to nobody, which would be everybody", { ports: [{ port: 443 }] }, /MEC1482.*it is networks or a namespace/],
        ["to no networks, which would be all", { cidrs: [], ports: [{ port: 443 }] }, /MEC1482.*it is networks or a namespace/],
        ["to both", { cidrs: ["10.0.0.0/8"], namespace: "apps", ports: [{ port: 443 }] }, /MEC1482.*one of them/],
        ["to port 0", { namespace: "apps", ports: [{ port: 0 }] }, /MEC1482.*0 is no port/],
        ["to what is no namespace", { namespace: "Apps", ports: [{ port: 443 }] }, /MEC1414.*"Apps"/],
      ] as const
    ).map(([name, outside, error]): [string, Partial<EdgeXProps>, RegExp] => [
      `a way out ${name}`,
      { outbound: { "edgex-core-command": [outside] } },
      error,
    ]),
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
