import type { SecretKey } from "../../prometheus/remote-write";
import type { Values } from "../../values";
import type { ExportCredentials } from "../exports/export-credentials";
import type { MqttQos } from "../exports/mqtt-export";
import type { Outside, ServiceSecret, Talk } from "../graph/service-node";
import type { RuleField } from "./rule-field";

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
