import { MecError, got } from "../../errors";
import type { Size } from "../../units";
import { secretName } from "../names";
import { HOSTPATH_STORAGE_CLASS } from "../storage/hostpath-storage";
import { GENERATED_SECRETS, type EdgeXSecrets } from "./credentials";
import type { EdgeXOptions } from "./edgex-props";
import { LOG_LEVELS, type EdgeXLogLevel } from "./log-level";
import { assertMail, type EdgeXMail } from "./mail";
import type { EdgeXProfileProps } from "./profile";
import { refuseSecureMode } from "./secure-mode";

/** What the properties of an EdgeX come to, checked, with their defaults. */
export interface EdgeXSettings {
  /** The profile, with the switches that the properties have. */
  readonly profile: EdgeXProfileProps;
  /** Names of the Secrets. */
  readonly secrets: EdgeXSecrets;
  /** Names of those that the chart makes: one that was named is there already, whatever its name. */
  readonly generatedSecrets: readonly string[];
  /** What services log. */
  readonly logLevel: EdgeXLogLevel;
  /** Storage class of the volumes. */
  readonly storageClass: string;
  /** Size of the database's volume. */
  readonly databaseVolume: Size;
  /** How mail is sent. @default - not at all */
  readonly mail?: EdgeXMail;
}

/** Names of the switches of a profile. */
const SWITCHES = ["coreData", "notifications", "scheduler", "rulesEngine", "ui"] as const;

const SECONDS_PER_HOUR = 3600;

/**
 * Fills in the defaults and refuses what cannot be.
 *
 * @param path construct path for the errors
 * @param props the properties
 * @throws {MecError} MEC1475 for secure mode, MEC1424 for what is no name of a Secret, MEC1482 for a log level or a retention that EdgeX does not
 *   have, for one Secret for both and for mail that could not be sent, MEC1478 for mail without support-notifications
 */
export function checkedEdgeX(path: string, props: EdgeXOptions): EdgeXSettings {
  refuseSecureMode(path, props.secure);
  const { profile, databaseSecret, brokerSecret, logLevel = "INFO", storageClass = HOSTPATH_STORAGE_CLASS } = props;
  if (!LOG_LEVELS.includes(logLevel)) {
    throw new MecError(
      "MEC1482",
      path,
      `${got(logLevel)} as logLevel: EdgeX logs by one of its own levels, so write ${LOG_LEVELS.join(", ")}`,
    );
  }
  const { dataRetention = profile.settings.dataRetention, databaseVolume = profile.settings.databaseVolume } = props;
  const hours = dataRetention.toSeconds() / SECONDS_PER_HOUR;
  if (!Number.isInteger(hours)) {
    throw new MecError(
      "MEC1482",
      path,
      `got ${dataRetention.toSeconds()} seconds as dataRetention: it is whole hours, so write for example Duration.days(7)`,
    );
  }
  const secret = (property: string, given: string | undefined, generated: string) =>
    given === undefined ? generated : secretName(path, property, given);
  const secrets = {
    database: secret("databaseSecret", databaseSecret, GENERATED_SECRETS.database),
    broker: secret("brokerSecret", brokerSecret, GENERATED_SECRETS.broker),
  };
  if (secrets.database === secrets.broker) {
    throw new MecError(
      "MEC1482",
      path,
      `${got(secrets.database)} as databaseSecret and as brokerSecret: who may use the bus would own the database, so make two Secrets, and write their names`,
    );
  }
  const switches = Object.fromEntries(SWITCHES.map((name) => [name, props[name] ?? profile.settings[name]]));
  if (props.mail !== undefined) {
    assertMail(path, props.mail);
    if (!switches.notifications) {
      throw new MecError(
        "MEC1478",
        path,
        `${got(props.mail.host)} as mail.host and no support-notifications: nobody would send it, so write notifications: true, or leave mail out`,
      );
    }
  }
  return {
    profile: { ...profile.settings, ...(switches as Pick<EdgeXProfileProps, (typeof SWITCHES)[number]>), dataRetention, databaseVolume },
    secrets,
    generatedSecrets: [
      ...(databaseSecret === undefined ? [secrets.database] : []),
      ...(brokerSecret === undefined ? [secrets.broker] : []),
    ],
    logLevel,
    storageClass,
    databaseVolume,
    mail: props.mail,
  };
}
