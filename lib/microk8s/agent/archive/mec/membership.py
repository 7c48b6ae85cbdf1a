"""The cluster of this machine's MicroK8s: its nodes, the members of its datastore, and how one comes and goes.

Source: https://github.com/canonical/microk8s (scripts/wrappers: join.py, add_token.py, remove_node.py, status.py).
No exit code of these is believed: join says success when the wait for the datastore was in vain (canonical/microk8s#4713).
"""

import dataclasses
import json
from typing import Any, Dict, List, Mapping, Tuple

from .basics import SNAP_DATA, Trouble, clip, fingerprint

AGENT_PORT, DQLITE_PORT = 25000, 19001
TOKENS = SNAP_DATA + "/credentials/cluster-tokens.txt"
WORKER_LOCK = SNAP_DATA + "/var/lock/clustered.lock"
JOIN_LOCK = SNAP_DATA + "/var/lock/join-in-progress"
HA_CONF = SNAP_DATA + "/args/ha-conf"
KUBECTL = ("/snap/microk8s/current/kubectl", f"--kubeconfig={SNAP_DATA}/credentials/kubelet.config")
NODE_LABEL, INSTANCE_LABEL, APPLIED = "wavelength-mec/node", "wavelength-mec/instance", "wavelength-mec/applied"
JOIN_SECONDS, DRAIN_SECONDS = 300, 120


@dataclasses.dataclass(frozen=True)
class KubeNode:
    """A node as the Kubernetes API shows it; ``node`` and ``instance`` are labels of ours."""

    name: str
    address: str
    ready: bool
    node: str
    instance: str
    applied: str
    labels: Mapping[str, str]
    taints: Tuple[str, ...]


def kube_node(item: Mapping[str, Any]) -> KubeNode:
    """Reads one item of ``kubectl get nodes -o json``."""
    meta, status = item.get("metadata", {}), item.get("status", {})
    addresses = [one.get("address", "") for one in status.get("addresses", []) if one.get("type") == "InternalIP"]
    ready = any(one.get("type") == "Ready" and one.get("status") == "True" for one in status.get("conditions", []))
    labels = meta.get("labels") or {}
    taints = item.get("spec", {}).get("taints") or []
    texts = tuple(f"{one.get('key')}" + (f"={one['value']}" if one.get("value") else "") + f":{one.get('effect')}" for one in taints)
    applied = (meta.get("annotations") or {}).get(APPLIED, "")
    return KubeNode(meta.get("name", ""), addresses[0] if addresses else "", ready, labels.get(NODE_LABEL, ""), labels.get(INSTANCE_LABEL, ""), applied, labels, texts)


class Membership:
    """Looks, and idempotent acts. Acts throw Trouble; those on nodes need a control plane whose API answers."""

    def __init__(self, shell: Any, files: Any) -> None:
        self._shell, self._files = shell, files

    # What this machine is.

    def is_worker(self) -> bool:
        """Whether this machine has joined as a worker: it has no API of its own then."""
        return self._files.read(WORKER_LOCK) is not None

    def ca(self) -> str:
        """Fingerprint of the CA of the cluster that this machine is in; empty when there is none."""
        name = "ca.remote.crt" if self.is_worker() else "ca.crt"
        try:
            return fingerprint(self._files.read(f"{SNAP_DATA}/certs/{name}") or "")
        except ValueError:
            return ""

    def own_node(self, hostname: str) -> KubeNode:
        """A worker's own node, by its kubelet's right to read it. Throws Trouble."""
        result = self._shell.run([self._files.path(KUBECTL[0]), f"--kubeconfig={self._files.path(KUBECTL[1].partition('=')[2])}",
                                  "get", "node", hostname, "-o", "json"], 20)  # fmt: skip
        if result.code:
            known = "NotFound" in result.err
            raise Trouble("the node is not registered" if known else "the API server does not answer")
        try:
            return kube_node(json.loads(result.out))
        except ValueError:
            raise Trouble("the API server does not answer") from None

    # The datastore.

    def peers(self) -> List[Tuple[str, str]]:
        """(address, role) of each member as the datastore's own file had them last, up to half a minute ago: without a command."""
        found: List[Dict[str, str]] = []
        for line in (self._files.read(SNAP_DATA + "/var/kubernetes/backend/cluster.yaml") or "").splitlines():
            if line.lstrip().startswith("- ") or not found:
                found.append({})
            name, _, value = line.strip(" -").partition(":")
            found[-1][name.strip()] = value.strip().strip("\"'")
        roles = {"0": "voter", "1": "standby", "2": "spare"}
        return [(one["Address"].rpartition(":")[0], roles.get(one.get("Role", ""), "")) for one in found if one.get("Address")]

    def members(self) -> List[Tuple[str, str]]:
        """(address, role) of each member of the datastore, now; roles are voter, standby and spare. Throws Trouble."""
        result = self._shell.run(["microk8s", "status", "--format", "yaml"], 120)
        found: List[Tuple[str, str]] = []
        for line in result.out.splitlines():
            name, _, value = line.strip(" -").partition(": ")
            if name == "address":
                found.append((value.strip().rpartition(":")[0], ""))
            elif name == "role" and found:
                found[-1] = (found[-1][0], value.strip())
        if not found:
            raise Trouble("the datastore does not say who its members are")
        return found

    # Coming.

    def join(self, address: str, token: str, print_: str, worker: bool) -> None:
        """Join the cluster at an address, where the certificate must have the fingerprint; what came of it is to be looked at."""
        where = f"{address}:{AGENT_PORT}/{token}/{print_[:12]}"
        # Bounded by itself too: a join outlives an agent that is killed.
        self._shell.run(["timeout", str(JOIN_SECONDS), "microk8s", "join", where, *(["--worker"] if worker else [])], JOIN_SECONDS + 15, token)
        self._files.forget(JOIN_LOCK)

    def mint(self, seconds: int) -> str:
        """A new token that lets whoever has it join through this machine. Throws Trouble."""
        result = self._shell.run(["microk8s", "add-node", "--format", "token", "--token-ttl", str(seconds)], 60)
        words = result.out.split()
        if result.code or not words or len(words[-1]) < 32:
            raise Trouble("no token can be made: " + clip((result.err or result.out).strip().split("\n")[-1], 40))
        return words[-1]

    def tokens(self) -> List[Tuple[str, float]]:
        """Tokens that let join through this machine, with the moments when they expire."""
        rows = [line.strip().partition("|") for line in (self._files.read(TOKENS) or "").splitlines() if line.strip()]
        return [(token, float(end) if end.isdigit() else float("inf")) for token, _, end in rows]

    def keep_tokens(self, keep: Any) -> None:
        """Forget every token that ``keep`` (of token and expiry) does not want. Throws OSError."""
        rows = self.tokens()
        kept = [row for row in rows if keep(*row)]
        if kept != rows:
            text = "".join(f"{token}|{int(end)}\n" if end != float("inf") else f"{token}\n" for token, end in kept)
            self._files.rewrite(TOKENS, text)

    # Nodes of the cluster.

    def nodes(self) -> List[KubeNode]:
        """All nodes of the cluster. Throws Trouble."""
        result = self._shell.run(["microk8s", "kubectl", "get", "nodes", "-o", "json"], 20)
        try:
            if not result.code:
                return [kube_node(item) for item in json.loads(result.out)["items"]]
        except (ValueError, KeyError, TypeError):
            pass
        raise Trouble("the nodes cannot be listed")

    def drain(self, name: str) -> bool:
        """Move pods away, for two minutes at most; whether all went."""
        return self._kubectl("drain", name, "--ignore-daemonsets", "--delete-emptydir-data", "--force", f"--timeout={DRAIN_SECONDS}s", seconds=DRAIN_SECONDS + 30)

    def uncordon(self, name: str) -> None:
        """Let pods come again. Throws Trouble."""
        if not self._kubectl("uncordon", name):
            raise Trouble(f"{name} cannot be uncordoned")

    def remove(self, name: str, forced: bool) -> None:
        """Take a node, by its name or its address, out of the cluster; ``forced``: out of the datastore too."""
        self._shell.run(["microk8s", "remove-node", name, *(["--force"] if forced else [])], 180)

    def mark(self, node: KubeNode, name: str, instance: str, settings: Mapping[str, Any]) -> None:
        """Give a node its labels and taints, and take away those that it had of us before. Throws Trouble."""
        try:
            before = json.loads(node.applied or "{}")
        except ValueError:
            before = {}
        labels, taints = settings["labels"], settings["taints"]
        gone = [f"{key}-" for key in before.get("labels", {}) if key not in labels]
        wanted = [f"{key}={value}" for key, value in labels.items()]
        done = self._kubectl("label", "node", node.name, f"{NODE_LABEL}={name}", f"{INSTANCE_LABEL}={instance}", *wanted, *gone, "--overwrite")
        # Only what is there: kubectl fails for a taint that is not.
        there, kept = [_taint(one) for one in node.taints], [_taint(one) for one in taints]
        off = [f"{_taint(old)}-" for old in before.get("taints", []) if _taint(old) in there and _taint(old) not in kept]
        if done and (taints or off):
            done = self._kubectl("taint", "node", node.name, *taints, *off, "--overwrite")
        if done:
            text = json.dumps(settings, separators=(",", ":"), sort_keys=True)
            done = self._kubectl("annotate", "node", node.name, f"{APPLIED}={text}", "--overwrite")
        if not done:
            raise Trouble(f"{node.name} cannot be labelled")

    def _kubectl(self, *words: str, seconds: float = 30) -> bool:
        return self._shell.run(["microk8s", "kubectl", *words], seconds).code == 0


def marked(node: KubeNode, name: str, instance: str, settings: Mapping[str, Any]) -> bool:
    """Whether a node has its labels and taints."""
    if (node.node, node.instance) != (name, instance) or any(node.labels.get(key) != value for key, value in settings["labels"].items()):
        return False
    return node.applied == json.dumps(settings, separators=(",", ":"), sort_keys=True)


def _taint(text: str) -> str:
    """Key and effect of a taint, which name it: ``key:Effect``."""
    key, _, effect = text.rpartition(":")
    return f"{key.partition('=')[0]}:{effect}"
