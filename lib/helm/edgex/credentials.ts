import type { Values } from "../values";
import { secretText } from "./graph/service-node";

/** The Secrets of an EdgeX, each with the keys `username` and `password`. */
export interface EdgeXSecrets {
  /** Name of the Secret for the database. */
  readonly database: string;
  /** Name of the Secret for the message bus. */
  readonly broker: string;
}

/** Secrets that the chart makes where no others are named. */
export const GENERATED_SECRETS: EdgeXSecrets = { database: "edgex-database", broker: "edgex-broker" };

/** User of the database and of the bus in Secrets that the chart makes. */
const GENERATED_USER = "edgex";

/** Name by which EdgeX knows the credentials of the bus. */
export const BUS_SECRET = "mqtt-bus";

/** Name by which EdgeX knows the credentials of the database: the type of the database (internal/pkg/bootstrap/handlers/database.go). */
const DATABASE_SECRET = "postgres";

/**
 * `Writable.InsecureSecrets` with the database's credentials, which are put in when a pod starts.
 * @param secrets names of the Secrets
 * @see https://docs.edgexfoundry.org/4.0/security/Ch-SecretProviderApi/
 */
export function databaseCredentials({ database }: EdgeXSecrets): Values {
  return { DB: credential(DATABASE_SECRET, database) };
}

/** The same with those of the message bus. */
export function busCredentials({ broker }: EdgeXSecrets): Values {
  return { MessageBus: credential(BUS_SECRET, broker) };
}

function credential(name: string, secret: string): Values {
  return { SecretName: name, SecretData: { username: secretText(secret, "username"), password: secretText(secret, "password") } };
}

/**
 * What the chart makes.
 * @param names names of the Secrets that no others are named in place of
 */
export function generatedCredentials(names: readonly string[]): Values {
  return Object.fromEntries(names.map((name) => [name, { username: GENERATED_USER, generate: ["password"] }]));
}
