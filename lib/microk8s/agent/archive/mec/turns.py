"""Whose turn it is: from what a coordinator sees to the one thing it does next. Pure: no clock, no command, no memory of its own.

Nodes install in parallel, and join, change or leave one at a time: joins through different hosts are not serialised by MicroK8s
(canonical/microk8s#4696), a dead member has to go before another comes (#2348), and the datastore lives by its majority.
"""

import dataclasses
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .membership import KubeNode, marked
from .roster import CONTROL_PLANE, THREE, Member, Roster

GRACE = 60.0  # after a turn's end: what its node began ends by itself before
LONGEST_CHANGE = 3600.0  # after the end of a turn in which a node still changes itself, way back and all
GONE_SECONDS = 60.0  # between the first sight of a host that nobody wants and its removal


@dataclasses.dataclass(frozen=True)
class Sight:
    """What a coordinator sees."""

    me: str
    now: float
    cluster: str  # fingerprint of the cluster's CA
    roster: Roster
    statuses: Mapping[str, Mapping[str, Any]]  # of desired nodes, by name; absent where nothing can be believed
    join: Mapping[str, Any]
    nodes: Optional[Sequence[KubeNode]] = None  # None when they were not looked at
    datastore: Sequence[Tuple[str, str]] = ()  # (address, role)
    gone: Mapping[str, float] = dataclasses.field(default_factory=dict)  # since when hosts are nobody's, by their address or name
    unmarkable: Sequence[str] = ()  # hosts whose labels were refused a moment ago


@dataclasses.dataclass(frozen=True)
class Step:
    """What to do. ``kind``: rest, look, wait, close, mark, evict, remove, open."""

    kind: str
    member: Optional[Member] = None
    node: Optional[KubeNode] = None
    host: str = ""  # address or name of a host to evict or to remove
    what: str = ""  # of a turn, or the text of why one waits
    instance: str = ""


def current(sight: Sight, member: Member) -> Mapping[str, Any]:
    """The status of a desired node; empty when it has told nothing."""
    return sight.statuses.get(member.name) or {}


def joined(sight: Sight, member: Member) -> bool:
    """Whether a node is a verified member of this very cluster."""
    return bool(sight.cluster) and current(sight, member).get("member") == sight.cluster


def busy(sight: Sight) -> bool:
    """Whether there is something to coordinate, by the records alone."""
    left = sight.join.get("left") or []
    leaving = [member for member in sight.roster.members if member.leaving and current(sight, member).get("instanceId") not in (None, *left)]
    wanting = any(current(sight, member).get("wants") not in (None, "", "leave") for member in sight.roster.members)
    return bool(sight.join.get("turn") or sight.gone or leaving or wanting)


def decide(sight: Sight) -> Step:
    """The one thing to do next."""
    turn = sight.join.get("turn")
    if turn:
        return _under_way(sight, turn)
    if sight.nodes is None:
        return Step("look") if busy(sight) else Step("rest")
    for step in (_marks(sight), _nobodys(sight), _leavers(sight), _candidate(sight)):
        if step:
            return step
    return Step("rest")


def _under_way(sight: Sight, turn: Mapping[str, Any]) -> Step:
    member = sight.roster.get(str(turn.get("for")))
    if member is None:
        return Step("close", what="it is not wanted any more")
    status = current(sight, member)
    if status.get("instanceId") not in (None, turn.get("instanceId")):
        return Step("close", member, what="its machine was replaced")
    if status.get("tried") == turn.get("id"):
        good = joined(sight, member) if turn.get("what") == "join" else status.get("state") != "failed"
        return Step("close", member, what="" if good else "it did not succeed")
    changing = turn.get("what") != "join" and (status.get("phase"), status.get("state")) == ("update", "working")
    if sight.now > float(turn.get("until", 0.0)) + (LONGEST_CHANGE if changing else GRACE):
        return Step("close", member, what="it took too long")
    return Step("wait", member)


def _marks(sight: Sight) -> Optional[Step]:
    for member in sight.roster.members:
        status = current(sight, member)
        if not joined(sight, member) or not status.get("hostname"):
            continue
        for node in sight.nodes or ():
            if node.name == status["hostname"] and node.name not in sight.unmarkable and not marked(node, member.name, str(status["instanceId"]), sight.roster.settings(member)):
                return Step("mark", member, node, instance=str(status["instanceId"]))
    return None


def hosts_of_nobody(sight: Sight) -> Dict[str, Optional[KubeNode]]:
    """Hosts of the cluster that no desired node is on, by the name to remove them by. What bears no mark of ours is not ours."""
    found: Dict[str, Optional[KubeNode]] = {}
    for node in sight.nodes or ():
        if node.node and sight.roster.get(node.node) is None:
            found[node.name] = node
    addresses = {member.address for member in sight.roster.control_plane}
    known = {node.address: node for node in sight.nodes or ()}
    for address, _ in sight.datastore:  # whose members come by our turns alone, marked already or not
        if address not in addresses and not address.startswith("127."):
            node = known.get(address)
            found[node.name if node else address] = node
    return found


def _nobodys(sight: Sight) -> Optional[Step]:
    for host, node in hosts_of_nobody(sight).items():
        if sight.now - sight.gone.get(host, sight.now) < GONE_SECONDS:
            continue
        in_datastore = node is None or any(address == node.address for address, _ in sight.datastore)
        # The dead weaken a datastore that keeps them; the living strengthen it.
        if in_datastore and node is not None and node.ready and not _may_shrink(sight):
            continue
        if _last_voter(sight, node.address if node else host):
            continue
        return Step("remove", None, node, host=host)
    return None


def _leavers(sight: Sight) -> Optional[Step]:
    left = sight.join.get("left") or []
    leaving = [member for member in sight.roster.members if member.leaving]
    # Workers first; then the control plane from its end, so that the longest members stay.
    for member in sorted(leaving, key=lambda one: (one.role == CONTROL_PLANE, -one.position)):
        status = current(sight, member)
        instance = str(status.get("instanceId") or "")
        node = _node_of(sight, member)
        # Its kubelet may have announced it again before it stopped.
        if not instance or member.name == sight.me or (instance in left and node is None):
            continue
        host = node.name if node else member.address
        in_datastore = bool(member.address) and any(address == member.address for address, _ in sight.datastore)
        if in_datastore and (not _may_shrink(sight) or _last_voter(sight, member.address)):
            continue
        return Step("remove", member, node, host=host if node or in_datastore else "", instance=instance)
    return None


def _may_shrink(sight: Sight) -> bool:
    return sight.roster.below_three or len(sight.datastore) != THREE


def _last_voter(sight: Sight, address: str) -> bool:
    """Whether the datastore lives in this member alone, though it has others: a forced removal does not ask
    (scripts/wrappers/leave.py of canonical/microk8s does). The leaver hands its vote over by a restart."""
    voters = [one for one, role in sight.datastore if role == "voter"]
    return len(sight.datastore) > 1 and voters == [address]


def _node_of(sight: Sight, member: Member) -> Optional[KubeNode]:
    status = current(sight, member)
    for node in sight.nodes or ():
        if node.node == member.name or node.name == status.get("hostname"):
            return node
    return None


def ghosts(sight: Sight, member: Member) -> List[Tuple[str, Optional[KubeNode]]]:
    """What the cluster still has of a node that says that it is in none: its own half joins, and machines of before."""
    status = current(sight, member)
    address = member.address or str(status.get("address") or "")
    names = [node for node in sight.nodes or () if node.node == member.name or node.name == status.get("hostname") or (address and node.address == address)]
    found: List[Tuple[str, Optional[KubeNode]]] = [(node.name, node) for node in names]
    if member.role == CONTROL_PLANE and any(one == address for one, _ in sight.datastore):
        found = [(host, node) for host, node in found if node is None or node.address != address]
        found.insert(0, (address, None))
    return found


def _candidate(sight: Sight) -> Optional[Step]:
    broken = [one for one in sight.roster.staying if _failed(sight, one)]
    waiting: List[Tuple[Tuple[Any, ...], Member, str]] = []
    for member in sight.roster.staying:
        status = current(sight, member)
        wants = str(status.get("wants") or "")
        if not wants or wants in ("leave", "marks") or (wants == "join" and joined(sight, member)):
            continue
        if wants != "join" and broken and member.name not in [one.name for one in broken]:
            continue
        # Joins first: what is short of members is not to be changed. Who has not tried comes before who tries again.
        waiting.append(((wants != "join", int(status.get("tries") or 0), member.position), member, wants))
    for _, member, wants in sorted(waiting, key=lambda one: one[0]):
        if wants == "join":  # all that is dead goes before anybody comes
            for host, node in ghosts(sight, member):
                return Step("evict", member, node, host=host)
    for _, member, wants in sorted(waiting, key=lambda one: one[0]):
        ill = _ill(sight, member) if member.role == CONTROL_PLANE else ""
        if ill:
            reason = f"{ill} is not Ready"
            return Step("hinder", member, what=reason)
        return Step("open", member, _node_of(sight, member), what=wants, instance=str(current(sight, member).get("instanceId")))
    if broken and any(current(sight, one).get("wants") in ("update", "upgrade") for one in sight.roster.staying):
        reason = f"{broken[0].name} failed, so no other node is changed"
        return Step("hinder", broken[0], what=reason)
    return None


def _failed(sight: Sight, member: Member) -> bool:
    """Whether a node could not become what is desired of it now; it says so over a restart of its agent too."""
    status = current(sight, member)
    return (status.get("phase"), status.get("state")) == ("update", "failed") or status.get("refused") == sight.roster.generation(member)


def _ill(sight: Sight, member: Member) -> str:
    """A host of another member of the datastore that is not well: with it down, no other may come or restart (canonical/microk8s#2348)."""
    own = {member.address, "127.0.0.1"}
    for address, _ in sight.datastore:
        if address not in own and not any(node.address == address and node.ready for node in sight.nodes or ()):
            return address
    return ""


def next_after(sight: Sight, member: Member) -> str:
    """The name of the node that waits behind another; empty when none does."""
    others = [one for one in sight.roster.staying if one.name != member.name and current(sight, one).get("wants") in ("join", "update", "upgrade")]
    order = sorted(others, key=lambda one: (current(sight, one).get("wants") != "join", int(current(sight, one).get("tries") or 0), one.position))
    return order[0].name if order else ""
