"""Who is desired: the nodes of a cluster in their order, and what each of them shall be. Without a world."""

import dataclasses
from typing import Any, Dict, List, Mapping, Optional, Tuple

CONTROL_PLANE, WORKER = "control-plane", "worker"
THREE = 3  # members from which on a cluster outlives the loss of one: https://microk8s.io/docs/high-availability
REBOOT_MINUTES = 15  # between the nodes of one cluster, when patches ask for a restart


@dataclasses.dataclass(frozen=True)
class Member:
    """A desired node. ``position`` is how many come before it; ``address`` is empty where any will do."""

    name: str
    role: str
    position: int
    address: str = ""
    group: str = ""
    leaving: bool = False


class Roster:
    """The desired nodes, control plane first, then each group of workers, those that are to leave included."""

    def __init__(self, desired: Mapping[str, Any]) -> None:
        leaving, self._resizing = set(desired.get("leaving") or []), set(desired.get("resizing") or [])
        self._groups: Dict[str, Mapping[str, Any]] = {group["name"]: group for group in desired.get("workers") or []}
        found: List[Tuple[str, str, str, str]] = [(one["name"], CONTROL_PLANE, one["privateIp"], "") for one in desired["nodes"]]
        for name, group in self._groups.items():
            found += [(f"{name}-{number}", WORKER, "", name) for number in range(int(group["count"]))]
        self.members = [Member(name, role, place, address, group, name in leaving) for place, (name, role, address, group) in enumerate(found)]
        self._by_name = {member.name: member for member in self.members}
        self._generation = str(desired.get("generation"))
        self.below_three = desired.get("belowThree") is True

    def get(self, name: str) -> Optional[Member]:
        """A node by its name; None when it is not desired."""
        return self._by_name.get(name)

    @property
    def control_plane(self) -> List[Member]:
        """The control-plane nodes, in order."""
        return [member for member in self.members if member.role == CONTROL_PLANE]

    @property
    def staying(self) -> List[Member]:
        """Those that are not to leave."""
        return [member for member in self.members if not member.leaving]

    def generation(self, member: Member) -> str:
        """The generation that a node shall be of."""
        return str((self._groups.get(member.group) or {}).get("generation") or self._generation)

    def settings(self, member: Member) -> Dict[str, Any]:
        """Labels and taints of a node's own, as its Kubernetes node shall have them."""
        group = self._groups.get(member.group) or {}
        return {"labels": dict(group.get("labels") or {}), "taints": list(group.get("taints") or [])}

    def view(self, desired: Mapping[str, Any], name: str) -> Dict[str, Any]:
        """``desired`` as it is for one node: its generation, what its waiting stack is named after, its patience, its kubelet."""
        member = self._by_name.get(name)
        if member is None:
            return dict(desired)
        group = self._groups.get(member.group) or {}
        generation = self.generation(member)
        launch = desired.get("launchConfiguration") or {}
        if "kubeletArgs" in group:
            launch = {**launch, "extraKubeletArgs": group["kubeletArgs"]}
        suffix = "-leaving" if member.leaving else "-resized" if name in self._resizing else ""
        patience = float(desired.get("readySeconds", 900.0)) + member.position * float(desired.get("joinSeconds", 0.0))
        patches = dict(desired.get("osPatches") or {})
        if patches.get("rebootAt"):  # no two at once
            patches["rebootAt"] = _later(str(patches["rebootAt"]), member.position * REBOOT_MINUTES)
        return {
            **desired, **({"osPatches": patches} if patches else {}), "generation": generation, "stack": generation + suffix,
            "readySeconds": patience, "launchConfiguration": launch,
        }  # fmt: skip


def _later(time: str, minutes: int) -> str:
    """A time of day, such as ``03:30``, some minutes later; what is none stays what it is, for others to refuse."""
    hour, _, minute = time.partition(":")
    if not (hour.isdigit() and minute.isdigit()):
        return time
    whole = (int(hour) * 60 + int(minute) + minutes) % (24 * 60)
    return f"{whole // 60:02d}:{whole % 60:02d}" if minutes else time
