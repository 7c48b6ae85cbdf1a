"""A simulated gateway host: apt, HAProxy under systemd, the network interface; time and AWS are those of ``world``."""

import re
from typing import Any, Callable, Dict, List, Optional, Sequence, Set

from world import FakeAws, FakeClock, FakeFiles, FakeNetwork, FakeShipper, INSTANCE, Killed, World, agent, random

CONFIG, GOOD = agent.CONFIG, agent.GOOD
PACKAGED = "# what the package brings\n"
ARCHIVE_DOWN = "E: Failed to fetch http://archive.ubuntu.com/ubuntu/haproxy.deb  Could not connect to archive.ubuntu.com:80\n"


class GatewayWorld(World):
    """What outlives the agent of a gateway."""

    def __init__(self) -> None:
        super().__init__()
        self.settings: Dict[str, Any] = {
            "protocol": 2, "generation": "aaaa0001", "readySeconds": 900, "port": 16443, "backends": ["10.0.0.16", "10.0.0.17"],
            "backendPort": 16443, "mtu": 1300, "agent": {"bucket": "b", "key": "agent/0.pyz", "sha256": "0"},
        }  # fmt: skip
        self.parameters = {"gateway": self.settings, "nodes/gateway": {"protocol": 2, "placeholder": True}}
        self.stacks: Dict[str, Dict[str, Any]] = {}  # waiting stacks by their generation
        self.made = 0  # how many were ever made
        self.lists = False  # whether apt knows the archive's packages
        self.apt_failures, self.apt_error, self.apt_until = 0, ARCHIVE_DOWN, 0.0
        self.half_installed = self.package = False
        self.mtu, self.route, self.ip_fails = 9001, "default via 10.0.1.1 dev ens5 proto dhcp src 10.0.1.9 metric 100\n", False
        self.enabled, self.running = False, ""  # running: the text HAProxy runs by
        self.pids: Set[int] = set()
        self.born = 1000
        self.refuses: Callable[[str], bool] = lambda text: False  # what haproxy -c refuses
        self.occupied: Set[int] = set()  # ports that HAProxy cannot have
        self.reload_code = 0
        self.loads: List[str] = []  # every text that HAProxy was told to run by

    def ports(self, seed: int = 1) -> Any:
        clock = FakeClock(self)
        return agent.Ports(
            clock, agent.Log(clock, self.output), FakeFiles(self), GatewayShell(self), FakeNetwork(self), GatewayAws(self),
            random.Random(seed), FakeShipper(self),
        )

    def node(self, **changes: str) -> Any:
        return super().node(**{"name": "gateway", "role": "gateway", "address": "10.0.1.9", "hostname": "ip-10-0-1-9", **changes})

    def status(self) -> Dict[str, Any]:
        return self.parameters["nodes/gateway"]

    def settle(self) -> None:
        if self.package and CONFIG not in self.disk:
            self.disk[CONFIG] = PACKAGED

    def change(self, **settings: Any) -> None:
        """Terraform writes other settings, of another generation."""
        number = int(self.settings["generation"][4:]) + 1
        self.settings = {**self.settings, "generation": f"aaaa{number:04}", **settings}
        self.parameters["gateway"] = self.settings

    def wait(self, age: float = 0.0) -> None:
        """Terraform makes the waiting stack of the newest generation."""
        self.made += 1
        stack = {"number": self.made, "created": self.now - age, "status": "CREATE_IN_PROGRESS"}
        self.stacks[self.settings["generation"]] = stack

    def load(self) -> bool:
        """HAProxy begins to run by what is on disk, or stays as it was."""
        text = self.disk[CONFIG]
        self.loads.append(text)
        if self.refuses(text) or self.port_of(text) in self.occupied:
            return False
        self.running, self.born = text, self.born + 1
        self.pids = {self.born}
        return True

    @staticmethod
    def port_of(text: str) -> Optional[int]:
        """Port that a configuration listens on."""
        found = re.search(r"bind \*:(\d+)", text)
        return int(found[1]) if found else None

    def reboot(self) -> None:
        """Everything in memory is gone; HAProxy starts again when it was enabled."""
        self.mtu, self.pids, self.running = 9001, set(), ""
        self.disk["/sys/class/net/ens5/mtu"] = "9001\n"
        if self.enabled:
            self.load()


class GatewayShell:
    """apt, HAProxy, systemd, ip and ss."""

    def __init__(self, world: GatewayWorld) -> None:
        self._world = world
        self.tick: Callable[[], None] = lambda: None
        self.meter: Callable[[float], None] = lambda seconds: None

    def run(self, argv: Sequence[str], timeout: float) -> Any:
        return self._world.call("shell", tuple(argv), lambda: self._run(list(argv), timeout))

    def become(self, path: str) -> None:
        self._world.became.append(self._world.disk[path])
        raise Killed(f"became {path}")

    def _pass(self, seconds: float) -> None:
        while seconds > 0:
            step = min(1.0, seconds)
            self._world.now += step
            seconds -= step
            self.meter(step)
            self.tick()

    def _run(self, argv: List[str], timeout: float) -> Any:
        world, result = self._world, agent.Result
        world.commands.append(argv)
        world.times.append(world.now)
        self._pass(0.1)
        line = " ".join(argv)
        if line == "ip -4 -o route show default":
            return result(0, world.route)
        if argv[:5] == ["ip", "link", "set", "dev", "ens5"]:
            if world.ip_fails:
                return result(2, "", "RTNETLINK answers: Operation not permitted\n")
            world.mtu = int(argv[6])
            world.disk["/sys/class/net/ens5/mtu"] = f"{world.mtu}\n"
            return result(0)
        if line == "snap list amazon-ssm-agent":
            return result(0 if world.session else 1, "", "" if world.session else "error: no matching snaps installed\n")
        if line == "snap install amazon-ssm-agent --classic":
            world.session = True
            return result(0)
        if argv[0] == "apt-get":
            return self._apt(argv, timeout)
        if line == "dpkg --configure -a":
            world.half_installed = False
            return result(0)
        if argv[:3] == ["/usr/bin/python3", "-I", "-S"]:
            against = world.trials.get(world.disk[argv[3]].encode(), "")
            return result(1 if against else 0, against + "\n")
        if line == "haproxy -v":
            there = world.package or world.half_installed
            return result(0, "HAProxy version 2.8.5\n") if there else result(127, "", "haproxy: not found")
        if argv[:3] == ["haproxy", "-c", "-f"]:
            bad = world.refuses(world.disk[argv[3]])
            return result(1, "", f"[ALERT]    (7) : config : parsing [{argv[3]}:9] : unknown keyword 'x'\n") if bad else result(0)
        if argv[0] == "systemctl":
            return self._systemctl(argv[1:])
        if argv[:6] == ["ss", "-H", "-l", "-t", "-n", "-p"]:
            if f":{world.port_of(world.running)}" != argv[-1] or not world.pids:
                return result(0)
            users = ",".join(f'("haproxy",pid={pid},fd=7)' for pid in sorted(world.pids))
            return result(0, f"LISTEN 0 4096 0.0.0.0{argv[-1]} 0.0.0.0:* users:({users})\n")
        raise AssertionError(f"unknown command {line}")

    def _systemctl(self, argv: List[str]) -> Any:
        world, result = self._world, agent.Result
        assert argv[-1] == "haproxy" and world.package, argv
        if argv[0] == "is-active":
            return result(0 if world.pids else 3)
        if argv[0] == "enable":
            world.enabled = True
            return result(0)
        if argv[0] == "reload":  # it ends before HAProxy has tried
            if world.reload_code:
                return result(world.reload_code, "", "Job for haproxy.service failed.\n")
            world.load()
            return result(0)
        assert argv[0] == "restart"
        if not world.load():
            world.pids, world.running = set(), ""
            return result(1, "", "Job for haproxy.service failed because the control process exited with error code.\n")
        return result(0)

    def _apt(self, argv: List[str], timeout: float) -> Any:
        world, result = self._world, agent.Result
        assert {"-y", "DPkg::Lock::Timeout=120"} <= set(argv) and agent.Apt.KEEP in world.disk, argv
        if world.now < world.apt_until:  # a predecessor's apt goes on, and holds the lock
            self._pass(min(world.apt_until - world.now, 120))
        if "update" in argv:
            world.lists = world.apt_failures <= 0 or world.lists
            return result(0 if world.lists else 100, "", "" if world.lists else world.apt_error)
        assert argv[-2:] == ["--no-install-recommends", "haproxy"], argv
        if world.half_installed:
            return result(100, "", "E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\n")
        if not world.lists:
            world.apt_failures -= 1
            return result(100, "", "E: Unable to locate package haproxy\n")
        if world.apt_failures > 0:
            world.apt_failures -= 1
            return result(100, "", world.apt_error)
        if not world.package:
            world.apt_until = world.now + 20
            world.package = True
            world.call("shell", "apt goes on", lambda: None)  # killed here, apt goes on
            self._pass(20)
            world.settle()
            world.enabled = True
            world.load()
        return result(0)


class GatewayAws(FakeAws):
    """Parameter Store and CloudFormation, as the gateway's role lets it use them."""

    def _ssm(self, action: str, request: Dict[str, Any]) -> Dict[str, Any]:
        names = request["Names"] if action == "GetParameters" else [request["Name"]]
        allowed = {"GetParameters": ("gateway", "nodes/gateway"), "PutParameter": ("nodes/gateway",)}[action]
        assert {name.removeprefix("/mec/sandbox/") for name in names} <= set(allowed), names
        return super()._ssm(action, request)

    def _cloudformation(self, action: str, request: Dict[str, str]) -> Any:
        world, begins = self._world, f"mec-sandbox--gateway-{INSTANCE}-"
        assert request["StackName"].startswith(begins), request
        generation = request["StackName"][len(begins) :]
        stack = world.stacks.get(generation)
        if action == "DescribeStacks":
            world.looks.append(world.now)
            if stack is None:
                raise agent.AwsError("ValidationError", action, "Stack does not exist")
            return agent.ElementTree.fromstring(
                '<R xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><S>'
                f"<StackId>arn:stack/{stack['number']}</StackId>"
                f"<CreationTime>{agent.iso(stack['created'])}</CreationTime><StackStatus>{stack['status']}</StackStatus></S></R>"
            )
        if stack is None or stack["status"] != "CREATE_IN_PROGRESS":
            raise agent.AwsError("ValidationError", action, "cannot be signalled")
        stack["status"] = "CREATE_COMPLETE" if request["Status"] == "SUCCESS" else "CREATE_FAILED"
        world.signals.append({**request, "generation": generation, "at": world.now, "running": world.running})
        return agent.ElementTree.fromstring("<R/>")


def run(world: GatewayWorld, until: Callable[[], bool], seconds: float = 7200.0, seed: int = 1, **node: str) -> bool:
    """Run a fresh agent process until something holds (True), or it was killed (False). Fails after virtual ``seconds``."""
    end = world.now + seconds

    class Done(BaseException):
        pass

    def watch(port: str, what: Any) -> None:
        inner(port, what)
        if until():
            raise Done()
        if world.now > end:
            raise AssertionError(f"not within {seconds} virtual seconds: {world.status()}")

    inner, world.fault = world.fault, watch
    try:
        agent.Gateway(world.ports(seed), world.node(**node)).run()
    except Done:
        return True
    except Killed:
        return False
    finally:
        world.fault = inner
    raise AssertionError("the agent ended")


def living(world: GatewayWorld, change: Callable[[], None], until: Callable[[], bool], seconds: float = 7200.0) -> None:
    """Run one agent that gets ready from nothing and has its verdict, then meets a change, until something holds."""
    changed: List[float] = []
    world.wait()

    def step() -> bool:
        if not changed and ready(world)() and not any(stack["status"] == "CREATE_IN_PROGRESS" for stack in world.stacks.values()):
            changed.append(world.now)
            change()
        return bool(changed) and until()

    run(world, step, seconds)


def ready(world: GatewayWorld) -> Callable[[], bool]:
    """Whether this gateway says that it is ready, by the newest settings."""
    return lambda: world.status().get("state") == "ready" and world.running == agent.render(world.settings)
