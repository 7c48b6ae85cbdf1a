import fc from "fast-check";
import { Duration } from "../../../../lib";
import { Export } from "../../../../lib/helm/edgex/exports/export";
import { ExportCredentials } from "../../../../lib/helm/edgex/exports/export-credentials";
import type { HttpEndpoint, HttpExportProps } from "../../../../lib/helm/edgex/exports/http-export";
import type { MqttEndpoint, MqttExportProps } from "../../../../lib/helm/edgex/exports/mqtt-export";
import type { ServiceNode } from "../../../../lib/helm/edgex/graph/service-node";

const cloud: MqttEndpoint = {
  broker: "mqtts://broker.example.com",
  topic: "plant/events",
  credentials: ExportCredentials.userPassword("cloud"),
};
const web: HttpEndpoint = { url: "https://events.example.com/edgex", credentials: ExportCredentials.header("web") };

const mqtt = (props: Partial<MqttExportProps> = {}, site?: string) =>
  Export.mqtt({ name: "region", ...cloud, ...props } as MqttExportProps).toNode({ site });
const http = (props: Partial<HttpExportProps> = {}) => Export.http({ name: "region", endpoints: [web], ...props }).toNode();

/** The configuration of a service, as EdgeX reads it. */
interface Configuration {
  readonly Writable: {
    readonly LogLevel: string;
    readonly StoreAndForward: { readonly Enabled: boolean; readonly RetryInterval: string; readonly MaxRetryCount: number };
    readonly Pipeline: {
      readonly ExecutionOrder: string;
      readonly PerTopicPipelines: Record<string, { readonly Id: string; readonly Topics: string; readonly ExecutionOrder: string }>;
      readonly Functions: Record<string, { readonly Parameters: Record<string, string> }>;
    };
    readonly InsecureSecrets?: Record<string, { readonly SecretName: string; readonly SecretData: Record<string, string> }>;
    readonly Telemetry?: unknown;
  };
  readonly Service: { readonly Host: string; readonly Port: number };
  readonly MessageBus: { readonly Optional: { readonly ClientId: string } };
  readonly Trigger: { readonly SubscribeTopics: string };
}

const configurationOf = (node: ServiceNode) => node.configuration!["/edgex/config/configuration.yaml"] as unknown as Configuration;
const writableOf = (node: ServiceNode) => configurationOf(node).Writable;
const functionsOf = (node: ServiceNode) => writableOf(node).Pipeline.Functions;
const parameters = (node: ServiceNode, name: string) => functionsOf(node)[name]!.Parameters;
const orders = (node: ServiceNode) =>
  Object.values(writableOf(node).Pipeline.PerTopicPipelines).map(({ ExecutionOrder }) => ExecutionOrder);

describe("an export by MQTT", () => {
  test("is an application service of its own name, in EdgeX too", () => {
    const node = mqtt();
    expect(node).toMatchObject({
      name: "edgex-app-mqtt-export-region",
      image: "docker.io/edgexfoundry/app-service-configurable:4.0.1",
      args: ["-cp=keeper.http://edgex-core-keeper:59890", "--registry", "-cd=/edgex/config", "-sk=app-mqtt-export-region"],
      env: { EDGEX_SECURITY_SECRET_STORE: "false", EDGEX_STARTUP_DURATION: "600", EDGEX_OVERWRITE_CONFIG: "true" },
      ports: [{ name: "http", port: 59703 }],
      probe: { http: { path: "/api/v3/ping", port: 59703 } },
      waitsForConfiguration: true,
    });
    expect(configurationOf(node)).toMatchObject({
      Service: { Host: node.name, Port: 59703 },
      MessageBus: { Optional: { ClientId: "app-mqtt-export-region" } },
      Trigger: { SubscribeTopics: "events/#" },
    });
    expect(Export.mqtt({ name: "region", ...cloud })).toMatchObject({ name: "region", serviceName: node.name });
  });

  test("publishes by TLS with what the Secret holds", () => {
    const node = mqtt();
    expect(parameters(node, "MQTTExport1")).toEqual({
      BrokerAddress: "mqtts://broker.example.com:8883",
      Topic: "plant/events",
      SecretName: "endpoint1",
      ClientId: "app-mqtt-export-region",
      QOS: "1",
      Retain: "false",
      AutoReconnect: "true",
      ConnectTimeout: "10s",
      MaxReconnectInterval: "60s",
      SkipVerify: "false",
      AuthMode: "usernamepassword",
      PersistOnError: "true",
      PreConnect: "false",
    });
    expect(writableOf(node).InsecureSecrets).toEqual({
      endpoint1: { SecretName: "endpoint1", SecretData: { username: "@@cloud/username@@", password: "@@cloud/password@@" } },
    });
    expect(orders(node)).toEqual(["Transform, MQTTExport1"]);
  });

  test("has no secret in environment and arguments", () => {
    const { env, args, command } = mqtt();
    expect(JSON.stringify([env, args, command])).not.toContain("cloud");
  });

  test("needs core-keeper, the bus, metadata and, for what is kept, the database", () => {
    const ports = (node: ServiceNode) => node.talksTo.map(({ service, port }) => `${service}:${port}`);
    const always = ["edgex-core-keeper:59890", "edgex-mqtt-broker:1883", "edgex-core-metadata:59881"];
    expect(ports(mqtt())).toEqual([...always, "edgex-postgres:5432"]);
    expect(ports(mqtt({ storeAndForward: false }))).toEqual(always);
  });

  test.each([
    ["a certificate", ExportCredentials.clientCertificate("thing"), undefined, "clientcert"],
    ["a certificate, and an authority", ExportCredentials.clientCertificate("thing"), { name: "roots", key: "ca.crt" }, "clientcert"],
    ["an authority alone", ExportCredentials.anonymous(), { name: "roots", key: "ca.crt" }, "cacert"],
    ["nothing", ExportCredentials.anonymous(), undefined, "none"],
  ])("proves itself with %s", (_, credentials, ca, mode) => {
    const node = mqtt({ credentials, ca });
    expect(parameters(node, "MQTTExport1").AuthMode).toBe(mode);
    const data = writableOf(node).InsecureSecrets?.endpoint1?.SecretData;
    const expected = {
      ...(mode === "clientcert" ? { clientcert: "@@thing/tls.crt@@", clientkey: "@@thing/tls.key@@" } : {}),
      ...(ca === undefined ? {} : { cacert: "@@roots/ca.crt@@" }),
    };
    expect(data ?? {}).toEqual(expected);
  });

  test("has a client of its own name for each site and endpoint, or the one it is told", () => {
    const endpoints = [cloud, { ...cloud, topic: "other" }, { ...cloud, clientId: "line-1" }];
    const node = Export.mqtt({ name: "region", endpoints }).toNode({ site: "boston" });
    expect([1, 2, 3].map((number) => parameters(node, `MQTTExport${number}`).ClientId)).toEqual([
      "boston-app-mqtt-export-region",
      "boston-app-mqtt-export-region-2",
      "line-1",
    ]);
  });

  test("gives each endpoint a pipeline, so that none waits for another", () => {
    const node = Export.mqtt({
      name: "region",
      endpoints: [cloud, { ...cloud, broker: "tcp://10.1.2.3", credentials: ExportCredentials.anonymous(), qos: 0, retain: true }],
      filter: { devices: ["Boiler"] },
    }).toNode();
    expect(writableOf(node).Pipeline).toMatchObject({
      ExecutionOrder: "",
      PerTopicPipelines: {
        endpoint1: { Id: "endpoint1", Topics: "events/#", ExecutionOrder: "FilterByDeviceName, Transform, MQTTExport1" },
        endpoint2: { Id: "endpoint2", Topics: "events/#", ExecutionOrder: "FilterByDeviceName, Transform, MQTTExport2" },
      },
    });
    expect(parameters(node, "MQTTExport2")).toMatchObject({
      BrokerAddress: "tcp://10.1.2.3:1883",
      QOS: "0",
      Retain: "true",
      AuthMode: "none",
    });
    expect(Object.keys(writableOf(node).InsecureSecrets ?? {})).toEqual(["endpoint1"]);
    expect(node.outbound).toEqual([
      { cidrs: ["0.0.0.0/0"], ports: [{ port: 8883 }] },
      { cidrs: ["10.1.2.3/32"], ports: [{ port: 1883 }] },
    ]);
  });

  test.each([
    ["ssl://192.0.2.7:8884", { cidrs: ["192.0.2.7/32"], ports: [{ port: 8884 }] }],
    ["mqtts://[2001:db8::7]", { cidrs: ["2001:db8::7/128"], ports: [{ port: 8883 }] }],
    ["mqtt://broker.factory.svc", { namespace: "factory", ports: [{ port: 1883 }] }],
    ["mqtt://broker.factory.svc.cluster.local:1884", { namespace: "factory", ports: [{ port: 1884 }] }],
    ["wss://broker.example.com/mqtt", { cidrs: ["0.0.0.0/0"], ports: [{ port: 443 }] }],
  ])("lets out to %s alone", (broker, outside) => {
    expect(mqtt({ broker }).outbound).toEqual([outside]);
  });

  test("keeps the path of a web socket", () => {
    expect(parameters(mqtt({ broker: "wss://broker.example.com/mqtt" }), "MQTTExport1").BrokerAddress).toBe(
      "wss://broker.example.com/mqtt",
    );
    expect(parameters(mqtt({ broker: "mqtts://[2001:db8::7]" }), "MQTTExport1").BrokerAddress).toBe("mqtts://[2001:db8::7]:8883");
  });

  test("lets out to named networks, and speaks there without TLS where they are private", () => {
    const networks = ["10.20.0.0/16"];
    expect(mqtt({ broker: "tcp://broker.example.com", networks }).outbound).toEqual([{ cidrs: networks, ports: [{ port: 1883 }] }]);
    expect(() => mqtt({ broker: "tcp://broker.example.com", networks: ["10.20.0.0/16", "203.0.113.0/24"] })).toThrow(/MEC1494/);
    expect(() => mqtt({ networks: ["10.20.0.1/16"] })).toThrow(/MEC1003/);
  });
});

describe("what goes through the internet in the clear", () => {
  const at = (host: string) => () => mqtt({ broker: `tcp://${host}:1883`, credentials: ExportCredentials.anonymous() });

  test.each(["broker.example.com", "192.0.2.7", "172.32.0.1", "100.128.0.1", "[2001:db8::7]"])("is refused: %s", (host) => {
    expect(at(host)).toThrow(
      /^\[MEC1494\] Export\.mqtt: got "tcp:\/\/[^"]*" as broker: what is not encrypted goes to networks of your own alone, so write mqtts:\/\//,
    );
  });

  test.each([
    "10.1.2.3",
    "172.31.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "127.0.0.1",
    "broker",
    "broker.factory.svc",
    "broker.plant.internal",
    "printer.local",
    "[fd00::7]",
    "[::1]",
  ])("is not what goes to %s", (host) => {
    expect(at(host)).not.toThrow();
  });

  test("is refused by HTTP too", () => {
    expect(() => http({ endpoints: [{ ...web, url: "http://events.example.com/" }] })).toThrow(
      /MEC1494.*"http:\/\/events\.example\.com" as url.*so write https:\/\//,
    );
    expect(http({ endpoints: [{ ...web, url: "http://10.0.0.9:8080/in" }] }).outbound).toEqual([
      { cidrs: ["10.0.0.9/32"], ports: [{ port: 8080 }] },
    ]);
  });
});

describe("an export without credentials that fit", () => {
  test("is refused, with what to write", () => {
    const props = { name: "region", broker: "mqtts://broker.example.com", topic: "events" } as unknown as MqttExportProps;
    expect(() => Export.mqtt(props)).toThrow(
      "[MEC1493] Export.mqtt: got no credentials: an export proves itself to its endpoint, or says that it does not, so write ExportCredentials.userPassword(secret) or ExportCredentials.clientCertificate(secret) or ExportCredentials.anonymous() as credentials",
    );
    expect(() => Export.http({ name: "region", endpoints: [{ url: "https://a.example.com/" } as unknown as HttpEndpoint] })).toThrow(
      /MEC1493.*ExportCredentials\.header\(secret\) or ExportCredentials\.anonymous\(\)/,
    );
  });

  test("is refused where its protocol has no place for them", () => {
    expect(() => mqtt({ credentials: ExportCredentials.header("web") })).toThrow(/MEC1493.*got a header as credentials/);
    expect(() => http({ endpoints: [{ ...web, credentials: ExportCredentials.userPassword("cloud") }] })).toThrow(
      /MEC1493.*got a user and password as credentials.*ExportCredentials\.header\(secret\)/,
    );
  });

  test("is refused without the names of Secrets, and shows no secret", () => {
    const secret = "Hunter2!Secret";
    for (const wrong of [
      () => ExportCredentials.userPassword(secret),
      () => ExportCredentials.userPassword("cloud", { password: `${secret} ` }),
      () => ExportCredentials.clientCertificate(secret),
      () => ExportCredentials.header("web", { key: `${secret}/` }),
      () => mqtt({ ca: { name: "roots", key: `${secret}!` } }),
    ]) {
      expect(wrong).toThrow(/MEC1424|MEC1493/);
      expect(wrong).not.toThrow(/Hunter2/);
    }
    expect(() => ExportCredentials.header("web", { header: "X Key" })).toThrow(/MEC1493.*"X Key" as header/);
  });
});

describe("an endpoint that cannot be", () => {
  const secret = "Hunter2";
  test.each([
    ["mqtts://alice:Hunter2@broker.example.com", /a user or password in the address of broker\.example\.com/],
    ["mqtts://broker.example.com?token=Hunter2", /a query or fragment/],
    ["mqtts://broker.example.com#Hunter2", /a query or fragment/],
    ["mqtts://broker.example.com/Hunter2", /a path in the address/],
    ["https://broker.example.com/Hunter2", /no mqtts:\/\/ or ssl:\/\//],
    ["Hunter2", /it is not shown, since a secret may be in it/],
    ["mqtts://", /no mqtts/],
    ["mqtts://broker.example.com:0", /no mqtts/],
    ["mqtts://broker_{devicename}:8883", /no mqtts/],
    ["${TfToken[TOKEN.1]}", /got a token/],
  ])("%s is refused, and its secret not shown", (broker, rule) => {
    expect(() => mqtt({ broker })).toThrow(/MEC1494/);
    expect(() => mqtt({ broker })).toThrow(rule);
    expect(() => mqtt({ broker })).not.toThrow(new RegExp(secret));
  });

  test.each(["", "plant/+", "plant/#", "plant/{resourcename}", "plant/{devicename", "x".repeat(65_536)])(
    "a topic that is none is refused (%#)",
    (topic) => {
      expect(() => mqtt({ topic })).toThrow(/MEC1494.*as topic/);
    },
  );

  test("is EdgeX' own broker with a topic that EdgeX reads", () => {
    const own = { broker: "mqtt://edgex-mqtt-broker", credentials: ExportCredentials.anonymous() };
    expect(() => mqtt({ ...own, topic: "edgex/events/out" })).toThrow(/MEC1494.*EdgeX would read it again/);
    expect(() => mqtt({ ...own, topic: "plant/events" })).not.toThrow();
  });

  test("has certificates without TLS, a quality of service or a method that is none, or no endpoint at all", () => {
    expect(() => mqtt({ broker: "tcp://10.0.0.1", credentials: ExportCredentials.clientCertificate("thing") })).toThrow(
      /MEC1494.*certificates are of TLS alone/,
    );
    expect(() => mqtt({ qos: 3 as 2 })).toThrow(/MEC1494.*got 3 as qos/);
    expect(() => mqtt({ clientId: "" })).toThrow(/MEC1494.*clientId/);
    const [one, other] = ["a", "b"].map((topic) => ({ ...cloud, topic, clientId: "line-1" }));
    expect(() => Export.mqtt({ name: "cloud", endpoints: [one!, other!] })).toThrow(
      /MEC1494.*got "line-1" as clientId of two endpoints at mqtts:/,
    );
    const elsewhere = { ...other!, broker: "mqtts://other.example.com" };
    expect(() => Export.mqtt({ name: "cloud", endpoints: [one!, elsewhere] })).not.toThrow();
    expect(() => Export.mqtt({ name: "region", endpoints: [] })).toThrow(/MEC1494.*got an empty list as endpoints/);
    expect(() => http({ endpoints: [] })).toThrow(/MEC1494.*got an empty list as endpoints/);
    expect(() => http({ endpoints: [{ ...web, method: "get" as "put" }] })).toThrow(/MEC1494.*got "get" as method/);
    expect(() => http({ endpoints: [{ ...web, mimeType: "json" }] })).toThrow(/MEC1494.*got "json" as mimeType/);
  });

  test("is filled in with what the event is of, but for a batch", () => {
    expect(parameters(mqtt({ topic: "plant/{devicename}/{sourcename}" }), "MQTTExport1").Topic).toBe("plant/{devicename}/{sourcename}");
    expect(() => mqtt({ topic: "plant/{devicename}", batch: { count: 10 } })).toThrow(
      /MEC1494.*of a batch.*so write it without \{devicename\}/,
    );
    expect(() => mqtt({ topic: "plant", batch: { count: 10 } })).not.toThrow();
  });

  test("tells no sizes for each topic that placeholders become", () => {
    expect(writableOf(mqtt({ topic: "plant/{devicename}" })).Telemetry).toEqual({
      Metrics: { HttpExportSize: false, MqttExportSize: false },
    });
    expect(writableOf(mqtt()).Telemetry).toBeUndefined();
  });
});

describe("an export by HTTP", () => {
  test("sends with a header that the Secret holds", () => {
    const node = http({
      endpoints: [
        { ...web, credentials: ExportCredentials.header("web", { prefix: "Bearer " }), headers: { "X-Site": "boston" } },
        { ...web, url: "https://other.example.com:8443/in", method: "put", credentials: ExportCredentials.anonymous() },
      ],
    });
    expect(node).toMatchObject({ name: "edgex-app-http-export-region", ports: [{ name: "http", port: 59704 }] });
    expect(parameters(node, "HTTPExport1")).toEqual({
      Method: "post",
      MimeType: "application/json",
      Url: "https://events.example.com/edgex",
      PersistOnError: "true",
      ContinueOnSendError: "false",
      ReturnInputData: "false",
      HttpRequestHeaders: '{"X-Site":"boston"}',
      HeaderName: "Authorization",
      SecretName: "endpoint1",
      SecretValueKey: "value",
    });
    expect(writableOf(node).InsecureSecrets).toEqual({
      endpoint1: { SecretName: "endpoint1", SecretData: { value: "Bearer @@web/token@@" } },
    });
    expect(parameters(node, "HTTPExport2")).not.toHaveProperty("SecretName");
    expect(orders(node)).toEqual(["Transform, HTTPExport1", "Transform, HTTPExport2"]);
  });

  test("never goes on after an error while it keeps what was not sent: EdgeX refuses both", () => {
    for (const storeAndForward of [undefined, false] as const) {
      const { PersistOnError, ContinueOnSendError } = parameters(http({ storeAndForward }), "HTTPExport1");
      expect([PersistOnError, ContinueOnSendError]).toEqual([String(storeAndForward === undefined), "false"]);
    }
  });

  test("trusts an authority of one's own beside the image's", () => {
    const node = http({ ca: { name: "roots", key: "ca.crt" } });
    expect(node.env).toMatchObject({ SSL_CERT_DIR: "/edgex/ca" });
    expect(node.secrets).toEqual([{ secret: "roots", path: "/edgex/ca", keys: ["ca.crt"] }]);
    expect(http().secrets).toBeUndefined();
  });

  test("has no secret in its other headers", () => {
    const withHeader =
      (name: string, value = "x") =>
      () =>
        http({ endpoints: [{ ...web, headers: { [name]: value } }] });
    for (const name of ["Authorization", "X-Api-Key", "x-apikey", "Cookie", "X-Auth-Token"]) {
      expect(withHeader(name, "Hunter2")).toThrow(/MEC1493.*ExportCredentials\.header/);
      expect(withHeader(name, "Hunter2")).not.toThrow(/Hunter2/);
    }
    expect(withHeader("X Site")).toThrow(/MEC1494/);
    expect(withHeader("X-Site", "a\r\nb: c")).toThrow(/MEC1494/);
  });
});

describe("settings that EdgeX does not take", () => {
  test.each(["", "Region", "-region", "region-", "x".repeat(31), "a_b"])("such as the name %p are refused", (name) => {
    expect(() => Export.mqtt({ name, ...cloud })).toThrow(/MEC1495.*as name/);
    expect(() => Export.http({ name, endpoints: [web] })).toThrow(/MEC1495.*as name/);
  });

  test("a name leaves room for what Kubernetes, PostgreSQL and DNS have of it", () => {
    expect(Export.mqtt({ name: "x".repeat(30), ...cloud }).serviceName.length).toBeLessThanOrEqual(63);
  });

  test("such as batches and tags that are none are refused", () => {
    expect(() => mqtt({ batch: {} })).toThrow(/MEC1495.*nothing would ever be sent/);
    for (const count of [1, 1.5, 0, 100_001]) {
      expect(() => mqtt({ batch: { count } })).toThrow(/MEC1495.*batch\.count/);
    }
    for (const tags of [{ "a:b": "c" }, { a: "b,c" }, { a: "" }, { " a": "b" }]) {
      expect(() => mqtt({ tags: tags as unknown as Record<string, string> })).toThrow(/MEC1495.*in tags/);
    }
    expect(() => mqtt({ storeAndForward: { retryInterval: Duration.seconds(0.5) } })).toThrow(/MEC1495.*got 0\.5 seconds/);
    for (const maxRetries of [-1, 1.5]) {
      expect(() => mqtt({ storeAndForward: { maxRetries } })).toThrow(/MEC1495.*maxRetries/);
    }
  });

  test("such as filters of nothing are refused", () => {
    expect(() => mqtt({ filter: { devices: [] } })).toThrow(/MEC1495.*got an empty list as filter\.devices/);
    expect(() => mqtt({ filter: { exclude: { resources: [] } } })).toThrow(/MEC1495.*filter\.exclude\.resources/);
    for (const name of ["", "a/b", "a+b", "a#", "$a"]) {
      expect(() => mqtt({ filter: { devices: [name] } })).toThrow(/MEC1495.*as filter\.devices/);
    }
  });
});

describe("what an export sends", () => {
  test.each([
    [{ count: 10 }, { Mode: "bycount", BatchThreshold: "10" }],
    [{ interval: Duration.minutes(1) }, { Mode: "bytime", TimeInterval: "60000ms" }],
    [
      { count: 10, interval: Duration.seconds(0.5) },
      { Mode: "bytimecount", BatchThreshold: "10", TimeInterval: "500ms" },
    ],
  ])("is one JSON list for a batch of %p", (batch, expected) => {
    const node = mqtt({ batch });
    expect(parameters(node, "Batch")).toEqual({ ...expected, IsEventData: "true", MergeOnSend: "false" });
    expect(orders(node)).toEqual(["Batch, MQTTExport1"]);
  });

  test("is filtered, tagged, put together and compressed in this order", () => {
    const node = http({
      filter: { profiles: ["P"], devices: ["D"], sources: ["S"], resources: ["R"], exclude: { devices: ["X"] } },
      tags: { site: "boston", line: "1" },
      batch: { count: 2 },
      compress: "zlib",
    });
    expect(orders(node)).toEqual([
      "FilterByProfileName, FilterByDeviceName, FilterBySourceName, FilterByResourceName, FilterByDeviceNameExcept, AddTags, Batch, Compress, HTTPExport1",
    ]);
    expect(parameters(node, "AddTags")).toEqual({ Tags: "site:boston,line:1" });
    expect(parameters(node, "Compress")).toEqual({ Algorithm: "zlib" });
    expect(parameters(node, "FilterByDeviceNameExcept")).toEqual({ DeviceNames: "^X$", FilterOut: "true" });
    expect(parameters(node, "HTTPExport1").MimeType).toBe("text/plain");
    expect(Object.keys(functionsOf(node))).toEqual(orders(node)[0]!.split(", "));
  });

  test("is kept for a day, or as long as it is told", () => {
    expect(writableOf(mqtt()).StoreAndForward).toEqual({ Enabled: true, RetryInterval: "5m", MaxRetryCount: 288 });
    expect(writableOf(mqtt({ storeAndForward: { retryInterval: Duration.minutes(1), maxRetries: 0 } })).StoreAndForward).toEqual({
      Enabled: true,
      RetryInterval: "60000ms",
      MaxRetryCount: 0,
    });
    expect(writableOf(mqtt({ storeAndForward: false })).StoreAndForward.Enabled).toBe(false);
    expect(parameters(mqtt({ storeAndForward: false }), "MQTTExport1").PersistOnError).toBe("false");
  });

  test.each([
    ["all", "events/#"],
    ["devices", "events/device/#"],
    ["rules", "events/rules/#"],
  ] as const)("is what %s told", (events, topics) => {
    const { Trigger, Writable } = configurationOf(mqtt({ events }));
    expect(Trigger.SubscribeTopics).toBe(topics);
    expect(Object.values(Writable.Pipeline.PerTopicPipelines).map(({ Topics }) => Topics)).toEqual([topics]);
  });

  test("logs what it is told to", () => {
    expect(writableOf(mqtt()).LogLevel).toBe("INFO");
    expect(writableOf(mqtt({ logLevel: "DEBUG" })).LogLevel).toBe("DEBUG");
  });
});

describe("a filter", () => {
  /** Whether EdgeX lets a device through: names are parted by commas and trimmed, and each is a regular expression that may match anywhere. */
  const passes = (names: readonly string[], device: string) =>
    parameters(mqtt({ filter: { devices: names } }), "FilterByDeviceName")
      .DeviceNames!.split(",")
      .map((name) => name.trim())
      .some((name) => new RegExp(name).test(device));

  const name = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 12 })
    .filter((text) => /^[^/#+$*\p{Cc}\u2028\u2029]+$/u.test(text) && !/[\ud800-\udfff]|@@/.test(text));

  test("takes each name for itself alone", () => {
    expect(passes(["Line1"], "Line12")).toBe(false);
    expect(passes(["Line.1"], "Line11")).toBe(false);
    expect(passes(["a,b"], "a")).toBe(false);
    expect(passes(["a,b"], "a,b")).toBe(true);
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), name, (names, other) => {
        expect(names.every((one) => passes(names, one))).toBe(true);
        expect(passes(names, other)).toBe(names.includes(other));
      }),
    );
  });

  test("takes * for any characters", () => {
    expect(["Boiler-1", "Boiler-", "Boiler", "A-Boiler-1"].map((device) => passes(["Boiler-*"], device))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    fc.assert(fc.property(name, name, (head, tail) => expect(passes([`${head}*`], `${head}${tail}`)).toBe(true)));
  });
});
