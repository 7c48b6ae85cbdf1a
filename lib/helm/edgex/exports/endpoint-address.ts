import { Token } from "cdktf";
import { Address6 } from "ip-address";
import { MecError, got, type MecErrorCode } from "../../../errors";
import { Cidr, isAddress } from "../../../wavelength/cidr";
import type { Outside } from "../graph/service-node";

/** Networks that are nobody's on the internet: private, carrier-grade, link-local and the machine itself (https://www.rfc-editor.org/rfc/rfc6890). */
const PRIVATE_NETWORKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8"];

/** Ends of names that the internet does not resolve (https://www.rfc-editor.org/rfc/rfc6762, rfc8375, and ICANN's `internal`). */
const PRIVATE_NAMES = /(?:^|\.)(?:svc|cluster\.local|local|internal|lan|home\.arpa|localdomain)$/;

/** A Service of another namespace of the cluster. */
const SERVICE_NAME = /^[a-z0-9-]+\.([a-z0-9-]+)\.svc(?:\.cluster\.local)?$/;

/** What an address of an endpoint may look like. */
export interface AddressRules {
  /** Code of what is refused. */
  readonly code: MecErrorCode;
  /** Schemes with the port that goes with each, and whether what goes there is encrypted. */
  readonly schemes: Readonly<Record<string, { readonly port: number; readonly encrypted: boolean; readonly hasPath: boolean }>>;
  /** An address that is taken, for the error. */
  readonly example: string;
}

/** Where something outside of EdgeX listens, as a URL tells it. */
export class EndpointAddress {
  /**
   * Reads an address. What is refused is not shown beyond its host: a password or a token may be anywhere else.
   *
   * @param path name of what has it, for the error
   * @param property name of the property, for the error
   * @param text the address
   * @param rules what it may look like
   * @throws {MecError} with the code of the rules, for what is no such URL, for one that is not known at synth, for credentials or a query in it
   */
  public static parse(path: string, property: string, text: string, rules: AddressRules): EndpointAddress {
    const refuse = (what: string, rule: string): never => {
      throw new MecError(rules.code, path, `got ${what} as ${property}: ${rule}`);
    };
    if (Token.isUnresolved(text)) {
      return refuse("a token", `its NetworkPolicy and its checks hang on it, so write the address itself, such as "${rules.example}"`);
    }
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const scheme = rules.schemes[url?.protocol.slice(0, -1) ?? ""];
    if (url === undefined || scheme === undefined || !/^[\w.:[\]-]+$/.test(url.hostname) || url.port === "0") {
      const names = Object.keys(rules.schemes).map((name) => `${name}://`);
      return refuse(
        `what is no ${names.join(" or ")} URL (it is not shown, since a secret may be in it)`,
        `write for example "${rules.example}"`,
      );
    }
    if (url.username !== "" || url.password !== "") {
      return refuse(
        `a user or password in the address of ${url.host}`,
        "release, state and log would hold it, so write it without, and credentials with the name of a Secret",
      );
    }
    if (/[?#]/.test(text)) {
      return refuse(
        `a query or fragment in the address of ${url.host}`,
        "a token in it would be in release, state and log, so write it without, and credentials with the name of a Secret",
      );
    }
    if (!scheme.hasPath && url.pathname.length > 1) {
      return refuse(`a path in the address of ${url.host}`, `the endpoint is a host and a port, so write for example "${rules.example}"`);
    }
    return new EndpointAddress(
      url.protocol.slice(0, -1),
      url.hostname.replace(/^\[|\]$/g, ""),
      url.port === "" ? scheme.port : Number(url.port),
      scheme.encrypted,
      text,
    );
  }

  private constructor(
    /** Scheme without the colon, such as `mqtts`. */
    public readonly scheme: string,
    /** Name or address, without brackets. */
    public readonly host: string,
    public readonly port: number,
    /** Whether what goes there is encrypted. */
    public readonly isEncrypted: boolean,
    /** As it was written. */
    public readonly text: string,
  ) {}

  /** Scheme, host and port: what an MQTT client is told, which knows no default ports. */
  public get hostUrl(): string {
    return `${this.scheme}://${this.host.includes(":") ? `[${this.host}]` : this.host}:${this.port}`;
  }

  /**
   * Whether what goes there stays in networks of one's own: a private address, a name that the internet does not resolve, or private networks that
   * were named.
   * @param networks networks that were named
   */
  public isPrivate(networks: readonly string[] = []): boolean {
    if (networks.length > 0) {
      return networks.every((network) => isPrivateNetwork(network));
    }
    if (isAddress(this.host)) {
      return isPrivateNetwork(`${this.host}/32`);
    }
    if (this.host.includes(":")) {
      return /^(?:f[cd]|fe[89ab])/i.test(this.host) || new Address6(this.host).isLoopback();
    }
    return !this.host.includes(".") || PRIVATE_NAMES.test(this.host.toLowerCase());
  }

  /**
   * What a NetworkPolicy lets out to reach it. Kubernetes compares the port of the pod behind a Service, not of the Service.
   * @param networks networks that were named. @default - the address itself, the namespace of a Service, or everywhere for a name
   * @see https://kubernetes.io/docs/concepts/services-networking/network-policies/
   */
  public outside(networks: readonly string[] = []): Outside {
    const ports = [{ port: this.port }];
    if (networks.length > 0) {
      return { cidrs: networks, ports };
    }
    const namespace = SERVICE_NAME.exec(this.host)?.[1];
    if (namespace !== undefined) {
      return { namespace, ports };
    }
    if (this.host.includes(":")) {
      return { cidrs: [`${this.host}/128`], ports };
    }
    return { cidrs: [isAddress(this.host) ? `${this.host}/32` : "0.0.0.0/0"], ports };
  }
}

/**
 * Networks that an endpoint is in.
 *
 * @param path name of what has them, for the error
 * @throws {MecError} MEC1003 for what is no network, MEC1024 for one that is not known at synth
 */
export function assertNetworks(path: string, networks: readonly string[]): void {
  networks.forEach((network) => Cidr.parse(path, network));
}

/**
 * Refuses what would go through the internet in the clear.
 *
 * @param path name of what has it, for the error
 * @param property name of the property, for the error
 * @param code code of the error
 * @param address where it goes
 * @param networks networks that were named
 * @param encrypted scheme to write instead
 * @throws {MecError} with that code
 */
export function assertNotInTheClear(
  path: string,
  property: string,
  code: MecErrorCode,
  address: EndpointAddress,
  networks: readonly string[] | undefined,
  encrypted: string,
): void {
  if (!address.isEncrypted && !address.isPrivate(networks)) {
    throw new MecError(
      code,
      path,
      `${got(`${address.scheme}://${address.host}`)} as ${property}: what is not encrypted goes to networks of your own alone, so write ${encrypted}://, or the private networks that it is in as networks`,
    );
  }
}

function isPrivateNetwork(network: string): boolean {
  const parsed = Cidr.parse("networks", network);
  return PRIVATE_NETWORKS.some((one) => Cidr.parse("networks", one).contains(parsed));
}
