import type { KubernetesComponent } from "./kubernetes-component";

/** Flags that are not the user's to set. */
export interface FlagOwner {
  /** Their names. */
  readonly flags: RegExp;
  /** Why. */
  readonly reason: string;
  /** What to do, after "so". @default "leave it out" */
  readonly instead?: string;
}

const owner = (names: string, reason: string, instead?: string): FlagOwner => ({
  flags: new RegExp(`^--(?:${names.split(" ").join("|")})$`),
  reason,
  instead,
});

const FILES = "microk8s keeps the file it names, and makes it anew itself";
const NETWORK = "the networks of pods and services are fixed in this release";

/** What all programs have. */
const COMMON: readonly FlagOwner[] = [
  owner("kubeconfig bootstrap-kubeconfig authentication-kubeconfig authorization-kubeconfig cert-dir", FILES),
  owner("tls-cert-file tls-private-key-file client-ca-file root-ca-file", FILES),
  owner("secure-port bind-address", "nodes, the agent and the way to the API expect the ports where microk8s has them"),
  owner("cluster-cidr service-cluster-ip-range pod-cidr", NETWORK),
  owner("config", "a file of that name is not on the nodes, and would hide what the other flags say", "write the flags themselves"),
];

/**
 * Flags that microk8s sets for itself, or this library for it, by program: another value would part the node from its datastore, its
 * certificates, its cluster or its agent.
 *
 * @see https://github.com/canonical/microk8s/tree/master/microk8s-resources/default-args
 * @see https://kubernetes.io/docs/reference/command-line-tools-reference/
 */
export const FLAG_OWNERS: Readonly<Record<KubernetesComponent["prop"], readonly FlagOwner[]>> = {
  apiServer: [
    owner("authorization-mode authorization-config", "the library sets RBAC and Node, which keep pods and nodes from each other's secrets"),
    owner("anonymous-auth authentication-config", "whoever looks whether the API answers is not known to it"),
    owner("token-auth-file", "microk8s has certificates in place of static tokens, which nobody can take back"),
    owner("etcd-[a-z-]+ storage-backend", "the datastore is dqlite, at the socket that microk8s names"),
    owner("advertise-address", "microk8s then no more renews certificates when an address changes"),
    owner("service-account-key-file service-account-signing-key-file", FILES),
    owner("service-account-issuer", "tokens of living pods name the issuer, and become invalid with another"),
    owner(
      "oidc-issuer-url oidc-client-id oidc-username-claim oidc-username-prefix oidc-groups-claim oidc-groups-prefix",
      "the library keeps an issuer from naming Kubernetes' own users and groups",
      "write apiServer.oidc",
    ),
    owner("kubelet-c[a-z-]+ kubelet-preferred-address-types", "microk8s has the API server and kubelets trust each other by it"),
    owner("requestheader-[a-z-]+ proxy-client-[a-z-]+", "microk8s has the aggregation layer trusted by it"),
    owner(
      "admission-control-config-file",
      "microk8s and its cis-hardening add-on write that file",
      "write admissionPlugins for which plug-ins there are",
    ),
    owner(
      "enable-admission-plugins disable-admission-plugins",
      "microk8s has one of its own in the list",
      "write apiServer.admissionPlugins",
    ),
    owner("audit-log-path audit-policy-file", "the agent ships the log from one place", "write apiServer.auditLog"),
    owner("allow-privileged", "Calico, the network of pods, has to be privileged"),
    ...COMMON,
  ],
  kubelet: [
    owner("anonymous-auth authentication-token-webhook read-only-port", "without it everybody in the network could run commands in pods"),
    owner("cluster-dns cluster-domain", "the library sets it to the address of the dns add-on"),
    owner("cloud-provider provider-id node-labels", "a node that joins copies it from the node that lets it in"),
    owner("hostname-override node-ip", "the agent knows the node by the name and address of its machine"),
    owner("root-dir container-runtime-endpoint containerd address port register-node", "microk8s has its parts find each other by it"),
    ...COMMON,
  ],
  controllerManager: [
    owner("service-account-private-key-file cluster-signing-[a-z-]*(?:cert|key)-file requestheader-[a-z-]+", FILES),
    owner(
      "use-service-account-credentials allocate-node-cidrs cloud-provider leader-elect",
      "microk8s has one controller act, with its own rights",
    ),
    ...COMMON,
  ],
  scheduler: [owner("leader-elect", "only one scheduler may act"), owner("requestheader-[a-z-]+", FILES), ...COMMON],
  proxy: [owner("hostname-override healthz-bind-address master", "microk8s has its parts find each other by it"), ...COMMON],
};

/**
 * Flags that microk8s takes out of its argument files at each start (`sanitise_args_…`).
 * @see https://github.com/canonical/microk8s/blob/master/microk8s-resources/actions/common/utils.sh
 */
export const REMOVED_FLAGS =
  /^--(?:log-(?:dir|file|flush-frequency|file-max-size|backtrace-at)|logtostderr|alsologtostderr|one-output|stderrthreshold|skip-log-headers|add-dir-header|skip-headers|insecure-(?:port|bind-address)|port|address|target-ram-mb|container-runtime|pod-infra-container-image|non-masquerade-cidr|network-plugin(?:-mtu)?|cni-(?:conf|bin|cache)-dir|docker-endpoint|image-pull-progress-deadline)$/;
