import { Token } from "cdktf";
import { X509Certificate } from "node:crypto";
import { MecError, got } from "../errors";
import { CLUSTER_NETWORKS } from "./cluster-networks";

/**
 * A registry within the cluster, as both sides take it unless told otherwise: the nodes' containerd and the add-on.
 *
 * It is a Service with an address of its own, which every node reaches whatever its kube-proxy does, and which nobody outside of the cluster
 * does. Kubernetes gives out addresses from the 17th on by itself; the 10th is microk8s' DNS.
 * @see https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/#avoid-ClusterIP-conflict
 */
export const IN_CLUSTER_REGISTRY = {
  /** Registry as images name it: the name that microk8s' own registry add-on has. */
  name: "localhost:32000",
  /** Address of the Service. */
  address: "10.152.183.5",
  /** Port of the Service. */
  port: 5000,
} as const;

/**
 * Registries that microk8s takes its own images from: Calico, CoreDNS, hostpath storage and Traefik from one, the pod's sandbox and the metrics server
 * from the other; none of them is in the cluster before it runs.
 * @see https://github.com/canonical/microk8s/blob/master/build-scripts/images.txt
 */
const MICROK8S_REGISTRIES: readonly string[] = ["docker.io", "registry.k8s.io"];

/** Last parts of the addresses that Kubernetes gives nobody by itself. */
const FREE = { first: 2, last: 16, dns: 10 } as const;

/** First three parts of the addresses of services. */
const SERVICES = CLUSTER_NETWORKS.services.replace(/\d+\/24$/, "");

/** A certificate in PEM. */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]+\n-----END CERTIFICATE-----/g;

/**
 * Refuses a name that microk8s needs for its own images: nodes would look for these in the cluster, which does not come up without them.
 *
 * @param path construct path, or name of the input, for the error
 * @param registry the registry as images name it
 * @throws {MecError} MEC1535
 */
export function assertNotOfMicrok8s(path: string, registry: string): void {
  if (MICROK8S_REGISTRIES.includes(registry)) {
    throw new MecError(
      "MEC1535",
      path,
      `${got(registry)} as registry: microk8s pulls its own images by this name, such as Calico's and the pause container, and a registry in the cluster does not run before they are there, so write a name of your own, such as "${IN_CLUSTER_REGISTRY.name}", or ContainerRegistry.mirror for a mirror outside`,
    );
  }
}

/**
 * Refuses an address that Kubernetes might give to another Service, or does not have.
 *
 * @param path construct path, or name of the input, for the error
 * @param address the address
 * @throws {MecError} MEC1530
 */
export function assertRegistryAddress(path: string, address: string): void {
  const last = address.startsWith(SERVICES) ? address.slice(SERVICES.length) : "";
  const number = /^[1-9]\d?$/.test(last) ? Number(last) : 0;
  if (number < FREE.first || number > FREE.last || number === FREE.dns) {
    throw new MecError(
      "MEC1530",
      path,
      `${got(address)} as address: it is one of those that Kubernetes gives to no Service by itself, ${SERVICES}${FREE.first} to ${SERVICES}${FREE.last} but for ${SERVICES}${FREE.dns}, which is microk8s' DNS, so write for example "${IN_CLUSTER_REGISTRY.address}"`,
    );
  }
}

/**
 * The certificates of a text in PEM, and nothing else of it.
 *
 * @param path name of the input for the error
 * @param text the text
 * @returns the certificates, with line ends of one character
 * @throws {MecError} MEC1531 for what has no certificate, a broken one, or a private key in it
 */
export function certificatesOf(path: string, text: string): string {
  const refuse = (what: string) => {
    throw new MecError(
      "MEC1531",
      path,
      `got ${what} as certificateAuthority: it is the text of the certificate that the registry's own is signed by, in PEM, so write for example readFileSync("ca.crt", "utf8")`,
    );
  };
  if (Token.isUnresolved(text)) {
    refuse("a token");
  }
  if (/PRIVATE KEY/.test(text)) {
    refuse("a private key, which is not repeated here and belongs to nobody but the authority,");
  }
  const certificates = text.replaceAll("\r\n", "\n").match(CERTIFICATE) ?? [];
  if (certificates.length === 0) {
    refuse(`${text.length} characters without a certificate`);
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch {
      refuse(`a text whose certificate ${index + 1} is none`);
    }
  }
  return certificates.join("\n");
}
