"""kubelet's part in the cluster, and that of the controller which looks after nodes.

Sources: https://kubernetes.io/docs/reference/node/node-status/ (heartbeats, condition Ready), https://kubernetes.io/docs/concepts/
architecture/nodes/#node-controller (node-monitor-grace-period). A kubelet registers its Node once in its life: a Node that
is deleted under it comes back with its next start.
"""

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Callable, Dict, Optional

from . import layout

if TYPE_CHECKING:
    from .microk8s import Microk8s


def run(microk8s: "Microk8s", current: Callable[[], bool], never_ready: bool) -> None:
    """Register the Node, then give signs of life as long as ``current``. Throws PowerLost."""
    for ready in (False, True):
        while current() and not _post(microk8s, ready and not never_ready, register=not ready):
            microk8s.power.must_sleep(0.1)
        microk8s.power.must_sleep(microk8s.latencies().nodeReadySeconds)
    while current():
        _post(microk8s, not never_ready, register=False)
        if microk8s.api is not None:
            watch_nodes(microk8s)
        microk8s.power.must_sleep(beat(microk8s.latencies().nodeGraceSeconds))


def beat(grace: float) -> float:
    """Seconds between two signs of life."""
    return max(0.05, min(1.0, grace / 4))


def _post(microk8s: "Microk8s", ready: bool, register: bool) -> bool:
    """Bring the Node's status to the API; whether the API answered."""
    host = microk8s.upstream()
    if host is None:
        return False
    path = f"/api/v1/nodes/{microk8s.hostname}"
    code, old = host.request("GET", path)
    if code not in (200, 404):
        return False
    fresh = layout.node(microk8s.snap_data, microk8s.hostname, microk8s.private_ip, ready)
    if code == 404:
        if not register:
            return True
        code, _ = host.request("POST", "/api/v1/nodes", fresh)
        if code != 201:
            return False
    elif register or _status(old) != ("True" if ready else "False"):
        host.request("PATCH", path, {"status": fresh["status"]}, "merge-patch")
    host.neighbours.datastores.hear(host.dqlite, microk8s.hostname)
    return True


def _status(node: Dict[str, Any]) -> Optional[str]:
    return next((c["status"] for c in node.get("status", {}).get("conditions", []) if c["type"] == "Ready"), None)


def watch_nodes(microk8s: "Microk8s") -> None:
    """One look of the node controller: a kubelet that is silent for too long has a Node that is not Ready."""
    code, listed = microk8s.request("GET", "/api/v1/nodes")
    if code != 200:
        return
    nodes = {node["metadata"]["name"]: node for node in listed["items"]}
    silent = microk8s.neighbours.datastores.silent(microk8s.dqlite, list(nodes), microk8s.latencies().nodeGraceSeconds)
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    for name in silent:
        if _status(nodes[name]) != "Unknown":
            condition = {"type": "Ready", "status": "Unknown", "lastTransitionTime": now, "reason": "NodeStatusUnknown",
                         "message": "Kubelet stopped posting node status."}
            microk8s.request("PATCH", f"/api/v1/nodes/{name}", {"status": {"conditions": [condition]}}, "merge-patch")
