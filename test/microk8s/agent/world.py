"""A simulated machine and a simulated AWS behind the agent's ports, under a virtual clock.

Every call of a port is counted; a world can be told to kill the agent before or after the effect of the n-th one.
"""

import base64
import hashlib
import io
import json
import random
from typing import Any, Callable, Dict, List, Optional, Sequence
from xml.etree import ElementTree

from loading import load

agent = load("agent")

CERTIFICATE = "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n"
START = 1_700_000_000.0
INSTANCE, ADDRESS = "i-0123456789abcdef0", "10.0.0.16"
SECRET_KEY = "-----BEGIN EC PRIVATE KEY-----\nTOPSECRETKEY\n-----END EC PRIVATE KEY-----\n"
CURRENT = agent.SNAP_DATA


def pem(name: str) -> str:
    """A certificate in form only."""
    return CERTIFICATE.format(base64.b64encode(name.encode()).decode())


def digest(name: str) -> str:
    """Fingerprint of ``pem(name)``."""
    return hashlib.sha256(name.encode()).hexdigest()


class Killed(BaseException):
    """kill -9: no handler of the agent may catch it."""


class World:
    """What outlives the agent: time, disk, snapd, MicroK8s, AWS."""

    def __init__(self) -> None:
        self.now, self.skew = START, 0.0  # skew: by how much the machine's clock is wrong
        self.disk: Dict[str, str] = {}
        self.modes: Dict[str, int] = {}
        self.output = io.StringIO()
        self.store_failures, self.store_down = 0, False
        self.installing: Optional[float] = None
        self.installed = self.dns = self.listed_early = False
        self.node_ready, self.slow_stack = True, False  # slow_stack: it stays in progress after a signal
        self.api_from = self.dqlite_from = float("inf")
        self.births: List[Dict[str, Any]] = []
        self.puts: List[str] = []
        self.commands: List[List[str]] = []
        self.times: List[float] = []  # when each command began
        self.answering: set = set()
        self.stack: Optional[Dict[str, Any]] = None
        self.signals: List[Dict[str, str]] = []
        self.looks: List[float] = []
        self.reads: List[float] = []
        self.denied: set = set()
        self.secrets: Dict[str, Dict[str, str]] = {}  # the user's own parameters: type and value
        self.forbidden: set = set()  # those of them that the role may not read
        self.secret_reads: List[float] = []
        self.api_status = 200
        self.trusted: set = set()
        self.minted = 0
        self.ends: Dict[str, float] = {}  # when the leaf certificates expire, by file name
        self.refreshes: List[str] = []
        self.refreshing: Callable[[str], Any] = lambda name: None  # a result in place of a successful one, or what happens before
        self.guarded, self.guard_codes = False, {}  # the firewall's rule; exit codes of iptables, by -C and -I
        self.session = True  # the agent of Session Manager is there
        self.groups: List[Optional[str]] = []  # where logs were told to go
        self.calls, self.kill_at, self.kill_after_effect = 0, 0, False
        self.hangs: Callable[[Sequence[str]], bool] = lambda argv: False  # whether a command does not end by itself
        self.fault: Callable[[str, Any], None] = lambda port, what: None
        self.snap = {"channel": "", "revision": 0, "minor": ""}
        self.revisions: Dict[int, Dict[str, Any]] = {}  # what snapd keeps of earlier revisions
        self.bad_flags: set = set()  # arguments that a service dies of
        self.bad_minors: set = set()  # releases whose node never gets ready
        self.refused_addons: set = set()
        self.takes_along = ""  # the argument of the API server that an add-on takes along when it goes
        self.addons: List[str] = []
        self.names = [ADDRESS]
        self.objects: Dict[str, bytes] = {}  # in the bucket, by key
        self.trials: Dict[bytes, str] = {}  # what an archive says against itself
        self.became: List[str] = []
        waiting = {"protocol": 2, "placeholder": True}
        self.parameters: Dict[str, Any] = {
            "desired": {
                "protocol": 2, "generation": "a1", "channel": "1.35/stable", "keyId": "arn:key", "readySeconds": 900,
                "nodes": [{"name": "cp-0", "role": "control-plane", "privateIp": ADDRESS}],
                "launchConfiguration": {"version": "0.2.0", "extraSANs": [ADDRESS]},
            },
            "cluster": dict(waiting), "credential": {**waiting, "ca": "", "certificate": "", "key": ""}, "nodes/cp-0": dict(waiting),
        }  # fmt: skip

    def call(self, port: str, what: Any, effect: Callable[[], Any]) -> Any:
        """One call of a port."""
        self.calls += 1
        mine = self.calls
        if mine == self.kill_at and not self.kill_after_effect:
            raise Killed(f"before {port} {what}")
        self.fault(port, what)
        result = effect()
        if mine == self.kill_at:
            raise Killed(f"after {port} {what}")
        return result

    def ports(self, seed: int = 1) -> Any:
        """Fresh ports, as a fresh process has them."""
        clock = FakeClock(self)
        return agent.Ports(
            clock, agent.Log(clock, self.output), FakeFiles(self), FakeShell(self), FakeNetwork(self), FakeAws(self),
            random.Random(seed), FakeShipper(self),
        )

    def node(self, **changes: str) -> Any:
        """Who the node is."""
        facts = {"cluster": "sandbox", "name": "cp-0", "instance_id": INSTANCE, "address": ADDRESS, "hostname": "ip-10-0-0-16"}
        return agent.Node(**{**facts, **changes})

    def status(self) -> Dict[str, Any]:
        """The node's status record."""
        return self.parameters["nodes/cp-0"]

    def wait(self, age: float = 0.0) -> None:
        """Terraform makes a new waiting stack, ``age`` seconds ago."""
        number = 1 + (self.stack or {"number": 0})["number"]
        self.stack = {"number": number, "created": self.now - age, "status": "CREATE_IN_PROGRESS"}

    def settle(self) -> None:
        """Let what snapd does come to its end when its time has come."""
        file = "/var/snap/microk8s/common/etc/launcher/mec-names.yaml"
        if file in self.disk:
            self.disk[file + ".applied"] = self.disk.pop(file)
            self.names = [*self.names, *json.loads(self.disk[file + ".applied"])["extraSANs"]]
        if self.installing is not None and self.now >= self.installing:
            self.installing, self.installed = None, True
            self.snap = {"channel": "1.35/stable", "revision": 8611, "minor": "1.35"}
            self.disk["/snap/microk8s/current/default-args/kube-apiserver"] = "--secure-port=16443\n--profiling=true\n"
            self.disk[CURRENT + "/args/kubelet"] = "--cluster-dns=10.152.183.10\n"
            for registry, text in json.loads(self.disk["/etc/microk8s.yaml"]).get("containerdRegistryConfigs", {}).items():
                self.disk[f"{CURRENT}/args/certs.d/{registry}/hosts.toml"] = text
            name = f"ca-{INSTANCE}"
            self.disk[CURRENT + "/certs/ca.crt"] = pem(name)
            for leaf in ("server", "front-proxy-client"):
                self.disk[f"{CURRENT}/certs/{leaf}.crt"] = pem(leaf)
                self.ends[leaf + ".crt"] = self.now + 365 * 86400
            self.disk[CURRENT + "/args/kube-apiserver"] = "--secure-port=16999\n--profiling=true\n"
            self.disk[agent.BACKEND + "/info.yaml"] = "Address: 127.0.0.1:19001\nID: 1\nRole: 0\n"
            self.disk[agent.BACKEND + "/cluster.yaml"] = "- Address: 127.0.0.1:19001\n  ID: 1\n  Role: 0\n"
            self.api_from = self.now + 3
        if self.now >= self.dqlite_from:
            self.dqlite_from = float("inf")
            update = self.disk.pop(agent.BACKEND + "/update.yaml", None)
            if update:
                address = update.split(": ")[1].strip()
                self.disk[agent.BACKEND + "/info.yaml"] = f"Address: {address}\nID: 1\nRole: 0\n"
                self.disk[agent.BACKEND + "/cluster.yaml"] = f"- Address: {address}\n  ID: 1\n  Role: 0\n"
            self.api_from = self.now + 2

    def start_kubelite(self) -> None:
        """The services start with the arguments that are on disk."""
        words = [line.partition("=")[0] for name in ("kube-apiserver", "kubelet") for line in self.disk[f"{CURRENT}/args/{name}"].splitlines()]
        self.api_from = float("inf") if self.bad_flags & set(words) else self.now + 3

    def refresh(self, channel: str) -> None:
        """snapd goes to another channel, and keeps the revision before with its data."""
        minor = channel.partition("/")[0]
        if minor != self.snap["minor"]:
            data = {path: text for path, text in self.disk.items() if path.startswith(CURRENT)}
            self.revisions[self.snap["revision"]] = {"data": data, "minor": self.snap["minor"]}
            self.snap.update(revision=self.snap["revision"] + 100, minor=minor)
            self.start_kubelite()
        self.snap["channel"] = channel

    def revert(self) -> None:
        """snapd goes back to the revision before, and to the data that it had."""
        revision, kept = max(self.revisions.items())
        for path in [path for path in self.disk if path.startswith(CURRENT)]:
            del self.disk[path]
        self.disk.update(kept["data"])
        self.snap.update(revision=revision, minor=kept["minor"])
        self.start_kubelite()

    def api(self) -> bool:
        """Whether the API answers, and is believed."""
        self.settle()
        return self.installed and self.now >= self.api_from and self.now < self.ends["server.crt"]


class FakeClock:
    """Time that passes only when somebody sleeps or a command runs."""

    def __init__(self, world: World) -> None:
        self._world = world

    def time(self) -> float:
        return self._world.now + self._world.skew

    def monotonic(self) -> float:
        return self._world.now - START

    def sleep(self, seconds: float) -> None:
        def effect() -> None:
            self._world.now += seconds

        self._world.call("clock", "sleep", effect)


class FakeFiles:
    """Files in memory."""

    def __init__(self, world: World) -> None:
        self._world = world

    def path(self, path: str) -> str:
        return path

    def read(self, path: str) -> Optional[str]:
        self._world.settle()
        return self._world.disk.get(path)

    def read_bytes(self, path: str) -> Optional[bytes]:
        text = self.read(path)
        return None if text is None else text.encode()

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        def effect() -> None:
            self._world.disk[path], self._world.modes[path] = text, mode

        self._world.call("files", ("write", path), effect)

    def write_bytes(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self.write(path, data.decode(), mode)

    def secret_folder(self, path: str) -> None:
        self.forget(path)

    def forget(self, path: str) -> None:
        for name in [n for n in self._world.disk if n == path or n.startswith(path + "/")]:
            del self._world.disk[name]


class FakeShell:
    """snap, microk8s and openssl."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.tick: Callable[[], None] = lambda: None
        self.meter: Callable[[float], None] = lambda seconds: None

    def run(self, argv: Sequence[str], timeout: float) -> Any:
        return self._world.call("shell", tuple(argv), lambda: self._bounded(list(argv), timeout))

    def _bounded(self, argv: List[str], timeout: float) -> Any:
        if self._world.hangs(argv):
            self._pass(timeout)
            return agent.Result(124, "", f"no end after {timeout:.0f} s")
        return self._run(argv)

    def _pass(self, seconds: float) -> None:
        while seconds > 0:
            step = min(1.0, seconds)
            self._world.now += step
            seconds -= step
            self.meter(step)
            self.tick()

    def _run(self, argv: List[str]) -> Any:
        world, result = self._world, agent.Result
        world.commands.append(argv)
        world.times.append(world.now)
        world.settle()
        line = " ".join(argv)
        self._pass(0.1)
        if line == "snap wait system seed.loaded":
            return result(0)
        if line == "snap list microk8s":
            row = f"microk8s v{world.snap['minor']}.0 {world.snap['revision']} {world.snap['channel']} canonical** classic,held"
            rows = f"Name Version Rev Tracking Publisher Notes\n{row}\n"
            listed = world.installed or (world.listed_early and world.installing is not None)
            return result(0, rows) if listed else result(1, "", "error: no matching snaps installed\n")
        if argv[:2] == ["snap", "install"]:
            return self._install(argv)
        if line == "snap watch --last=install":
            if world.installing is not None:
                self._pass(max(0.0, world.installing - world.now))
                world.settle()
            return result(0)
        if line == "snap refresh --hold=forever microk8s":
            return result(0)
        if line == "snap restart microk8s.daemon-k8s-dqlite":
            self._pass(1)
            world.api_from, world.dqlite_from = float("inf"), world.now + 1
            return result(0)
        if argv[:2] == ["microk8s", "kubectl"]:
            if not world.api():
                return result(1, "", "The connection to the server 127.0.0.1:16443 was refused\n")
            if "--raw" in argv:
                return result(0, "ok")
            good = world.node_ready and world.snap["minor"] not in world.bad_minors and world.now > world.api_from + 2
            node = {
                "metadata": {"name": "ip-10-0-0-16"},
                "status": {
                    "addresses": [{"type": "InternalIP", "address": ADDRESS}],
                    "conditions": [{"type": "Ready", "status": "True" if good else "False", "reason": "KubeletNotReady"}],
                },
            }  # fmt: skip
            return result(0, json.dumps({"items": [node]}))
        if line == "microk8s enable dns":
            world.dns = True
            return result(0)
        if argv[0] == "openssl":
            return self._openssl(argv)
        if argv[:3] == ["microk8s", "refresh-certs", "--cert"]:
            return self._refresh(*argv[3:])
        if argv[0] == "iptables":
            return self._iptables(argv)
        if line == "snap list amazon-ssm-agent":
            return result(0 if world.session else 1, "", "" if world.session else "error: no matching snaps installed\n")
        if argv[:1] == ["/usr/bin/python3"]:
            self._pass(1)
            against = world.trials.get(world.disk[argv[3]].encode(), "")
            return result(1 if against else 0, against + "\n")
        if argv[0] == "microk8s" or argv[:2] in (["snap", "refresh"], ["snap", "revert"], ["snap", "switch"], ["snap", "restart"]):
            return self._day_two(argv, line)
        raise AssertionError(f"unknown command {line}")

    def become(self, path: str) -> None:
        self._world.became.append(self._world.disk[path])
        raise Killed(f"became {path}")

    def _day_two(self, argv: List[str], line: str) -> Any:
        world, result = self._world, agent.Result
        if argv[:3] == ["snap", "refresh", "microk8s"]:
            channel = argv[3].partition("=")[2]
            world.call("shell", "refresh begins", lambda: None)
            self._pass(20)
            if world.store_down:
                return result(1, "", "error: unable to contact snap store\n")
            world.call("shell", "refresh ends", lambda: world.refresh(channel))
            return result(0)
        if line == "snap revert microk8s":
            self._pass(10)
            world.revert()
            return result(0)
        if argv[:2] == ["snap", "switch"]:
            world.snap["channel"] = argv[2].partition("=")[2]
            return result(0)
        if line == "snap restart microk8s.daemon-kubelite":
            self._pass(1)
            world.start_kubelite()
            return result(0)
        if argv[:3] == ["microk8s", "dbctl", "backup"]:
            world.disk[argv[4]] = "backup"
            return result(0 if world.api() else 1)
        if argv[1] == "enable":
            self._pass(5)
            if argv[2] in world.refused_addons:
                return result(1, "", "Error: it cannot be\n")
            world.addons = [*(one for one in world.addons if one != argv[2]), argv[2]]
            return result(0)
        if argv[1] == "disable":
            world.addons.remove(argv[2])
            file = CURRENT + "/args/kube-apiserver"
            kept = [line for line in world.disk[file].splitlines() if not world.takes_along or not line.startswith(world.takes_along)]
            world.disk[file] = "\n".join(kept) + "\n"
            return result(0)
        raise AssertionError(f"unknown command {line}")

    def _refresh(self, name: str) -> Any:
        """As scripts/wrappers/refresh_certs.py of microk8s does: the certificate goes, another comes, services restart."""
        world, path = self._world, f"{CURRENT}/certs/{name}"
        world.refreshes.append(name)
        given = world.refreshing(name)
        if given is not None:
            return given
        world.disk.pop(path, None)
        world.call("shell", ("refresh-certs", name), lambda: None)
        world.disk[path], world.ends[name] = pem(f"{name} {len(world.refreshes)}"), world.now + 365 * 86400
        self._pass(2)
        world.api_from = world.now + 4
        return agent.Result(0, "Taking a backup\nCreating new certificates\nRestarting service kubelite.\n")

    def _iptables(self, argv: List[str]) -> Any:
        world = self._world
        rule = ["-d", "169.254.169.254/32", "!", "-i", "lo", "-j", "DROP"]
        assert argv[:5] == ["iptables", "-w", "10", "-t", "raw"] and argv[6] == "PREROUTING" and argv[-len(rule) :] == rule, argv
        code = world.guard_codes.get(argv[5])
        if code:
            return agent.Result(code, "", "iptables: Resource temporarily unavailable.\n")
        if argv[5] == "-C":
            return agent.Result(0) if world.guarded else agent.Result(1, "", "iptables: Bad rule (does a matching rule exist in that chain?).\n")
        assert argv[5:8] == ["-I", "PREROUTING", "1"] and not world.guarded, argv
        world.guarded = True
        return agent.Result(0)

    def _install(self, argv: List[str]) -> Any:
        world, result = self._world, agent.Result
        if argv[2] == "amazon-ssm-agent":
            assert argv[3:] == ["--classic"], argv
            if world.store_down:
                return result(1, "", "error: unable to contact snap store\n")
            world.session = True
            return result(0)
        assert argv[2:] == ["microk8s", "--classic", "--channel=1.35/stable"], argv
        if world.store_down or world.store_failures > 0:
            world.store_failures -= 1
            return result(1, "", 'error: cannot install "microk8s": Post "https://api.snapcraft.io/v2/snaps/refresh": dial tcp: i/o timeout\n')
        if world.installing is not None:
            return result(1, "", 'error: snap "microk8s" has "install-snap" change in progress\n')
        world.installing = world.now + 30
        world.call("shell", "install goes on", lambda: None)  # killed here, snapd goes on
        self._pass(30)
        world.settle()
        return result(0, "microk8s (1.35/stable) v1.35.0 from Canonical installed\n")

    def _openssl(self, argv: List[str]) -> Any:
        world = self._world
        out = argv[argv.index("-out") + 1] if "-out" in argv else ""
        if argv[1] == "ecparam":
            world.disk[out] = SECRET_KEY
        elif argv[1] == "req":
            world.disk[out] = "request"
        elif "-enddate" in argv and argv[-1].startswith(CURRENT):
            end = agent.datetime.fromtimestamp(world.ends[argv[-1].rpartition("/")[2]], agent.timezone.utc)
            return agent.Result(0, end.strftime("notAfter=%b %d %H:%M:%S %Y GMT\n"))
        elif "subjectAltName" in argv:
            return agent.Result(0, "X509v3 Subject Alternative Name: \n    " + ", ".join(f"IP Address:{name}" for name in world.names) + "\n")
        elif "-enddate" in argv:
            end = agent.datetime.fromtimestamp(world.now + 365 * 86400, agent.timezone.utc)
            return agent.Result(0, end.strftime("notAfter=%b %d %H:%M:%S %Y GMT\n"))
        else:
            world.minted += 1
            world.disk[out] = pem(f"client-{world.minted}")
            world.trusted.add((world.disk[CURRENT + "/certs/ca.crt"], world.disk[out], SECRET_KEY))
        return agent.Result(0)


class FakeShipper:
    """Where logs are told to go."""

    def __init__(self, world: World) -> None:
        self._world = world

    def want(self, group: Optional[str]) -> None:
        if self._world.groups[-1:] != [group]:
            self._world.groups.append(group)


class FakeNetwork:
    """The API's TLS port and other nodes."""

    def __init__(self, world: World) -> None:
        self._world = world

    def answers(self, address: str, port: int) -> bool:
        return self._world.call("network", (address, port), lambda: (address, port) in self._world.answering)

    def api_status(self, port: int, ca: str, certificate: str, key: str) -> int:
        def effect() -> int:
            world = self._world
            if not world.api() or port != 16999:
                raise ConnectionRefusedError()
            texts = tuple(world.disk[path] for path in (ca, certificate, key))
            assert all(world.modes.get(path) == 0o600 for path in (ca, certificate, key))
            return world.api_status if texts in world.trusted else 401

        return self._world.call("network", "api", effect)


class FakeAws:
    """Parameter Store and CloudFormation."""

    def __init__(self, world: World) -> None:
        self._world = world

    def ssm(self, action: str, request: Dict[str, Any]) -> Dict[str, Any]:
        return self._world.call("aws", (action, request.get("Name", "")), lambda: self._ssm(action, request))

    def _ssm(self, action: str, request: Dict[str, Any]) -> Dict[str, Any]:
        world = self._world
        if action in world.denied:
            raise agent.AwsError("AccessDeniedException", action)
        if action == "GetParameters" and not request["Names"][0].startswith("/mec/sandbox/"):
            return self._secrets(request)
        if action == "GetParameters":
            world.reads.append(world.now)
            assert request["WithDecryption"] is True
            found = {name: world.parameters.get(name.split("/", 3)[3]) for name in request["Names"]}
            return {"Parameters": [{"Name": n, "Value": json.dumps(v)} for n, v in found.items() if v is not None]}
        assert action == "PutParameter" and request["Overwrite"] is True
        name, record = request["Name"].split("/", 3)[3], json.loads(request["Value"])
        assert (request["Type"], request.get("KeyId")) == (("SecureString", "arn:key") if name == "credential" else ("String", None))
        world.puts.append(name)
        world.parameters[name] = record
        if name == "cluster":
            world.births.append(record)
        return {}

    def _secrets(self, request: Dict[str, Any]) -> Dict[str, Any]:
        self._world.secret_reads.append(self._world.now)
        assert request["WithDecryption"] is True
        if self._world.forbidden & set(request["Names"]):
            raise agent.AwsError("AccessDeniedException", "GetParameters", "User: arn:aws:sts::123456789012:x is not authorized")
        found = {name: self._world.secrets[name] for name in request["Names"] if name in self._world.secrets}
        return {"Parameters": [{"Name": name, **held} for name, held in found.items()], "InvalidParameters": []}

    def get_object(self, bucket: str, key: str) -> bytes:
        def effect() -> bytes:
            if "GetObject" in self._world.denied or key not in self._world.objects:
                raise agent.AwsError("AccessDenied", "GetObject")
            return self._world.objects[key]

        return self._world.call("aws", ("GetObject", key), effect)

    def cloudformation(self, action: str, request: Dict[str, str]) -> ElementTree.Element:
        return self._world.call("aws", action, lambda: self._cloudformation(action, request))

    def _cloudformation(self, action: str, request: Dict[str, str]) -> ElementTree.Element:
        world = self._world
        assert request["StackName"] == f"mec-sandbox--cp-0-{INSTANCE}-{world.parameters['desired']['generation']}", request
        if action == "DescribeStacks":
            world.looks.append(world.now)
            if world.stack is None:
                raise agent.AwsError("ValidationError", action, "Stack does not exist")
            created = agent.iso(world.stack["created"])
            return ElementTree.fromstring(
                f'<R xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><S><StackId>arn:stack/{world.stack["number"]}</StackId>'
                f"<CreationTime>{created}</CreationTime><StackStatus>{world.stack['status']}</StackStatus></S></R>"
            )
        if world.stack is None or world.stack["status"] != "CREATE_IN_PROGRESS":
            raise agent.AwsError("ValidationError", action, "cannot be signalled")
        world.signals.append({**request, "at": world.now, "stack": world.stack["number"]})
        if not world.slow_stack:
            world.stack["status"] = "CREATE_COMPLETE" if request["Status"] == "SUCCESS" else "CREATE_FAILED"
        return ElementTree.fromstring("<R/>")


def run(world: World, until: Callable[[], bool], seconds: float = 7200.0, seed: int = 1, **node: str) -> bool:
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
        agent.Agent(world.ports(seed), world.node(**node)).run()
    except Done:
        return True
    except Killed:
        return False
    finally:
        world.fault = inner
    raise AssertionError("the agent ended")


def ready(world: World) -> Callable[[], bool]:
    """Whether this instance says that it is ready."""
    return lambda: world.status().get("state") == "ready" and world.status().get("instanceId") == INSTANCE
