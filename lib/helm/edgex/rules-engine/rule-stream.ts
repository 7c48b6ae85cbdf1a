import { MecError, got } from "../../../errors";
import type { Values } from "../../values";
import { assertNoSecretPlaces } from "../graph/secret-places";
import { isPlainName } from "./sql";

/** Which readings of devices a stream has. */
export interface DeviceReadings {
  /** Name of the stream. */
  readonly name: string;
  /** Name of a device profile. @default - all */
  readonly profile?: string;
  /** Name of a device. @default - all */
  readonly device?: string;
  /** Name of a resource, or of a command that reads several. @default - all */
  readonly source?: string;
}

/** Where app-rules-engine tells what it took from the bus: the bus' prefix and the topic that the project has for it. */
export const RULES_TOPIC = "edgex/rules-events";

/**
 * What rules read: events of EdgeX, with each reading as a field of its resource's name.
 * @see https://github.com/lf-edge/ekuiper/blob/v2.3.1/docs/en_US/guide/sources/builtin/edgex.md
 */
export class RuleStream {
  /**
   * All events that app-rules-engine hands on.
   *
   * @param name name of the stream: a letter, then letters, digits and underscores
   * @throws {MecError} MEC1496 for what cannot be a name in SQL
   */
  public static events(name: string): RuleStream {
    assertStreamName("RuleStream.events", name);
    return new RuleStream(name, RULES_TOPIC, "event", {});
  }

  /**
   * Events of some devices, straight from the message bus.
   *
   * @param readings name of the stream, and of what it has
   * @throws {MecError} MEC1496 for what cannot be a name in SQL or EdgeX, MEC1482 for a text with the mark of a Secret's place
   */
  public static device(readings: DeviceReadings): RuleStream {
    const { name, profile, device, source } = readings;
    assertStreamName("RuleStream.device", name);
    for (const [key, text] of Object.entries({ profile, device, source })) {
      if (text !== undefined && (text === "" || /[/+#$\p{Cc}]/u.test(text))) {
        throw new MecError(
          "MEC1496",
          "RuleStream.device",
          `${got(text)} as ${key}: a name in EdgeX is not empty and has none of / + # $, so write for example "Boiler"`,
        );
      }
    }
    assertNoSecretPlaces("RuleStream.device", readings);
    // edgex/events/device/<service>/<profile>/<device>/<source>, as device services publish.
    const topic = ["edgex/events/device/+", profile ?? "+", device ?? "+", source ?? "#"].join("/");
    return new RuleStream(name, topic, "request", { profile, device, source });
  }

  private constructor(
    /** Its name. */
    public readonly name: string,
    /** Topic of the message bus that it is read from. */
    public readonly topic: string,
    private readonly messageType: "event" | "request",
    /** What it has, where it has not everything. */
    public readonly of: { readonly profile?: string; readonly device?: string; readonly source?: string },
  ) {}

  /** Name of its section of eKuiper's configuration, which knows no capital letters. */
  public get confKey(): string {
    return this.name.toLowerCase();
  }

  /** Its section of eKuiper's configuration of EdgeX. */
  public get configuration(): Values {
    return { topic: this.topic, messageType: this.messageType };
  }

  /** The statement that makes it; rules that read it share one connection. */
  public get sql(): string {
    return `CREATE STREAM ${this.name} () WITH (TYPE="edgex", FORMAT="JSON", CONF_KEY="${this.confKey}", SHARED="true")`;
  }
}

function assertStreamName(path: string, name: string): void {
  if (!isPlainName(name) || name.length > 64 || name.toLowerCase() === "default") {
    throw new MecError(
      "MEC1496",
      path,
      `${got(name)} as name of a stream: it is a letter, then letters, digits and underscores, up to 64, and no word of SQL, so write for example "readings"`,
    );
  }
}
