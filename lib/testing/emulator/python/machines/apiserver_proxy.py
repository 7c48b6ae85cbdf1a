"""apiserver-proxy of a worker: where its kubelet finds an API server.

Sources: github.com/canonical/microk8s-cluster-agent cmd/apiserver-proxy.go (provider.yaml, refreshed from the endpoints of
service/kubernetes), github.com/canonical/microk8s scripts/wrappers/join.py (update_apiserver_proxy: the contacted node alone).
"""

import pathlib
import re
from typing import TYPE_CHECKING, List, Optional, Sequence

from . import atomic

if TYPE_CHECKING:
    from .microk8s import Microk8s

_PORT = 16443


def _file(snap_data: pathlib.Path) -> pathlib.Path:
    return snap_data / "args/traefik/provider.yaml"


def write(snap_data: pathlib.Path, addresses: Sequence[str]) -> None:
    """Keep the private addresses of the control plane."""
    _file(snap_data).parent.mkdir(parents=True, exist_ok=True)
    servers = "".join(f"        - address: {address}:{_PORT}\n" for address in addresses)
    atomic.write(_file(snap_data), f"tcp:\n  services:\n    kube-apiserver:\n      loadBalancer:\n        servers:\n{servers}")


def addresses(snap_data: pathlib.Path) -> List[str]:
    """The private addresses that are known."""
    file = _file(snap_data)
    return re.findall(rf"address: (\S+):{_PORT}", file.read_text("utf-8")) if file.exists() else []


def upstream(worker: "Microk8s") -> "Optional[Microk8s]":
    """The control-plane node whose API server answers and is of the worker's CA; None when there is none."""
    own = worker.snap_data / "certs/ca.remote.crt"
    for address in addresses(worker.snap_data):
        found = worker.neighbours.at(address)
        if found is not None and found.api is not None and found.datastore_is_up and own.exists():
            if own.read_bytes() == (found.snap_data / "certs/ca.crt").read_bytes():
                return found
    return None


def refresh(worker: "Microk8s") -> None:
    """Ask the cluster for its API servers; what is known stays when nobody answers."""
    found = upstream(worker)
    members = found.members() if found else []
    there = [m["Address"].rpartition(":")[0] for m in members]
    alive = [ip for ip in there if (one := worker.neighbours.at(ip)) is not None and one.api is not None]
    if alive and alive != addresses(worker.snap_data):
        write(worker.snap_data, alive)
