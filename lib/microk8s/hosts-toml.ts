/** Stands in a text for the base64 of `username:password`, which the node alone puts there; no base64 text has an `@`. */
const CREDENTIAL = "@credential@";

/** A place that images are pulled from. */
export interface RegistryEndpoint {
  /** Its URL. */
  readonly url: string;
  /** Whether the URL's path is the root of the API, in place of `<path>/v2`. */
  readonly overridePath: boolean;
}

/** What a `hosts.toml` says. */
export interface HostsTomlProps {
  /** Mirrors, in the order they are tried. */
  readonly mirrors: readonly RegistryEndpoint[];
  /** Where images are pulled from after the mirrors; undefined for the registry itself. */
  readonly server?: RegistryEndpoint;
  /**
   * Certificates in PEM that `server` is verified by, beside those of the system; single quotes there are none in PEM.
   * @default - those of the system alone
   */
  readonly authority?: string;
  /** Whether credentials are sent: to the mirrors and `server` if there are any, and else to the registry itself. */
  readonly withCredentials: boolean;
}

/**
 * containerd's `hosts.toml` for one registry. Strings are written as they are: `registry-address.ts` lets no character
 * through that would have to be escaped.
 *
 * Keys of the root, and its `[header]`, are about `server` and, where there is none, about the registry itself.
 *
 * @see https://github.com/containerd/containerd/blob/main/docs/hosts.md
 */
export function hostsToml(props: HostsTomlProps): string {
  const authorization = `Authorization = ["Basic ${CREDENTIAL}"]`;
  const rights = (endpoint?: RegistryEndpoint) => [
    `capabilities = ["pull", "resolve"]`,
    ...(endpoint?.overridePath ? ["override_path = true"] : []),
  ];
  // With mirrors alone, the root is about a registry that the credentials are not for.
  const toRoot = props.withCredentials && (props.server !== undefined || props.mirrors.length === 0);
  const root = [
    ...(props.server ? [`server = "${props.server.url}"`] : []),
    ...(props.server || toRoot ? rights(props.server) : []),
    ...(props.authority === undefined ? [] : authorityInItself(props.authority)),
    ...(toRoot ? ["[header]", authorization] : []),
  ];
  const hosts = props.mirrors.flatMap((mirror) => [
    `[host."${mirror.url}"]`,
    ...rights(mirror),
    ...(props.withCredentials ? [`[host."${mirror.url}".header]`, authorization] : []),
  ]);
  // Older containerd ignores a file without this table (https://github.com/containerd/containerd/issues/10027).
  const noHost = hosts.length === 0 ? ["[host]"] : [];
  return [...root, ...hosts, ...noHost, ""].join("\n");
}

/**
 * Has containerd read certificates out of the very file that says so: it takes a path alone, from the file's own folder where it is not
 * absolute, and reads what is between the lines of PEM. Keys that it does not know it passes over.
 *
 * @see https://github.com/containerd/containerd/blob/main/core/remotes/docker/config/hosts.go
 */
function authorityInItself(pem: string): string[] {
  return ['ca = "hosts.toml"', "authority = '''", ...pem.split("\n"), "'''"];
}
