"""What others see of this node: its status record, and the verdict on its waiting stack."""

import dataclasses
from typing import Any, Callable, Dict, Optional, Sequence

from .basics import PHASES, PROTOCOL, READ_GAP, AwsError, Trouble, clip, from_iso, iso
from .ports import Ports
from .records import Parameters, Progress

STACK_GAP, STACK_GAP_AFTER = 5.0, 60.0  # looks at the waiting stack, before and after its verdict
READY_SECONDS = 900.0  # when desired does not say
REFUSED_SECONDS = 20.0  # a refusal is judged by records that were read after the stack was seen
LATE_SIGHT = 30.0  # a stack that is seen too late still gets one try before its verdict
UNIQUE_ID = 64  # https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_SignalResource.html


@dataclasses.dataclass(frozen=True)
class Node:
    """Who this node is; ``address`` is its private IP."""

    cluster: str
    name: str
    instance_id: str
    address: str
    hostname: str
    agent: str = ""  # SHA-256 of the running archive; empty when it runs from its sources
    role: str = ""  # ``gateway`` or ``worker``; empty for a control-plane node


class Reporter:
    """This node's status record, and the verdict on its waiting stack. Its methods never throw for AWS's sake."""

    def __init__(
        self, ports: Ports, parameters: Parameters, progress: Progress, node: Node, facts: Callable[[], Dict[str, str]],
        phases: Sequence[str] = PHASES,
    ) -> None:  # fmt: skip
        """``facts`` are what a status tells beside the phase: generation, channel, fingerprint. ``phases`` are in their order."""
        self._phases = phases
        self._ports, self._parameters, self._progress, self._node, self._facts = ports, parameters, progress, node, facts
        self.phase, self.state, self.reason = "seed", "working", ""
        self.desired: Dict[str, Any] = {}
        self.refused = False  # only a person can help
        self.failed = ""  # the phase in which this node failed, until it gets further
        self.stack: Optional[Dict[str, Any]] = None  # {"id", "created", "seen"} of one that waits and has no verdict
        self.fresh = False  # a stack began to wait since this was last cleared
        self.stacks = 0  # how many began to wait
        self._warning, self._told = "", {}  # type: ignore[var-annotated]
        self._said, self._dirty, self._busy = False, False, False
        self._next_status, self._looked, self._next_look = float("-inf"), float("-inf"), float("-inf")

    def desire(self, desired: Dict[str, Any]) -> None:
        """What this node shall be now; another generation has another stack."""
        if _stack(self.desired) != _stack(desired):
            self.stack, self._next_look = None, float("-inf")
        self.desired = desired

    def begin(self, phase: str) -> None:
        """A phase begins. A failure stays visible until the node gets further than it got then."""
        if not self.failed or phase == "ready" or self._phases.index(phase) > self._phases.index(self.failed):
            self.failed, self.refused = "", False
            self.say(phase, "ready" if phase == "ready" else "working")

    def waits(self, phase: str, reason: str) -> None:
        """A phase in which this node only waits, for whatever ``reason`` says now."""
        if self.failed and self._phases.index(phase) > self._phases.index(self.failed):
            self.failed, self.refused = "", False
        self.say(phase, "failed" if self.failed else "working", reason)

    def trouble(self, phase: str, reason: str, final: bool = False) -> None:
        """Something did not work. ``final``: only a person, or a new stack to wait for it, makes this node hopeful again."""
        if final and not self.failed:
            self.failed = phase
        self.say(phase, "failed" if self.failed else "working", reason)

    def say(self, phase: str, state: str, reason: str = "") -> None:
        """Set phase, state and reason, and write the status once if anything changed."""
        reason = clip(reason or (self._warning if state == "ready" else ""), 120)
        if self._said and (phase, state, reason) == (self.phase, self.state, self.reason):
            return
        self._said, self.phase, self.state, self.reason = True, phase, state, reason
        self._ports.log.phase = phase
        self._ports.log.event("status", state=state, reason=reason)
        self._dirty, self._next_status = True, float("-inf")
        self.write()

    def warn(self, text: str) -> None:
        """What a person should know of a node that is ready all the same: the reason of its state; none when empty."""
        self._warning = text
        if self.state == "ready":
            self.say(self.phase, "ready")

    def repeat(self) -> None:
        """Write the status again, for instance because a placeholder stands in its place."""
        self._dirty = True
        self.write()

    def refresh(self) -> None:
        """Write the status again where what it tells of the node has changed, such as a certificate that microk8s made anew."""
        if self._said and not self._dirty and self._facts() != self._told:
            self.repeat()

    def write(self) -> None:
        """Write what was said and has not arrived."""
        if not self._dirty or self._ports.clock.monotonic() < self._next_status:
            return
        seconds, commands = self._progress.seconds()
        facts = self._facts()
        record = {
            "protocol": PROTOCOL, "instanceId": self._node.instance_id, "phase": self.phase, "state": self.state,
            "reason": self.reason, "at": iso(self._ports.clock.time()), "seconds": seconds, "commandSeconds": commands,
            "agent": self._node.agent, **facts,
        }  # fmt: skip
        try:
            self._parameters.put(f"nodes/{self._node.name}", record)
            self._dirty, self._told = False, facts
        except Trouble:
            self._next_status = self._ports.clock.monotonic() + READ_GAP

    def refuse(self, phase: str, reason: str, tried: bool = False) -> None:
        """Only a person can help. ``tried``: that is known of what this very generation asks for, so a stack hears it at once."""
        self.refused, self.fresh, self.failed = True, False, phase
        self.say(phase, "failed", reason)
        if tried:
            self._signal("FAILURE", reason)

    def tick(self) -> None:
        """What has to go on while the agent works or waits: the status, the stack, the verdict of failure."""
        if self._busy:
            return
        self._busy = True
        try:
            self.write()
            if self.desired and self._ports.clock.monotonic() >= self._next_look:
                self.look()
            stack, now = self.stack, self._ports.clock.time()
            if stack and self.state not in ("ready", "left"):
                limit = REFUSED_SECONDS if self.refused else float(self.desired.get("readySeconds", READY_SECONDS))
                if now > max(stack["created"] + limit, stack["seen"] + min(limit, LATE_SIGHT)):
                    reason = self.reason or f"{self.phase}: not done in {limit:.0f} s"
                    if self._signal("FAILURE", reason):
                        self.fresh = False  # this try has had its verdict
                        self.trouble(self.phase, reason, final=True)
        finally:
            self._busy = False

    def succeed(self) -> None:
        """Tell a waiting stack that the node is ready; if none is known, one is looked for soon."""
        if not self._signal("SUCCESS", "ready"):
            self._next_look = min(self._next_look, self._looked + STACK_GAP)

    def _name(self) -> str:
        return f"mec-{self._node.cluster}--{self._node.name}-{self._node.instance_id}-{_stack(self.desired)}"

    def look(self) -> None:
        """See whether a stack waits. After a verdict one looks less often."""
        self._looked = self._ports.clock.monotonic()
        self._next_look = self._looked + STACK_GAP
        try:
            root = self._ports.aws.cloudformation("DescribeStacks", {"StackName": self._name()})
        except AwsError as error:
            if error.code == "ValidationError":  # which says that there is none
                self.stack = None
            return
        identity, status = root.findtext(".//{*}StackId") or "", root.findtext(".//{*}StackStatus") or ""
        now = self._ports.clock.time()
        created = from_iso(root.findtext(".//{*}CreationTime") or iso(now))
        mark = f"{identity} {created:.0f}"
        if self._progress.data.get("verdict") == mark or status != "CREATE_IN_PROGRESS":
            self.stack = None
            if not status.startswith("DELETE"):  # another may take the place of one that goes
                self._next_look = self._looked + STACK_GAP_AFTER
        elif not self.stack or self.stack["mark"] != mark:
            self.stack, self.failed = {"mark": mark, "created": created, "seen": now}, ""
            self._parameters.hurry()  # what it waits for was written before it was made
            if self._progress.data.get("seenStack") != mark:
                # Whoever makes a stack wait has looked at the reasons of before, and wants another try.
                self._progress.set(seenStack=mark, refused=None, rejected=None)
                self.fresh, self.stacks = True, self.stacks + 1
            self._ports.log.event("stack waits", stack=self._name())

    def _signal(self, status: str, reason: str) -> bool:
        if not self.stack:
            return False
        suffix = f" #{self._ports.rng.getrandbits(24):06x}"
        unique = reason[: UNIQUE_ID - len(suffix)] + suffix
        request = {"StackName": self._name(), "LogicalResourceId": "Ready", "UniqueId": unique, "Status": status}
        try:
            self._ports.aws.cloudformation("SignalResource", request)
        except AwsError as error:
            self._ports.log.event("signal refused", status=status, code=error.code)
            self._next_look = self._ports.clock.monotonic() + STACK_GAP
            self.stack = None
            return False
        self._ports.log.event("signal", status=status, unique=unique)
        self._progress.set(verdict=self.stack["mark"])
        self.stack, self._next_look = None, self._ports.clock.monotonic() + STACK_GAP_AFTER
        return True


def _stack(desired: Dict[str, Any]) -> str:
    """What the name of the waiting stack ends with: the generation, and whether it waits for a departure."""
    return str(desired.get("stack") or desired.get("generation"))
