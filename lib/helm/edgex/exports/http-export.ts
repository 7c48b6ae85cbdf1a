import { MecError, got } from "../../../errors";
import type { SecretKey } from "../../prometheus/remote-write";
import { secretName } from "../../names";
import { assertNoSecretPlaces } from "../graph/secret-places";
import type { ServiceNode, ServiceSecret } from "../graph/service-node";
import { appServiceNode } from "./app-service";
import { EndpointAddress, assertNetworks, assertNotInTheClear, type AddressRules } from "./endpoint-address";
import { filterSteps, type PipelineStep } from "./event-filter";
import { assertCredentials, textOf, type ExportCredentials } from "./export-credentials";
import { exportConfiguration } from "./export-configuration";
import { assertExportName, assertPlaceholders, formatSteps, type ExportOptions } from "./pipeline";

/** A server that events are sent to. */
export interface HttpEndpoint {
  /**
   * URL to send to: `https`, or `http` within networks of one's own. `{devicename}`, `{profilename}` and `{sourcename}` in the path are filled in. No
   * user, password or query in it.
   */
  readonly url: string;
  /** What the export proves itself with. There is no default: nobody exports anonymously without having written it. */
  readonly credentials: ExportCredentials;
  /** @default "post" */
  readonly method?: "post" | "put";
  /** Type of what is sent. @default "application/json", or "text/plain" where it is compressed */
  readonly mimeType?: string;
  /** Other headers of each request, with nothing secret in them. @default - none */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Networks that the server is in, in CIDR notation: the NetworkPolicy lets out to these alone, and private ones may be spoken to without TLS.
   * @default - its address; every network for a name; the namespace for a Service of the cluster
   */
  readonly networks?: readonly string[];
}

/** What is exported by HTTP: to one server, or to several, each of which gets everything, and none of which waits for another. */
export type HttpExportProps = ExportOptions & {
  /** The servers. */
  readonly endpoints: readonly HttpEndpoint[];
  /**
   * Certificate of an authority that signed the servers', as PEM text in a key of a Secret, such as `ca.crt`, beside those that the image trusts.
   * @default - those alone
   */
  readonly ca?: SecretKey;
};

/** @see https://github.com/edgexfoundry/app-functions-sdk-go/blob/v4.0.1/pkg/transforms/http.go */
export const HTTP_ADDRESS: AddressRules = {
  code: "MEC1494",
  schemes: { https: { port: 443, encrypted: true, hasPath: true }, http: { port: 80, encrypted: false, hasPath: true } },
  example: "https://events.example.com/edgex",
};

/** Port of the service, as the project documents it for this kind. */
const PORT = 59704;

/** Where the certificate of an authority is mounted. */
const CA_DIRECTORY = "/edgex/ca";

/** Headers that hold secrets. */
const SECRET_HEADERS = /^(?:authorization|proxy-authorization|cookie|.*(?:token|api-?key|secret|password).*)$/i;

/** Names and values of headers (https://www.rfc-editor.org/rfc/rfc9110#fields.values). */
const HEADER = { name: /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, value: /^[^\r\n\0]*$/ };

/** A type of media with its subtype. */
const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[^\r\n]*)?$/;

/**
 * The service that sends events to servers.
 *
 * @param path name of the factory, for the errors
 * @param props what it does
 * @throws {MecError} MEC1493 to MEC1495
 * @see https://github.com/edgexfoundry/app-service-configurable/blob/v4.0.1/res/http-export/configuration.yaml
 */
export function httpExportNode(path: string, props: HttpExportProps): ServiceNode {
  assertExportName(path, props.name);
  const { endpoints, ca } = props;
  if (endpoints.length === 0) {
    throw new MecError("MEC1494", path, "got an empty list as endpoints: nothing would be exported, so write an endpoint");
  }
  const parsed = endpoints.map((endpoint, index) => endpointOf(path, props, endpoint, index));
  assertNoSecretPlaces(path, props);
  const before = [...filterSteps(path, props.filter), ...formatSteps(path, props)];
  return appServiceNode({
    key: `app-http-export-${props.name}`,
    purpose: "sends events to HTTP servers outside of EdgeX",
    port: PORT,
    configuration: exportConfiguration(path, props, before, parsed),
    usesDatabase: props.storeAndForward !== false,
    ...(ca === undefined ? {} : trusted(path, ca)),
    outbound: parsed.map(({ outside }) => outside),
  });
}

/** Go reads certificates of this directory beside the file of the image (https://pkg.go.dev/crypto/x509#SystemCertPool). */
function trusted(path: string, { name, key }: SecretKey): { env: Record<string, string>; secrets: ServiceSecret[] } {
  textOf(path, name, key);
  return {
    env: { SSL_CERT_DIR: CA_DIRECTORY },
    secrets: [{ secret: secretName(path, "ca.name", name), path: CA_DIRECTORY, keys: [key] }],
  };
}

function endpointOf(path: string, options: ExportOptions, endpoint: HttpEndpoint, index: number) {
  const { url, credentials, method = "post", headers, networks } = endpoint;
  const mimeType = endpoint.mimeType ?? (options.compress === undefined ? "application/json" : "text/plain");
  const address = EndpointAddress.parse(path, "url", url, HTTP_ADDRESS);
  assertCredentials(path, credentials, ["header", "anonymous"]);
  assertNetworks(path, networks ?? []);
  assertNotInTheClear(path, "url", "MEC1494", address, networks, "https");
  assertPlaceholders(path, "url", url, options.batch !== undefined);
  if (!["post", "put"].includes(method)) {
    throw new MecError("MEC1494", path, `${got(method)} as method: EdgeX sends by "post" or "put", so write one of them`);
  }
  if (!MIME_TYPE.test(mimeType)) {
    throw new MecError(
      "MEC1494",
      path,
      `${got(mimeType)} as mimeType: it is a type and a subtype, so write for example "application/json"`,
    );
  }
  assertHeaders(path, headers ?? {});
  const secret = `endpoint${index + 1}`;
  const step: PipelineStep = [
    `HTTPExport${index + 1}`,
    {
      Method: method,
      MimeType: mimeType,
      Url: url,
      // Each endpoint has a pipeline of its own, so no endpoint comes after another.
      PersistOnError: String(options.storeAndForward !== false),
      ContinueOnSendError: "false",
      ReturnInputData: "false",
      ...(headers === undefined ? {} : { HttpRequestHeaders: JSON.stringify(headers) }),
      ...(credentials.proof.kind === "header" ? { HeaderName: credentials.proof.header, SecretName: secret, SecretValueKey: "value" } : {}),
    },
  ];
  return {
    step,
    secret,
    data: credentials.proof.kind === "header" ? { value: credentials.proof.value } : {},
    outside: address.outside(networks),
    hasPlaceholders: url.includes("{"),
  };
}

function assertHeaders(path: string, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (SECRET_HEADERS.test(name)) {
      throw new MecError(
        "MEC1493",
        path,
        `${got(name)} as name of a header: what it holds would be in release, state and log, so write ExportCredentials.header(secret, { header: ${JSON.stringify(name)} })`,
      );
    }
    if (!HEADER.name.test(name) || !HEADER.value.test(value)) {
      throw new MecError(
        "MEC1494",
        path,
        `${got(name)} with ${value.length} characters as header: neither HTTP name nor one line, so write for example { "X-Site": "boston" }`,
      );
    }
  }
}
