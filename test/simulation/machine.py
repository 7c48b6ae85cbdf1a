"""One machine: its disk, what snapd and MicroK8s of it do, and the agent's process on it."""

import base64
import hashlib
import random
from typing import Any, Callable, Dict, List, Optional

from cluster import Cluster
from cloud import START
from engine import Killed, Task
from loaded import agent

NEVER = float("inf")
CURRENT = agent.SNAP_DATA
CERTS, ARGS, BACKEND = CURRENT + "/certs/", CURRENT + "/args/", CURRENT + "/var/kubernetes/backend/"
LOCKS, TOKENS = CURRENT + "/var/lock/", CURRENT + "/credentials/cluster-tokens.txt"
INSTALL_SECONDS, API_SECONDS, NODE_SECONDS, BOOT_SECONDS, REMOVE_SECONDS = 30.0, 4.0, 2.0, 40.0, 15.0
_PEMS: Dict[str, str] = {}


def pem(name: str) -> str:
    """A certificate in form only."""
    if name not in _PEMS:
        _PEMS[name] = f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(name.encode()).decode()}\n-----END CERTIFICATE-----\n"
    return _PEMS[name]


def digest(name: str) -> str:
    """Fingerprint of ``pem(name)``."""
    return hashlib.sha256(name.encode()).hexdigest()


class Become(Killed):
    """The process goes on as another program."""


class Change:
    """What snapd does; it goes on whatever becomes of who asked."""

    def __init__(self, kind: str, end: float) -> None:
        self.kind, self.end, self.done = kind, end, False


class Machine:
    """An instance."""

    def __init__(self, world: Any, name: str, role: str, instance: str, address: str) -> None:
        self.world, self.name, self.role, self.instance, self.address = world, name, role, instance, address
        self.hostname = "ip-" + address.replace(".", "-")
        self.disk: Dict[str, str] = {agent.OWN: world.program}
        self.up, self.gone = False, False
        self.boot = world.now
        self.seeded_at = NEVER
        self.snap: Optional[Dict[str, Any]] = None
        self.before: Optional[Dict[str, Any]] = None  # the revision to go back to
        self.change: Optional[Change] = None
        self.enabled = True
        self.kubelite_from = self.dqlite_from = self.agent_from = NEVER
        self.cluster: Optional[Cluster] = None
        self.number = 0
        self.registered: Any = None
        self.bad_since = world.now
        self.spoiled = ""  # a join that went wrong for good: only a purge helps
        self.installations, self.certificates, self.names = 0, 0, []  # type: ignore[var-annotated]
        self.addons: set = set()
        self.guarded = self.session = False
        self.joining: Any = None
        self.task: Optional[Task] = None
        self.process: Any = None
        self.calls, self.lives = 0, 0
        self.kills: Dict[int, bool] = {}
        self.joins = 0
        self.api_seen = -NEVER
        self._peers_at = -NEVER

    # Life of the machine and of its agent.

    def start(self) -> None:
        """It boots."""
        if self.gone:
            return
        self.up, self.boot = True, self.world.now
        self.seeded_at = self.world.now + 5
        for path in [path for path in self.disk if path.startswith("/run/")]:
            del self.disk[path]
        self.guarded = False
        if self.change and not self.change.done:
            self._plan(self.change, 20.0)
        if self.snap and self.enabled:
            self.start_dqlite(3.0)
            self.start_kubelite(8.0)
            self.agent_from = self.world.now + 5
        self.world.note(self.name, "boots", self.instance)
        self.world.engine.after(3.0, self.start_agent)

    def halt(self) -> None:
        """Power is off."""
        self.world.note(self.name, "goes down", self.instance)
        self.bad_since = self.world.now if self.kubelet_ok() else self.bad_since
        self.up = False
        self.end_agent()
        if self.joining:
            self.joining.cancel()
        self.kubelite_from = self.dqlite_from = self.agent_from = NEVER
        if self.cluster:
            self.cluster.touch()

    def reboot(self, seconds: float = BOOT_SECONDS) -> None:
        """Off and on again."""
        if self.up and not self.gone:
            self.halt()
            self.world.engine.after(seconds, self.start)

    def terminate(self) -> None:
        """Never again."""
        if not self.gone:
            if self.up:
                self.halt()
            self.gone = True

    def start_agent(self) -> None:
        """systemd starts the agent."""
        if self.up and self.process is None:
            self.lives += 1
            self.process = self.world.process(self)
            self.task = self.world.engine.start(f"{self.instance}/{self.lives}", self._run)

    def end_agent(self) -> None:
        """The agent is killed."""
        if self.task and self.process:
            self.process = None
            self.world.engine.kill(self.task)

    def kill_agent(self) -> None:
        """The agent is killed, and started again as systemd does after two seconds."""
        if self.process:
            self.end_agent()
            self.world.engine.after(2.0, self.start_agent)

    def _run(self) -> None:
        process = self.process
        try:
            while True:  # as main.py does
                try:
                    process.assemble().run()
                except Exception as error:
                    self.world.checks.stumble(self, error)
                    self.world.engine.sleep(1.0)
        except Become:
            if self.process is process:
                self.process = None
                self.world.engine.after(0.1, self.start_agent)

    # What its services do.

    @property
    def worker(self) -> bool:
        """Whether it has joined as a worker."""
        return LOCKS + "clustered.lock" in self.disk

    def start_dqlite(self, seconds: float = 1.0) -> None:
        """The datastore starts; it takes update.yaml then: https://github.com/canonical/k8s-dqlite (pkg/server/server.go)."""
        if self.worker or not self.cluster:
            return
        self.dqlite_from = self.world.now + seconds
        asked = self.world.now

        def started() -> None:
            if self.up and self.snap and self.dqlite_from <= self.world.now and self.dqlite_from >= asked:
                update = self.disk.pop(BACKEND + "update.yaml", None)
                if update and self.cluster:
                    own = self.cluster.dweller(self)
                    if own and len(self.cluster.dwellers) == 1:
                        own.address = update.split(": ")[1].strip().rpartition(":")[0]
                        self.write_backend()
                        self.cluster.version += 1
                if self.cluster:
                    self.cluster.touch()

        self.world.engine.after(seconds, started)

    def start_kubelite(self, seconds: float = 1.0) -> None:
        """API server (of the control plane) and kubelet start."""
        if not self.snap or not self.enabled:
            return
        if self.kubelet_ok():
            self.bad_since = self.world.now
        self.kubelite_from = NEVER if self.spoiled == "dead" else self.world.now + seconds + API_SECONDS
        moment = self.kubelite_from
        if moment != NEVER:
            self.world.engine.at(moment + NODE_SECONDS, lambda: self._register(moment, 60))

    def _register(self, moment: float, tries: int) -> None:
        if not self.up or self.kubelite_from != moment or not self.cluster or self.spoiled in ("dead", "lie", "ghostly") or not tries:
            return
        if self.worker or self.cluster.dweller(self):
            if self.cluster.quorum():
                self.cluster.register(self)
            else:
                self.world.engine.after(5.0, lambda: self._register(moment, tries - 1))

    def stop_services(self) -> None:
        """All services stop; a datastore that ends in peace hands its vote over: go-dqlite app.go, Handover."""
        own = self.cluster.dweller(self) if self.cluster and self.up else None
        if own and self.cluster and self.dqlite_from <= self.world.now:
            self.cluster.hand_over(own)
        if self.kubelet_ok():
            self.bad_since = self.world.now
        self.kubelite_from = self.dqlite_from = self.agent_from = NEVER
        if self.cluster:
            self.cluster.touch()

    def kubelet_ok(self) -> bool:
        """Whether its kubelet runs and is heard."""
        return self.up and self.registered is not None and self.kubelite_from + NODE_SECONDS <= self.world.now and self.spoiled != "dead"

    def api(self) -> bool:
        """Whether the API on this machine answers."""
        if not self.up or self.kubelite_from > self.world.now or not self.cluster or self.worker:
            return False
        if self.world.api_out(self) or self.dqlite_from > self.world.now or self.cluster.dweller(self) is None:
            return False
        return self.cluster.quorum()

    def listens(self, port: int) -> bool:
        """Whether another machine can connect to a port."""
        if not self.up or not self.snap or self.snap_busy():
            return False
        if port == 25000:
            return self.agent_from <= self.world.now
        if port == 16443:
            return self.kubelite_from <= self.world.now
        own = self.cluster.dweller(self) if self.cluster and not self.worker else None
        return port == 19001 and own is not None and not own.address.startswith("127.") and self.dqlite_from <= self.world.now

    def healthy(self) -> bool:
        """Whether this is a working member of the cluster that is recorded."""
        if not self.up or not self.cluster or digest(self.cluster.ca) != self.world.cloud.born() or self.registered is None:
            return False
        if self.cluster.nodes.get(self.hostname) is not self.registered or not self.kubelet_ok():
            return False
        return self.cluster.quorum() if self.worker else self.api()

    def verified(self) -> bool:
        """Whether the records say that this very machine is a member."""
        status = self.world.cloud.record(f"nodes/{self.name}") or {}
        return bool(status.get("instanceId") == self.instance and status.get("member") == self.world.cloud.born() != "")

    def write_backend(self) -> None:
        """The datastore's files."""
        own = self.cluster.dweller(self) if self.cluster else None
        if own and self.cluster:
            role = {"voter": 0, "standby": 1, "spare": 2}[own.role]
            self.disk[BACKEND + "info.yaml"] = f"Address: {own.address}:19001\nID: {own.number}\nRole: {role}\n"
            self.disk[BACKEND + "cluster.yaml"] = self.cluster.yaml()
            self._peers_at = self.world.now

    def read(self, path: str) -> Optional[str]:
        """A file. The datastore writes its list of members twice a minute while it has a majority."""
        if path == BACKEND + "cluster.yaml" and path in self.disk and self.world.now - self._peers_at > 30.0:
            if self.dqlite_from <= self.world.now and self.cluster and self.cluster.quorum() and self.cluster.dweller(self):
                self.write_backend()
        return self.disk.get(path)

    # snapd.

    def snap_busy(self) -> bool:
        """Whether snapd does something."""
        return self.change is not None and not self.change.done

    def begin(self, kind: str, seconds: float, effect: Callable[[], None]) -> Change:
        """snapd begins a change."""
        self.change = Change(kind, self.world.now + seconds)
        self.change.effect = effect  # type: ignore[attr-defined]
        self._plan(self.change, seconds)
        return self.change

    def _plan(self, change: Change, seconds: float) -> None:
        change.end = self.world.now + seconds
        end = change.end

        def ended() -> None:
            if self.up and change is self.change and not change.done and change.end == end:
                change.done = True
                change.effect()  # type: ignore[attr-defined]

        self.world.engine.after(seconds, ended)

    def install(self, channel: str) -> None:
        """An installation ends: a cluster of this machine alone."""
        self.installations += 1
        self.snap = {"channel": channel, "revision": 8611, "minor": channel.partition("/")[0]}
        self.enabled, self.spoiled = True, ""
        launch = agent.json.loads(self.disk.get("/etc/microk8s.yaml", "{}"))
        self.names = list(launch.get("extraSANs") or [])
        self.cluster = Cluster(self.world, f"ca {self.instance} {self.installations}")
        self.disk[CERTS + "ca.crt"] = pem(self.cluster.ca)
        self.new_certificate()
        self.disk[CERTS + "front-proxy-client.crt"] = pem("front-proxy-client")
        self.disk[ARGS + "kube-apiserver"] = "--secure-port=16443\n"
        kubelet = {"--cluster-dns": "10.152.183.10", **(launch.get("extraKubeletArgs") or {})}
        self.disk[ARGS + "kubelet"] = "".join(f"{name}={value}\n" for name, value in kubelet.items())
        self.disk["/snap/microk8s/current/default-args/kubelet"] = "--cluster-dns=10.152.183.10\n"
        self.disk[TOKENS] = ""
        self.cluster.enter(self, "127.0.0.1")
        self.dqlite_from = self.world.now
        self.write_backend()
        self.agent_from = self.world.now + 2
        self.start_kubelite()

    def new_certificate(self) -> None:
        """server.crt is made anew."""
        self.certificates += 1
        self.disk[CERTS + "server.crt"] = pem(f"server {self.instance} {self.certificates}")

    def purge(self) -> None:
        """The snap is gone with all its data; the cluster it was in still knows it."""
        self.stop_services()
        self.snap, self.cluster, self.number, self.registered, self.spoiled = None, None, 0, None, ""
        self.names, self.addons = [], set()
        for path in [path for path in self.disk if path.startswith(("/var/snap/microk8s/", "/snap/microk8s/"))]:
            del self.disk[path]

    # Ports.

    def rng(self) -> random.Random:
        """Chance of one life of the agent."""
        return random.Random(f"{self.world.plan.seed} {self.instance} {self.lives}")

    def clock(self) -> float:
        """Seconds since 1970."""
        return START + self.world.now

    def tokens(self) -> List[str]:
        """Tokens that are valid here now."""
        rows = [line.partition("|") for line in self.disk.get(TOKENS, "").splitlines() if line]
        return [token for token, _, end in rows if not end or float(end) > self.clock()]
