"""What the machines of one cluster share: the members of the datastore, Kubernetes' nodes, and the Lease.

Sources: https://github.com/canonical/go-dqlite (app/roles.go: below three members exactly one voter, else three; three
stand-bys; looked at every 30 s), https://microk8s.io/docs/high-availability, https://kubernetes.io/docs/concepts/architecture/nodes/
(a node that does not answer is Unknown after 40 s).
"""

import json
from typing import Any, Dict, List, Optional, Tuple

VOTERS, STANDBYS, ADJUST_SECONDS, GRACE_SECONDS = 3, 3, 30.0, 40.0
NUMBERS = {"voter": 0, "standby": 1, "spare": 2}


class Dweller:
    """A member of the datastore. ``machine`` is the one that holds its data: another with the same address is not this member."""

    def __init__(self, number: int, machine: Any, address: str, role: str) -> None:
        self.number, self.machine, self.address, self.role = number, machine, address, role


class KubeNode:
    """A Node object; it outlives its machine."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address, self.machine = name, address, None  # type: ignore[var-annotated]
        self.labels: Dict[str, str] = {"kubernetes.io/hostname": name}
        self.annotations: Dict[str, str] = {}
        self.taints: List[str] = []
        self.cordoned = False


class Cluster:
    """One cluster: each installation of the snap begins one of its own."""

    def __init__(self, world: Any, ca: str) -> None:
        self.world, self.ca = world, ca
        self.dwellers: List[Dweller] = []
        self.nodes: Dict[str, KubeNode] = {}
        self.lease: Optional[Dict[str, Any]] = None
        self.version, self._numbers, self._pending = 1, 0, False
        self._text: Tuple[Any, str] = (None, "")

    # The datastore.

    def dweller(self, machine: Any) -> Optional[Dweller]:
        """A machine's own member; None when it has been removed."""
        return next((one for one in self.dwellers if one.machine is machine and one.number == machine.number), None)

    def known(self, address: str) -> bool:
        """Whether an address is in the datastore, whoever is there now."""
        return any(one.address == address for one in self.dwellers)

    def alive(self, one: Dweller) -> bool:
        """Whether a member's datastore runs."""
        machine = one.machine
        return machine.up and machine.cluster is self and machine.number == one.number and machine.dqlite_from <= self.world.now

    def quorum(self) -> bool:
        """Whether most voters are up."""
        voters = [one for one in self.dwellers if one.role == "voter"]
        return 2 * sum(1 for one in voters if self.alive(one)) > len(voters)

    def enter(self, machine: Any, address: str) -> None:
        """A machine becomes a member."""
        self._numbers += 1
        machine.number = self._numbers
        voters = sum(1 for one in self.dwellers if one.role == "voter")
        grown = len(self.dwellers) + 1
        role = "voter" if not self.dwellers or (grown >= VOTERS and voters < VOTERS) else "spare"
        self.dwellers.append(Dweller(self._numbers, machine, address, role))
        self.touch()

    def expel(self, address: str) -> None:
        """A member is removed, by its address."""
        self.dwellers = [one for one in self.dwellers if one.address != address]
        self.touch()

    def hand_over(self, leaver: Dweller) -> None:
        """A voter that stops gives its vote to one that has none, where there is one."""
        if leaver.role == "voter" and self.quorum():
            others = [one for one in self.dwellers if one.role != "voter" and one is not leaver and self.alive(one)]
            if others:
                leaver.role, min(others, key=lambda one: (NUMBERS[one.role], one.number)).role = "spare", "voter"

    def touch(self) -> None:
        """Something has changed: the leader looks at the roles within half a minute."""
        self.version += 1
        if not self._pending:
            self._pending = True
            self.world.engine.after(ADJUST_SECONDS, self._adjust)

    def _adjust(self) -> None:
        self._pending = False
        if not self.dwellers or not self.quorum():
            return
        before = [one.role for one in self.dwellers]
        target = VOTERS if len(self.dwellers) >= VOTERS else 1
        live = {one.number for one in self.dwellers if self.alive(one)}
        voters = [one for one in self.dwellers if one.role == "voter"]
        others = [one for one in self.dwellers if one.role != "voter" and one.number in live]
        for one in [one for one in voters if one.number not in live]:
            if others and len(self.dwellers) >= VOTERS or len(voters) > target:
                one.role = "spare"
                voters.remove(one)
        while len(voters) > target:
            voters.pop().role = "spare"
        others.sort(key=lambda one: (NUMBERS[one.role], one.number))
        while len(voters) < target and others:
            others[0].role = "voter"
            voters.append(others.pop(0))
        standbys = 0
        for one in self.dwellers:
            if one.role != "voter":
                one.role = "standby" if len(self.dwellers) >= VOTERS and one.number in live and standbys < STANDBYS else "spare"
                standbys += one.role == "standby"
        if before != [one.role for one in self.dwellers]:
            self.touch()

    def yaml(self) -> str:
        """The datastore's own file."""
        return "".join(f"- Address: {one.address}:19001\n  ID: {one.number}\n  Role: {NUMBERS[one.role]}\n" for one in self.dwellers)

    # Kubernetes.

    def register(self, machine: Any) -> None:
        """A kubelet starts and makes its Node, or takes the one of its name."""
        node = self.nodes.get(machine.hostname)
        if node is None:
            node = self.nodes[machine.hostname] = KubeNode(machine.hostname, machine.address)
        node.machine, node.address = machine, machine.address
        machine.registered = node
        self.version += 1

    def delete(self, name: str) -> None:
        """A Node is deleted; its kubelet does not make it again before it starts anew."""
        node = self.nodes.pop(name, None)
        if node and node.machine:
            node.machine.registered = None
        self.version += 1

    def ready(self, node: KubeNode) -> bool:
        """Whether a Node is shown as Ready."""
        machine = node.machine
        if machine is None or machine.registered is not node:
            return False
        return machine.kubelet_ok() or self.world.now < machine.bad_since + GRACE_SECONDS

    def nodes_json(self) -> str:
        """``kubectl get nodes -o json``."""
        key = (self.version, tuple(self.ready(node) for node in self.nodes.values()))
        if self._text[0] != key:
            self._text = (key, json.dumps({"items": [self.item(node) for node in self.nodes.values()]}))
        return self._text[1]

    def item(self, node: KubeNode) -> Dict[str, Any]:
        """One Node."""
        ready = self.ready(node)
        spec: Dict[str, Any] = {"unschedulable": True} if node.cordoned else {}
        if node.taints:
            spec["taints"] = [_taint(text) for text in node.taints]
        return {
            "metadata": {"name": node.name, "labels": dict(node.labels), "annotations": dict(node.annotations)}, "spec": spec,
            "status": {
                "addresses": [{"type": "InternalIP", "address": node.address}, {"type": "Hostname", "address": node.name}],
                "conditions": [{"type": "Ready", "status": "True" if ready else "Unknown", "reason": "KubeletReady" if ready else "NodeStatusUnknown"}],
            },
        }  # fmt: skip


def _taint(text: str) -> Dict[str, str]:
    head, _, effect = text.rpartition(":")
    key, _, value = head.partition("=")
    return {"key": key, "effect": effect, **({"value": value} if value else {})}
