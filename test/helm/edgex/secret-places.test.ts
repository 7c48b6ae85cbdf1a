import {
  DeviceService,
  EdgeXProfile,
  Export,
  ExportCredentials,
  Rule,
  RuleAction,
  RuleField,
  RuleStream,
  type HttpExportProps,
  type MqttExportProps,
} from "../../../lib";
import { EdgeXModel } from "../../../lib/helm/edgex/model";

const credentials = ExportCredentials.anonymous();
const PLACE = "@@edgex-database/password@@";

const mqtt = (more: object) => () =>
  Export.mqtt({ name: "cloud", broker: "mqtts://example.com", topic: "line", credentials, ...more } as MqttExportProps);
const http = (more: object) => () =>
  Export.http({ name: "cloud", endpoints: [{ url: "https://example.com/events", credentials, ...more }] } as HttpExportProps);
const mail = (more: object) => () =>
  new EdgeXModel("stack/EdgeX", {
    profile: EdgeXProfile.STANDARD,
    notifications: true,
    mail: { host: "mail.example.com", sender: "line@example.com", secret: "mail", ...more },
  });
const rule = (more: object) => () =>
  Rule.of({ name: "hot", select: "*", from: RuleStream.events("all"), actions: [RuleAction.edgex()], ...more });

describe("a text of the user that would be taken for the place of a Secret", () => {
  test.each<[string, () => unknown, string]>([
    ["a topic of an export", mqtt({ topic: `line/${PLACE}` }), "topic"],
    ["a name of a client", mqtt({ clientId: PLACE }), "clientId"],
    ["a value of a tag", mqtt({ tags: { site: PLACE } }), "tags.site"],
    ["a name of a tag", mqtt({ tags: { [PLACE]: "boston" } }), "a name in tags"],
    [
      "a topic of one of several endpoints",
      mqtt({ endpoints: [{ broker: "mqtts://a.com", topic: PLACE, credentials }] }),
      "endpoints[0].topic",
    ],
    ["a URL of an export", http({ url: `https://example.com/${PLACE}` }), "endpoints[0].url"],
    ["a header of an export", http({ headers: { "X-Site": PLACE } }), "endpoints[0].headers.X-Site"],
    ["what is before a key of a Secret", () => ExportCredentials.header("web", { prefix: "Bearer @@other/key" }), "prefix"],
    ["a topic of an action", () => RuleAction.mqtt({ broker: "mqtts://a.com", topic: PLACE, credentials }), "topic"],
    ["a URL of an action", () => RuleAction.rest({ url: `https://a.com/${PLACE}`, credentials }), "url"],
    ["a value of a command", () => RuleAction.command({ device: "a", command: "b", values: { Text: PLACE } }), "values.Text"],
    ["a name of a field", () => RuleField.of(PLACE), "name"],
    ["half of one in a name of a source", () => RuleAction.edgex({ source: "@@a" }), "source"],
    ["a device and a source that are one together", () => RuleStream.device({ name: "all", device: "@@a", source: "b@@" }), "device"],
    ["a condition", rule({ where: `meta(deviceName) = "${PLACE}"` }), "sql"],
    ["a statement", () => Rule.ofSql({ name: "hot", sql: `SELECT "${PLACE}" AS a FROM all`, actions: [RuleAction.edgex()] }), "sql"],
    ["a topic of device-mqtt", () => DeviceService.mqtt({ incomingTopic: `${PLACE}/#` }), "incomingTopic"],
    ["a device of device-opc-ua", () => DeviceService.opcUa({ subscription: { device: PLACE, resources: ["a"] } }), "subscription.device"],
    ["a subject of mail", mail({ subject: PLACE }), "mail.subject"],
  ])("is refused: %s", (_, make, property) => {
    expect(make).toThrow(`got a text with @@ in ${property}: `);
    expect(make).toThrow(/MEC1482/);
    // It may be of a URL with a password in it.
    expect(make).not.toThrow(/edgex-database/);
  });

  test("is none with one @, and places that the library makes stay", () => {
    expect(mqtt({ topic: "line@boston/a@b" })).not.toThrow();
    expect(mqtt({ credentials: ExportCredentials.userPassword("cloud") })).not.toThrow();
    expect(rule({ where: 'meta(deviceName) = "a@b"' })).not.toThrow();
    expect(mail({ subject: "line@boston" })).not.toThrow();
  });
});
