import { MecError, got } from "../../errors";
import { Cidr, isAddress } from "../../wavelength/cidr";
import { secretName } from "../names";
import type { Values } from "../values";
import { assertNoSecretPlaces } from "./graph/secret-places";
import { secretText, type Outside } from "./graph/service-node";

/**
 * How support-notifications sends mail.
 * @see https://docs.edgexfoundry.org/4.0/microservices/support/notifications/Configuration/
 */
export interface EdgeXMail {
  /** DNS name or IPv4 address of the mail server, which is spoken to with STARTTLS. */
  readonly host: string;
  /**
   * Port of the mail server.
   * @default 587
   */
  readonly port?: number;
  /** Address that mail comes from, such as `line@example.com`. */
  readonly sender: string;
  /**
   * Subject of each mail.
   * @default "EdgeX Notification"
   */
  readonly subject?: string;
  /** Name of an existing Secret in EdgeX' namespace with the keys `username` and `password`. The server is asked by nobody without. */
  readonly secret: string;
  /**
   * Networks that the mail server is in, in CIDR notation.
   * @default - its address, or every network for a name
   */
  readonly networks?: readonly string[];
}

/** Highest number of a port. */
const MAX_PORT = 65_535;

/**
 * Refuses what no mail could be sent by.
 *
 * @param path construct path for the error
 * @param mail how mail is sent
 * @throws {MecError} MEC1482 for a server or a sender that is none, and for a text with the mark of a Secret's place, MEC1424 for what is no name of a Secret, MEC1003 for what is no
 *   network
 */
export function assertMail(path: string, mail: EdgeXMail): void {
  const { host, port = 587, sender, subject, secret, networks } = mail;
  const refuse = (property: string, value: unknown, rule: string): never => {
    throw new MecError("MEC1482", path, `${got(value)} as mail.${property}: ${rule}`);
  };
  if (!/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(host)) {
    refuse("host", host, 'it is a name of DNS or an IPv4 address without a port, so write for example "mail.example.com"');
  }
  if (!(Number.isInteger(port) && port >= 1 && port <= MAX_PORT)) {
    refuse("port", port, "it is a whole number from 1 to 65535, so write for example 587");
  }
  if (!/^[^\s@]+@[^\s@]+$/.test(sender)) {
    refuse("sender", sender, 'it is an address of mail, so write for example "line@example.com"');
  }
  assertNoSecretPlaces(path, { "mail.sender": sender, "mail.subject": subject });
  secretName(path, "mail.secret", secret);
  networks?.forEach((network) => Cidr.parse(path, network));
}

/** The section of support-notifications' configuration, and its secret. */
export function mailConfiguration({ host, port = 587, sender, subject = "EdgeX Notification", secret }: EdgeXMail): {
  readonly smtp: Values;
  readonly secrets: Values;
} {
  return {
    smtp: {
      Host: host,
      Port: port,
      Sender: sender,
      EnableSelfSignedCert: false,
      Subject: subject,
      SecretName: "smtp",
      AuthMode: "usernamepassword",
    },
    secrets: {
      SMTP: { SecretName: "smtp", SecretData: { username: secretText(secret, "username"), password: secretText(secret, "password") } },
    },
  };
}

/** Where mail goes out to. */
export function mailServer({ host, port = 587, networks }: EdgeXMail): Outside {
  return { cidrs: networks ?? [isAddress(host) ? `${host}/32` : "0.0.0.0/0"], ports: [{ port }] };
}
