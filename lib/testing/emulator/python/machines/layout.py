"""What MicroK8s' install hook leaves on disk, and the Node object it registers.

Sources: github.com/canonical/microk8s microk8s-resources/default-args, actions/common/utils.sh.
"""

import base64
import json
import os
import pathlib
from datetime import datetime, timezone
from typing import Any, Dict, Optional, Sequence

from . import atomic, launchconfig, pki

#: Client certificates: file name → (common name, organisation).
_CLIENTS = {
    "client": ("admin", "system:masters"), "proxy": ("system:kube-proxy", None),
    "scheduler": ("system:kube-scheduler", None), "controller": ("system:kube-controller-manager", None),
    "apiserver-kubelet-client": ("kube-apiserver-kubelet-client", "system:masters"),
}


def to_bytes(body: Any) -> bytes:
    """A request body: JSON, or nothing."""
    return b"" if body is None else json.dumps(body).encode("utf-8")


def refresh_csr(snap_data: pathlib.Path, own_ips: Sequence[str]) -> bool:
    """Render csr.conf from its template; True when that changed it."""
    certs = snap_data / "certs"
    rendered = pki.render_csr((certs / "csr.conf.template").read_text("utf-8"), own_ips)
    old = (certs / "csr.conf").read_text("utf-8") if (certs / "csr.conf").exists() else ""
    if rendered != old:
        atomic.write(certs / "csr.conf", rendered)
    return rendered != old


def make_certificates(
    snap_data: pathlib.Path, hostname: str, own_ips: Sequence[str], key_usage: bool, leaf_days: float
) -> None:
    """Every key, certificate and kubeconfig of a fresh node."""
    certs = snap_data / "certs"
    for name in ("serviceaccount", "ca", "server", "front-proxy-ca", "front-proxy-client"):
        pki.new_rsa_key(certs / f"{name}.key")
    pki.self_signed_ca(certs / "ca.crt", certs / "ca.key", "10.152.183.1", key_usage)
    pki.self_signed_ca(certs / "front-proxy-ca.crt", certs / "front-proxy-ca.key", "front-proxy-ca", key_usage)
    refresh_csr(snap_data, own_ips)
    pki.server_certificate(certs, leaf_days)
    pki.front_proxy_certificate(certs, leaf_days)
    make_clients(snap_data, hostname, own_ips)


def make_clients(snap_data: pathlib.Path, hostname: str, own_ips: Sequence[str]) -> None:
    """The client certificates of the cluster CA, and their kubeconfigs."""
    certs = snap_data / "certs"
    pki.client_certificate(certs, "kubelet", f"system:node:{hostname}", "system:nodes", [hostname, *own_ips])
    for name, (common_name, group) in _CLIENTS.items():
        pki.client_certificate(certs, name, common_name, group, [])
    kubeconfigs = {"client": "admin", "controller": "system:kube-controller-manager", "scheduler": "system:kube-scheduler",
                   "proxy": "system:kube-proxy", "kubelet": f"system:node:{hostname}"}
    for name, user in kubeconfigs.items():
        _kubeconfig(snap_data, name, user)


def make_worker_clients(snap_data: pathlib.Path, hostname: str, own_ips: Sequence[str], signer: pathlib.Path) -> None:
    """Certificates and kubeconfigs of a worker's kubelet and kube-proxy, of the CA in the folder ``signer``.

    Source: github.com/canonical/microk8s microk8s-resources/actions/common/utils.sh (create_worker_kubeconfigs).
    """
    certs = snap_data / "certs"
    pki.client_certificate(certs, "kubelet", f"system:node:{hostname}", "system:nodes", [hostname, *own_ips], signer)
    pki.client_certificate(certs, "proxy", "system:kube-proxy", None, [], signer)
    _kubeconfig(snap_data, "kubelet", f"system:node:{hostname}", "ca.remote.crt", "16443")
    _kubeconfig(snap_data, "proxy", "system:kube-proxy", "ca.remote.crt", "16443")


def _kubeconfig(snap_data: pathlib.Path, name: str, user: str, ca: str = "ca.crt", port: str = "") -> None:
    def data(file: str) -> str:
        return base64.b64encode((snap_data / "certs" / file).read_bytes()).decode()

    port = port or launchconfig.argument(snap_data / "args/kube-apiserver", "--secure-port")
    text = (
        "apiVersion: v1\nclusters:\n- cluster:\n"
        f"    certificate-authority-data: {data(ca)}\n    server: https://127.0.0.1:{port}\n"
        "  name: microk8s-cluster\ncontexts:\n- context:\n    cluster: microk8s-cluster\n"
        f"    user: {user}\n  name: microk8s\ncurrent-context: microk8s\nkind: Config\npreferences: {{}}\nusers:\n"
        f"- name: {user}\n  user:\n    client-certificate-data: {data(name + '.crt')}\n    client-key-data: {data(name + '.key')}\n"
    )
    atomic.write(snap_data / "credentials" / f"{name}.config", text, 0o660)


def version(snap_data: pathlib.Path) -> str:
    """The Kubernetes version of the linked revision, such as v1.35.0."""
    return f"v1.{int(os.readlink(snap_data)) % 1000}.0"


def node(snap_data: pathlib.Path, hostname: str, private_ip: str, ready: bool) -> Dict[str, Any]:
    """The node's own object, as its kubelet registers it."""
    labels: Dict[str, Optional[str]] = {
        "kubernetes.io/hostname": hostname, "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
    }
    for pair in launchconfig.argument(snap_data / "args/kubelet", "--node-labels").split(","):
        key, _, value = pair.partition("=")
        if key:
            labels[key] = value
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    condition = {
        "type": "Ready", "status": "True" if ready else "False", "lastHeartbeatTime": now, "lastTransitionTime": now,
        "reason": "KubeletReady" if ready else "KubeletNotReady",
        "message": "kubelet is posting ready status" if ready
        else "container runtime network not ready: cni plugin not initialized",
    }
    return {
        "metadata": {"name": hostname, "labels": labels},
        "spec": {},
        "status": {
            "addresses": [{"type": "InternalIP", "address": private_ip}, {"type": "Hostname", "address": hostname}],
            "conditions": [condition],
            "nodeInfo": {"kubeletVersion": version(snap_data), "osImage": "Ubuntu 24.04 LTS (simulated)"},
        },
    }


def node_is_ready(found: Dict[str, Any]) -> bool:
    """Whether a Node object's Ready condition is True."""
    return any(c["type"] == "Ready" and c["status"] == "True" for c in found.get("status", {}).get("conditions", []))
