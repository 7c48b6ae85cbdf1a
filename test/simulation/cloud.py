"""Parameter Store, waiting stacks and the bucket, as the world's machines and its Terraform see them."""

import json
from typing import Any, Dict, List, Optional

from loaded import agent

PREFIX = "/mec/sandbox/"
PLACEHOLDER = {"protocol": 2, "placeholder": True}
ROOM = 120.0  # by which CloudFormation waits longer than the node: lib/microk8s/ready-time.ts
START = 1_700_000_000.0


class Answer:
    """The answer of CloudFormation, as far as it is read."""

    def __init__(self, **values: str) -> None:
        self._values = values

    def findtext(self, path: str) -> Optional[str]:
        """The text of the first element of a name."""
        return self._values.get(path.rpartition("}")[2])


class Stack:
    """A stack that waits for one signal."""

    def __init__(self, name: str, node: str, machine: Any, number: int, created: float, patience: float, why: str) -> None:
        self.name, self.node, self.machine, self.number, self.created, self.patience, self.why = name, node, machine, number, created, patience, why
        self.status, self.reason, self.ended = "CREATE_IN_PROGRESS", "", 0.0


class Cloud:
    """AWS."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.values: Dict[str, str] = {}
        self._decoded: Dict[str, Any] = {}
        self.stacks: Dict[str, Stack] = {}
        self.history: List[Stack] = []
        self.objects: Dict[str, str] = {}
        self.reads = self.writes = 0

    def record(self, name: str) -> Any:
        """What a parameter holds."""
        text = self.values.get(name)
        if text is None:
            return None
        if text not in self._decoded:
            self._decoded[text] = json.loads(text)
        return self._decoded[text]

    def born(self) -> str:
        """Fingerprint of the recorded cluster; empty when none was born."""
        return str((self.record("cluster") or {}).get("caFingerprint") or "")

    # What machines ask.

    def ssm(self, machine: Any, action: str, request: Dict[str, Any]) -> Dict[str, Any]:
        """One call of Systems Manager."""
        if action == "GetParameters":
            self.reads += 1
            names = request["Names"]
            assert len(names) <= 10 and len(set(names)) == len(names), names
            found = []
            for name in names:
                short = name[len(PREFIX) :]
                if machine.role == "worker" and short == "credential":
                    raise agent.AwsError("AccessDeniedException", action)
                if short in self.values:
                    found.append({"Name": name, "Value": self.values[short]})
            return {"Parameters": found}
        self.writes += 1
        short, text = request["Name"][len(PREFIX) :], request["Value"]
        own = short.startswith("nodes/" + ("cp-" if machine.role != "worker" else machine.name.rpartition("-")[0] + "-"))
        if not own and (machine.role == "worker" or short not in ("cluster", "credential", "join")):
            raise agent.AwsError("AccessDeniedException", action)
        secret = short in ("credential", "join")
        assert len(text.encode()) <= 4096 and request["Type"] == ("SecureString" if secret else "String"), (short, request["Type"], len(text))
        self.world.checks.put(machine, short, json.loads(text))
        self.values[short] = text
        return {}

    def cloudformation(self, machine: Any, action: str, request: Dict[str, str]) -> Answer:
        """One call of CloudFormation."""
        stack = self.stacks.get(request["StackName"])
        if action == "DescribeStacks":
            if stack is None:
                raise agent.AwsError("ValidationError", action, "Stack does not exist")
            return Answer(StackId=f"arn:stack/{stack.number}", StackStatus=stack.status, CreationTime=agent.iso(START + stack.created))
        if stack is None or stack.status != "CREATE_IN_PROGRESS":
            raise agent.AwsError("ValidationError", action, "cannot be signalled")
        good = request["Status"] == "SUCCESS"
        stack.ended, stack.reason = self.world.now, request["UniqueId"]
        self.world.note(stack.node, "verdict", f"{request['Status']} {request['UniqueId']} for {stack.name}")
        self.world.checks.verdict(stack, machine, good)
        stack.status = "CREATE_COMPLETE" if good else "CREATE_FAILED"
        return Answer()

    # What Terraform does.

    def put(self, name: str, record: Any) -> None:
        """Write a parameter."""
        text = json.dumps(record, separators=(",", ":"))
        assert len(text) <= 4096, name
        self.values[name] = text

    def wait_for(self, name: str, node: str, machine: Any, patience: float, why: str) -> Stack:
        """Make a stack."""
        stack = Stack(name, node, machine, len(self.history) + 1, self.world.now, patience, why)
        self.stacks[name] = stack
        self.history.append(stack)
        self.world.engine.after(patience + ROOM, lambda: self._too_late(stack))
        return stack

    def _too_late(self, stack: Stack) -> None:
        if stack.status == "CREATE_IN_PROGRESS" and self.stacks.get(stack.name) is stack:
            stack.status, stack.ended, stack.reason = "CREATE_FAILED", self.world.now, "no word from the node"
            self.world.note(stack.node, "verdict", f"timeout for {stack.name}")
            self.world.checks.silence(stack)
