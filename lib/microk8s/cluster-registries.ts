import { MecError, got } from "../errors";
import { assertKmsKeyArn } from "../identity";
import { Port } from "../wavelength/port";
import type { ContainerRegistry } from "./container-registry";
import type { RegistryCredentials } from "./registry-credentials";

/** What the registries of a cluster add to its parts. */
export interface ClusterRegistries {
  /** Fields of the launch configuration: the `hosts.toml` of each registry. */
  readonly launchConfiguration: Record<string, unknown>;
  /** The parameter with the credentials of each registry that asks for some; undefined where none does. */
  readonly credentialParameters?: Readonly<Record<string, string>>;
  /** Ports beside 443 and 80 that nodes must be able to connect to, with what for. */
  readonly ports: readonly (readonly [Port, string])[];
  /** The credentials that nodes must be able to read. */
  readonly credentials: readonly RegistryCredentials[];
}

/**
 * Puts the registries of a cluster together. Without any, nothing is added anywhere.
 *
 * @param path construct path for the errors
 * @param clusterName name of the cluster
 * @param region Region of the cluster, which the parameters and their keys are in
 * @param registries what the cluster was given
 * @throws {MecError} MEC1122 for a registry that is there twice, MEC1123 for a parameter that the cluster itself writes,
 *   MEC1030 for a key in another Region
 * @see https://microk8s.io/docs/ref-launch-config
 */
export function clusterRegistries(
  path: string,
  clusterName: string,
  region: string,
  registries: readonly ContainerRegistry[] = [],
): ClusterRegistries {
  const texts = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const { registry, hostsToml, credentials } of registries) {
    if (texts.has(registry)) {
      throw new MecError(
        "MEC1122",
        path,
        `${got(registry)} twice in registries: containerd has one file for each registry, so write one with all its endpoints`,
      );
    }
    texts.set(registry, hostsToml);
    if (credentials) {
      credentials.assertOutside(path, clusterName);
      assertKmsKeyArn(path, "keyArn of registry credentials", credentials.keyArn, region);
      parameters.set(registry, credentials.parameterName);
    }
  }
  return {
    launchConfiguration: texts.size > 0 ? { containerdRegistryConfigs: Object.fromEntries(texts) } : {},
    credentialParameters: parameters.size > 0 ? Object.fromEntries(parameters) : undefined,
    ports: [...new Set(registries.flatMap((registry) => registry.ports))].map((port) => [Port.tcp(port), "Registries"] as const),
    credentials: registries.flatMap(({ credentials }) => credentials ?? []),
  };
}
