"""One world: machines, a cloud, a deployer and faults, all of one seed."""

import hashlib
import random
from typing import Any, Dict, List, Optional, Tuple

from checks import Checks
from cloud import Cloud
from engine import Engine
from loaded import agent
from machine import Machine, digest, pem
from process import Process
from terraform import Terraform

HORIZON = 60_000.0  # virtual seconds of any world
_SHA: Dict[str, str] = {}
_PRINTS: Dict[str, str] = {}


class Plan(dict):
    """What happens in a world, as plain data: so it can be printed, and made shorter."""

    @property
    def seed(self) -> int:
        """The seed of all chance."""
        return int(self["seed"])


class World:
    """Runs a plan."""

    def __init__(self, plan: Plan, tracing: bool = False) -> None:
        self.plan, self.tracing = plan, tracing
        self.engine = Engine(plan.seed)
        self.chance = random.Random(plan.seed ^ 0xC0FFEE)
        self.program = "agent-1"
        self.agent_class = agent.Agent
        self.timeline: List[Tuple[float, str, str, str]] = []
        self.machines: List[Machine] = []
        self._at: Dict[str, Machine] = {}
        self.permanent = ""
        self.orphans = plan.seed % 2 == 0
        self.minted, self.trusted = 0, {}  # type: ignore[var-annotated]
        self.faults: List[Dict[str, Any]] = plan["faults"]
        self._windows = [one for one in self.faults if "from" in one]
        self.cloud = Cloud(self)
        self.cloud.objects[self.program] = self.program
        self.checks = Checks(self)
        self.terraform = Terraform(self)

    @property
    def now(self) -> float:
        """Virtual seconds since the beginning."""
        return self.engine.now

    def run(self) -> str:
        """Run to the end; what came of it."""
        self.engine.at(HORIZON, lambda: self.checks.fail("no end", "the world goes on and on"))
        for fault in self.faults:
            if fault["kind"] in ("reboot", "lost"):
                self.engine.at(fault["at"], lambda one=fault: self._strike(one))
            elif fault["kind"] == "kill" and "at" in fault:
                self.engine.at(fault["at"], lambda one=fault: self._strike(one))
            elif fault["kind"] == "permanent":
                self.engine.at(fault["at"], lambda one=fault: self._for_good(one["what"]))
        self.engine.start("terraform", self.terraform.run)
        self.engine.run()
        if self.checks.violations:
            return "violation: " + self.checks.violations[0][0]
        return self.terraform.outcome

    def broken(self, error: Exception) -> None:
        """The simulation itself is wrong: no agent may swallow that."""
        self.engine.failure = self.engine.failure or error
        self.engine.stop()

    def note(self, who: str, what: str, detail: Any = "") -> None:
        """A line of the timeline."""
        if self.tracing:
            self.timeline.append((self.now, who, what, str(detail)))

    def trace_record(self, machine: Machine, name: str, record: Dict[str, Any]) -> None:
        """A record is written."""
        if self.tracing and not name.startswith("nodes/"):
            self.note(machine.name, f"writes {name}", record if name == "join" else "")

    # Machines.

    def add(self, machine: Machine) -> None:
        """A machine is made."""
        machine.quake = -1e9  # type: ignore[attr-defined]  # when a fault shook it last
        self.machines.append(machine)
        self._at[machine.address] = machine
        number = sum(1 for one in self.machines if one.name == machine.name)
        for fault in self.faults:
            if fault["kind"] == "kill" and "call" in fault and fault["node"] == machine.name and fault.get("machine", 1) == number:
                machine.kills[fault["call"]] = fault["after"]

    def at_address(self, address: str) -> Optional[Machine]:
        """The machine that has an address now."""
        found = self._at.get(address)
        return None if found is None or found.gone else found

    def process(self, machine: Machine) -> Process:
        """A new life of a machine's agent."""
        return Process(machine)

    def lose(self, machine: Machine) -> None:
        """A machine is gone for good; with most of the voters the cluster's datastore is."""
        if machine.gone:
            return
        cluster = machine.cluster
        own = cluster.dweller(machine) if cluster else None
        machine.terminate()
        self.note(machine.name, "is gone for good", machine.instance)
        if cluster and own and digest(cluster.ca) == self.cloud.born() and len(cluster.dwellers) > 1:
            voters = [one for one in cluster.dwellers if one.role == "voter"]
            if 2 * sum(1 for one in voters if one.machine.gone or one.machine.number != one.number) >= len(voters):
                self.permanent = self.permanent or "quorum"

    def _strike(self, fault: Dict[str, Any]) -> None:
        machine = self.terraform.nodes.get(fault["node"])
        if machine is None or machine.gone:
            return
        machine.quake = self.now  # type: ignore[attr-defined]
        if fault["kind"] == "reboot":
            machine.reboot(*([fault["seconds"]] if "seconds" in fault else []))
        elif fault["kind"] == "kill":
            self.note(machine.name, "agent is killed", "by time")
            machine.kill_agent()
        else:
            self.lose(machine)

    def _for_good(self, what: str) -> None:
        self.note("world", "permanent fault", what)
        self.permanent = self.permanent or what

    # Faults.

    def _window(self, kind: str, node: str = "") -> Optional[Dict[str, Any]]:
        for one in self._windows:
            if one["kind"] == kind and one["from"] <= self.engine.now < one["to"] and one.get("node", node) == node:
                return one
        return None

    def store_down(self) -> bool:
        """Whether the snap store does not answer."""
        return self.permanent == "store" or self._window("store") is not None

    def api_out(self, machine: Machine) -> bool:
        """Whether the API of a machine has an outage of its own."""
        return bool(self._windows) and self._window("api", machine.name) is not None

    def aws_fault(self, machine: Machine, action: str) -> str:
        """What AWS says in place of an answer; empty when it answers."""
        if self.permanent == "ssm" and action in ("GetParameters", "PutParameter"):
            return "AccessDeniedException"
        one = self._window("aws") if self._windows else None
        if one and action in one["actions"] and self.chance.random() < one["share"]:
            return str(one["code"])
        return ""

    def aws_was_down(self, begin: float, end: float) -> bool:
        """Whether AWS had an outage within a time."""
        return any(one["kind"] == "aws" and one["from"] < end and one["to"] > begin for one in self._windows)

    def slowness(self, machine: Machine) -> float:
        """By how much an installation is slower."""
        return next((one["factor"] for one in self.faults if one["kind"] == "slow" and one["node"] == machine.name), 1.0)

    def join_fault(self, machine: Machine) -> str:
        """What goes wrong with a machine's join, by its number on this node."""
        number = sum(one.joins for one in self.machines if one.name == machine.name)
        return next((one["how"] for one in self.faults if one["kind"] == "join" and one["node"] == machine.name and one["number"] == number), "")

    # Facts.

    def generation(self, node: str) -> str:
        """The generation that a node shall have."""
        group = "" if node.startswith("cp-") else node.rpartition("-")[0]
        return self.terraform.generation(group) if not group or group in self.terraform.groups else ""

    @staticmethod
    def sha(text: str) -> str:
        """SHA-256 of a text."""
        if text not in _SHA:
            _SHA[text] = hashlib.sha256(text.encode()).hexdigest()
        return _SHA[text]

    @staticmethod
    def client_certificate(number: int) -> str:
        """A certificate that the deployer's key gets."""
        return pem(f"client {number}")

    @staticmethod
    def fingerprint(text: str) -> str:
        """Fingerprint of a certificate; empty when there is none."""
        if not text:
            return ""
        if text not in _PRINTS:
            _PRINTS[text] = agent.fingerprint(text)
        return _PRINTS[text]
