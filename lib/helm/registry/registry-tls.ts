import { MecError } from "../../errors";

/** Longest name of an object, each part of it a label of DNS (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/). */
const MAX_NAME = 253;

const NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** What signs the certificate of a registry. */
export interface CertificateIssuer {
  /** `ClusterIssuer`, or `Issuer` for one of the registry's own namespace. */
  readonly kind: "ClusterIssuer" | "Issuer";
  /** Its name. */
  readonly name: string;
}

/**
 * Where the certificate of an {@link ImageRegistry} comes from. Nodes verify it by the certificate of its authority: give that as
 * `certificateAuthority` to `ContainerRegistry.inCluster`.
 */
export class RegistryTls {
  /**
   * cert-manager has it signed by a ClusterIssuer, such as one with a CA of your own, and renews it.
   *
   * @param name name of the ClusterIssuer, which is made apart from the add-on
   * @throws {MecError} MEC1532 for what is no name
   * @see https://cert-manager.io/docs/configuration/ca/
   */
  public static clusterIssuer(name: string): RegistryTls {
    return new RegistryTls(undefined, { kind: "ClusterIssuer", name: issuerName("RegistryTls.clusterIssuer", name) });
  }

  /**
   * cert-manager has it signed by an Issuer in the registry's own namespace, and renews it.
   *
   * @param name name of the Issuer, which is made apart from the add-on
   * @throws {MecError} MEC1532 for what is no name
   */
  public static issuer(name: string): RegistryTls {
    return new RegistryTls(undefined, { kind: "Issuer", name: issuerName("RegistryTls.issuer", name) });
  }

  /**
   * It is in a Secret of the type `kubernetes.io/tls` in the registry's namespace. It must be for the registry's address, and whoever renews it is
   * somebody else.
   *
   * @param name name of the Secret; the add-on throws MEC1424 for what is no name
   */
  public static secret(name: string): RegistryTls {
    return new RegistryTls(name);
  }

  private constructor(
    /** Name of the Secret; undefined where cert-manager makes it. */
    public readonly secretName?: string,
    /** What signs it; undefined for a Secret. */
    public readonly issuer?: CertificateIssuer,
  ) {}
}

function issuerName(path: string, name: string): string {
  if (name.length > MAX_NAME || !NAME.test(name)) {
    throw new MecError(
      "MEC1532",
      path,
      `got ${JSON.stringify(name)} as name: an issuer is named with at most ${MAX_NAME} lowercase letters, digits, dashes and dots, so write for example "site-ca"`,
    );
  }
  return name;
}
