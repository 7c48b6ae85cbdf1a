import { ExportCredentials } from "../../../../lib/helm/edgex/exports/export-credentials";
import type { ServiceNode } from "../../../../lib/helm/edgex/graph/service-node";
import { Rule } from "../../../../lib/helm/edgex/rules-engine/rule";
import { RuleAction } from "../../../../lib/helm/edgex/rules-engine/rule-action";
import { RuleStream } from "../../../../lib/helm/edgex/rules-engine/rule-stream";
import { rulesEngineNodes, type RulesEngineProps } from "../../../../lib/helm/edgex/rules-engine/rules-engine";

const readings = RuleStream.events("Readings");
const rule = (name: string, ...actions: RuleAction[]) => Rule.of({ name, select: "*", from: readings, actions });
const command = RuleAction.command({ device: "Boiler", command: "Heat", values: { Heat: false } });
const mqtt = RuleAction.mqtt({
  broker: "mqtts://broker.example.com",
  topic: "alarms",
  credentials: ExportCredentials.clientCertificate("thing"),
});
const rest = RuleAction.rest({ url: "https://events.example.com/in", credentials: ExportCredentials.header("web") });

const nodes = (props: Partial<RulesEngineProps> = {}) => rulesEngineNodes({ streams: [readings], rules: [], ...props });
const kuiper = (props?: Partial<RulesEngineProps>) => nodes(props)[1]!;
const file = (node: ServiceNode, path: string) => node.configuration![`/edgex/kuiper/etc/${path}`] as Record<string, unknown>;

describe("app-rules-engine", () => {
  test("hands on what devices tell, and nothing that rules tell", () => {
    const [node] = nodes();
    expect(node).toMatchObject({
      name: "edgex-app-rules-engine",
      ports: [{ name: "http", port: 59701 }],
      args: expect.arrayContaining(["-sk=app-rules-engine"]) as string[],
      configuration: {
        "/edgex/config/configuration.yaml": {
          Writable: {
            LogLevel: "INFO",
            Pipeline: {
              TargetType: "event",
              ExecutionOrder: "SetResponseData",
              Functions: { SetResponseData: { Parameters: { ResponseContentType: "" } } },
            },
          },
          Trigger: { SubscribeTopics: "events/device/#", PublishTopic: "rules-events" },
        },
      },
    });
    expect(node!.talksTo.map(({ service }) => service)).toEqual(["edgex-core-keeper", "edgex-mqtt-broker", "edgex-core-metadata"]);
  });

  test("hands on less where there is a filter", () => {
    const [node] = nodes({ filter: { profiles: ["Thermostat"] } });
    expect(node!.configuration!["/edgex/config/configuration.yaml"]).toMatchObject({
      Writable: { Pipeline: { ExecutionOrder: "FilterByProfileName, SetResponseData" } },
    });
  });
});

describe("eKuiper", () => {
  test("runs with configuration of its own, in directories that it may write to", () => {
    const node = kuiper();
    expect(node).toMatchObject({
      name: "edgex-kuiper",
      image: "docker.io/lfedge/ekuiper:2.3.1-alpine",
      command: ["/kuiper/bin/kuiperd"],
      args: ["-loadFileType=absolute", "-etc=/edgex/kuiper/etc", "-data=/edgex/kuiper/data", "-log=/tmp", "-plugins=/kuiper/plugins"],
      user: { uid: 1001, gid: 1001 },
      probe: { http: { path: "/ping", port: 59720 } },
      metrics: { port: 20499, path: "/metrics" },
      volumes: [{ name: "data", path: "/edgex/kuiper/data" }],
    });
    expect(node.ports?.map(({ port }) => port)).toEqual([59720, 20499]);
    expect(node.env).toBeUndefined();
    expect(file(node, "kuiper.yaml")).toMatchObject({
      basic: { restPort: 59720, prometheus: true, prometheusPort: 20499, pprof: false, ip: "127.0.0.1", rulePatrolInterval: "10s" },
      rule: { restartStrategy: { attempts: 1 } },
      store: { type: "sqlite", extStateType: "sqlite" },
    });
  });

  test("is given streams and rules as it imports them: rules are texts", () => {
    const node = kuiper({ rules: [rule("hot", RuleAction.edgex(), command), rule("cold", rest)] });
    const ruleset = file(node, "init.json") as { streams: Record<string, string>; tables: unknown; rules: Record<string, string> };
    expect(ruleset.streams).toEqual({ Readings: readings.sql });
    expect(ruleset.tables).toEqual({});
    expect(Object.keys(ruleset.rules)).toEqual(["hot", "cold"]);
    expect(JSON.parse(ruleset.rules.hot!)).toMatchObject({
      id: "hot",
      sql: "SELECT * FROM Readings",
      actions: [
        { edgex: { connectionSelector: "bus", topicPrefix: "edgex/events/rules", sourceName: "hot" } },
        { rest: { method: "put" } },
      ],
    });
    expect(JSON.parse(ruleset.rules.cold!)).toMatchObject({ actions: [{ rest: { connectionSelector: "r1a0", method: "post" } }] });
  });

  test("has secrets in files that no rule is in", () => {
    const node = kuiper({ rules: [rule("hot", RuleAction.edgex(), mqtt, rest)], brokerSecret: "bus" });
    const withSecrets = Object.entries(node.configuration!)
      .filter(([, values]) => JSON.stringify(values).includes("@@"))
      .map(([path]) => path);
    expect(withSecrets).toEqual(["/edgex/kuiper/etc/sources/edgex.yaml", "/edgex/kuiper/etc/connections/connection.yaml"]);
    expect(JSON.stringify(node.configuration)).toContain("@@bus/password@@");
    expect(JSON.stringify([node.args, node.env, node.command])).not.toContain("@@");
    expect(node.secrets?.map(({ secret }) => secret)).toEqual(["thing", "thing"]);
  });

  test("reads the bus with a connection that comes back", () => {
    const boiler = RuleStream.device({ name: "Boiler", device: "Boiler" });
    const source = file(kuiper({ streams: [readings, boiler] }), "sources/edgex.yaml");
    expect(source).toEqual({
      default: {
        protocol: "tcp",
        server: "edgex-mqtt-broker",
        port: 1883,
        type: "mqtt",
        optional: {
          Username: "@@edgex-broker/username@@",
          Password: "@@edgex-broker/password@@",
          KeepAlive: "10",
          AutoReconnect: "true",
        },
        topic: "edgex/rules-events",
        messageType: "event",
      },
      readings: { topic: "edgex/rules-events", messageType: "event" },
      boiler: { topic: "edgex/events/device/+/+/Boiler/#", messageType: "request" },
    });
  });

  test("is told how keys are spelled that it would put in lower case", () => {
    const node = kuiper();
    for (const path of ["sources/edgex.json", "connections/connection.json"]) {
      expect(file(node, path)).toEqual({ about: {}, properties: { default: [{ name: "AutoReconnect" }, { name: "connectionSelector" }] } });
    }
  });

  test("takes connections from the file, and looks for none in its database", () => {
    const connections = file(kuiper({ rules: [rule("hot", rest, mqtt)] }), "connections/connection.yaml") as Record<
      string,
      Record<string, Record<string, unknown>>
    >;
    expect(Object.keys(connections)).toEqual(["edgex", "rest", "mqtt"]);
    expect(connections.edgex!.bus).toMatchObject({ server: "edgex-mqtt-broker", connectionSelector: null });
    expect(connections.rest).toEqual({ r0a0: { headers: { Authorization: "@@web/token@@" }, connectionSelector: null } });
    expect(connections.mqtt!.r0a1).toMatchObject({ server: "ssl://broker.example.com:8883", connectionSelector: null });
    // eKuiper has all keys of it in lower case.
    expect(Object.values(connections).flatMap(Object.keys)).toEqual(
      Object.values(connections)
        .flatMap(Object.keys)
        .map((id) => id.toLowerCase()),
    );
  });

  test("reaches what its rules are about, once each", () => {
    const node = kuiper({ rules: [rule("hot", command, rest), rule("cold", command, rest)] });
    expect(node.talksTo).toEqual([
      { service: "edgex-mqtt-broker", port: 1883 },
      { service: "edgex-core-command", port: 59882 },
    ]);
    expect(node.outbound).toEqual([{ cidrs: ["0.0.0.0/0"], ports: [{ port: 443 }] }]);
    expect(kuiper().talksTo).toEqual([{ service: "edgex-mqtt-broker", port: 1883 }]);
  });

  test("logs no credentials: results go into its log where there are none alone", () => {
    const level = (props: Partial<RulesEngineProps>) => (file(kuiper(props), "kuiper.yaml").basic as { logLevel: string }).logLevel;
    expect(level({ rules: [rule("hot", mqtt)] })).toBe("warn");
    expect(level({ rules: [rule("hot", RuleAction.log(), command)] })).toBe("info");
    for (const loud of [mqtt, rest, RuleAction.edgex()]) {
      expect(() => kuiper({ rules: [rule("hot", RuleAction.log()), rule("cold", loud)] })).toThrow(
        /MEC1498.*Rule hot.*of rule "cold": eKuiper would write its credentials into the same log/,
      );
    }
  });

  test("has each name once, and each stream that a rule reads", () => {
    expect(() => kuiper({ rules: [rule("hot", command), rule("hot", rest)] })).toThrow(/MEC1499.*got "hot" as name of two rules/);
    expect(() => kuiper({ streams: [readings, RuleStream.events("readings")] })).toThrow(/MEC1499.*got "readings" as name of two streams/);
    expect(() => kuiper({ streams: [], rules: [rule("hot", command)] })).toThrow(/MEC1497.*Rule hot: got "Readings" as stream/);
  });
});
