import { MecError, got } from "../errors";

/** A host name or IPv4 address in lowercase, with a port perhaps; Wavelength Zones have no IPv6. */
const HOST = String.raw`[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*(?::\d{1,5})?`;

/** Longest host name, in the form that has no dot at its end (https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4). */
const MAX_HOST_LENGTH = 253;

/** No character in it means anything in a TOML string, in a Terraform template or to a shell. */
const ENDPOINT = new RegExp(`^(?<scheme>https?)://(?<host>${HOST})(?:/[A-Za-z0-9._~/-]*)?$`);

/** What an endpoint must be allowed to be. */
export interface EndpointRules {
  /** Whether plain HTTP is allowed. */
  readonly allowHttp: boolean;
  /** Whether a credential is sent to the endpoint. */
  readonly withCredentials: boolean;
}

/**
 * Refuses what cannot be the first part of an image's name.
 *
 * @param path construct path, or name of the input, for the error
 * @param registry the registry as images name it, such as `docker.io` or `registry.example.com:5000`
 * @throws {MecError} MEC1120
 * @see https://github.com/distribution/reference (a first part without dot and port, `localhost` excepted, is a folder on Docker Hub)
 */
export function assertRegistryHost(path: string, registry: string): void {
  const isHost = new RegExp(`^${HOST}$`).test(registry) && fits(registry);
  if (!isHost || !(/[.:]/.test(registry) || registry === "localhost")) {
    throw new MecError(
      "MEC1120",
      path,
      `${got(registry)} as registry: a registry is the lowercase host, and the port if there is one, that images begin with, without scheme and path, so write for example "docker.io" or "registry.example.com:5000"`,
    );
  }
}

/**
 * Refuses endpoints that containerd could not use, or should not.
 *
 * @param path construct path, or name of the input, for the error
 * @param endpoints URLs such as `https://mirror.example.com` or `https://mirror.example.com/docker-hub`
 * @param rules what they may be
 * @throws {MecError} MEC1121 for none or an unusable one, MEC1122 for one that is there twice
 */
export function assertEndpoints(path: string, endpoints: readonly string[], rules: EndpointRules): void {
  if (endpoints.length === 0) {
    throw new MecError(
      "MEC1121",
      path,
      `${got([])} as endpoints: a mirror is somewhere, so write for example ["https://mirror.example.com"]`,
    );
  }
  for (const [index, endpoint] of endpoints.entries()) {
    const { scheme, host } = ENDPOINT.exec(endpoint)?.groups ?? {};
    if (scheme === undefined || !fits(host)) {
      throw new MecError(
        "MEC1121",
        path,
        `got ${shown(endpoint)} as endpoint: an endpoint is an https URL of a lowercase host, a port and a path without user, query and escapes, so write for example "https://mirror.example.com/docker-hub", and give user and password as credentials`,
      );
    }
    if (scheme === "http" && (!rules.allowHttp || rules.withCredentials)) {
      throw new MecError(
        "MEC1121",
        path,
        rules.withCredentials
          ? `${got(endpoint)} as endpoint with credentials: plain HTTP would show them to everybody on the way, so write https`
          : `${got(endpoint)} as endpoint: whoever is on the way can put other images into plain HTTP, so write https, or allowHttp: true for a registry in a network of your own`,
      );
    }
    if (endpoints.indexOf(endpoint) !== index) {
      // TOML refuses a table that is there twice, and containerd then ignores the whole file.
      throw new MecError("MEC1122", path, `${got(endpoint)} twice in endpoints: each is tried once, so write it once`);
    }
  }
}

/**
 * Ports that hosts and endpoints name, but for those that every node gets out to.
 *
 * @param addresses hosts with or without a port, and URLs, that have been checked
 */
export function portsOf(addresses: readonly string[]): number[] {
  const named = addresses.map((address) => Number(/^(?:https?:\/\/)?[^/]*:(\d+)(?:\/|$)/.exec(address)?.[1] ?? 443));
  return [...new Set(named)].filter((port) => port !== 443 && port !== 80);
}

function fits(host: string): boolean {
  const [name, port = "443"] = host.split(":");
  return name.length <= MAX_HOST_LENGTH && Number(port) > 0 && Number(port) < 65536;
}

/** An endpoint for an error message, without what could be a password. */
function shown(endpoint: string): string {
  return JSON.stringify(endpoint.replace(/^(https?:\/\/)?.*@/s, "$1…@"));
}
