import { Port } from "../wavelength/port";

/**
 * Ports of a microk8s node.
 * @see https://microk8s.io/docs/services-and-ports
 */
export const MICROK8S_PORTS = {
  /** Kubernetes API, TLS; TCP. */
  api: 16443,
} as const;

/** Ports that a node listens on for its cluster or its administrators, and never for everybody. */
export const GUARDED_PORTS: Readonly<Record<string, Port>> = {
  "the Kubernetes API, which ApiAccess opens": Port.tcp(MICROK8S_PORTS.api),
  "the cluster agent": Port.tcp(25000),
  dqlite: Port.tcp(19001),
  "the kubelet": Port.tcp(10250),
  "the controller manager": Port.tcp(10257),
  "the scheduler": Port.tcp(10259),
  "the pod network (VXLAN)": Port.udp(4789),
};

/** What a node has to reach outside of its VPC. Names and time need no rule: VPC resolver and time service are not filtered. */
export const NODE_NEEDS: readonly (readonly [Port, string])[] = [
  [Port.tcp(443), "Snap store, registries, AWS"],
  [Port.tcp(80), "Ubuntu archive"],
];
