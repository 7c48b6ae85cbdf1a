import { MecError, got } from "../../../errors";
import type { SecretKey } from "../../prometheus/remote-write";
import { HTTP_ADDRESS } from "../exports/http-export";
import { MQTT_ADDRESS } from "../exports/mqtt-export";
import { EndpointAddress, assertNetworks, assertNotInTheClear } from "../exports/endpoint-address";
import { assertCredentials } from "../exports/export-credentials";
import { secretName } from "../../names";
import { COMMAND, urlOf } from "../graph/addresses";
import { assertNoSecretPlaces } from "../graph/secret-places";
import type { ActionParts, BusAction, CommandAction, MqttAction, RestAction } from "./rule-action-props";
import { assertName, jsonText } from "./rule-action-rules";
import { RuleField } from "./rule-field";

/** Where events that rules publish are: below what exports read, beside what devices tell, so that no rule reads its own. */
const RULE_EVENTS = "edgex/events/rules";

/** Directory of files with certificates of an action. */
const CERTIFICATES = "/edgex/certificates";

/**
 * What a rule does with what it found.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/overview.md
 */
export class RuleAction {
  /**
   * Writes to a device.
   *
   * @param command the device, the command and the values
   * @throws {MecError} MEC1498 for an empty name, no values, or a value that eKuiper would take for a template,
   *   MEC1482 for a text with the mark of a Secret's place
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/edgex/edgex_rule_engine_command.md
   */
  public static command(command: CommandAction): RuleAction {
    const path = "RuleAction.command";
    assertNoSecretPlaces(path, command);
    assertName(path, "device", command.device);
    assertName(path, "command", command.command);
    const entries = Object.entries(command.values);
    if (entries.length === 0) {
      throw new MecError("MEC1498", path, "got no values: a command writes something, so write for example { Switch: true }");
    }
    // EdgeX takes each value as a text, as the driver of the device reads it.
    const pairs = entries.map(
      ([name, value]) => `${jsonText(path, name)}:${value instanceof RuleField ? `"${value.template}"` : jsonText(path, String(value))}`,
    );
    const [device, name] = [command.device, command.command].map(encodeURIComponent);
    return new RuleAction("command", command, () => ({
      sink: "rest",
      properties: {
        url: `${urlOf(COMMAND)}/api/v3/device/name/${device}/${name}`,
        method: "put",
        bodyType: "json",
        dataTemplate: `{${pairs.join(",")}}`,
        sendSingle: true,
      },
      talksTo: [COMMAND],
    }));
  }

  /**
   * Publishes an event on EdgeX' message bus, below `edgex/events/rules`, where exports read it.
   *
   * @param event names in the event
   * @throws {MecError} MEC1498 for what is no name in EdgeX, MEC1482 for a text with the mark of a Secret's place
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/builtin/edgex.md
   */
  public static edgex(event: BusAction = {}): RuleAction {
    assertNoSecretPlaces("RuleAction.edgex", event);
    const { profile = "ekuiper", device = "ekuiper", source } = event;
    for (const [key, text] of Object.entries({ profile, device, source })) {
      if (text !== undefined) {
        assertName("RuleAction.edgex", key, text);
      }
    }
    return new RuleAction("edgex", event, (rule) => ({
      sink: "edgex",
      properties: {
        topicPrefix: RULE_EVENTS,
        messageType: "event",
        contentType: "application/json",
        profileName: profile,
        deviceName: device,
        sourceName: source ?? rule,
        sendSingle: true,
      },
      connection: "bus",
    }));
  }

  /**
   * Publishes at an MQTT broker outside of EdgeX.
   *
   * @param target broker, topic and credentials
   * @throws {MecError} MEC1493 without credentials, or with such as MQTT has no place for, MEC1494 for a broker that cannot be, or that would be told
   *   through the internet in the clear, MEC1498 for a topic that cannot be, MEC1482 for a text with the mark of a Secret's place
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/builtin/mqtt.md
   */
  public static mqtt(target: MqttAction): RuleAction {
    const path = "RuleAction.mqtt";
    const { topic, credentials, ca, qos = 1, retain = false, networks } = target;
    assertNoSecretPlaces(path, target);
    const address = EndpointAddress.parse(path, "broker", target.broker, {
      ...MQTT_ADDRESS,
      schemes: Object.fromEntries(Object.entries(MQTT_ADDRESS.schemes).filter(([scheme]) => !scheme.startsWith("ws"))),
    });
    assertCredentials(path, credentials, ["user and password", "client certificate", "anonymous"]);
    assertNetworks(path, networks ?? []);
    assertNotInTheClear(path, "broker", "MEC1494", address, networks, "mqtts");
    if (topic === "" || /[+#\0]/.test(topic) || topic.startsWith("edgex/")) {
      throw new MecError(
        "MEC1498",
        path,
        `${got(topic)} as topic: it is not empty, has no + or # and is not EdgeX' own, so write for example "plant/alarms"`,
      );
    }
    if (![0, 1, 2].includes(qos)) {
      throw new MecError("MEC1498", path, `${got(qos)} as qos: MQTT has 0, 1 and 2, so write one of them`);
    }
    if (!address.isEncrypted && (ca !== undefined || credentials.kind === "client certificate")) {
      throw new MecError(
        "MEC1494",
        path,
        `got ${address.scheme}:// and a certificate for ${address.host}: certificates are of TLS alone, so write mqtts://`,
      );
    }
    const { proof } = credentials;
    return new RuleAction("mqtt", target, (_rule, id) => {
      const files: Record<string, SecretKey> = {
        ...(proof.kind === "client certificate" ? { certificationPath: proof.certificate, privateKeyPath: proof.privateKey } : {}),
        ...(ca === undefined ? {} : { rootCaPath: ca }),
      };
      const directory = (property: string) => `${CERTIFICATES}/${id}/${property.toLowerCase()}`;
      return {
        sink: "mqtt",
        properties: { topic, qos, retained: retain, sendSingle: true },
        connection: {
          server: `${address.isEncrypted ? "ssl" : "tcp"}://${address.hostUrl.split("://")[1]}`,
          protocolVersion: "3.1.1",
          ...(proof.kind === "user and password" ? proof.data : {}),
          ...Object.fromEntries(Object.entries(files).map(([property, { key }]) => [property, `${directory(property)}/${key}`])),
        },
        secrets: Object.entries(files).map(([property, { name, key }]) => ({
          secret: secretName(path, "secret", name),
          path: directory(property),
          keys: [key],
        })),
        outbound: [address.outside(networks)],
      };
    });
  }

  /**
   * Sends to an HTTP server outside of EdgeX.
   *
   * @param target URL and credentials
   * @throws {MecError} MEC1493 without credentials, or with such as HTTP has no place for, MEC1494 for a URL that cannot be, or that would be told
   *   through the internet in the clear, MEC1498 for a method that eKuiper does not have,
   *   MEC1482 for a text with the mark of a Secret's place
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/builtin/rest.md
   */
  public static rest(target: RestAction): RuleAction {
    const path = "RuleAction.rest";
    const { url, credentials, method = "post", networks } = target;
    assertNoSecretPlaces(path, target);
    const address = EndpointAddress.parse(path, "url", url, HTTP_ADDRESS);
    assertCredentials(path, credentials, ["header", "anonymous"]);
    assertNetworks(path, networks ?? []);
    assertNotInTheClear(path, "url", "MEC1494", address, networks, "https");
    if (!["post", "put", "delete"].includes(method) || /\{\{/.test(url)) {
      throw new MecError(
        "MEC1498",
        path,
        `${got(method)} ${got(url)}: eKuiper sends by post, put or delete to one URL, so write one of them`,
      );
    }
    const { proof } = credentials;
    return new RuleAction("rest", target, () => ({
      sink: "rest",
      properties: { url, method, bodyType: "json", sendSingle: true },
      connection: proof.kind === "header" ? { headers: { [proof.header]: proof.value } } : undefined,
      outbound: [address.outside(networks)],
    }));
  }

  /**
   * Writes to the log of eKuiper. It has no place beside actions with credentials, which eKuiper writes into the same log.
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/internal/topo/planner/planner_sink.go
   */
  public static log(): RuleAction {
    return new RuleAction("log", {}, () => ({ sink: "log", properties: {} }));
  }

  private constructor(
    /** Kind of action. */
    public readonly kind: "command" | "edgex" | "mqtt" | "rest" | "log",
    /** What was asked for. */
    public readonly target: CommandAction | BusAction | MqttAction | RestAction | Record<string, never>,
    private readonly parts: (rule: string, id: string) => ActionParts,
  ) {}

  /**
   * @param rule name of the rule
   * @param id name of its connection, in lower case
   */
  public toParts(rule: string, id: string): ActionParts {
    return this.parts(rule, id);
  }
}
