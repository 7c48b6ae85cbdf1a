import { Token } from "cdktf";
import { MecError } from "../../errors";
import { secretName } from "../names";
import type { Values } from "../values";

/** A key of a Kubernetes Secret in the namespace of the add-on. */
export interface SecretKey {
  /** Name of the Secret. */
  readonly name: string;
  /** Key in it. */
  readonly key: string;
}

/** Who is told all metrics, such as a Prometheus in the parent Region. */
export interface RemoteWrite {
  /**
   * URL of the receiver: `https`, or `http` for a Service of the same cluster (`….svc` or `….svc.cluster.local`). No user and password in it,
   * and no query, where a token may be.
   */
  readonly url: string;
  /**
   * Name of the receiver in Prometheus' own metrics, unique.
   * @default - a digest of the settings, Prometheus' own
   */
  readonly name?: string;
  /**
   * User and password, of an existing Secret.
   * @default - none
   */
  readonly basicAuth?: { readonly username: SecretKey; readonly password: SecretKey };
  /**
   * A bearer token, of an existing Secret.
   * @default - none
   */
  readonly bearerToken?: SecretKey;
  /**
   * Regular expression of the names of the metrics that are told; the link of a site is narrow.
   * @default - all
   */
  readonly metrics?: string;
}

/**
 * Receivers as the chart takes them.
 *
 * @param path construct path for the errors
 * @throws {MecError} MEC1433 for a URL that would show a secret or metrics to others, for two kinds of credentials, and for a name twice,
 *   MEC1424 for what is no name of a Secret
 * @see https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.RemoteWriteSpec
 */
export function remoteWriteValues(path: string, receivers: readonly RemoteWrite[]): Values[] {
  return receivers.map(({ url, name, basicAuth, bearerToken, metrics }, index) => {
    assertUrl(path, index, url);
    if (basicAuth !== undefined && bearerToken !== undefined) {
      throw new MecError(
        "MEC1433",
        path,
        `got basicAuth and bearerToken for remoteWrite[${index}]: a receiver is told one of them, so write one`,
      );
    }
    if (name !== undefined && receivers.findIndex((other) => other.name === name) !== index) {
      throw new MecError(
        "MEC1433",
        path,
        `got ${JSON.stringify(name)} as name of two receivers of remoteWrite: Prometheus does not start with it, so write another`,
      );
    }
    const selector = (property: string, { name: secret, key }: SecretKey) => ({
      name: secretName(path, `remoteWrite[${index}].${property}.name`, secret),
      key,
    });
    return {
      url,
      name,
      basicAuth: basicAuth && {
        username: selector("basicAuth.username", basicAuth.username),
        password: selector("basicAuth.password", basicAuth.password),
      },
      authorization: bearerToken && { credentials: selector("bearerToken", bearerToken) },
      writeRelabelConfigs: metrics === undefined ? undefined : [{ sourceLabels: ["__name__"], regex: metrics, action: "keep" }],
    };
  });
}

/** Refuses a URL, and repeats no more than the host of it: a password or a token may be anywhere else. */
function assertUrl(path: string, index: number, url: string): void {
  if (Token.isUnresolved(url)) {
    return;
  }
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const refuse = (what: string, rule: string): never => {
    throw new MecError("MEC1433", path, `got ${what} as remoteWrite[${index}].url (it is not shown): ${rule}`);
  };
  const inCluster = /\.svc(?:\.cluster\.local)?$/.test(parsed?.hostname ?? "");
  if (parsed === undefined || !(parsed.protocol === "https:" || (parsed.protocol === "http:" && inCluster))) {
    return refuse(
      parsed?.protocol === "http:" ? `an http URL of ${parsed.host}` : "what is no https URL",
      `metrics leave the cluster by https alone, so write for example "https://metrics.example.com/api/v1/write"`,
    );
  }
  if (parsed.username !== "" || parsed.password !== "") {
    return refuse(
      `a user or password in the URL of ${parsed.host}`,
      "the state would hold it, so write basicAuth with the names of Secrets",
    );
  }
  if (/[?#]/.test(url)) {
    return refuse(
      `a query in the URL of ${parsed.host}`,
      "a token in it would be in the state, so write it without, and basicAuth or bearerToken with the names of Secrets",
    );
  }
}
