"""Whoever runs Terraform: applies, one after another, each waited for; and a person who reads reasons and does what they say."""

import hashlib
import json
from typing import Any, Dict, List, Tuple

from cloud import PLACEHOLDER
from machine import Machine

READY_SECONDS, JOIN_SECONDS = 1200.0, 600.0
PATIENCE = 800.0  # of the end: what no stack waits for may take as long as an agent looks at one thing, and a patrol
BASE, WORKER_BASE = 16, 100


class Terraform:
    """The deployer, as a program of the world."""

    def __init__(self, world: Any) -> None:
        self.world, plan = world, world.plan
        self.control_plane, self.groups = plan["control_plane"], {name: dict(group) for name, group in plan["groups"].items()}
        self.leaving: List[str] = []
        self.program, self.arguments, self.channel = world.program, 0, "1.35/stable"
        self.below_three, self.reinitialise = False, ""
        self.nodes: Dict[str, Machine] = {}
        self.tainted: set = set()
        self._instances, self._workers = 0, 0
        self.outcome, self.reasons, self.first_failures = "", [], []  # type: ignore[var-annotated]
        self.applies = 0

    # What is wanted.

    def names(self) -> List[Tuple[str, str]]:
        """Nodes and their groups (empty for the control plane), in order."""
        found = [(f"cp-{number}", "") for number in range(self.control_plane)]
        for name in sorted(self.groups):
            found += [(f"{name}-{number}", name) for number in range(self.groups[name]["count"])]
        return found

    def generation(self, group: str = "") -> str:
        """The digest of what nodes act upon."""
        parts = [self.program, self.arguments, self.channel]
        if group:
            parts += [group, self.groups[group].get("labels"), self.groups[group].get("taints")]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:8]

    def desired(self) -> Dict[str, Any]:
        """The record."""
        launch: Dict[str, Any] = {"version": "0.2.0", "extraSANs": ["10.0.0.16"]}
        if self.arguments:
            launch["extraKubeletArgs"] = {"--max-pods": str(60 + self.arguments)}
        record: Dict[str, Any] = {
            "protocol": 2, "generation": self.generation(), "channel": self.channel, "keyId": "arn:key", "readySeconds": READY_SECONDS,
            "agent": {"bucket": "b", "key": self.program, "sha256": self.world.sha(self.program)}, "joinSeconds": JOIN_SECONDS,
            "nodes": [{"name": f"cp-{n}", "role": "control-plane", "privateIp": f"10.0.0.{BASE + n}"} for n in range(self.control_plane)],
            "launchConfiguration": launch,
        }  # fmt: skip
        if self.groups:
            record["workers"] = [{"name": name, "generation": self.generation(name), **self.groups[name]} for name in sorted(self.groups)]
        if self.leaving:
            record["leaving"] = list(self.leaving)
        if self.below_three:
            record["belowThree"] = True
        if self.reinitialise:
            record["reinitialise"] = self.reinitialise
        return record

    # The program.

    def run(self) -> None:
        """The whole life of the cluster."""
        self._place("cluster", "credential", "join")
        self._apply("birth")
        for event in self.world.plan["events"]:
            getattr(self, "_" + event["do"].replace("-", "_"))(event)
        for _ in range(4):
            if self.world.permanent or not self._correct():
                break
            self._apply("again")
        self._end()

    def _end(self) -> None:
        world = self.world
        missing = world.checks.unsettled()
        waited = 0.0
        while missing and not world.permanent and waited < PATIENCE:
            world.engine.sleep(10.0)
            waited += 10.0
            if any(machine.gone for machine in self.nodes.values()):  # lost after the last apply
                self._apply("a machine is missing")
                waited = 0.0
                if self._correct() and not world.permanent:
                    self._apply("again")
            missing = world.checks.unsettled()
        if missing and not world.permanent:
            world.checks.fail("not ready", missing)
        self.outcome = f"failed: {self._why()}" if missing else "ready"
        world.engine.stop()

    def _why(self) -> str:
        failed = [stack for stack in self.world.cloud.history if stack.status == "CREATE_FAILED" and stack.reason]
        return failed[-1].reason.split(" #")[0] if failed else "no stack failed"

    def _place(self, *names: str) -> None:
        for name in names:
            self.world.cloud.put(name, PLACEHOLDER)

    def _correct(self) -> bool:
        """Do what the reasons of failed nodes ask for; whether there is anything to be applied again."""
        failed = [stack for stack in self._stacks() if stack.status != "CREATE_COMPLETE"]
        lost = [name for name, machine in self.nodes.items() if machine.gone]
        for stack in failed:
            if "see reinitialise" in stack.reason:
                self.reinitialise = str(self.world.cloud.record("cluster").get("instanceId") or "")
            elif "replace" in stack.reason:
                self.tainted.add(stack.node)
        return bool(failed or lost)

    def _stacks(self) -> List[Any]:
        return [self.world.cloud.stacks[name] for name in (self._stack(node, group) for node, group in self.names()) if name in self.world.cloud.stacks]

    def _stack(self, node: str, group: str) -> str:
        return f"mec-sandbox--{node}-{self.nodes[node].instance}-{self.generation(group)}{'-leaving' if node in self.leaving else ''}"

    def _machine(self, node: str, group: str) -> Machine:
        self._instances += 1
        if group:
            self._workers += 1
        address = f"10.0.1.{WORKER_BASE + self._workers}" if group else f"10.0.0.{BASE + int(node[3:])}"
        machine = Machine(self.world, node, "worker" if group else "", f"i-{self._instances:04x}", address)
        machine.disk["/opt/mec/agent.py"] = self.program
        self.world.add(machine)
        return machine

    def _apply(self, why: str) -> None:
        world, cloud, sleep = self.world, self.world.cloud, self.world.engine.sleep
        self.applies += 1
        world.note("terraform", "apply", f"{why}: control plane {self.control_plane}, {json.dumps(self.groups)}, leaving {self.leaving}")
        sleep(3.0)
        names = self.names()
        wanted = [name for name, _ in names]
        removed = [name for name in self.nodes if name not in wanted]
        late = bool(removed) and world.chance.random() < 0.5  # Terraform promises no order between the two
        if not late:
            self._write(names)
        for name in sorted(removed, reverse=True):
            world.lose(self.nodes.pop(name))
            sleep(20.0 if name.startswith("cp-") else 0.0)
        if late:
            self._write(names)
        for name in removed:
            cloud.values.pop(f"nodes/{name}", None)
        for name, group in names:
            old = self.nodes.get(name)
            if old is None or old.gone or name in self.tainted:
                if old is not None:
                    world.lose(old)
                    sleep(10.0)
                self.nodes[name] = self._machine(name, group)
                world.engine.after(15.0 + world.chance.uniform(0, 10), self.nodes[name].start)
        self.tainted.clear()
        sleep(12.0)
        waiting = []
        for place, (name, group) in enumerate(names):
            stack = self._stack(name, group)
            if stack not in cloud.stacks or cloud.stacks[stack].status == "CREATE_FAILED":
                if self.nodes[name].gone:
                    continue
                waiting.append(cloud.wait_for(stack, name, self.nodes[name], READY_SECONDS + place * JOIN_SECONDS, why))
        while any(one.status == "CREATE_IN_PROGRESS" for one in waiting):
            sleep(4.0)
            for one in waiting:
                if one.status == "CREATE_IN_PROGRESS" and one.machine.gone:
                    one.status, one.reason = "CREATE_FAILED", "the machine is lost"
        failed = [one for one in waiting if one.status == "CREATE_FAILED"]
        self.first_failures += [(one.node, one.reason) for one in failed]
        world.note("terraform", "applied", ", ".join(f"{one.node}: {one.reason}" for one in failed) or "all ready")

    def _write(self, names: List[Tuple[str, str]]) -> None:
        for name, _ in names:
            if f"nodes/{name}" not in self.world.cloud.values:
                self._place(f"nodes/{name}")
        self.world.cloud.put("desired", self.desired())

    # Events.

    def _wait(self, event: Dict[str, Any]) -> None:
        self.world.engine.sleep(event["seconds"])

    def _scale(self, event: Dict[str, Any]) -> None:
        """More control-plane nodes, or fewer at once."""
        if event["to"] < self.control_plane and event["to"] < 3:
            self.below_three = True
        self.control_plane = event["to"]
        self._apply(f"scale to {event['to']}")

    def _leave(self, event: Dict[str, Any]) -> None:
        """Fewer nodes, in two applies."""
        group, count = event.get("group", ""), event["to"]
        have = self.groups[group]["count"] if group else self.control_plane
        prefix = group or "cp"
        self.leaving = [f"{prefix}-{number}" for number in range(count, have)]
        if not group and count < 3 and not event.get("refused"):
            self.below_three = True
        self._apply(f"{self.leaving} leave")
        if event.get("refused"):
            self.world.permanent = self.world.permanent or "consent"
            return
        for _ in range(2):
            if all(stack.status == "CREATE_COMPLETE" for stack in self._stacks()):
                break
            self._correct()
            self._apply("they leave, again")
        self.leaving = []
        if group:
            self.groups[group]["count"] = count
            if not count:
                del self.groups[group]
        else:
            self.control_plane = count
        self._apply(f"they have left, {prefix} is {count}")

    def _groups(self, event: Dict[str, Any]) -> None:
        """Other groups of workers."""
        self.groups = {name: dict(group) for name, group in event["to"].items()}
        self._apply("groups")

    def _replace(self, event: Dict[str, Any]) -> None:
        """A machine is replaced on purpose."""
        if event["node"] in self.nodes:
            self.tainted.add(event["node"])
            self._alone(event["node"])
            self._apply(f"replace {event['node']}")

    def _lose(self, event: Dict[str, Any]) -> None:
        """A machine is lost, and an apply some time later makes another in its place."""
        if event["node"] in self.nodes:
            self.world.lose(self.nodes[event["node"]])
            self.world.engine.sleep(event["seconds"])
            self._alone(event["node"])
            self._apply(f"after the loss of {event['node']}")

    def _alone(self, node: str) -> None:
        """The only control-plane node goes: whoever applies knows that the cluster goes with it, or learns it from the reason."""
        if self.control_plane == 1 and node == "cp-0" and self.world.chance.random() < 0.5:
            self.reinitialise = str((self.world.cloud.record("cluster") or {}).get("instanceId") or "")

    def _agent(self, event: Dict[str, Any]) -> None:
        """Another agent for all."""
        self.program = f"agent-{event['number']}"
        self.world.cloud.objects[self.program] = self.program
        self._apply("another agent")

    def _arguments(self, event: Dict[str, Any]) -> None:
        """Another argument of the kubelet on all nodes."""
        self.arguments += 1
        self._apply("arguments")

    def _upgrade(self, event: Dict[str, Any]) -> None:
        """The next minor version."""
        self.channel = "1.36/stable"
        self._apply("upgrade")
