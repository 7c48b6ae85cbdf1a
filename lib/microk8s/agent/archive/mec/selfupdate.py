"""The agent replaces itself: another archive is tried before it takes over, and leaves again where the node does not get well.

What takes over starts with the same disk, so whoever runs finds here who came before it, and on whose word.
"""

import hashlib
from typing import Any, Dict, Mapping, Optional

from .basics import Refused, Trouble, clip
from .ports import Ports
from .records import Progress

FOLDER = "/opt/mec/"
OWN, NEXT, PREVIOUS = FOLDER + "agent.py", FOLDER + "next.pyz", FOLDER + "previous.pyz"
TRIAL_SECONDS = 120.0
PROBATION_SECONDS = 300.0  # to be ready again, on a node that was
STARTS = 5  # of a successor that has not got the node ready: more are a crash in a circle


class SelfUpdate:
    """Moves between the archive that runs, the one that shall run, and the one before."""

    def __init__(self, ports: Ports, progress: Progress, own: str) -> None:
        self._ports, self._progress, self.own = ports, progress, own
        swap = self._swap
        if swap.get("to") == own:
            self._progress.set(swap={**swap, "starts": swap.get("starts", 0) + 1, "since": ports.clock.monotonic()})
            self.give_back("it keeps ending")
        elif swap.get("back") and swap.get("from") == own:
            self._progress.set(swap=None)

    def wanted(self, desired: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
        """The agent that shall run, when that is another."""
        agent = desired.get("agent")
        return agent if self.own and isinstance(agent, dict) and agent.get("sha256") not in (None, self.own) else None

    def rejected(self, desired: Mapping[str, Any]) -> str:
        """Why the wanted agent is not taken again; empty when it may be."""
        kept = self._progress.data.get("rejected") or {}
        agent = self.wanted(desired)
        return str(kept.get("reason") or "") if agent and kept.get("sha256") == agent["sha256"] else ""

    def take(self, desired: Mapping[str, Any], was_ready: bool) -> None:
        """Become the wanted agent, if it stands its trial. Throws Trouble when it cannot be had, Refused when it fails."""
        agent = self.wanted(desired)
        if agent is None:
            return
        sha256 = str(agent["sha256"])
        data = self._ports.aws.get_object(agent["bucket"], agent["key"])
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Trouble("the new agent is not what its digest says")
        self._ports.files.write_bytes(NEXT, data, 0o755)
        result = self._ports.shell.run(
            ["/usr/bin/python3", "-I", "-S", self._ports.files.path(NEXT), "trial", "ready" if was_ready else "any"], TRIAL_SECONDS
        )
        if result.code:
            lines = (result.out.strip() or result.err.strip() or "no word").splitlines()
            reason = f"update: new agent: {clip(lines[-1], 60)}"
            self._progress.set(rejected={"sha256": sha256, "reason": reason})
            raise Refused(reason)
        own = self._ports.files.read_bytes(OWN)
        if own is None or hashlib.sha256(own).hexdigest() != self.own:
            raise Trouble("the running agent is not on disk")
        self._ports.files.write_bytes(PREVIOUS, own, 0o755)
        self._progress.must(swap={"from": self.own, "to": sha256, "ready": was_ready, "starts": 0})
        self._ports.log.event("agent gives way", to=sha256)
        self._ports.files.write_bytes(OWN, data, 0o755)
        self._ports.shell.become(self._ports.files.path(OWN))

    def settled(self) -> None:
        """The node is ready with this agent: it stays."""
        if self._swap.get("to") == self.own:
            self._ports.log.event("agent stays", after=self._swap.get("from"))
            self._progress.set(swap=None, rejected=None)

    def give_back(self, reason: str) -> None:
        """Hand over to the agent before, where this one had time enough to get a node ready that was. Otherwise nothing."""
        swap = self._swap
        if swap.get("to") != self.own or not swap.get("ready"):
            return
        waited = self._ports.clock.monotonic() - float(swap.get("since", 0.0))
        if waited < PROBATION_SECONDS and swap.get("starts", 0) <= STARTS and not swap.get("back"):
            return
        before = self._ports.files.read_bytes(PREVIOUS)
        if before is None or hashlib.sha256(before).hexdigest() != swap.get("from"):
            return
        rejected = {"sha256": self.own, "reason": f"update: new agent: {clip(reason, 60)}; went back"}
        # Kept until the one before runs, which forgets it: a kill in between is a step on the way.
        self._progress.set(swap={**swap, "back": True}, rejected=self._progress.data.get("rejected") if swap.get("back") else rejected)
        self._ports.log.event("agent goes back", to=swap.get("from"), reason=reason)
        self._ports.files.write_bytes(OWN, before, 0o755)
        self._ports.shell.become(self._ports.files.path(OWN))

    @property
    def _swap(self) -> Dict[str, Any]:
        return self._progress.data.get("swap") or {}


