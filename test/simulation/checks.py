"""What must hold at every moment, and at the end."""

import re
from typing import Any, Dict, List, Tuple

from cloud import ROOM, Stack
from loaded import agent
from machine import digest

SLACK = 90.0  # of a verdict: looks at stacks are up to a minute apart after one, and calls of AWS are tried again
WITHIN = 20.0  # seconds for which what was seen counts as seen
BUGS = re.compile(r"\b(KeyError|TypeError|AttributeError|IndexError|NameError|AssertionError|UnboundLocalError|RecursionError|StopIteration|ZeroDivisionError)\b")


class Checks:
    """Collects violations; the first ends the world."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.violations: List[Tuple[str, str]] = []
        self.tokens: set = set()
        self._joins: List[Any] = []
        self._restarts: Dict[Any, float] = {}
        self.verdicts: List[Tuple[Stack, bool]] = []

    def fail(self, what: str, detail: str) -> None:
        """A violation."""
        if not self.world.engine.over:
            self.world.note("world", "VIOLATION", f"{what}: {detail}")
            self.violations.append((what, detail))
            self.world.engine.stop()

    def _wanted(self, machine: Any) -> bool:
        """Whether a machine is the present one of a node that is desired and is not to leave."""
        desired = self.world.cloud.record("desired")
        workers = [f"{group['name']}-{number}" for group in desired.get("workers") or [] for number in range(group["count"])]
        names = [one["name"] for one in desired["nodes"]] + workers
        return machine.name in names and machine.name not in (desired.get("leaving") or []) and not machine.gone

    # Records.

    def put(self, machine: Any, name: str, record: Dict[str, Any]) -> None:
        """A machine writes a record."""
        cloud, desired = self.world.cloud, self.world.cloud.record("desired")
        self.world.trace_record(machine, name, record)
        if name == "cluster":
            old = cloud.record("cluster") or {}
            if old.get("caFingerprint") not in (None, record["caFingerprint"]) and desired.get("reinitialise") != old.get("instanceId"):
                self.fail("two clusters", f"{machine.name} writes another cluster over that of {old.get('instanceId')}")
        elif name == "credential":
            if self.world.now - machine.api_seen > WITHIN or record["caFingerprint"] != cloud.born():
                self.fail("credential without API", f"{machine.name} publishes")
        elif name == "join":
            self._join_record(machine, record, cloud.record("join") or {})
        elif name == f"nodes/{machine.name}":
            if record.get("state") == "ready" and self._wanted(machine) and not self._is_well(machine):
                self.fail("says ready and is not", f"{machine.name} ({machine.instance})")

    def _is_well(self, machine: Any) -> bool:
        if machine.healthy() or self.world.now - machine.bad_since < WITHIN or self.world.api_out(machine) or not machine.cluster:
            return machine.cluster is not None and digest(machine.cluster.ca) == self.world.cloud.born()
        if machine.registered is not None and machine.cluster.nodes.get(machine.hostname) is not machine.registered:
            return False
        # What the whole cluster suffers from is not this node's fault.
        return not machine.cluster.quorum() and digest(machine.cluster.ca) == self.world.cloud.born()

    def _join_record(self, machine: Any, record: Dict[str, Any], old: Dict[str, Any]) -> None:
        turn, before = record.get("turn") or {}, old.get("turn") or {}
        if turn and before and turn["id"] != before["id"]:
            self.fail("two turns", f"{machine.name} opens one for {turn['for']} while {before['for']} has one")
        if before.get("token") and before["id"] != turn.get("id") and before["by"] == machine.name:
            self.world.engine.after(30.0, lambda: self._forgotten(machine, before["token"]))
        if turn.get("token"):
            if not self.world.cloud.born() or not machine.healthy() and self.world.now - machine.api_seen > WITHIN:
                self.fail("token before birth", f"{machine.name} offers one for {turn['for']}")
            self.tokens.add(turn["token"])

    def _forgotten(self, machine: Any, token: str) -> None:
        if machine.up and token in machine.tokens():
            self.fail("token left", f"{machine.name} has closed the turn and still lets in by its token")

    def line(self, machine: Any, message: str, more: Dict[str, Any]) -> None:
        """A line of the log."""
        for value in more.values():
            if isinstance(value, str):
                if len(value) >= 32 and self.tokens and any(token in value for token in self.tokens):
                    self.fail("secret in the log", f"{machine.name}: {message}")
                if "TOPSECRETKEY" in value:
                    self.fail("secret in the log", f"{machine.name}: {message}")
        error = more.get("error")
        if error and message != "command" and BUGS.search(str(error)):
            self.fail("defect", f"{machine.name}: {message}: {error}")

    def stumble(self, machine: Any, error: Exception) -> None:
        """The agent's program ends by an error."""
        if not isinstance(error, (agent.Trouble, OSError)):
            import traceback

            self.fail("defect", f"{machine.name}: " + " | ".join(traceback.format_exception(error)[-3:]))

    # Joins.

    def join_begins(self, join: Any) -> None:
        """A host has let a machine in."""
        busy = [one for one in self._joins if one.cluster is join.cluster]
        if busy:
            self.fail("two joins", f"{join.machine.name} joins while {busy[0].machine.name} does")
        self._joins.append(join)
        if self._guarded(join.machine):
            self.fail("healthy member touched", f"{join.machine.name} joins though it is a member")

    def join_ends(self, join: Any) -> None:
        """It is over, in whichever way."""
        if join in self._joins:
            self._joins.remove(join)

    # Members.

    def _guarded(self, machine: Any) -> bool:
        """Whether nobody may touch a machine: a verified member of the recorded cluster that is wanted as it is."""
        sound = machine.verified() and self._wanted(machine) and not machine.spoiled and machine.cluster
        return bool(sound and digest(machine.cluster.ca) == self.world.cloud.born())

    def evict(self, by: Any, machine: Any, address: str) -> None:
        """A node takes another out of the cluster."""
        cluster = by.cluster
        if machine.cluster is not cluster or machine.gone:
            return
        if not machine.worker and cluster.dweller(machine) is None:
            return
        if self._guarded(machine):
            self.fail("healthy member touched", f"{by.name} removes {machine.name} ({address})")
        desired = self.world.cloud.record("desired")
        if not machine.worker and len(cluster.dwellers) == 3 and desired.get("belowThree") is not True and machine.verified():
            self.fail("below three", f"{by.name} removes {machine.name} of three")

    def purge(self, machine: Any) -> None:
        """A machine removes its MicroK8s."""
        if self._guarded(machine) and machine.healthy():
            self.fail("healthy member touched", f"{machine.name} purges itself")

    def drain(self, node: Any, verb: str) -> None:
        """A node is drained, cordoned or given free."""
        machine = node.machine
        if verb == "uncordon" or machine is None or machine.cluster is None or machine.cluster.nodes.get(node.name) is not node:
            return
        status = self.world.cloud.record(f"nodes/{machine.name}") or {}
        if self._guarded(machine) and status.get("state") == "ready" and status.get("generation") == self.world.generation(machine.name):
            self.fail("healthy member touched", f"{machine.name} is drained")

    def restart(self, machine: Any, line: str) -> None:
        """A machine's services are stopped or restarted."""
        now, cluster = self.world.now, machine.cluster
        status = self.world.cloud.record(f"nodes/{machine.name}") or {}
        if self._guarded(machine):
            if status.get("state") == "ready" and status.get("generation") == self.world.generation(machine.name):
                self.fail("healthy member touched", f"{machine.name}: {line}")
            for other, at in self._restarts.items():
                # A fault of a third may have taken the majority, and the API of all with it.
                if not cluster.quorum() and any(one.machine.quake >= at for one in cluster.dwellers):
                    continue
                unwell = other.up and other.verified() and now - at < 300.0 and not other.healthy() and other.cluster is cluster and other.quake < at and not self.world.api_out(other)
                if other is not machine and unwell and not machine.worker and not other.worker:
                    self.fail("two changes", f"{machine.name} restarts while {other.name} does")
            self._restarts[machine] = now

    # Verdicts.

    def verdict(self, stack: Stack, machine: Any, good: bool) -> None:
        """A machine tells Terraform how it went."""
        self.verdicts.append((stack, good))
        leaving = stack.name.endswith("-leaving")
        if stack.machine is not machine and not leaving:
            self.fail("another's verdict", f"{machine.name} speaks for {stack.name}")
        elif good and not leaving and not self._is_well(machine):
            self.fail("success without health", stack.name)
        elif good and leaving and self._holds(machine):
            self.fail("success without health", f"{stack.name}: it is still a member")
        elif not good and not re.match(r"[a-z]+: \S", stack.reason):
            self.fail("failure without reason", f"{stack.name}: {stack.reason}")
        elif self.world.now - stack.created > stack.patience + SLACK and not self._excused(stack):
            self.fail("late verdict", f"{stack.name}: after {self.world.now - stack.created:.0f} s of {stack.patience:.0f}")

    @staticmethod
    def _holds(machine: Any) -> bool:
        cluster = machine.cluster
        return bool(cluster and (cluster.dweller(machine) if not machine.worker else cluster.nodes.get(machine.hostname) is machine.registered is not None))

    def _excused(self, stack: Stack) -> bool:
        world, end = self.world, stack.created + stack.patience
        return stack.machine.gone or world.permanent in ("ssm", "cfn") or world.aws_was_down(end - 60.0, end + ROOM) or stack.machine.quake > end - 90.0

    def silence(self, stack: Stack) -> None:
        """Nobody told Terraform anything in time."""
        if not self._excused(stack):
            self.fail("no verdict", f"{stack.name} after {stack.patience + ROOM:.0f} s")

    # The end.

    def unsettled(self) -> str:
        """What is missing until the cluster is what is desired; empty when nothing is."""
        world, desired = self.world, self.world.cloud.record("desired")
        nodes = world.terraform.nodes
        control = [nodes[one["name"]] for one in desired["nodes"]]
        for machine in nodes.values():
            status = world.cloud.record(f"nodes/{machine.name}") or {}
            if status.get("instanceId") != machine.instance or status.get("state") != "ready":
                return f"{machine.name} says {status.get('state')}: {status.get('reason')}"
            if not machine.healthy():
                return f"{machine.name} is not well"
            if status.get("generation") != world.generation(machine.name):
                return f"{machine.name} is of an earlier generation"
        cluster = control[0].cluster
        if any(machine.cluster is not cluster for machine in nodes.values()):
            return "there are several clusters"
        if sorted(one.address for one in cluster.dwellers) != sorted(machine.address for machine in control):
            return f"the datastore has {sorted(one.address for one in cluster.dwellers)}"
        voters = [one for one in cluster.dwellers if one.role == "voter"]
        if len(control) >= 3 and len(voters) != 3:
            return f"{len(voters)} voters"
        hosts = {machine.hostname for machine in nodes.values()}
        if set(cluster.nodes) != hosts:
            return f"Kubernetes has {sorted(set(cluster.nodes) ^ hosts)} too many or too few"
        if any(node.cordoned for node in cluster.nodes.values()):
            return "a node is cordoned"
        if len(nodes) > 1 and any(cluster.nodes[one.hostname].labels.get("wavelength-mec/instance") != one.instance for one in nodes.values()):
            return "a node is not labelled"
        return self._loose_tokens(nodes)

    def _loose_tokens(self, nodes: Dict[str, Any]) -> str:
        join = self.world.cloud.record("join") or {}
        if join.get("turn"):
            return f"a turn of {join['turn']['for']} is open"
        for machine in nodes.values():
            if machine.tokens():
                return f"{machine.name} has a token"
        return ""
