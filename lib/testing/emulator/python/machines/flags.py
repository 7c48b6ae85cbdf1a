"""The flags that the programs inside kubelite know, by the type of their value; those of 1.28 to 1.36 together.

Source: https://kubernetes.io/docs/reference/command-line-tools-reference/ (kube-apiserver, kubelet, kube-proxy,
kube-controller-manager, kube-scheduler), and for flags that MicroK8s takes away when it starts
github.com/canonical/microk8s microk8s-resources/actions/common/utils.sh (sanitise_args_*).
"""

from typing import Dict, Set

_LOGGING = {
    "bool": "help log-json-split-stream log-text-split-stream",
    "int": "v",
    "duration": "log-flush-frequency",
    "text": "feature-gates kubeconfig log-json-info-buffer-size log-text-info-buffer-size logging-format version vmodule",
}
_SERVING = {
    "bool": "contention-profiling permit-address-sharing permit-port-sharing profiling",
    "int": "http2-max-streams-per-connection secure-port",
    "duration": (
        "authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl "
        "authorization-webhook-cache-unauthorized-ttl"
    ),
    "text": (
        "allow-metric-labels allow-metric-labels-manifest bind-address cert-dir client-ca-file disabled-metrics "
        "emulated-version requestheader-allowed-names requestheader-client-ca-file requestheader-extra-headers-prefix "
        "requestheader-group-headers requestheader-uid-headers requestheader-username-headers "
        "show-hidden-metrics-for-version tls-cert-file tls-cipher-suites tls-min-version tls-private-key-file "
        "tls-sni-cert-key"
    ),
}
_DELEGATED = {
    "bool": "authentication-skip-lookup authentication-tolerate-lookup-failure leader-elect",
    "int": "kube-api-burst",
    "float": "kube-api-qps",
    "duration": "leader-elect-lease-duration leader-elect-renew-deadline leader-elect-retry-period",
    "text": (
        "authentication-kubeconfig authorization-always-allow-paths authorization-kubeconfig kube-api-content-type "
        "leader-elect-resource-lock leader-elect-resource-name leader-elect-resource-namespace master"
    ),
}
_APISERVER = {
    "bool": (
        "aggregator-reject-forwarding-redirect allow-privileged anonymous-auth audit-log-batch-throttle-enable "
        "audit-log-compress audit-log-truncate-enabled audit-webhook-batch-throttle-enable audit-webhook-truncate-enabled "
        "disable-http2-serving emulation-forward-compatible enable-aggregator-routing enable-bootstrap-token-auth "
        "enable-garbage-collector enable-logs-handler enable-priority-and-fairness "
        "encryption-provider-config-automatic-reload runtime-config-emulation-forward-compatible "
        "service-account-extend-token-expiration service-account-lookup shutdown-send-retry-after watch-cache"
    ),
    "int": (
        "apiserver-count audit-log-batch-buffer-size audit-log-batch-max-size audit-log-batch-throttle-burst "
        "audit-log-maxage audit-log-maxbackup audit-log-maxsize audit-log-truncate-max-batch-size "
        "audit-log-truncate-max-event-size audit-webhook-batch-buffer-size audit-webhook-batch-max-size "
        "audit-webhook-batch-throttle-burst audit-webhook-truncate-max-batch-size audit-webhook-truncate-max-event-size "
        "default-not-ready-toleration-seconds default-unreachable-toleration-seconds default-watch-cache-size "
        "delete-collection-workers kubelet-port kubernetes-service-node-port lease-reuse-duration-seconds "
        "max-connection-bytes-per-sec max-mutating-requests-inflight max-requests-inflight min-request-timeout"
    ),
    "float": "audit-log-batch-throttle-qps audit-webhook-batch-throttle-qps goaway-chance",
    "duration": (
        "audit-log-batch-max-wait audit-webhook-batch-max-wait audit-webhook-initial-backoff "
        "coordinated-leadership-lease-duration coordinated-leadership-renew-deadline coordinated-leadership-retry-period "
        "etcd-compaction-interval etcd-count-metric-poll-period etcd-db-metric-poll-interval etcd-healthcheck-timeout "
        "etcd-readycheck-timeout event-ttl kubelet-timeout livez-grace-period request-timeout "
        "service-account-max-token-expiration shutdown-delay-duration shutdown-watch-termination-grace-period "
        "storage-initialization-timeout"
    ),
    "text": (
        "admission-control-config-file advertise-address api-audiences audit-log-format audit-log-mode audit-log-path "
        "audit-log-version audit-policy-file audit-webhook-config-file audit-webhook-mode audit-webhook-version "
        "authentication-config authentication-token-webhook-config-file authentication-token-webhook-version "
        "authorization-config authorization-mode authorization-policy-file authorization-webhook-config-file "
        "authorization-webhook-version cloud-config cloud-provider cloud-provider-gce-l7lb-src-cidrs cors-allowed-origins "
        "debug-socket-path disable-admission-plugins egress-selector-config-file enable-admission-plugins "
        "encryption-provider-config endpoint-reconciler-type etcd-cafile etcd-certfile etcd-keyfile etcd-prefix "
        "etcd-servers etcd-servers-overrides external-hostname kubelet-certificate-authority kubelet-client-certificate "
        "kubelet-client-key kubelet-preferred-address-types oidc-ca-file oidc-client-id oidc-groups-claim "
        "oidc-groups-prefix oidc-issuer-url oidc-required-claim oidc-signing-algs oidc-username-claim "
        "oidc-username-prefix peer-advertise-ip peer-advertise-port peer-ca-file proxy-client-cert-file "
        "proxy-client-key-file runtime-config service-account-issuer service-account-jwks-uri service-account-key-file "
        "service-account-signing-endpoint service-account-signing-key-file service-cluster-ip-range "
        "service-node-port-range storage-backend storage-media-type strict-transport-security-directives token-auth-file "
        "tracing-config-file watch-cache-sizes"
    ),
}
_KUBELET = {
    "bool": (
        "anonymous-auth authentication-token-webhook cgroups-per-qos contention-profiling cpu-cfs-quota "
        "enable-controller-attach-detach enable-debugging-handlers enable-load-reader enable-server "
        "exit-on-lock-contention experimental-allocatable-ignore-eviction fail-cgroupv1 fail-swap-on "
        "keep-terminated-pod-volumes kernel-memcg-notification local-storage-capacity-isolation log-cadvisor-usage "
        "make-iptables-util-chains protect-kernel-defaults register-node register-schedulable rotate-certificates "
        "rotate-server-certificates runonce seccomp-default serialize-image-pulls storage-driver-secure"
    ),
    "int": (
        "application-metrics-count-limit container-log-max-files event-burst event-qps eviction-max-pod-grace-period "
        "healthz-port image-gc-high-threshold image-gc-low-threshold iptables-drop-bit iptables-masquerade-bit "
        "kube-api-burst kube-api-qps max-open-files max-pods maximum-dead-containers "
        "maximum-dead-containers-per-container node-status-max-images oom-score-adj pod-max-pids pods-per-core port "
        "read-only-port registry-burst registry-qps"
    ),
    "duration": (
        "authentication-token-webhook-cache-ttl authorization-webhook-cache-authorized-ttl "
        "authorization-webhook-cache-unauthorized-ttl cpu-cfs-quota-period cpu-manager-reconcile-period "
        "eviction-pressure-transition-period file-check-frequency global-housekeeping-interval housekeeping-interval "
        "http-check-frequency minimum-container-ttl-duration minimum-image-ttl-duration node-status-update-frequency "
        "runtime-request-timeout storage-driver-buffer-duration streaming-connection-idle-timeout sync-frequency "
        "volume-stats-agg-period"
    ),
    "text": (
        "address allowed-unsafe-sysctls authorization-mode azure-container-registry-config boot-id-file "
        "bootstrap-kubeconfig cert-dir cgroup-driver cgroup-root client-ca-file cloud-config cloud-provider cluster-dns "
        "cluster-domain config config-dir container-hints container-log-max-size container-runtime-endpoint containerd "
        "containerd-namespace cpu-manager-policy cpu-manager-policy-options enforce-node-allocatable "
        "event-storage-age-limit event-storage-event-limit eviction-hard eviction-minimum-reclaim eviction-soft "
        "eviction-soft-grace-period experimental-mounter-path hairpin-mode healthz-bind-address hostname-override "
        "image-credential-provider-bin-dir image-credential-provider-config image-service-endpoint kube-api-content-type "
        "kube-reserved kube-reserved-cgroup kubelet-cgroups lock-file machine-id-file manifest-url manifest-url-header "
        "memory-manager-policy node-ip node-labels pod-cidr pod-infra-container-image pod-manifest-path provider-id "
        "qos-reserved register-with-taints reserved-cpus reserved-memory resolv-conf root-dir runtime-cgroups "
        "storage-driver-db storage-driver-host storage-driver-password storage-driver-table storage-driver-user "
        "system-cgroups system-reserved system-reserved-cgroup tls-cert-file tls-cipher-suites tls-min-version "
        "tls-private-key-file topology-manager-policy topology-manager-policy-options topology-manager-scope "
        "volume-plugin-dir"
    ),
}
_PROXY = {
    "bool": (
        "bind-address-hard-fail cleanup conntrack-tcp-be-liberal init-only iptables-localhost-nodeports ipvs-strict-arp "
        "masquerade-all profiling"
    ),
    "int": (
        "conntrack-max-per-core conntrack-min healthz-port iptables-masquerade-bit kube-api-burst metrics-port "
        "oom-score-adj"
    ),
    "float": "kube-api-qps",
    "duration": (
        "config-sync-period conntrack-tcp-timeout-close-wait conntrack-tcp-timeout-established conntrack-udp-timeout "
        "conntrack-udp-timeout-stream iptables-min-sync-period iptables-sync-period ipvs-min-sync-period ipvs-sync-period "
        "ipvs-tcp-timeout ipvs-tcpfin-timeout ipvs-udp-timeout"
    ),
    "text": (
        "bind-address cluster-cidr config detect-local-mode healthz-bind-address hostname-override ipvs-exclude-cidrs "
        "ipvs-scheduler kube-api-content-type kubeconfig master metrics-bind-address nodeport-addresses "
        "pod-bridge-interface pod-interface-name-prefix proxy-mode proxy-port-range show-hidden-metrics-for-version "
        "write-config-to"
    ),
}
_CONTROLLER_MANAGER = {
    "bool": (
        "allocate-node-cidrs configure-cloud-routes disable-attach-detach-reconcile-sync disable-force-detach-on-timeout "
        "enable-dynamic-provisioning enable-garbage-collector enable-hostpath-provisioner enable-leader-migration "
        "use-service-account-credentials"
    ),
    "int": (
        "concurrent-cron-job-syncs concurrent-daemonset-syncs concurrent-deployment-syncs "
        "concurrent-device-taint-eviction-syncs concurrent-endpoint-syncs concurrent-ephemeralvolume-syncs "
        "concurrent-gc-syncs concurrent-horizontal-pod-autoscaler-syncs concurrent-job-syncs concurrent-namespace-syncs "
        "concurrent-node-syncs concurrent-rc-syncs concurrent-replicaset-syncs concurrent-resource-claim-syncs "
        "concurrent-resource-quota-syncs concurrent-service-endpoint-syncs concurrent-service-syncs "
        "concurrent-serviceaccount-token-syncs concurrent-statefulset-syncs concurrent-ttl-after-finished-syncs "
        "concurrent-validating-admission-policy-status-syncs large-cluster-size-threshold max-endpoints-per-slice "
        "mirroring-concurrent-service-endpoint-syncs mirroring-max-endpoints-per-subset node-cidr-mask-size "
        "node-cidr-mask-size-ipv4 node-cidr-mask-size-ipv6 terminated-pod-gc-threshold"
    ),
    "float": "horizontal-pod-autoscaler-tolerance node-eviction-rate secondary-node-eviction-rate unhealthy-zone-threshold",
    "duration": (
        "attach-detach-reconcile-sync-period cluster-signing-duration controller-start-interval "
        "endpoint-updates-batch-period endpointslice-updates-batch-period "
        "horizontal-pod-autoscaler-cpu-initialization-period horizontal-pod-autoscaler-downscale-stabilization "
        "horizontal-pod-autoscaler-initial-readiness-delay horizontal-pod-autoscaler-sync-period "
        "legacy-service-account-token-clean-up-period min-resync-period mirroring-endpointslice-updates-batch-period "
        "namespace-sync-period node-monitor-grace-period node-monitor-period node-startup-grace-period node-sync-period "
        "pvclaimbinder-sync-period resource-quota-sync-period route-reconciliation-period"
    ),
    "text": (
        "cidr-allocator-type cloud-config cloud-provider cloud-provider-gce-lb-src-cidrs cluster-cidr cluster-name "
        "cluster-signing-cert-file cluster-signing-key-file cluster-signing-kube-apiserver-client-cert-file "
        "cluster-signing-kube-apiserver-client-key-file cluster-signing-kubelet-client-cert-file "
        "cluster-signing-kubelet-client-key-file cluster-signing-kubelet-serving-cert-file "
        "cluster-signing-kubelet-serving-key-file cluster-signing-legacy-unknown-cert-file "
        "cluster-signing-legacy-unknown-key-file controllers external-cloud-volume-plugin flex-volume-plugin-dir "
        "leader-migration-config pv-recycler-increment-timeout-nfs pv-recycler-minimum-timeout-hostpath "
        "pv-recycler-minimum-timeout-nfs pv-recycler-pod-template-filepath-hostpath pv-recycler-pod-template-filepath-nfs "
        "pv-recycler-timeout-increment-hostpath root-ca-file service-account-private-key-file service-cluster-ip-range"
    ),
}
_SCHEDULER = {
    "duration": "pod-max-in-unschedulable-pods-duration",
    "text": "config write-config-to",
}

#: Program → flag (without its two hyphens) → type of its value.
KNOWN: Dict[str, Dict[str, str]] = {
    name: {flag: kind for group in groups for kind, flags in group.items() for flag in flags.split()}
    for name, groups in {
        "kube-apiserver": (_LOGGING, _SERVING, _APISERVER),
        "kubelet": (_LOGGING, _KUBELET),
        "kube-proxy": (_LOGGING, _PROXY),
        "kube-controller-manager": (_LOGGING, _SERVING, _DELEGATED, _CONTROLLER_MANAGER),
        "kube-scheduler": (_LOGGING, _SERVING, _DELEGATED, _SCHEDULER),
    }.items()
}

_KLOG = (
    "log-dir log-file log-flush-frequency logtostderr alsologtostderr one-output stderrthreshold log-file-max-size "
    "skip-log-headers add-dir-header skip-headers log-backtrace-at"
)
#: Flags that MicroK8s removes from a program's file whenever kubelite starts.
SANITISED: Dict[str, Set[str]] = {
    "kube-apiserver": set(
        f"{_KLOG} insecure-port insecure-bind-address port address service-account-api-audiences "
        "experimental-encryption-provider-config target-ram-mb".split()
    ),
    "kubelet": set(
        f"{_KLOG} docker-endpoint image-pull-progress-deadline network-plugin cni-conf-dir cni-bin-dir cni-cache-dir "
        "network-plugin-mtu experimental-kernel-memcg-notification pod-infra-container-image "
        "experimental-dockershim-root-directory "
        "non-masquerade-cidr container-runtime".split()
    ),
    "kube-proxy": set(_KLOG.split()),
    "kube-controller-manager": set(f"{_KLOG} address port experimental-cluster-signing-duration".split()),
    "kube-scheduler": set(f"{_KLOG} address port".split()),
}
