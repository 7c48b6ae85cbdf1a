import type { Size } from "../../units";
import type { HelmAddOnOptions, HelmAddOnProps } from "../add-on-props";
import type { RegistryTls } from "./registry-tls";

/** What may be said of {@link ImageRegistry}. Its chart is the library's own. */
export interface ImageRegistryOptions extends Omit<HelmAddOnOptions, "chart" | "repository" | "version"> {
  /**
   * Size of the volume that images are kept in. That of a living registry keeps its size: Kubernetes changes no volume of a StatefulSet in place.
   * @default Size.gibibytes(20)
   */
  readonly volume?: Size;

  /**
   * Storage class of the volume, by its own name.
   * @default "microk8s-hostpath"
   */
  readonly storageClass?: string;

  /**
   * Address of the registry's Service: one of 10.152.183.2 to 10.152.183.16, but for .10, which Kubernetes gives nobody by itself. A Service
   * keeps its address: for another one it has to be deleted first.
   * @default "10.152.183.5"
   * @see https://kubernetes.io/docs/concepts/services-networking/cluster-ip-allocation/
   */
  readonly address?: string;

  /**
   * Name of an existing Secret in the namespace with the key `htpasswd`: who may pull and push, in bcrypt, as `htpasswd -B` writes it. A change
   * counts within a minute or two, without a restart.
   * @default - the user `registry`, whose password is made once, in the Secret `<releaseName>-credentials`
   * @see https://distribution.github.io/distribution/about/configuration/#htpasswd
   */
  readonly htpasswdSecret?: string;

  /**
   * Where the registry's certificate comes from. The nodes must be told the certificate of its authority, or they do not pull.
   * @default - none: the registry speaks plain HTTP, which no further than the network of the cluster's pods
   */
  readonly tls?: RegistryTls;

  /**
   * Time of the day in UTC, as `HH:MM`, at which the registry stops, removes what no image refers to, and serves again: some seconds, ten minutes
   * at most. A certificate that was renewed is read then too.
   * @default "03:30"
   */
  readonly cleanUpAt?: string;

  /**
   * Whether what has no tag any more is removed too, such as what a tag stood for before it was pushed anew. Not for pods that name images by
   * digest, nor for signatures that are found by what they sign.
   * @default false
   * @see https://distribution.github.io/distribution/about/garbage-collection/
   */
  readonly removeUntagged?: boolean;
}

/** Properties of {@link ImageRegistry}. */
export interface ImageRegistryProps extends ImageRegistryOptions, Pick<HelmAddOnProps, "cluster"> {}
