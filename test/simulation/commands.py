"""The commands that a node's agent runs, in the forms that it uses. A form that is not known here ends the world.

Sources: https://github.com/canonical/microk8s (scripts/wrappers: join.py, add_token.py, remove_node.py, status.py; snap/hooks),
https://github.com/canonical/microk8s-cluster-agent (pkg/api/v2/join.go, pkg/snap/util/dqlite.go), https://github.com/canonical/snapd.
"""

import json
from typing import Any, Callable, List, Optional, Sequence

from engine import Killed
from joins import Join
from loaded import agent
from machine import CERTS, CURRENT, INSTALL_SECONDS, REMOVE_SECONDS, TOKENS, Become, Machine

Result = agent.Result
KUBECTL = ["microk8s", "kubectl"]
STORE = 'error: cannot install "microk8s": Post "https://api.snapcraft.io/v2/snaps/refresh": dial tcp: i/o timeout\n'
BUSY = 'error: snap "microk8s" has "{}" change in progress\n'


class Commands:
    """Runs commands on one machine, within one life of its agent."""

    def __init__(self, process: Any) -> None:
        self.process, self.machine, self.world = process, process.machine, process.machine.world
        self.tick: Callable[[], None] = lambda: None
        self.meter: Callable[[float], None] = lambda seconds: None

    def run(self, argv: Sequence[str], timeout: float, secret: str = "") -> Any:
        """One command."""
        done = self.process.begin("shell", argv)
        began = self.world.now
        self.limit = began + timeout
        try:
            result = self._run(list(argv), " ".join(argv))
        except TimeoutError:
            result = Result(124, "", f"no end after {timeout:.0f} s")
        except Exception as error:
            self.world.broken(error)
            raise Killed() from None
        line = " ".join(argv)
        more = {"error": (result.err or result.out)[:300]} if result.code else {}
        if secret:
            line, more = line.replace(secret, "***"), {key: text.replace(secret, "***") for key, text in more.items()}
        self.process.log.event("command", argv=line, code=result.code, seconds=round(self.world.now - began, 3), **more)
        done()
        return result

    def become(self, path: str) -> None:
        """The process becomes another program."""
        self.process.begin("shell", ["become", path])
        raise Become(path)

    def wait(self, seconds: float) -> None:
        """Time passes within a command, and the agent's meter and tick go on."""
        end = self.world.now + seconds
        while True:
            step = min(5.0, end - self.world.now, self.limit - self.world.now)
            if step <= 1e-6:
                break
            self.world.engine.sleep(step)
            self.process.alive()
            self.meter(step)
            self.tick()
        if self.world.now >= self.limit - 1e-6 and end > self.limit + 1e-6:
            raise TimeoutError()

    def wait_for(self, until: Callable[[], bool]) -> None:
        """Wait until something holds, or the limit."""
        while not until():
            self.wait(1.0)

    # Who does what.

    def _run(self, argv: List[str], line: str) -> Any:
        self.wait(0.05)
        if argv[0] == "timeout":
            return self._join(argv[4], argv[5:]) if argv[2:4] == ["microk8s", "join"] else self._unknown(line)
        handler = {"snap": self._snap, "microk8s": self._microk8s, "openssl": self._openssl, "iptables": self._iptables}.get(argv[0])
        if handler:
            return handler(argv, line)
        if argv[0] == "/snap/microk8s/current/kubectl":
            return self._worker_kubectl(argv, line)
        if argv[0] == "/usr/bin/python3" and argv[4] == "trial":
            self.wait(1.0)
            try:
                against = agent.trial(self.process.ports, self.process.node(), argv[5] == "ready")
            except agent.Trouble as trouble:  # as main.py does
                against = str(trouble)
            return Result(1, against) if against else Result(0, "")
        return self._unknown(line)

    def _unknown(self, line: str) -> Any:
        self.world.checks.fail("unknown command", f"{self.machine.name}: {line}")
        raise Killed()

    # snapd.

    def _snap(self, argv: List[str], line: str) -> Any:
        machine = self.machine
        if line == "snap wait system seed.loaded":
            self.wait(max(0.0, machine.seeded_at - self.world.now))
            return Result(0)
        if self.world.now < machine.seeded_at:
            return Result(1, "", "error: too early for operation, device not yet seeded or device model not acknowledged\n")
        if line == "snap list microk8s":
            if not machine.snap:
                return Result(1, "", "error: no matching snaps installed\n")
            snap = machine.snap
            notes = "classic,held" if machine.enabled else "disabled,classic,held"
            return Result(0, f"Name Version Rev Tracking Publisher Notes\nmicrok8s v{snap['minor']}.0 {snap['revision']} {snap['channel']} canonical** {notes}\n")
        if line == "snap list amazon-ssm-agent":
            return Result(0) if machine.session else Result(1, "", "error: no matching snaps installed\n")
        if line == "snap install amazon-ssm-agent --classic":
            machine.session = not self.world.store_down()
            return Result(0) if machine.session else Result(1, "", STORE)
        if argv[:2] == ["snap", "watch"]:
            kind = argv[2][len("--last=") : -1]
            self.wait_for(lambda: machine.change is None or machine.change.done or machine.change.kind != kind)
            return Result(0)
        if argv[:2] == ["snap", "abort"]:
            if machine.change:
                machine.change.done = True
            return Result(0)
        if line == "snap refresh --hold=forever microk8s":
            return Result(0) if machine.snap else Result(1, "", "error: no such snap\n")
        if machine.snap_busy():
            return Result(1, "", BUSY.format(machine.change.kind))
        if argv[:3] == ["snap", "install", "microk8s"]:
            return self._install(argv[4].partition("=")[2])
        if line == "snap remove --purge microk8s":
            if not machine.snap:
                return Result(0, "", 'snap "microk8s" is not installed\n')
            self.world.checks.purge(machine)
            machine.stop_services()
            return self._change("remove-snap", REMOVE_SECONDS, machine.purge)
        if not machine.snap:
            return Result(1, "", 'error: snap "microk8s" is not installed\n')
        if line == "snap stop --disable microk8s":
            self.world.checks.restart(machine, line)
            self.wait(3.0)
            machine.enabled = False
            machine.stop_services()
            return Result(0)
        if line == "snap start --enable microk8s":
            machine.enabled = True
            machine.start_dqlite(3.0)
            machine.start_kubelite(6.0)
            machine.agent_from = self.world.now + 3
            return Result(0)
        if argv[:2] == ["snap", "restart"]:
            self.world.checks.restart(machine, line)
            self.wait(0.5)
            if argv[2] == "microk8s.daemon-kubelite":
                machine.start_kubelite()
            elif argv[2] == "microk8s.daemon-k8s-dqlite":
                machine.start_dqlite()
                machine.start_kubelite(2.0)
            else:
                machine.agent_from = self.world.now + 1
            return Result(0)
        if argv[:3] == ["snap", "refresh", "microk8s"]:
            channel = argv[3].partition("=")[2]
            if self.world.store_down():
                return Result(1, "", "error: unable to contact snap store\n")
            self.world.checks.restart(machine, line)
            return self._change("refresh-snap", 25.0, lambda: self._refreshed(machine, channel))
        if line == "snap revert microk8s":
            if machine.before is None:
                return Result(1, "", "error: no revision to revert to\n")
            self.world.checks.restart(machine, line)
            return self._change("revert-snap", 10.0, lambda: self._reverted(machine))
        if argv[:2] == ["snap", "switch"]:
            machine.snap = {**machine.snap, "channel": argv[2].partition("=")[2]}
            return Result(0)
        return self._unknown(line)

    @staticmethod
    def _reverted(machine: Machine) -> None:
        machine.snap, machine.before = machine.before, None
        machine.start_dqlite()
        machine.start_kubelite(2.0)
        machine.agent_from = machine.world.now + 2

    @staticmethod
    def _refreshed(machine: Machine, channel: str) -> None:
        assert machine.snap
        machine.before = machine.snap
        machine.snap = {"channel": channel, "revision": machine.snap["revision"] + 100, "minor": channel.partition("/")[0]}
        machine.start_dqlite()
        machine.start_kubelite(2.0)
        machine.agent_from = machine.world.now + 2

    def _install(self, channel: str) -> Any:
        if self.world.store_down():
            self.wait(3.0)
            return Result(1, "", STORE)
        return self._change("install-snap", INSTALL_SECONDS * self.world.slowness(self.machine), lambda: self.machine.install(channel))

    def _change(self, kind: str, seconds: float, effect: Callable[[], None]) -> Any:
        change = self.machine.begin(kind, seconds, effect)
        self.wait_for(lambda: change.done)
        return Result(0)

    # MicroK8s.

    def _microk8s(self, argv: List[str], line: str) -> Any:
        machine = self.machine
        if not machine.snap:
            return Result(127, "", "microk8s: No such file or directory")
        if argv[:2] == KUBECTL:
            return self._kubectl(argv[2:], line)
        if line == "microk8s status --format yaml":
            return self._status()
        if argv[1] == "add-node":
            assert argv[2:5] == ["--format", "token", "--token-ttl"], line
            self.wait(0.5)
            token = f"{self.world.chance.getrandbits(128):032x}"
            self.world.checks.tokens.add(token)
            machine.disk[TOKENS] = machine.disk.get(TOKENS, "") + f"{token}|{int(machine.clock() + int(argv[5]))}\n"
            return Result(0, token + "\n")
        if argv[1] == "remove-node":
            return self._remove_node(argv[2], argv[3:] == ["--force"])
        if argv[1] in ("enable", "disable"):
            self.wait(4.0)
            if not machine.api():
                return Result(1, "", "Error: the API server does not answer\n")
            (machine.addons.add if argv[1] == "enable" else machine.addons.discard)(argv[2])
            return Result(0)
        if argv[1:3] == ["dbctl", "backup"]:
            self.wait(2.0)
            machine.disk[argv[4]] = "backup"
            return Result(0 if machine.api() else 1)
        if argv[1] == "refresh-certs":
            self.world.checks.restart(machine, line)
            machine.new_certificate()
            machine.start_kubelite(1.0)
            return Result(0)
        return self._unknown(line)

    def _api(self) -> Optional[Any]:
        """What kubectl says when the API does not answer; None when it does."""
        if self.machine.worker:
            return Result(0, "This MicroK8s deployment is acting as a node in a cluster. Please use the master for your operations.\n")
        if not self.machine.api():
            self.wait(1.0)
            return Result(1, "", "The connection to the server 127.0.0.1:16443 was refused - did you specify the right host or port?\n")
        self.machine.api_seen = self.world.now
        return None

    def _kubectl(self, words: List[str], line: str) -> Any:
        silent = self._api()
        if silent:
            return silent
        cluster = self.machine.cluster
        if words == ["get", "--raw", "/readyz"]:
            return Result(0, "ok")
        if words == ["get", "nodes", "-o", "json"]:
            return Result(0, cluster.nodes_json())
        if words[:3] == ["get", "lease", "mec-coordinator"]:
            if cluster.lease is None:
                return Result(1, "", 'Error from server (NotFound): leases.coordination.k8s.io "mec-coordinator" not found\n')
            return Result(0, json.dumps(cluster.lease))
        if words[0] in ("create", "replace") and words[1] == "-f":
            return self._lease(words[0], self.machine.disk[words[2]])
        if words[0] in ("label", "annotate", "taint") and words[1] == "node":
            return self._node(words[0], words[2], words[3:])
        if words[0] in ("cordon", "uncordon", "drain"):
            node = cluster.nodes.get(words[1])
            if node is None:
                return Result(1, "", f'Error from server (NotFound): nodes "{words[1]}" not found\n')
            self.wait(3.0 if words[0] == "drain" else 0.1)
            self.world.checks.drain(node, words[0])
            node.cordoned = words[0] != "uncordon"
            cluster.version += 1
            return Result(0)
        return self._unknown(line)

    def _lease(self, verb: str, text: str) -> Any:
        cluster, body = self.machine.cluster, json.loads(text)
        version = body["metadata"].get("resourceVersion")
        if verb == "create":
            if cluster.lease is not None:
                return Result(1, "", 'Error from server (AlreadyExists): leases.coordination.k8s.io "mec-coordinator" already exists\n')
        elif cluster.lease is None or version != cluster.lease["metadata"]["resourceVersion"]:
            return Result(1, "", 'Error from server (Conflict): Operation cannot be fulfilled on leases "mec-coordinator": the object has been modified\n')
        cluster.version += 1
        body["metadata"]["resourceVersion"] = str(cluster.version)
        cluster.lease = body
        return Result(0)

    def _node(self, verb: str, name: str, words: List[str]) -> Any:
        node = self.machine.cluster.nodes.get(name)
        if node is None:
            return Result(1, "", f'Error from server (NotFound): nodes "{name}" not found\n')
        assert words[-1] == "--overwrite", words
        for word in words[:-1]:
            if verb == "taint":
                key = word.rstrip("-").rpartition(":")
                node.taints = [one for one in node.taints if (one.rpartition(":")[0].partition("=")[0], one.rpartition(":")[2]) != (key[0].partition("=")[0], key[2])]
                node.taints += [] if word.endswith("-") else [word]
            else:
                store = node.labels if verb == "label" else node.annotations
                key, sign, value = word.partition("=")
                if sign:
                    store[key] = value
                else:
                    store.pop(key.rstrip("-"), None)
        self.machine.cluster.version += 1
        return Result(0)

    def _worker_kubectl(self, argv: List[str], line: str) -> Any:
        machine = self.machine
        if argv[1] != f"--kubeconfig={CURRENT}/credentials/kubelet.config" or argv[2:4] != ["get", "node"]:
            return self._unknown(line)
        cluster = machine.cluster
        if not machine.snap or not machine.worker or cluster is None or not any(one.machine.api() for one in cluster.dwellers):
            self.wait(1.0)
            return Result(1, "", "The connection to the server 127.0.0.1:16443 was refused - did you specify the right host or port?\n")
        node = cluster.nodes.get(argv[4])
        if node is None:
            return Result(1, "", f'Error from server (NotFound): nodes "{argv[4]}" not found\n')
        return Result(0, json.dumps(cluster.item(node)))

    def _status(self) -> Any:
        machine = self.machine
        self.wait(0.5)
        if machine.worker:
            return Result(0, "This MicroK8s deployment is acting as a node in a cluster.\n")
        if not machine.api():
            return Result(1, "microk8s:\n  running: False\nhigh-availability:\n  enabled: True\n  nodes:\n", "")
        rows = "".join(f"    - address: {one.address}:19001\n      role: {one.role}\n" for one in machine.cluster.dwellers)
        return Result(0, f"microk8s:\n  running: True\nhigh-availability:\n  enabled: True\n  nodes:\n{rows}addons:\n")

    def _remove_node(self, who: str, force: bool) -> Any:
        """As scripts/wrappers/remove_node.py does: the datastore first, then the Node; 1 also where only a ghost was in the datastore."""
        machine, cluster = self.machine, self.machine.cluster
        self.wait(2.0)
        answers = machine.api()
        name = next((node.name for node in cluster.nodes.values() if node.address == who), who) if answers else who
        node = cluster.nodes.get(name) if answers else None
        if node is None:
            if force and answers:
                others = [one for one in cluster.dwellers if one.machine is not machine and one.address == name]
                for one in others:
                    self.world.checks.evict(machine, one.machine, one.address)
                    cluster.expel(one.address)
            return Result(1, f"Node {name} does not exist in Kubernetes.\n")
        if cluster.known(node.address) and node.machine is not machine:
            if not force:
                return Result(1, f"Removal failed. Node {name} is registered with dqlite.\n")
            holder = next(one.machine for one in cluster.dwellers if one.address == node.address)
            self.world.checks.evict(machine, holder, node.address)
            cluster.expel(node.address)
        self.wait(0.5)
        if not machine.api():
            return Result(1, f"Node {name} does not exist.\n")
        if node.machine is not None:
            self.world.checks.evict(machine, node.machine, node.address)
        cluster.delete(name)
        return Result(0)

    # Joining.

    def _join(self, where: str, more: List[str]) -> Any:
        if not self.machine.snap:
            return Result(127, "", "timeout: failed to run command 'microk8s': No such file or directory\n")
        join = Join(self.machine, where, more == ["--worker"])
        try:
            self.wait_for(lambda: join.ended)
        except Killed:
            join.orphan()
            raise
        return Result(join.code, join.out)

    # Others.

    def _openssl(self, argv: List[str], line: str) -> Any:
        disk, out = self.machine.disk, argv[argv.index("-out") + 1] if "-out" in argv else ""
        if argv[1] == "s_client":
            address, _, port = argv[3].partition(":")
            if argv[2:] != ["-connect", f"{address}:{port}"]:
                return self._unknown(line)
            there = self.world.at_address(address)
            if there is None or not there.up:
                raise_after(self, 5.0)
            return Result(0, "CONNECTED(00000003)\n") if there and there.listens(int(port)) else Result(1, "", "connect:errno=111\n")
        if argv[1] == "ecparam":
            disk[out] = SECRET
        elif argv[1] == "req":
            disk[out] = "request"
        elif "-enddate" in argv:
            return Result(0 if disk.get(argv[-1]) else 1, "notAfter=Nov 14 22:13:20 2024 GMT\n")
        elif "subjectAltName" in argv:
            return Result(0, "X509v3 Subject Alternative Name: \n    " + ", ".join(f"IP Address:{name}" for name in self.machine.names) + "\n")
        elif argv[1:3] == ["x509", "-req"]:
            self.world.minted += 1
            disk[out] = self.world.client_certificate(self.world.minted)
            self.world.trusted[disk[out]] = disk.get(CERTS + "ca.crt")
        else:
            return self._unknown(line)
        return Result(0)

    def _iptables(self, argv: List[str], line: str) -> Any:
        if argv[5] == "-I":
            self.machine.guarded = True
        return Result(0 if self.machine.guarded else 1)


SECRET = "-----BEGIN EC PRIVATE KEY-----\nTOPSECRETKEY\n-----END EC PRIVATE KEY-----\n"


def raise_after(commands: Commands, seconds: float) -> None:
    """A connection that nobody answers."""
    commands.wait(seconds)
    raise TimeoutError()
