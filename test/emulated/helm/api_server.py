"""A simulated Kubernetes API by itself, without a machine: writes a kubeconfig, says so, and answers until its input ends.

Arguments: a folder for its files; the emulator's Python folder.
"""

import json
import pathlib
import socket
import sys
from base64 import b64encode

folder = pathlib.Path(sys.argv[1])
sys.path.insert(0, sys.argv[2])

from machines import pki  # noqa: E402
from machines.apiserver import ApiServer  # noqa: E402
from machines.objects import ObjectStore  # noqa: E402

pki.new_rsa_key(folder / "ca.key")
pki.self_signed_ca(folder / "ca.crt", folder / "ca.key", "10.152.183.1", True)
(folder / "csr.conf").write_text(pki.render_csr(pki.csr_template([]), ["127.0.0.1"]), "utf-8")
pki.new_rsa_key(folder / "server.key")
pki.server_certificate(folder, 1)
pki.client_certificate(folder, "admin", "admin", "system:masters", [])

store = ObjectStore(folder / "objects.json")
for name in ("default", "kube-system"):
    store.put("namespaces", "", {"metadata": {"name": name}, "status": {"phase": "Active"}})
store.put("nodes", "", {"metadata": {"name": "cp-0"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
ApiServer(folder, port, "v1.35.1", "RBAC,Node", lambda: store)


def encoded(name: str) -> str:
    """A file as kubeconfigs hold it."""
    return b64encode((folder / name).read_bytes()).decode("ascii")


cluster = {"server": f"https://127.0.0.1:{port}", "certificate-authority-data": encoded("ca.crt"), "tls-server-name": "kubernetes"}
user = {"client-certificate-data": encoded("admin.crt"), "client-key-data": encoded("admin.key")}
config = {
    "apiVersion": "v1", "kind": "Config", "current-context": "microk8s",
    "clusters": [{"name": "microk8s-cluster", "cluster": cluster}], "users": [{"name": "admin", "user": user}],
    "contexts": [{"name": "microk8s", "context": {"cluster": "microk8s-cluster", "user": "admin"}}],
}
(folder / "kubeconfig").write_text(json.dumps(config), "utf-8")
print("ready", flush=True)
sys.stdin.read()
