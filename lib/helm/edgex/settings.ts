import type { Size } from "../../units";
import type { EdgeXSecrets } from "./credentials";
import type { EdgeXProfileProps } from "./profile";

/** What the properties of an EdgeX come to, checked, with their defaults. */
export interface EdgeXSettings {
  /** The profile, with the switches that the properties have. */
  readonly profile: EdgeXProfileProps;
  /** Names of the Secrets. */
  readonly secrets: EdgeXSecrets;
  /** What services log, such as `INFO`. */
  readonly logLevel: string;
  /** Storage class of the database's volume. */
  readonly storageClass: string;
  /** Size of the database's volume. */
  readonly databaseVolume: Size;
}
