"""How this node becomes a member of a cluster that was born elsewhere: it waits for its turn, joins, and believes its eyes alone."""

import dataclasses
from typing import Any, Callable, Dict, Mapping, Optional

from .basics import BIRTH, READ_GAP, Refused, Trouble, placeholder
from .membership import JOIN_SECONDS, Membership
from .microk8s import Microk8s
from .ports import Ports
from .records import Parameters, Progress
from .reporter import Node, Reporter
from .roster import CONTROL_PLANE, Member, Roster

VERIFY_SECONDS = 180.0  # until a node that has joined is seen to be a member; https://microk8s.io/docs/high-availability: roles within 30 s
LEAST_SECONDS = JOIN_SECONDS + 20.0  # of a turn: with less a join might outlast it
BEGUN = "/run/mec-join-begun"  # when the command began, on this boot
HINDERED_SECONDS = 60.0  # a hindrance that stays so long is one of this apply
TRIES = 3  # of joins for one waiting stack
QUICK_GAP = 2.0  # between reads of a node that may be the next
QUORUM_LOST = "QUORUM_LOST: microk8s.io/docs/restore-quorum"


@dataclasses.dataclass
class Life:
    """What a joiner needs of the agent around it."""

    records: Callable[[], Dict[str, Any]]
    pause: Callable[[float], None]
    until: Callable[[Callable[[], str], float], None]
    missing: Callable[[], str]  # until this node works
    wants: Callable[[str], None]  # tell what this node waits for
    reinstall: Callable[[], None]
    staying: Callable[[], bool]  # whether this node is not to leave
    keep_up: Callable[[], None]  # what has to go on while it waits: another agent, another channel


class Joiner:
    """This node's joins. What it began is on its disk before it begins."""

    def __init__(self, ports: Ports, progress: Progress, reporter: Reporter, parameters: Parameters, microk8s: Microk8s, members: Membership,
                 node: Node, life: Life) -> None:  # fmt: skip
        self._ports, self._progress, self._reporter, self._parameters = ports, progress, reporter, parameters
        self._microk8s, self._members, self._node, self._life = microk8s, members, node, life

    @property
    def ca(self) -> str:
        """Fingerprint of the CA of the cluster that this node was seen to be a member of; empty when it never was."""
        return str(self._progress.data.get("joined") or "")

    def belongs(self, records: Mapping[str, Any]) -> bool:
        """Whether this node is a verified member of the cluster that is recorded. Throws Refused where it is of an earlier one and has data of it."""
        cluster = records["cluster"]
        born = "" if placeholder(cluster) or not isinstance(cluster, dict) else str(cluster.get("caFingerprint") or "")
        if not self.ca:
            return False
        if not born or born == self.ca:
            return True
        if self._node.role != "worker":
            raise Refused("admission: the cluster was born again without this node; replace it")
        return False

    def resume(self, records: Mapping[str, Any]) -> None:
        """Bring what an earlier life began to an end: a turn, or a cluster that is no more. Throws Trouble."""
        turn = self._progress.data.get("turn") or {}
        if turn.get("what") == "join":
            born = str((records["cluster"] or {}).get("caFingerprint") or "")
            # The command goes on when the agent is killed, up to its own limit, so its end is waited for, whatever can be seen now.
            now = self._ports.clock.time()
            left = max(min(VERIFY_SECONDS, float(turn["until"]) - now), float(self._ports.files.read(BEGUN) or 0.0) + JOIN_SECONDS + 5.0 - now)
            if born and left > 0:
                self._reporter.begin("join")
                try:
                    self._verify(born, left)
                    return self._succeed(turn, born)
                except Trouble as trouble:
                    self._ports.log.event("join was in vain", error=str(trouble))
            self._undo(turn)
        elif self._progress.data.get("purging"):
            self._purge()
        elif self.ca and not self.belongs(records):
            self._ports.log.event("the cluster was born again")
            self._purge()

    def enter(self, member: Member) -> None:
        """Wait for the turn and join; returns without where this node shall leave. Throws Trouble after a join in vain, Refused when only a
        person can help."""
        self._reporter.begin("admission")
        self._life.wants("join")
        while True:
            records = self._life.records()
            if not self._life.staying():
                return None
            turn = self._turn(records)
            if turn:
                return self._take(turn, records, member)
            self._parameters.gap = QUICK_GAP if self._near(records, member) else READ_GAP
            self._reporter.waits("admission", "admission: " + self._waits_for(records))
            self._life.keep_up()
            self._life.pause(max(0.5, self._parameters.wait()))

    def voters(self, roster: Roster) -> str:
        """What is missing until the datastore outlives the loss of a member; empty when nothing is, or it never will."""
        if self._node.role == "worker" or len(roster.control_plane) < 3:
            return ""
        roles = [role for _, role in self._members.members()]
        return "" if len(roles) < 3 or roles.count("voter") >= 3 else f"{roles.count('voter')} of 3 voters"

    # Waiting.

    def _turn(self, records: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        join = records.get("join")
        turn = join.get("turn") if isinstance(join, dict) else None
        mine = isinstance(turn, dict) and (turn.get("what"), turn.get("for"), turn.get("instanceId")) == ("join", self._node.name, self._node.instance_id)
        if not mine or turn.get("id") == self._progress.data.get("tried") or not turn.get("token"):
            return None
        return turn if float(turn.get("until", 0)) - self._ports.clock.time() > LEAST_SECONDS else None

    def _near(self, records: Mapping[str, Any], member: Member) -> bool:
        join = records.get("join") or {}
        if placeholder(records["cluster"]):  # one node alone: all at once would be too many
            founder = records.get("nodes/cp-0")
            return member.position == 1 and isinstance(founder, dict) and founder.get("phase") in BIRTH[BIRTH.index("start"):]
        return (join.get("next") == self._node.name or not join.get("turn") and not join.get("next"))

    def _waits_for(self, records: Mapping[str, Any]) -> str:
        """Why this node has no turn. Throws Refused when it will get none."""
        cluster, join = records["cluster"], records.get("join") or {}
        if placeholder(cluster) or not isinstance(cluster, dict):
            return "the cluster is not born yet"
        for name, status in records.items():
            if name.startswith("nodes/cp-") and isinstance(status, dict) and status.get("member") == cluster.get("caFingerprint"):
                if "QUORUM_LOST" in str(status.get("reason")):
                    raise Refused("admission: " + QUORUM_LOST)
        hindrance = join.get("hindrance") or {}
        if hindrance.get("for") == self._node.name:
            return str(hindrance.get("text"))
        turn = join.get("turn") or {}
        return f"waits for {turn['for']}" if turn.get("for") not in (None, self._node.name) else "waits for its turn"

    # Joining.

    def _take(self, turn: Mapping[str, Any], records: Mapping[str, Any], member: Member) -> None:
        born, host = str(records["cluster"]["caFingerprint"]), records.get(f"nodes/{turn['by']}") or {}
        kept = {"id": turn["id"], "what": "join", "until": turn["until"]}
        self._progress.must(turn=kept)
        self._reporter.begin("join")
        try:
            print_ = str(host.get("serverFingerprint") or "")
            if len(print_) < 12 or host.get("member") != born:
                raise Trouble(f"{turn['by']} does not say who it is")
            if not self._ports.network.answers(turn["address"], 25000):
                raise Trouble(f"{turn['by']} does not answer")
            self._ports.files.write(BEGUN, str(self._ports.clock.time()))
            self._members.join(str(turn["address"]), str(turn["token"]), print_, member.role != CONTROL_PLANE)
            self._verify(born, min(VERIFY_SECONDS, float(turn["until"]) - self._ports.clock.time()))
        except Trouble as trouble:
            tries = int(self._progress.data.get("tries") or 0) + 1
            self._progress.set(tries=tries)
            self._undo(kept)
            if tries % TRIES == 0:
                raise Refused(f"join: {trouble}") from None
            raise
        self._succeed(kept, born)

    def _verify(self, born: str, seconds: float) -> None:
        """Wait until this node is a member by all that can be seen. Throws Trouble."""

        def missing() -> str:
            if self._members.ca() != born:
                return "the cluster did not take this node"
            if self._node.role != "worker" and self._node.address not in [address for address, _ in self._members.members()]:
                return "it is no member of the datastore"
            return self._life.missing()

        self._life.until(lambda: _said(missing), seconds)

    def _succeed(self, turn: Mapping[str, Any], born: str) -> None:
        # The turn lasts until this node has settled: its services restart once more.
        self._progress.must(joined=born, turn={**turn, "what": "settle"}, tries=0)
        self._parameters.gap = READ_GAP
        self._life.wants("")
        self._ports.log.event("joined", caFingerprint=born)

    def settled(self) -> None:
        """The turn that led here is over."""
        turn = self._progress.data.get("turn") or {}
        if turn.get("what") == "settle":
            self._progress.must(turn=None, tried=turn["id"])
            self._reporter.repeat()

    def _undo(self, turn: Mapping[str, Any]) -> None:
        """Make this node as if it had never tried, and say so. Throws Trouble."""
        self._progress.must(purging=True, joined="")
        self._microk8s.remove()
        self._progress.must(turn=None, tried=turn["id"])
        self._life.wants("join")  # another may go on while this one installs
        self._life.reinstall()
        self._progress.must(purging=None)

    def _purge(self) -> None:
        self._progress.must(purging=True, joined="")
        self._microk8s.remove()
        self._life.reinstall()
        self._progress.must(purging=None)


def _said(missing: Callable[[], str]) -> str:
    """What is missing, where that cannot be seen either."""
    try:
        return missing()
    except Trouble as trouble:
        return str(trouble)
