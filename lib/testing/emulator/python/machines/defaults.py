"""The files of ``default-args`` in the MicroK8s snap, and the ``args`` that its install hook makes of them.

Source: github.com/canonical/microk8s microk8s-resources/default-args (its lists of cipher suites are longer), build-scripts
and branches for the feature gates of a track.
"""

import pathlib
import socket
from typing import Dict, List

from . import atomic

_GATES = "ListFromCacheSnapshot=false,SizeBasedListCostEstimate=false,DetectCacheInconsistency=false"
#: The API server's flags before and after its feature gates.
_APISERVER = (
    "--cert-dir=${SNAP_DATA}/certs", "--service-cluster-ip-range=10.152.183.0/24", "--authorization-mode=AlwaysAllow",
    "--service-account-key-file=${SNAP_DATA}/certs/serviceaccount.key", "--client-ca-file=${SNAP_DATA}/certs/ca.crt",
    "--tls-cert-file=${SNAP_DATA}/certs/server.crt", "--tls-private-key-file=${SNAP_DATA}/certs/server.key",
    "--tls-cipher-suites=TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256",
    "--kubelet-client-certificate=${SNAP_DATA}/certs/apiserver-kubelet-client.crt",
    "--kubelet-client-key=${SNAP_DATA}/certs/apiserver-kubelet-client.key", "--secure-port=16443",
    '--etcd-servers="unix://${SNAP_DATA}/var/kubernetes/backend/kine.sock:12379"', "--allow-privileged=true",
    "--service-account-issuer='https://kubernetes.default.svc'",
    "--service-account-signing-key-file=${SNAP_DATA}/certs/serviceaccount.key", "--event-ttl=5m", "--profiling=false",
)
_APISERVER_REST = (
    "", "# Enable the aggregation layer", "--requestheader-client-ca-file=${SNAP_DATA}/certs/front-proxy-ca.crt",
    "--requestheader-allowed-names=front-proxy-client", "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    "--requestheader-group-headers=X-Remote-Group", "--requestheader-username-headers=X-Remote-User",
    "--proxy-client-cert-file=${SNAP_DATA}/certs/front-proxy-client.crt",
    "--proxy-client-key-file=${SNAP_DATA}/certs/front-proxy-client.key", "#~Enable the aggregation layer",
    "--enable-admission-plugins=EventRateLimit",
    "--admission-control-config-file=${SNAP_DATA}/args/admission-control-config-file.yaml",
    "--kubelet-certificate-authority=${SNAP_DATA}/certs/ca.crt",
    "--kubelet-preferred-address-types=InternalIP,Hostname,InternalDNS,ExternalDNS,ExternalIP",
)
_KUBELET = [
    "--kubeconfig=${SNAP_DATA}/credentials/kubelet.config", "--cert-dir=${SNAP_DATA}/certs",
    "--client-ca-file=${SNAP_DATA}/certs/ca.crt", "--anonymous-auth=false", "--root-dir=${SNAP_COMMON}/var/lib/kubelet",
    "--fail-swap-on=false", '--eviction-hard="memory.available<100Mi,nodefs.available<1Gi,imagefs.available<1Gi"',
    "--container-runtime-endpoint=${SNAP_COMMON}/run/containerd.sock", "--containerd=${SNAP_COMMON}/run/containerd.sock",
    '--node-labels="microk8s.io/cluster=true,node.kubernetes.io/microk8s-controlplane=microk8s-controlplane"',
    "--authentication-token-webhook=true", "--read-only-port=0",
    "--tls-cipher-suites=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    "--serialize-image-pulls=false",
]
_KUBELITE = (
    ("scheduler", "kube-scheduler"), ("controller-manager", "kube-controller-manager"), ("proxy", "kube-proxy"),
    ("kubelet", "kubelet"), ("apiserver", "kube-apiserver"),
)

def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def default_arguments(minor: int) -> Dict[str, str]:
    """The files of ``default-args`` in the snap of track 1.``minor``, by name."""
    gates = {32: "WatchList=false"}.get(minor, _GATES if minor >= 34 else "")
    apiserver = [*_APISERVER, *([f"--feature-gates={gates}"] if gates else []), *_APISERVER_REST]
    files: Dict[str, List[str]] = {
        "kube-apiserver": apiserver,
        "kubelet": _KUBELET,
        "kube-proxy": [
            "--kubeconfig=${SNAP_DATA}/credentials/proxy.config", "--cluster-cidr=10.1.0.0/16",
            "--healthz-bind-address=127.0.0.1", "--profiling=false",
        ],
        "kube-controller-manager": [
            "--kubeconfig=${SNAP_DATA}/credentials/controller.config",
            "--service-account-private-key-file=${SNAP_DATA}/certs/serviceaccount.key",
            "--root-ca-file=${SNAP_DATA}/certs/ca.crt",
            "--cluster-signing-cert-file=${SNAP_DATA}/certs/ca.crt", "--cluster-signing-key-file=${SNAP_DATA}/certs/ca.key",
            "--use-service-account-credentials", "--leader-elect-lease-duration=60s", "--leader-elect-renew-deadline=30s",
            "--profiling=false",
        ],
        "kube-scheduler": [
            "--kubeconfig=${SNAP_DATA}/credentials/scheduler.config", "--leader-elect-lease-duration=60s",
            "--leader-elect-renew-deadline=30s", "--profiling=false",
        ],
        "k8s-dqlite": [
            "--storage-dir=${SNAP_DATA}/var/kubernetes/backend/",
            "--listen=unix://${SNAP_DATA}/var/kubernetes/backend/kine.sock:12379",
        ],
        "k8s-dqlite-env": ["# Environment variables k8s-dqlite will run with"],
        "kubelite": [
            *(f"--{name}-args-file=$SNAP_DATA/args/{file}" for name, file in _KUBELITE),
            "--kubeconfig-file=$SNAP_DATA/credentials/client.config", "--start-control-plane=true",
        ],
        "cluster-agent": [
            "--bind 0.0.0.0:25000", '--keyfile "${SNAP_DATA}/certs/server.key"', '--certfile "${SNAP_DATA}/certs/server.crt"',
            "--timeout 240",
        ],
        "containerd": [
            "--config ${SNAP_DATA}/args/containerd.toml", "--root ${SNAP_COMMON}/var/lib/containerd",
            "--state ${SNAP_COMMON}/run/containerd", "--address ${SNAP_COMMON}/run/containerd.sock",
        ],
        "containerd-env": [
            "# To start containerd behind a proxy set HTTPS_PROXY here.", "PATH=$PATH:$KATA_PATH", "ulimit -n 65536 || true",
        ],
        "cni-env": [
            "CNI=calico", "IPv4_SUPPORT=true", "IPv4_CLUSTER_CIDR=10.1.0.0/16", "IPv4_SERVICE_CIDR=10.152.183.0/24",
            "IPv6_SUPPORT=false", "# CALICO_VETH_MTU=1450",
        ],
        "ha-conf": ["failure-domain=1"],
        "admission-control-config-file.yaml": [
            "apiVersion: apiserver.config.k8s.io/v1", "kind: AdmissionConfiguration", "plugins:", "  - name: EventRateLimit",
            "    path: eventconfig.yaml",
        ],
        "eventconfig.yaml": [
            "apiVersion: eventratelimit.admission.k8s.io/v1alpha1", "kind: Configuration", "limits:", "  - type: Server",
            "    qps: 5000", "    burst: 20000",
        ],
        "certs.d/docker.io/hosts.toml": [
            'server = "https://docker.io"', "", '[host."https://registry-1.docker.io"]', '  capabilities = ["pull", "resolve"]',
        ],
        "certs.d/localhost:32000/hosts.toml": [
            'server = "http://localhost:32000"', "", '[host."http://localhost:32000"]', '  capabilities = ["pull", "resolve"]',
        ],
    }
    return {name: "\n".join(lines) + "\n" for name, lines in files.items()}


def write_defaults(snap: pathlib.Path, minor: int) -> None:
    """``default-args`` in the folder of a mounted revision."""
    _write_all(snap / "default-args", default_arguments(minor))


def write_arguments(snap_data: pathlib.Path, minor: int) -> None:
    """The default ``args``; the API's port is a free loopback port instead of 16443, for many machines share one host."""
    files = default_arguments(minor)
    files["kube-apiserver"] = files["kube-apiserver"].replace("--secure-port=16443", f"--secure-port={free_port()}")
    _write_all(snap_data / "args", files)


def _write_all(folder: pathlib.Path, files: Dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        atomic.write(folder / name, text)
