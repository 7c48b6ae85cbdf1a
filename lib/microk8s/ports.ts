import { Port } from "../wavelength/port";

/**
 * Ports of a microk8s node.
 * @see https://microk8s.io/docs/services-and-ports
 */
export const MICROK8S_PORTS = {
  /** Kubernetes API, TLS; TCP. */
  api: 16443,
  /** Cluster agent, through which nodes join, TLS; TCP. */
  clusterAgent: 25000,
  /** The datastore of the control plane, TLS; TCP. */
  dqlite: 19001,
  /** Kubelet: logs, exec, metrics, TLS; TCP. */
  kubelet: 10250,
  /** Pod network, VXLAN; UDP. */
  vxlan: 4789,
} as const;

/** Ports that a node listens on for its cluster or its administrators, and never for everybody. */
export const GUARDED_PORTS: Readonly<Record<string, Port>> = {
  "the Kubernetes API, which ApiAccess opens": Port.tcp(MICROK8S_PORTS.api),
  "the cluster agent": Port.tcp(MICROK8S_PORTS.clusterAgent),
  dqlite: Port.tcp(MICROK8S_PORTS.dqlite),
  "the kubelet": Port.tcp(MICROK8S_PORTS.kubelet),
  "the controller manager": Port.tcp(10257),
  "the scheduler": Port.tcp(10259),
  "kube-proxy's metrics": Port.tcp(10249),
  "the pod network (VXLAN)": Port.udp(MICROK8S_PORTS.vxlan),
};

/** What a node has to reach outside of its VPC. Names and time need no rule: VPC resolver and time service are not filtered. */
export const NODE_NEEDS: readonly (readonly [Port, string])[] = [
  [Port.tcp(443), "Snap store, registries, AWS"],
  [Port.tcp(80), "Ubuntu archive"],
];

/**
 * Ports that control-plane nodes reach each other at.
 * @see https://microk8s.io/docs/services-and-ports
 */
export const BETWEEN_CONTROL_PLANE_NODES: readonly (readonly [Port, string])[] = [
  [Port.tcp(MICROK8S_PORTS.api), "Kubernetes API"],
  [Port.tcp(MICROK8S_PORTS.clusterAgent), "Cluster agent"],
  [Port.tcp(MICROK8S_PORTS.dqlite), "dqlite"],
  [Port.tcp(MICROK8S_PORTS.kubelet), "Kubelet"],
  [Port.udp(MICROK8S_PORTS.vxlan), "Pod network"],
];
