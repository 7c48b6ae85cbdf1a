/**
 * Ports of a microk8s node.
 * @see https://microk8s.io/docs/services-and-ports
 */
export const MICROK8S_PORTS = {
  /** Kubernetes API, TLS; TCP. */
  api: 16443,
} as const;
