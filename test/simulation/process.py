"""One life of the agent's process: its ports, each call of which is counted, may be the last, and has no effect after death."""

from typing import Any, Callable, Dict, Optional

from commands import Commands
from engine import Killed
from loaded import agent
from machine import Machine

AWS_RETRIES_SECONDS = 12.0  # of the client, seven tries with jitter


class Clock:
    """The machine's clock."""

    def __init__(self, process: "Process") -> None:
        self._process, self._machine, self._world = process, process.machine, process.machine.world

    def time(self) -> float:
        return self._machine.clock()

    def monotonic(self) -> float:
        return self._world.now - self._machine.boot

    def sleep(self, seconds: float) -> None:
        self._process.begin("clock", "sleep")
        self._world.engine.sleep(seconds)
        self._process.alive()


class Log:
    """Every line is looked through for secrets."""

    def __init__(self, process: "Process") -> None:
        self._process, self._machine, self._world, self.phase = process, process.machine, process.machine.world, "begin"

    def event(self, message: str, **more: Any) -> None:
        self._process.alive()
        self._world.checks.line(self._machine, message, more)
        if self._world.tracing:
            self._world.note(self._machine.name, message, " ".join(f"{key}={value}" for key, value in more.items()))


class Files:
    """Files in memory."""

    def __init__(self, process: "Process") -> None:
        self._process, self._machine, self._disk = process, process.machine, process.machine.disk

    def path(self, path: str) -> str:
        return path

    def read(self, path: str) -> Optional[str]:
        return self._machine.read(path)

    def read_bytes(self, path: str) -> Optional[bytes]:
        text = self._disk.get(path)
        return None if text is None else text.encode()

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        done = self._process.begin("files", path)
        self._disk[path] = text
        done()

    def size(self, path: str) -> int:
        return len(self._disk.get(path, ""))

    def rewrite(self, path: str, text: str, mode: int = 0o600) -> None:
        self.write(path, text, mode)

    def write_bytes(self, path: str, data: bytes, mode: int = 0o644, group: int = -1) -> None:
        self.write(path, data.decode(), mode)

    def secret_folder(self, path: str) -> None:
        self.forget(path)

    def forget(self, path: str) -> None:
        self._process.alive()
        for name in [one for one in self._disk if one == path or one.startswith(path + "/")]:
            del self._disk[name]


class Network:
    """Other nodes by openssl, as the real one; this node's own API by certificate."""

    def __init__(self, process: "Process") -> None:
        self._process, self._machine = process, process.machine

    def answers(self, address: str, port: int) -> bool:
        return "CONNECTED(" in self._process.shell.run(["openssl", "s_client", "-connect", f"{address}:{port}"], 5).out

    def api_status(self, port: int, ca: str, certificate: str, key: str) -> int:
        done = self._process.begin("network", "api")
        machine = self._machine
        machine.world.engine.sleep(0.05)
        if not machine.api():
            raise ConnectionRefusedError()
        machine.api_seen = machine.world.now
        done()
        return 200 if machine.world.trusted.get(machine.disk[certificate]) == machine.disk[ca] else 401


class Aws:
    """Parameter Store, CloudFormation and S3, which may be slow, throttle or deny."""

    def __init__(self, process: "Process") -> None:
        self._process, self._machine, self._world = process, process.machine, process.machine.world

    def _call(self, service: str, action: str, effect: Callable[[], Any]) -> Any:
        done = self._process.begin("aws", action)
        code = self._world.aws_fault(self._machine, action)
        self._world.engine.sleep(0.05 if not code else 0.3 if "Denied" in code else AWS_RETRIES_SECONDS)
        self._process.alive()
        if code:
            raise agent.AwsError(code, action)
        try:
            result = effect()
        except agent.AwsError:
            raise
        except Exception as error:
            self._world.broken(error)
            raise Killed() from None
        done()
        return result

    def ssm(self, action: str, request: Dict[str, Any]) -> Dict[str, Any]:
        return self._call("ssm", action, lambda: self._world.cloud.ssm(self._machine, action, request))

    def cloudformation(self, action: str, request: Dict[str, str]) -> Any:
        return self._call("cloudformation", action, lambda: self._world.cloud.cloudformation(self._machine, action, request))

    def get_object(self, bucket: str, key: str) -> bytes:
        return self._call("s3", "GetObject", lambda: self._world.cloud.objects[key].encode())


class Shipper:
    """Logs are not shipped here."""

    def want(self, group: Optional[str]) -> None:
        """Nothing."""


class Process:
    """A process."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.log = Log(self)
        self.shell = Commands(self)
        self.ports: Any = None

    def node(self) -> Any:
        """Who the node is."""
        machine = self.machine
        own = machine.world.sha(machine.disk.get(agent.OWN, ""))
        return agent.Node("sandbox", machine.name, machine.instance, machine.address, machine.hostname, own, machine.role)

    def assemble(self) -> Any:
        """The agent with ports of this process."""
        self.ports = agent.Ports(Clock(self), self.log, Files(self), self.shell, Network(self), Aws(self), self.machine.rng(), Shipper())
        return self.machine.world.agent_class(self.ports, self.node())

    def alive(self) -> None:
        """Throws Killed in a process that has been killed."""
        if self.machine.process is not self:
            raise Killed()

    def begin(self, port: str, what: Any) -> Callable[[], None]:
        """A call of a port; what is returned is to be called once it has had its effect."""
        self.alive()
        machine = self.machine
        machine.calls += 1
        kill = machine.kills.pop(machine.calls, None) if machine.kills else None
        if kill is None:
            return _nothing
        if kill:
            return lambda: self._die(f"after {port} {what}")
        self._die(f"before {port} {what}")
        return _nothing

    def _die(self, where: str) -> None:
        self.machine.world.note(self.machine.name, "agent is killed", where if isinstance(where, str) else "")
        self.machine.kill_agent()
        raise Killed()


def _nothing() -> None:
    """Nothing happens."""
