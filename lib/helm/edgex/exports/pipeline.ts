import { MecError, got } from "../../../errors";
import type { Duration } from "../../../units";
import type { EdgeXLogLevel } from "../log-level";
import type { EventFilter, PipelineStep } from "./event-filter";

/** Which events an export takes from the message bus. */
export type EventOrigin = "all" | "devices" | "rules";

/** Several events at once: what is waiting is in memory, and lost when the pod ends. */
export interface ExportBatch {
  /** Number of events that are sent as soon as there are so many, 2 or more. @default - only time counts */
  readonly count?: number;
  /** How long the first one waits at most. @default - only the number counts, and what is less than it waits for ever */
  readonly interval?: Duration;
}

/** How data is kept that the endpoint did not take. */
export interface StoreAndForward {
  /** How long until it is tried again, 1 second or more; the next event that the endpoint takes has it tried at once. @default Duration.minutes(5) */
  readonly retryInterval?: Duration;
  /**
   * How often it is tried before it is given up, 0 for ever: each try reads all that is kept into memory.
   * @default 288: a day, with an interval of five minutes
   */
  readonly maxRetries?: number;
}

/** What both kinds of export take. */
export interface ExportOptions {
  /** Name, unique among exports of its kind: 1 to 30 lowercase letters, digits and dashes. */
  readonly name: string;
  /**
   * Which events: those of devices, those that rules of eKuiper publish, or both.
   * @default "all"
   */
  readonly events?: EventOrigin;
  /** What of them goes out. @default - everything */
  readonly filter?: EventFilter;
  /** Tags that are put to each event, such as `{ site: "boston" }`, so that who receives several sites tells them apart. @default - none */
  readonly tags?: Readonly<Record<string, string>>;
  /** Whether several events go out as one JSON list. @default - each event alone */
  readonly batch?: ExportBatch;
  /** Whether what goes out is compressed; it is base64 then, as EdgeX has it. @default - it is not */
  readonly compress?: "gzip" | "zlib";
  /**
   * What happens to data that the endpoint does not take, such as while the link of the site is away: it is kept in EdgeX' database, and tried
   * again. `false` drops it.
   *
   * What is kept is lost where the endpoints of the export change their order, or their kind of steps.
   * @default - kept, and tried every five minutes for a day
   * @see https://docs.edgexfoundry.org/4.0/microservices/application/details/StoreAndForward/
   */
  readonly storeAndForward?: StoreAndForward | false;
  /** What the service writes into its log. @default "INFO" */
  readonly logLevel?: EdgeXLogLevel;
}

/** Names that are used in objects of Kubernetes, in a schema of the database and in topics. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,28}[a-z0-9])?$/;

/**
 * Refuses what cannot name an export.
 *
 * @param path name of the factory, for the error
 * @throws {MecError} MEC1495
 */
export function assertExportName(path: string, name: string): void {
  if (!NAME.test(name)) {
    throw new MecError(
      "MEC1495",
      path,
      `${got(name)} as name: it has 1 to 30 lowercase letters, digits and dashes, and a letter or digit at both ends, so write for example "region"`,
    );
  }
}

/**
 * Topics of the events, below the bus' own prefix.
 * @see https://docs.edgexfoundry.org/4.0/microservices/application/details/Triggers/
 */
export const EVENT_TOPICS: Readonly<Record<EventOrigin, string>> = { all: "events/#", devices: "events/device/#", rules: "events/rules/#" };

/** Places in a topic or URL that are filled in with what the event is of (app-functions-sdk-go, internal/runtime). */
const PLACEHOLDERS = ["devicename", "profilename", "sourcename"];

/**
 * Steps between the filter and the endpoint.
 *
 * @param path name of the export, for the errors
 * @throws {MecError} MEC1495 for tags and batches that EdgeX does not take
 */
export function formatSteps(path: string, { tags, batch, compress }: Pick<ExportOptions, "tags" | "batch" | "compress">): PipelineStep[] {
  return [
    ...(tags === undefined ? [] : [tagStep(path, tags)]),
    batch === undefined ? ["Transform", { Type: "json" }] : batchStep(path, batch),
    ...(compress === undefined ? [] : [["Compress", { Algorithm: compress }] as const]),
  ];
}

function tagStep(path: string, tags: Readonly<Record<string, string>>): PipelineStep {
  const entries = Object.entries(tags);
  for (const text of entries.flat()) {
    if (text.trim() === "" || text !== text.trim() || /[,:\p{Cc}]/u.test(text)) {
      throw new MecError(
        "MEC1495",
        path,
        `${got(text)} in tags: EdgeX writes tags as key:value,key:value, so write texts without commas, colons and spaces at the ends`,
      );
    }
  }
  return ["AddTags", { Tags: entries.map(([key, value]) => `${key}:${value}`).join(",") }];
}

/** As a list of events and not of texts: what EdgeX makes of several texts is base64 in JSON (`util.CoerceType` of the SDK). */
function batchStep(path: string, { count, interval }: ExportBatch): PipelineStep {
  if (count === undefined && interval === undefined) {
    throw new MecError("MEC1495", path, "got a batch without count and interval: nothing would ever be sent, so write one of them");
  }
  if (count !== undefined && !(Number.isInteger(count) && count >= 2 && count <= 100_000)) {
    throw new MecError("MEC1495", path, `${got(count)} as batch.count: it is a whole number from 2 to 100000, so write for example 50`);
  }
  const mode = count === undefined ? "bytime" : interval === undefined ? "bycount" : "bytimecount";
  return [
    "Batch",
    {
      Mode: mode,
      ...(count === undefined ? {} : { BatchThreshold: String(count) }),
      ...(interval === undefined ? {} : { TimeInterval: goDuration(interval) }),
      IsEventData: "true",
      MergeOnSend: "false",
    },
  ];
}

/**
 * Refuses placeholders that EdgeX does not fill in: the event would not be sent.
 *
 * @param path name of the export, for the error
 * @param property name of the property, for the error
 * @param text topic or URL
 * @param batched whether several events go out at once
 * @throws {MecError} MEC1494
 */
export function assertPlaceholders(path: string, property: string, text: string, batched: boolean): void {
  const found = [...text.matchAll(/\{([^{}]*)\}/g)];
  const rest = found.reduce((left, [whole]) => left.replace(whole, ""), text);
  const known = PLACEHOLDERS.map((name) => `{${name}}`).join(", ");
  if (/[{}]/.test(rest) || found.some(([, name]) => !PLACEHOLDERS.includes(name!.toLowerCase()))) {
    throw new MecError(
      "MEC1494",
      path,
      `${got(text)} as ${property}: what is in braces is filled in with what the event is of, so write one of ${known}, or no braces`,
    );
  }
  if (batched && found.length > 0) {
    throw new MecError(
      "MEC1494",
      path,
      `${got(text)} as ${property} of a batch: events of several devices are in one, so write it without ${found[0]![0]}, or leave batch out`,
    );
  }
}

/**
 * The settings of the whole service.
 *
 * @param path name of the export, for the error
 * @param keep what was given
 * @throws {MecError} MEC1495
 */
export function storeAndForwardValues(path: string, keep: StoreAndForward | false = {}) {
  if (keep === false) {
    return { Enabled: false, RetryInterval: "5m", MaxRetryCount: 10 };
  }
  const { retryInterval, maxRetries = 288 } = keep;
  if (retryInterval !== undefined && retryInterval.toSeconds() < 1) {
    throw new MecError(
      "MEC1495",
      path,
      `got ${retryInterval.toSeconds()} seconds as storeAndForward.retryInterval: EdgeX waits a second at least, so write for example Duration.minutes(1)`,
    );
  }
  if (!Number.isInteger(maxRetries) || maxRetries < 0) {
    throw new MecError(
      "MEC1495",
      path,
      `${got(maxRetries)} as storeAndForward.maxRetries: it is a whole number, 0 for ever, so write for example 288`,
    );
  }
  return { Enabled: true, RetryInterval: retryInterval === undefined ? "5m" : goDuration(retryInterval), MaxRetryCount: maxRetries };
}

/** A length of time as Go reads it, in milliseconds. */
export function goDuration(duration: Duration): string {
  return `${Math.max(1, Math.round(duration.toSeconds() * 1000))}ms`;
}
