import fc from "fast-check";
import { Duration } from "../../../../lib";
import { ExportCredentials } from "../../../../lib/helm/edgex/exports/export-credentials";
import { Rule, type RuleProps } from "../../../../lib/helm/edgex/rules-engine/rule";
import { RuleAction } from "../../../../lib/helm/edgex/rules-engine/rule-action";
import type { MqttAction, RestAction } from "../../../../lib/helm/edgex/rules-engine/rule-action-props";
import { RuleField } from "../../../../lib/helm/edgex/rules-engine/rule-field";
import { RuleStream } from "../../../../lib/helm/edgex/rules-engine/rule-stream";
import { RuleWindow } from "../../../../lib/helm/edgex/rules-engine/rule-window";

const readings = RuleStream.events("readings");
const rule = (props: Partial<RuleProps> = {}) =>
  Rule.of({ name: "hot", select: "*", from: readings, actions: [RuleAction.edgex()], ...props });

describe("a stream", () => {
  test("has what app-rules-engine hands on", () => {
    expect(readings).toMatchObject({ name: "readings", topic: "edgex/rules-events", confKey: "readings" });
    expect(readings.sql).toBe('CREATE STREAM readings () WITH (TYPE="edgex", FORMAT="JSON", CONF_KEY="readings", SHARED="true")');
    expect(readings.configuration).toEqual({ topic: "edgex/rules-events", messageType: "event" });
  });

  test.each([
    [{ profile: "Thermostat" }, "edgex/events/device/+/Thermostat/+/#"],
    [{ device: "Boiler 1" }, "edgex/events/device/+/+/Boiler 1/#"],
    [{ profile: "Thermostat", device: "Boiler", source: "Temperature" }, "edgex/events/device/+/Thermostat/Boiler/Temperature"],
    [{}, "edgex/events/device/+/+/+/#"],
  ])("of %p is read from the bus as device services publish", (of, topic) => {
    const stream = RuleStream.device({ name: "Boiler", ...of });
    expect(stream.topic).toBe(topic);
    expect(stream.confKey).toBe("boiler");
    expect(stream.configuration).toEqual({ topic, messageType: "request" });
  });

  test.each(["", "1st", "a-b", "select", "default", "x".repeat(65), "a b"])("named %p is refused", (name) => {
    expect(() => RuleStream.events(name)).toThrow(/MEC1496.*as name of a stream/);
  });

  test.each(["", "a/b", "+", "#"])("of the device %p is refused", (device) => {
    expect(() => RuleStream.device({ name: "one", device })).toThrow(/MEC1496.*as device/);
  });
});

describe("a rule", () => {
  test("is a statement", () => {
    const all = rule({
      select: ["avg(Temperature) AS mean", "meta(deviceName) AS device"],
      where: 'Temperature > 0 AND meta(profileName) = "Thermostat"',
      window: RuleWindow.tumbling(Duration.minutes(1)),
      groupBy: ["meta(deviceName)"],
      having: "mean > 80",
    });
    expect(all.sql).toBe(
      'SELECT avg(Temperature) AS mean, meta(deviceName) AS device FROM readings WHERE Temperature > 0 AND meta(profileName) = "Thermostat" GROUP BY meta(deviceName), TUMBLINGWINDOW(ms, 60000) HAVING mean > 80',
    );
    expect(all.fields).toEqual([{ name: "Temperature" }, { name: "Temperature" }]);
    expect(all.streams).toEqual(["readings"]);
    expect(rule().sql).toBe("SELECT * FROM readings");
    expect(rule({ where: "readings.Temperature > 1 OR other.x > 1" }).fields).toEqual([{ stream: "readings", name: "Temperature" }]);
  });

  test("may be a statement of its own", () => {
    const whole = Rule.ofSql({
      name: "both",
      sql: 'SELECT a.Temperature FROM a INNER JOIN b ON a.Pressure = b.Pressure WHERE meta(deviceName) = "Boiler" GROUP BY TUMBLINGWINDOW(ss, 10)',
      actions: [RuleAction.edgex()],
    });
    expect(whole.streams).toEqual(["a", "b"]);
    expect(whole.devices).toEqual(["Boiler"]);
    expect(whole.fields).toEqual([
      { stream: "a", name: "Temperature" },
      { stream: "a", name: "Pressure" },
      { stream: "b", name: "Pressure" },
    ]);
    for (const sql of ["DROP STREAM readings", "SELECT 1", "UPDATE a"]) {
      expect(() => Rule.ofSql({ name: "x", sql, actions: [RuleAction.edgex()] })).toThrow(/MEC1496.*a rule is a SELECT from a stream/);
    }
  });

  test.each(["", "1st", "a b", "a/b", "x".repeat(65)])("named %p is refused", (name) => {
    expect(() => rule({ name })).toThrow(/MEC1496.*as name/);
  });

  test("without actions, or that tells nothing, is refused", () => {
    expect(() => rule({ actions: [] })).toThrow(/MEC1498.*got no actions/);
    expect(() => rule({ select: [] })).toThrow(/MEC1496.*got an empty list as select/);
    expect(() => rule({ having: "mean > 1" })).toThrow(/MEC1496.*got having without window and groupBy/);
    expect(() => rule({ groupBy: ["TUMBLINGWINDOW(ss, 10)"] })).toThrow(/MEC1496.*write it as window/);
    expect(() => rule({ where: "a >" + ' "' })).toThrow(/MEC1496.*as where/);
  });
});

describe("a window", () => {
  test.each([
    [RuleWindow.tumbling(Duration.seconds(10)), "TUMBLINGWINDOW(ms, 10000)"],
    [RuleWindow.hopping(Duration.minutes(1), Duration.seconds(10)), "HOPPINGWINDOW(ms, 60000, 10000)"],
    [RuleWindow.sliding(Duration.seconds(0.25)), "SLIDINGWINDOW(ms, 250)"],
    [RuleWindow.session(Duration.minutes(5), Duration.seconds(30)), "SESSIONWINDOW(ms, 300000, 30000)"],
    [RuleWindow.count(10), "COUNTWINDOW(10)"],
    [RuleWindow.count(10, 5), "COUNTWINDOW(10, 5)"],
  ])("is %p in SQL", ({ sql }, expected) => {
    expect(sql).toBe(expected);
  });

  test("of what eKuiper cannot count is refused", () => {
    expect(() => RuleWindow.tumbling(Duration.seconds(0.0005))).toThrow(/MEC1496.*whole milliseconds/);
    expect(() => RuleWindow.tumbling(Duration.seconds(1.0005))).toThrow(/MEC1496.*whole milliseconds/);
    expect(() => RuleWindow.hopping(Duration.seconds(1), Duration.seconds(2))).toThrow(/MEC1496.*would not be looked at/);
    for (const [count, interval] of [[0], [1.5], [10, 11], [10, 0]] as const) {
      expect(() => RuleWindow.count(count, interval)).toThrow(/MEC1496.*RuleWindow\.count/);
    }
  });
});

describe("a command", () => {
  const parts = (values: Parameters<typeof RuleAction.command>[0]["values"], device = "Boiler 1") =>
    RuleAction.command({ device, command: "SetPoint", values }).toParts("hot", "r0a0");

  test("is a PUT to core-command, with texts as EdgeX takes values", () => {
    expect(parts({ SetPoint: 21.5, On: true, Mode: 'a"b', Mean: RuleField.of("mean"), Odd: RuleField.of("a-b") })).toEqual({
      sink: "rest",
      properties: {
        url: "http://edgex-core-command:59882/api/v3/device/name/Boiler%201/SetPoint",
        method: "put",
        bodyType: "json",
        dataTemplate: '{"SetPoint":"21.5","On":"true","Mode":"a\\"b","Mean":"{{.mean}}","Odd":"{{index . "a-b"}}"}',
        sendSingle: true,
      },
      talksTo: [{ service: "edgex-core-command", port: 59882 }],
    });
  });

  test("is JSON whatever is written", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 }), (values) => {
        fc.pre(!/\{\{|\}\}|@@/.test(JSON.stringify(values)));
        expect(JSON.parse(parts(values).properties.dataTemplate as string)).toEqual(values);
      }),
    );
  });

  test("of nothing, or that eKuiper would take for a template, is refused", () => {
    expect(() => parts({})).toThrow(/MEC1498.*got no values/);
    expect(() => parts({ SetPoint: "{{.mean}}" })).toThrow(/MEC1498.*RuleField\.of/);
    for (const device of ["", "a/b", "a{{b}}"]) {
      expect(() => parts({ SetPoint: 1 }, device)).toThrow(/MEC1498.*as device/);
    }
    for (const field of ["", 'a"b', "a`b", "{{x}}"]) {
      expect(() => RuleField.of(field)).toThrow(/MEC1498.*RuleField\.of/);
    }
  });
});

describe("an event of a rule", () => {
  test("is published where exports read it and rules do not", () => {
    expect(RuleAction.edgex().toParts("hot", "r0a0")).toEqual({
      sink: "edgex",
      properties: {
        topicPrefix: "edgex/events/rules",
        messageType: "event",
        contentType: "application/json",
        profileName: "ekuiper",
        deviceName: "ekuiper",
        sourceName: "hot",
        sendSingle: true,
      },
      connection: "bus",
    });
    expect(RuleAction.edgex({ device: "Line", source: "Mean" }).toParts("hot", "r0a0").properties).toMatchObject({
      deviceName: "Line",
      sourceName: "Mean",
    });
    expect(() => RuleAction.edgex({ device: "a/b" })).toThrow(/MEC1498.*as device/);
  });
});

describe("a message of a rule", () => {
  const target: MqttAction = {
    broker: "mqtts://broker.example.com",
    topic: "alarms",
    credentials: ExportCredentials.userPassword("cloud"),
  };
  const parts = (props: Partial<MqttAction> = {}) => RuleAction.mqtt({ ...target, ...props }).toParts("hot", "r0a0");

  test("has its credentials in the connection alone", () => {
    const { properties, ...rest } = parts();
    expect(properties).toEqual({ topic: "alarms", qos: 1, retained: false, sendSingle: true });
    expect(rest).toEqual({
      sink: "mqtt",
      connection: {
        server: "ssl://broker.example.com:8883",
        protocolVersion: "3.1.1",
        username: "@@cloud/username@@",
        password: "@@cloud/password@@",
      },
      secrets: [],
      outbound: [{ cidrs: ["0.0.0.0/0"], ports: [{ port: 8883 }] }],
    });
  });

  test("has certificates as files", () => {
    const { connection, secrets } = parts({
      credentials: ExportCredentials.clientCertificate("thing"),
      ca: { name: "roots", key: "ca.crt" },
    });
    expect(connection).toMatchObject({
      certificationPath: "/edgex/certificates/r0a0/certificationpath/tls.crt",
      privateKeyPath: "/edgex/certificates/r0a0/privatekeypath/tls.key",
      rootCaPath: "/edgex/certificates/r0a0/rootcapath/ca.crt",
    });
    expect(connection).not.toHaveProperty("password");
    expect(secrets).toEqual([
      { secret: "thing", path: "/edgex/certificates/r0a0/certificationpath", keys: ["tls.crt"] },
      { secret: "thing", path: "/edgex/certificates/r0a0/privatekeypath", keys: ["tls.key"] },
      { secret: "roots", path: "/edgex/certificates/r0a0/rootcapath", keys: ["ca.crt"] },
    ]);
  });

  test("goes to no broker that cannot be", () => {
    expect(parts({ broker: "tcp://10.0.0.1", credentials: ExportCredentials.anonymous() }).connection).toMatchObject({
      server: "tcp://10.0.0.1:1883",
    });
    expect(() => parts({ broker: "tcp://broker.example.com" })).toThrow(/MEC1494/);
    expect(() => parts({ broker: "wss://broker.example.com" })).toThrow(/MEC1494/);
    expect(() => parts({ broker: "tcp://10.0.0.1", ca: { name: "roots", key: "ca.crt" } })).toThrow(
      /MEC1494.*certificates are of TLS alone/,
    );
    expect(() => parts({ credentials: ExportCredentials.header("web") })).toThrow(/MEC1493/);
    expect(() => parts({ qos: 3 as 2 })).toThrow(/MEC1498.*as qos/);
    for (const topic of ["", "a/#", "edgex/events/x"]) {
      expect(() => parts({ topic })).toThrow(/MEC1498.*as topic/);
    }
  });
});

describe("a request of a rule", () => {
  const target: RestAction = { url: "https://events.example.com/in", credentials: ExportCredentials.header("web", { prefix: "Bearer " }) };

  test("has its header in the connection alone", () => {
    expect(RuleAction.rest(target).toParts("hot", "r0a0")).toEqual({
      sink: "rest",
      properties: { url: "https://events.example.com/in", method: "post", bodyType: "json", sendSingle: true },
      connection: { headers: { Authorization: "Bearer @@web/token@@" } },
      outbound: [{ cidrs: ["0.0.0.0/0"], ports: [{ port: 443 }] }],
    });
    expect(RuleAction.rest({ ...target, credentials: ExportCredentials.anonymous() }).toParts("hot", "r0a0").connection).toBeUndefined();
  });

  test("goes to no server that cannot be", () => {
    expect(() => RuleAction.rest({ ...target, url: "http://events.example.com/in" })).toThrow(/MEC1494/);
    expect(() => RuleAction.rest({ ...target, credentials: ExportCredentials.userPassword("cloud") })).toThrow(/MEC1493/);
    expect(() => RuleAction.rest({ ...target, method: "get" as "put" })).toThrow(/MEC1498/);
    expect(() => RuleAction.rest({ ...target, url: "https://events.example.com/{{.device}}" })).toThrow(/MEC1498/);
  });
});
