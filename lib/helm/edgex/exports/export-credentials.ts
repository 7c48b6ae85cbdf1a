import { MecError, got } from "../../../errors";
import { secretName } from "../../names";
import type { SecretKey } from "../../prometheus/remote-write";
import { assertNoSecretPlaces } from "../graph/secret-places";
import { secretText } from "../graph/service-node";
import type { Values } from "../../values";

/** How an application service of EdgeX proves itself to a broker (go-mod-bootstrap, bootstrap/messaging). */
export type MqttAuthMode = "none" | "cacert" | "usernamepassword" | "clientcert";

/** What proves an export to its endpoint. */
type Proof =
  | { readonly kind: "anonymous" }
  | { readonly kind: "user and password"; readonly data: Values }
  | {
      readonly kind: "client certificate";
      readonly data: Values;
      readonly certificate: SecretKey;
      readonly privateKey: SecretKey;
    }
  | { readonly kind: "header"; readonly header: string; readonly value: string };

/** Keys of a Secret have these characters (https://kubernetes.io/docs/concepts/configuration/secret/). */
const SECRET_KEY = /^[\w.-]{1,253}$/;

/** Names of HTTP headers (https://www.rfc-editor.org/rfc/rfc9110#name-tokens). */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/**
 * What an export proves itself with: always a key of a Kubernetes Secret in EdgeX' namespace, which is made apart; the release and the Terraform state
 * hold its name alone.
 *
 * In the open mode of EdgeX what a service is configured with, secrets included, is also in core-keeper and its database, whose API has no
 * authentication: the NetworkPolicies of the chart keep it from everybody but EdgeX. Give an export credentials that can do no more than it does.
 */
export class ExportCredentials {
  /**
   * A user and a password, for MQTT.
   *
   * @param secret name of the Secret; one of type `kubernetes.io/basic-auth` has the right keys
   * @param keys names of the keys. @default - `username` and `password`
   * @throws {MecError} MEC1424 for what is no name of a Secret, MEC1493 for what is no key of one
   * @see https://kubernetes.io/docs/concepts/configuration/secret/#basic-authentication-secret
   */
  public static userPassword(secret: string, keys: { readonly username?: string; readonly password?: string } = {}): ExportCredentials {
    const { username = "username", password = "password" } = keys;
    const path = "ExportCredentials.userPassword";
    return new ExportCredentials({
      kind: "user and password",
      data: { username: textOf(path, secret, username), password: textOf(path, secret, password) },
    });
  }

  /**
   * A certificate and its private key, for MQTT over TLS, such as those of a thing of AWS IoT Core.
   *
   * @param secret name of the Secret; one of type `kubernetes.io/tls` has the right keys
   * @param keys names of the keys, both of PEM texts. @default - `tls.crt` and `tls.key`
   * @throws {MecError} MEC1424 for what is no name of a Secret, MEC1493 for what is no key of one
   * @see https://kubernetes.io/docs/concepts/configuration/secret/#tls-secrets
   */
  public static clientCertificate(
    secret: string,
    keys: { readonly certificate?: string; readonly privateKey?: string } = {},
  ): ExportCredentials {
    const { certificate = "tls.crt", privateKey = "tls.key" } = keys;
    const path = "ExportCredentials.clientCertificate";
    return new ExportCredentials({
      kind: "client certificate",
      data: { clientcert: textOf(path, secret, certificate), clientkey: textOf(path, secret, privateKey) },
      certificate: { name: secret, key: certificate },
      privateKey: { name: secret, key: privateKey },
    });
  }

  /**
   * A header of each HTTP request.
   *
   * @param secret name of the Secret
   * @param options the header. @default - `Authorization`, with what the key `token` holds
   * @throws {MecError} MEC1424 for what is no name of a Secret, MEC1493 for what is no key of one, or no name of a header,
   *   MEC1482 for a text with the mark of a Secret's place
   */
  public static header(
    secret: string,
    options: {
      /** Key of the Secret. @default "token" */
      readonly key?: string;
      /** Name of the header. @default "Authorization" */
      readonly header?: string;
      /** What comes before the secret in the header, such as `Bearer ` with its space. @default - nothing */
      readonly prefix?: string;
    } = {},
  ): ExportCredentials {
    const { key = "token", header = "Authorization", prefix = "" } = options;
    const path = "ExportCredentials.header";
    if (!HEADER_NAME.test(header)) {
      throw new MecError(
        "MEC1493",
        path,
        `${got(header)} as header: it is the name of an HTTP header, so write for example "Authorization"`,
      );
    }
    assertNoSecretPlaces(path, { prefix });
    return new ExportCredentials({ kind: "header", header, value: `${prefix}${textOf(path, secret, key)}` });
  }

  /** Nothing: the endpoint takes data from everybody who reaches it. It has to be written, so that nobody gets it by leaving something out. */
  public static anonymous(): ExportCredentials {
    return new ExportCredentials({ kind: "anonymous" });
  }

  private constructor(
    /** What it is, for those who read it. */
    public readonly proof: Proof,
  ) {}

  /** What it is, in words. */
  public get kind(): Proof["kind"] {
    return this.proof.kind;
  }
}

/**
 * The place of a key of a Secret in a configuration.
 *
 * @param path name of what has it, for the error
 * @throws {MecError} MEC1424 for what is no name of a Secret, MEC1493 for what is no key of one
 */
export function textOf(path: string, secret: string, key: string): string {
  if (!SECRET_KEY.test(key)) {
    throw new MecError(
      "MEC1493",
      path,
      `got ${key.length} characters as key of a Secret (they are not shown, since they may be a secret): it has letters, digits, dots, dashes and underscores, so write for example "password"`,
    );
  }
  return secretText(secretName(path, "secret", secret), key);
}

/**
 * Refuses an export without credentials, and credentials that its protocol cannot use.
 *
 * @param path name of the export, for the error
 * @param credentials what was given
 * @param kinds what the protocol can use
 * @throws {MecError} MEC1493
 */
export function assertCredentials(
  path: string,
  credentials: ExportCredentials | undefined,
  kinds: readonly Proof["kind"][],
): asserts credentials is ExportCredentials {
  const factories = {
    anonymous: "ExportCredentials.anonymous()",
    "user and password": "ExportCredentials.userPassword(secret)",
    "client certificate": "ExportCredentials.clientCertificate(secret)",
    header: "ExportCredentials.header(secret)",
  };
  const ways = kinds.map((kind) => factories[kind]).join(" or ");
  if (credentials === undefined) {
    throw new MecError(
      "MEC1493",
      path,
      `got no credentials: an export proves itself to its endpoint, or says that it does not, so write ${ways} as credentials`,
    );
  }
  if (!kinds.includes(credentials.kind)) {
    throw new MecError("MEC1493", path, `got a ${credentials.kind} as credentials: this protocol has no place for it, so write ${ways}`);
  }
}
