import type { Construct } from "constructs";

/** Arguments of the `kubernetes` and the `helm` provider alike that say where the API is and who asks. */
export interface ConnectionArguments {
  /** URL of the API. @default - the kubeconfig's */
  readonly host?: string;
  /** Name that the API's certificate must carry. @default - that of the host */
  readonly tlsServerName?: string;
  /** CA of the cluster, PEM. @default - the kubeconfig's */
  readonly clusterCaCertificate?: string;
  /** Certificate of who asks, PEM. @default - the kubeconfig's */
  readonly clientCertificate?: string;
  /** Key of that certificate, PEM. @default - the kubeconfig's */
  readonly clientKey?: string;
  /** Path of a kubeconfig. @default - none is read */
  readonly configPath?: string;
  /** Context of the kubeconfig. @default - its current one */
  readonly configContext?: string;
}

/** How a cluster is reached from a stack. */
export interface Connection {
  /** Where the credential is, for people; equal for equal clusters. */
  readonly origin: string;
  /**
   * Makes what the stack needs to reach the cluster.
   *
   * @param scope the construct that it hangs on, alone with it
   * @returns arguments of the providers
   */
  bind(scope: Construct): ConnectionArguments;
}
