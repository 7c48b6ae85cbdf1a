"""Carries out what :mod:`turns` decides, on the one control-plane node that holds the lease."""

import dataclasses
import hashlib
import json
from typing import Any, Dict, Mapping, Tuple

from .basics import PROTOCOL, Trouble, placeholder
from .lease import Lease
from .membership import Membership
from .ports import Ports
from .records import Parameters, Progress
from .roster import Roster
from .turns import Sight, Step, busy, decide, hosts_of_nobody, next_after

PATROL_GAP = 60.0  # looks at the cluster when nobody asks for anything
JOIN_SECONDS, CHANGE_SECONDS = 560.0, 1500.0  # of a turn: join and verification, or change and way back
SECOND_SECONDS = 30.0  # the first control-plane node coordinates; another when it does not
WAIT_AFTER_FAILURE = 60.0  # before the same host is joined through again


class Coordinator:
    """One node's part in coordinating. ``step`` never throws for the cluster's sake: what fails is tried again."""

    def __init__(self, ports: Ports, progress: Progress, parameters: Parameters, members: Membership, name: str, instance: str, address: str) -> None:
        self._ports, self._progress, self._parameters, self._members = ports, progress, parameters, members
        self._name, self._address = name, address
        self._lease = Lease(ports, f"{name}/{instance}")
        self._gone: Dict[str, float] = {}
        self._patrol, self._since, self._not_me = float("-inf"), float("inf"), float("-inf")
        self._unmarkable: Dict[str, float] = {}
        self._idle: Tuple[str, float] = ("", float("-inf"))  # what was seen when nothing could be done, and until when that holds
        self.active = False  # whether this node coordinates something now

    def step(self, records: Mapping[str, Any], desired: Mapping[str, Any], roster: Roster) -> None:
        """Do what is to be done, at most one thing. Call it while this node is well."""
        try:
            self._step(records, desired, roster)
        except (Trouble, OSError) as error:
            self._ports.log.event("not coordinated", error=str(error) if isinstance(error, Trouble) else type(error).__name__)

    def rest(self) -> None:
        """This node coordinates no more."""
        self.active, self._since = False, float("inf")
        self._lease.release()

    def _step(self, records: Mapping[str, Any], desired: Mapping[str, Any], roster: Roster, marked: Tuple[Any, ...] = ()) -> None:
        now = self._ports.clock.monotonic()
        sight = self._sight(records, roster)
        patrol = now >= self._patrol
        if not busy(sight):
            self._since = float("inf")
            if not patrol:
                return self.rest() if self.active else None
        if patrol:
            self._tidy(records)
            gap = PATROL_GAP if self._is_first(roster, records) else 5 * PATROL_GAP
            self._patrol = now + gap + self._ports.rng.uniform(0.0, PATROL_GAP / 10)
        elif not self._mine(roster, records, now):
            return None
        seen = json.dumps([records.get(name) for name in sorted(records) if name != "credential"], sort_keys=True)
        if not patrol and self._idle[0] == seen and now < self._idle[1]:
            return None
        if not sight.join.get("turn"):
            sight = self._look(sight, patrol)
        step = decide(sight)
        if step.kind in ("rest", "look") or (step.kind == "hinder" and self._told(sight, step)):
            self._idle = (seen, now + PATROL_GAP / 2)
            return self.rest() if self.active else None
        self.active = True
        if step.kind == "wait":
            return None
        if not self._lease.hold():
            self.active = False
            return None
        if step.kind != "mark" and records["join"] != self._parameters.refresh("join"):  # another has coordinated meanwhile
            return None
        self._ports.log.event("coordinates", step=step.kind, node=step.member.name if step.member else "", host=step.host, what=step.what)
        getattr(self, "_" + step.kind)(sight, step, desired)
        if step.kind == "mark" and step.instance not in marked:  # nobody waits for that alone
            self._step(records, desired, roster, (*marked, step.instance))

    def _mine(self, roster: Roster, records: Mapping[str, Any], now: float) -> bool:
        """Whether this node may try to be the coordinator now: the first member at once, another only when that one does nothing."""
        self._since = min(self._since, now)
        if now < self._not_me:
            return False
        return self._is_first(roster, records) or self._lease.held or now - self._since >= SECOND_SECONDS

    def _is_first(self, roster: Roster, records: Mapping[str, Any]) -> bool:
        first = next((one for one in roster.control_plane if not one.leaving and self._is_member(records, one.name)), None)
        return first is None or first.name == self._name

    @staticmethod
    def _is_member(records: Mapping[str, Any], name: str) -> bool:
        status = records.get(f"nodes/{name}")
        return isinstance(status, dict) and bool(status.get("member"))

    # Looking.

    def _sight(self, records: Mapping[str, Any], roster: Roster) -> Sight:
        statuses = {member.name: records.get(f"nodes/{member.name}") for member in roster.members}
        known = {name: status for name, status in statuses.items() if isinstance(status, dict) and not placeholder(status)}
        join, cluster = records.get("join"), records.get("cluster")
        told = join if isinstance(join, dict) and not placeholder(join) else {}
        born = str(cluster.get("caFingerprint") or "") if isinstance(cluster, dict) else ""
        gone = self._gone if any(self._ports.clock.monotonic() - since >= PATROL_GAP for since in self._gone.values()) else {}
        return Sight(self._name, self._ports.clock.time(), born, roster, known, told, gone=gone)

    def _look(self, sight: Sight, patrol: bool) -> Sight:
        nodes = self._members.nodes()
        # At rest the datastore's file will do; who comes or goes is asked for.
        datastore = self._members.peers() if patrol and not busy(sight) else self._members.members()
        clock = self._ports.clock.monotonic()
        seen = dataclasses.replace(sight, nodes=nodes, datastore=datastore, gone={},
                                   unmarkable=[name for name, until in self._unmarkable.items() if clock < until])  # fmt: skip
        self._gone = {host: self._gone.get(host, clock) for host in hosts_of_nobody(seen)}
        # The core reckons with the clock of the records.
        gone = {host: sight.now - (clock - since) for host, since in self._gone.items()}
        return dataclasses.replace(seen, gone=gone)

    # Doing.

    def _close(self, sight: Sight, step: Step, desired: Mapping[str, Any]) -> None:
        turn = sight.join["turn"]
        if turn.get("drained") and any(node.name == turn["drained"] for node in self._members.nodes()):
            self._members.uncordon(str(turn["drained"]))
        if turn.get("what") == "join" and turn.get("by") == self._name:
            self._members.keep_tokens(lambda token, end: token != turn.get("token"))
        self._ports.log.event("turn ends", node=turn.get("for"), what=turn.get("what"), failure=step.what)
        self._write(sight, desired, turn=None, next=step.member and next_after(sight, step.member) or None, hindrance=None)
        self._parameters.hurry()
        others = [one for one in sight.roster.control_plane if one.name != self._name and (sight.statuses.get(one.name) or {}).get("member") == sight.cluster]
        if step.what and turn.get("what") == "join" and others:  # the next try is through another host
            self._not_me = self._ports.clock.monotonic() + WAIT_AFTER_FAILURE
            self.rest()

    def _mark(self, sight: Sight, step: Step, _: Mapping[str, Any]) -> None:
        assert step.member and step.node
        try:
            self._members.mark(step.node, step.member.name, step.instance, sight.roster.settings(step.member))
        except Trouble:  # what the API refuses for one node holds no other up
            self._unmarkable[step.node.name] = self._ports.clock.monotonic() + PATROL_GAP
            raise
        self._parameters.hurry()

    def _evict(self, sight: Sight, step: Step, desired: Mapping[str, Any]) -> None:
        """Remove what is left of a node that wants to join."""
        assert step.member
        self._take_out(sight, step)
        # Its exit code says nothing: what is still there is hindering.
        datastore = self._members.members()
        if any(address == step.host for address, _ in datastore) or any(step.host in (node.name, node.address) for node in self._members.nodes()):
            self._write(sight, desired, hindrance={"for": step.member.name, "text": f"{step.host} cannot be evicted"})
            raise Trouble(f"{step.host} cannot be evicted")
        self._parameters.hurry()

    def _remove(self, sight: Sight, step: Step, desired: Mapping[str, Any]) -> None:
        """Remove who leaves, or is nobody."""
        if step.host:
            if step.node and step.node.ready:
                self._members.drain(step.node.name)
            self._sure(sight)
            self._take_out(sight, step)
            gone = {step.host, step.node.address if step.node else step.host}
            if any(address in gone for address, _ in self._members.members()) or any(step.host == node.name for node in self._members.nodes()):
                raise Trouble(f"{step.host} cannot be removed")
        self._gone.pop(step.host, None)
        if step.member:
            left = [one for one in sight.join.get("left") or [] if one != step.instance]
            self._write(sight, desired, left=[*left[-9:], step.instance])
        self._parameters.hurry()

    def _take_out(self, sight: Sight, step: Step) -> None:
        address = step.node.address if step.node else step.host
        in_datastore = any(one == address for one, _ in sight.datastore)
        self._members.remove(step.host, forced=in_datastore or step.node is None)

    def _open(self, sight: Sight, step: Step, desired: Mapping[str, Any]) -> None:
        assert step.member
        name = step.member.name
        # Whoever joins is told of the members by this file, which follows the datastore within half a minute.
        if step.what == "join" and step.member.address and step.member.address in [address for address, _ in self._members.peers()]:
            return
        now = self._ports.clock.time()
        turn: Dict[str, Any] = {
            "id": f"{self._ports.rng.getrandbits(32):08x}", "what": "join" if step.what == "join" else "update", "for": name,
            "instanceId": step.instance, "at": int(now), "by": self._name, "address": self._address,
        }  # fmt: skip
        if step.what == "join":
            turn["until"] = int(now + JOIN_SECONDS)
            turn["token"] = self._mint(int(JOIN_SECONDS))
        else:
            turn["until"] = int(now + CHANGE_SECONDS)
            if step.what == "upgrade" and step.node and len(sight.nodes or ()) > 1:
                turn["drained"] = step.node.name
        following = next_after(sight, step.member) or None
        try:
            record = self._write(sight, desired, turn=turn, next=following, hindrance=None)
        except Trouble:
            self._members.keep_tokens(lambda token, end: token != turn.get("token"))
            raise
        if turn.get("drained"):  # written first: whoever comes after this node knows what to undo
            self._members.drain(str(turn["drained"]))
            self._write(dataclasses.replace(sight, join=record), desired, turn={**turn, "go": True})
        self._parameters.hurry()

    def _hinder(self, sight: Sight, step: Step, desired: Mapping[str, Any]) -> None:
        self._write(sight, desired, hindrance=self._hindrance(step))

    @staticmethod
    def _hindrance(step: Step) -> Dict[str, str]:
        failed = step.what.endswith("no other node is changed")
        return {"for": "update" if failed or not step.member else step.member.name, "text": step.what}

    def _told(self, sight: Sight, step: Step) -> bool:
        return bool(sight.join.get("hindrance") == self._hindrance(step))

    # The token, which is as good as the cluster: it is there while one node joins.

    def _mint(self, seconds: int) -> str:
        token = self._members.mint(seconds)
        self._progress.set(minted=[*(self._progress.data.get("minted") or [])[-9:], hashlib.sha256(token.encode()).hexdigest()])
        return token

    def _tidy(self, records: Mapping[str, Any]) -> None:
        """Forget tokens of ours whose turn is over, and any that have expired."""
        ours, now = set(self._progress.data.get("minted") or []), self._ports.clock.time()
        turn = (records.get("join") or {}).get("turn") or {}
        mine = lambda token: hashlib.sha256(token.encode()).hexdigest() in ours  # noqa: E731
        self._members.keep_tokens(lambda token, end: token == turn.get("token") or not (end < now or mine(token)))

    def _sure(self, sight: Sight) -> None:
        """Throws Trouble when another has coordinated while this node was at work."""
        if not self._lease.hold():
            raise Trouble("another coordinates now")
        there = self._parameters.refresh("join")
        if (there if isinstance(there, dict) and not placeholder(there) else {}) != dict(sight.join):
            raise Trouble("another has coordinated meanwhile")

    def _write(self, sight: Sight, desired: Mapping[str, Any], **changes: Any) -> Dict[str, Any]:
        """Change the record, unless somebody else has. Throws Trouble."""
        merged = {"protocol": PROTOCOL, **sight.join, **changes}
        record = {key: value for key, value in merged.items() if value not in (None, [])}
        if json.dumps(record, sort_keys=True) != json.dumps(dict(sight.join), sort_keys=True):
            self._sure(sight)
            self._parameters.put("join", record, desired["keyId"])
        return record

