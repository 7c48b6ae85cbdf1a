import { MecError, got } from "../../../errors";
import type { Values } from "../../values";
import type { SecretKey } from "../../prometheus/remote-write";
import { HTTP_ADDRESS } from "../exports/http-export";
import { MQTT_ADDRESS, type MqttQos } from "../exports/mqtt-export";
import { EndpointAddress, assertNetworks, assertNotInTheClear } from "../exports/endpoint-address";
import { assertCredentials, type ExportCredentials } from "../exports/export-credentials";
import { secretName } from "../../names";
import { COMMAND, urlOf } from "../graph/addresses";
import type { Outside, ServiceSecret, Talk } from "../graph/service-node";

/** A field of what a rule selected, in what an action tells. */
export class RuleField {
  /**
   * @param name name of the field, as SELECT has it or names it by AS
   * @throws {MecError} MEC1498 for an empty one, and one with quotes
   */
  public static of(name: string): RuleField {
    if (name === "" || /["`\\{}\p{Cc}]/u.test(name)) {
      throw new MecError(
        "MEC1498",
        "RuleField.of",
        `${got(name)}: a field has a name without quotes and braces, so write for example "mean"`,
      );
    }
    return new RuleField(name);
  }

  private constructor(
    /** Its name. */
    public readonly name: string,
  ) {}

  /** Where it goes in a template of eKuiper (https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/data_template.md). */
  public get template(): string {
    return /^[A-Za-z]\w*$/.test(this.name) ? `{{.${this.name}}}` : `{{index . ${JSON.stringify(this.name)}}}`;
  }
}

/** A command to a device. */
export interface CommandAction {
  /** Name of the device. */
  readonly device: string;
  /** Name of the command, or of a resource that may be written. */
  readonly command: string;
  /** What is written, by name of the resource: a value, or a field of what the rule selected. */
  readonly values: Readonly<Record<string, string | number | boolean | RuleField>>;
}

/** An event of its own on EdgeX' message bus. */
export interface BusAction {
  /** Name of the profile in the event. @default "ekuiper" */
  readonly profile?: string;
  /** Name of the device in the event. @default "ekuiper" */
  readonly device?: string;
  /** Name of the source in the event. @default - name of the rule */
  readonly source?: string;
}

/** A message at an MQTT broker outside of EdgeX. */
export interface MqttAction {
  /** The broker, `mqtts` or `ssl`, or `mqtt` or `tcp` within networks of one's own. Ports are 8883 and 1883 unless one is written. */
  readonly broker: string;
  /** Topic. */
  readonly topic: string;
  /** What eKuiper proves itself with: a user and a password, a client certificate, or explicitly nothing. */
  readonly credentials: ExportCredentials;
  /** Certificate of the authority that signed the broker's, as PEM text in a key of a Secret. @default - those that the image trusts */
  readonly ca?: SecretKey;
  /** @default 1 */
  readonly qos?: MqttQos;
  /** Whether the broker keeps the last message. @default false */
  readonly retain?: boolean;
  /** Networks that the broker is in, in CIDR notation. @default - its address, or every network for a name */
  readonly networks?: readonly string[];
}

/** A request to an HTTP server outside of EdgeX. */
export interface RestAction {
  /** URL, `https`, or `http` within networks of one's own, without user, password and query. */
  readonly url: string;
  /** What eKuiper proves itself with: a header, or explicitly nothing. */
  readonly credentials: ExportCredentials;
  /** @default "post" */
  readonly method?: "post" | "put" | "delete";
  /** Networks that the server is in, in CIDR notation. @default - its address, or every network for a name */
  readonly networks?: readonly string[];
}

/** What an action is to the eKuiper that runs it. */
export interface ActionParts {
  /** Kind of eKuiper's sink. */
  readonly sink: string;
  /** What the rule says of it, with no secret. */
  readonly properties: Values;
  /** What goes into eKuiper's configuration of connections, which may have places of secrets; `bus` for EdgeX' own bus. @default - nothing */
  readonly connection?: Values | "bus";
  /** Keys of Secrets that are mounted as files. @default - none */
  readonly secrets?: readonly ServiceSecret[];
  readonly talksTo?: readonly Talk[];
  readonly outbound?: readonly Outside[];
}

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
   * @throws {MecError} MEC1498 for an empty name, no values, or a value that eKuiper would take for a template
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/edgex/edgex_rule_engine_command.md
   */
  public static command(command: CommandAction): RuleAction {
    const path = "RuleAction.command";
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
   * @throws {MecError} MEC1498 for what is no name in EdgeX
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/builtin/edgex.md
   */
  public static edgex(event: BusAction = {}): RuleAction {
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
   *   through the internet in the clear, MEC1498 for a topic that cannot be
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/builtin/mqtt.md
   */
  public static mqtt(target: MqttAction): RuleAction {
    const path = "RuleAction.mqtt";
    const { topic, credentials, ca, qos = 1, retain = false, networks } = target;
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
   *   through the internet in the clear, MEC1498 for a method that eKuiper does not have
   * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sinks/builtin/rest.md
   */
  public static rest(target: RestAction): RuleAction {
    const path = "RuleAction.rest";
    const { url, credentials, method = "post", networks } = target;
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

function assertName(path: string, property: string, name: string): void {
  if (name === "" || /[/+#$\p{Cc}]/u.test(name) || /\{\{|\}\}/.test(name)) {
    throw new MecError(
      "MEC1498",
      path,
      `${got(name)} as ${property}: a name in EdgeX is not empty and has none of / + # $, so write for example "Boiler"`,
    );
  }
}

/** A text in JSON, in a template of eKuiper. */
function jsonText(path: string, text: string): string {
  if (/\{\{|\}\}/.test(text)) {
    throw new MecError(
      "MEC1498",
      path,
      `${got(text)} in values: eKuiper takes {{ for a template, so write RuleField.of("…") for a field of what the rule selects`,
    );
  }
  return JSON.stringify(text);
}
