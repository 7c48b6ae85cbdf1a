"""The cluster-agent of a control-plane node: what it answers to a node that wants to join.

Sources: github.com/canonical/microk8s-cluster-agent pkg/api/v2/join.go (order of checks, codes, what is handed out),
pkg/snap/util/dqlite.go (MaybeUpdateDqliteBindAddress), pkg/httputil/httputil.go (texts begin with a capital letter).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Dict, List, Tuple, Union

from . import add_node, atomic, launchconfig, locks

if TYPE_CHECKING:
    from .microk8s import Microk8s


@dataclass(frozen=True)
class JoinRequest:
    """What join.py sends."""

    token: str
    address: str
    agent_port: int
    is_worker: bool


@dataclass(frozen=True)
class JoinResponse:
    """What a node gets that may join: files by their name, and settings."""

    files: Dict[str, bytes]
    kubelet_args: str
    authorization_mode: str
    cluster_cidr: str
    voters: List[str]


class _Refused(Exception):
    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def join(host: "Microk8s", request: JoinRequest) -> Tuple[int, Union[JoinResponse, str]]:
    """HTTP status, and the answer or the error. Throws PowerLost of the host."""
    try:
        return 200, _join(host, request)
    except _Refused as refused:
        text = str(refused)
        return refused.code, text[:1].upper() + text[1:]
    except OSError as error:
        return 500, f"Failed to read {error.filename}: {error.strerror}"


def _join(host: "Microk8s", request: JoinRequest) -> JoinResponse:
    snap_data = host.snap_data
    if not add_node.consume(snap_data, request.token):
        raise _Refused(500, "invalid token")
    if not locks.has(snap_data, "ha-cluster"):
        raise _Refused(501, "not possible to join. This is not an HA MicroK8s cluster")
    port = add_node.agent_port(snap_data)
    if port != request.agent_port:
        raise _Refused(502, f"the port of the cluster agent port has to be set to {port}")
    if request.address == host.private_ip:
        raise _Refused(503, f"the joining node has the same IP ({host.private_ip}) as the node we contact")
    # One at a time on one node: a mutex of the process; joins through several nodes are not serialised.
    with host.agent_lock:
        _make_reachable(host, request)
    locks.take(snap_data, locks.NO_REISSUE)
    files = {"ca.crt": (snap_data / "certs/ca.crt").read_bytes()}
    voters: List[str] = []
    if request.is_worker:
        if host.request("GET", "/api/v1/namespaces/default/services/kubernetes")[0] != 200:
            raise _Refused(500, "failed to retrieve list of control plane nodes: the API server does not answer")
    else:
        for name in ("ca.key", "serviceaccount.key"):
            files[name] = (snap_data / "certs" / name).read_bytes()
        for name in ("cluster.crt", "cluster.key"):
            files[name] = (host.dqlite.folder / name).read_bytes()
        voters = [m["Address"] for m in host.dqlite.members() if m["Role"] == "0"]
    return JoinResponse(
        files, (snap_data / "args/kubelet").read_text("utf-8"),
        launchconfig.argument(snap_data / "args/kube-apiserver", "--authorization-mode"),
        launchconfig.argument(snap_data / "args/kube-proxy", "--cluster-cidr"), voters,
    )


def _make_reachable(host: "Microk8s", request: JoinRequest) -> None:
    """Refuse an address that cluster.yaml has already; bind dqlite to the private address before the first join."""
    limit = 30.0
    if not host.power.wait_for(lambda: bool(host.dqlite.members()), limit):
        raise _Refused(500, "failed to retrieve dqlite cluster nodes: timed out waiting for cluster condition")
    members = host.dqlite.members()
    if any(m["Address"].startswith(f"{request.address}:") for m in members):
        raise _Refused(500, "failed to retrieve dqlite cluster nodes: "
                       f"the joining node ({request.address}) is already known to dqlite")
    if len(members) != 1 or not members[0]["Address"].startswith("127.0.0.1:"):
        return
    port = members[0]["Address"].rpartition(":")[2]
    atomic.write(host.dqlite.folder / "update.yaml", f"Address: {host.private_ip}:{port}\n")
    host.control("restart", ["daemon-k8s-dqlite"])
    if not host.power.wait_for(lambda: not host.dqlite.members()[0]["Address"].startswith("127.0.0.1:"), limit):
        raise _Refused(500, "failed waiting for dqlite cluster to come up: timed out waiting for cluster condition")
