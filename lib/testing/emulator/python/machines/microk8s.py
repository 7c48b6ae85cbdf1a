"""MicroK8s on one machine: its install hook, its services and their order of starting, alone or as node of a cluster.

Sources: github.com/canonical/microk8s snap/hooks/install, microk8s-resources/wrappers (run-kubelite-with-args,
run-k8s-dqlite-with-args, apiservice-kicker), scripts/wrappers/common/utils.py (readiness).
"""

import pathlib
import ssl
import threading
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import apiserver_proxy, installation, kubelet, launchconfig, layout, locks, pki
from .addons import Addons
from .apiserver import ADMIN, ApiServer
from .dqlite import Dqlite, DqliteError, Member
from .faults import Latencies
from .kubelite import Kubelite, KubeliteError
from .neighbours import Neighbours
from .objects import ObjectStore
from .power import Power
from .store import Release

SERVICES = (
    "daemon-apiserver-kicker", "daemon-apiserver-proxy", "daemon-cluster-agent", "daemon-containerd", "daemon-etcd",
    "daemon-flanneld", "daemon-k8s-dqlite", "daemon-kubelite",
)
#: Services that exit at once on a node with dqlite (set_service_not_expected_to_start).
_IDLE = ("daemon-etcd", "daemon-flanneld")
#: Lock → the service that exits at once where it is.
_LOCKED = {
    locks.NO_PROXY: "daemon-apiserver-proxy", locks.NO_DQLITE: "daemon-k8s-dqlite", locks.WORKER: "daemon-apiserver-kicker",
}


class Microk8s:
    """MicroK8s during one boot; everything that must survive lies under the root folder."""

    def __init__(
        self, root: pathlib.Path, power: Power, hostname: str, private_ip: str, latencies: Callable[[], Latencies],
        note: Callable[[str], None], is_bad_release: Callable[[str], bool] = lambda _: False,
        neighbours: Optional[Neighbours] = None, take_join_fault: Callable[[], Tuple[str, float]] = lambda: ("", 0.0),
    ) -> None:
        self._is_bad_release, self.take_join_fault = is_bad_release, take_join_fault
        self.neighbours = neighbours or Neighbours()
        #: Services that ``snap stop --disable`` keeps from starting.
        self.disabled: Set[str] = set()
        self.agent_lock = threading.Lock()
        self.root, self.power, self.latencies, self.note = root, power, latencies, note
        self.hostname, self.private_ip = hostname.lower(), private_ip
        self.snap_data = root / "var/snap/microk8s/current"
        self.snap_common = root / "var/snap/microk8s/common"
        self.dqlite = Dqlite(self.snap_data / "var/kubernetes/backend", [private_ip])
        self.addons = Addons(self)
        self._api: Optional[ApiServer] = None
        self._dqlite_up = False
        # A service that is stopped or restarted leaves its old threads behind: they see a newer number and end.
        self._runs: Dict[str, int] = {name: 0 for name in SERVICES}
        self._active: Dict[str, bool] = {name: False for name in SERVICES}
        self._restarts: Dict[str, int] = {name: 0 for name in SERVICES}
        self._lock = threading.RLock()

    def install_hook(self, release: Release) -> None:
        """The snap's install hook. Throws HookError, as on a launch configuration that is refused."""
        installation.run(self.root, release, self.hostname, self.private_ip, self.note, self.latencies().leafDays)
        self.dqlite.prepare(self.hostname)

    # Services --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start every service, as the snap's installation and each boot do."""
        for name in SERVICES:
            if name not in self.disabled:
                self._start(name)

    def stop(self) -> None:
        """Stop every service."""
        for name in SERVICES:
            self._stop(name)

    def control(self, action: str, names: List[str]) -> None:
        """``snap start|stop|restart`` of services; returns when systemd has started them, not when they are ready."""
        for name in names:
            if action in ("stop", "restart"):
                self._stop(name)
            if action in ("start", "restart"):
                self._start(name)

    def is_active(self, name: str) -> bool:
        """Whether the service runs."""
        return self._active[name]

    def power_off(self) -> None:
        """The machine has no power any more: free the API's port."""
        with self._lock:
            for name in SERVICES:
                self._runs[name] += 1
                self._active[name] = False
            api, self._api, self._dqlite_up = self._api, None, False
            self.neighbours.datastores.go_down(self.dqlite)
        if api:
            api.close()

    def _start(self, name: str) -> None:
        if name in _IDLE or any(service == name and locks.has(self.snap_data, lock) for lock, service in _LOCKED.items()):
            return
        with self._lock:
            if self._active[name] or not self.power.on:
                return
            self._active[name] = True
            self._runs[name] += 1
            run = self._runs[name]
        self.note(f"systemd snap.microk8s.{name}.service: Started Service for snap application microk8s.{name}.")
        known: Dict[str, Callable[[int], None]] = {
            "daemon-k8s-dqlite": self._run_dqlite, "daemon-kubelite": self._run_kubelite,
            "daemon-cluster-agent": self._run_cluster_agent, "daemon-apiserver-kicker": self._run_kicker,
            "daemon-apiserver-proxy": self._run_proxy,
        }
        if name in known:
            self.power.start(lambda: self._serve(name, run, known[name]), name)

    def _serve(self, name: str, run: int, work: Callable[[int], None]) -> None:
        while True:
            try:
                return work(run)
            except (OSError, ValueError, KeyError, IndexError) as error:
                # Files that are half written, or that a refresh takes away, end a service but not its supervision.
                if not self._ended(name, run, f"{type(error).__name__}: {error}"):
                    return

    def _stop(self, name: str) -> None:
        with self._lock:
            if self._active[name]:
                self.note(f"systemd snap.microk8s.{name}.service: Deactivated successfully.")
            self._active[name] = False
            self._runs[name] += 1
            if name == "daemon-k8s-dqlite":
                self._dqlite_up = False
                self.neighbours.datastores.go_down(self.dqlite)
            api = None
            if name == "daemon-kubelite":
                api, self._api = self._api, None
        if api:
            api.close()

    def _current(self, name: str, run: int) -> bool:
        return self._runs[name] == run and self.power.on

    def _run_dqlite(self, run: int) -> None:
        name = "daemon-k8s-dqlite"
        while self._current(name, run):
            self.power.must_sleep(self.latencies().dqliteSeconds)
            with self._lock:
                if not self._current(name, run):
                    return
                try:
                    self.dqlite.start()
                    self.neighbours.datastores.come_up(self.dqlite)
                    self._dqlite_up = True
                    break
                except (DqliteError, OSError, IndexError) as error:
                    self.note(f"microk8s.daemon-k8s-dqlite: Failed to create server: {error}")
        while self._current(name, run):
            self.power.must_sleep(self.latencies().rolesSeconds)
            with self._lock:
                if self._current(name, run):
                    self.neighbours.datastores.go_over(self.dqlite)

    def _run_kubelite(self, run: int) -> None:
        name = "daemon-kubelite"
        while self._current(name, run):
            self.power.must_sleep(self.latencies().apiSeconds)
            try:
                kubelite = Kubelite(self.root, self.note)
            except (KubeliteError, OSError) as error:
                if not self._ended(name, run, str(error)):
                    return
                continue
            if kubelite.is_worker:
                break
            self.note(f"microk8s.{name}: Starting API Server")
            while self._current(name, run) and not self.datastore_is_up:
                self.power.must_sleep(0.05)
            with self._lock:
                if not self._current(name, run):
                    return
                try:
                    self._api = self._listen(kubelite)
                    break
                except (OSError, ssl.SSLError, ValueError) as error:
                    wrong = str(error)
            if not self._ended(name, run, f"API Server exited {wrong}"):
                return
        minor = ".".join(layout.version(self.snap_data).lstrip("v").split(".")[:2])
        kubelet.run(self, lambda: self._current(name, run), self._is_bad_release(minor))

    def _ended(self, name: str, run: int, words: str) -> bool:
        """A service ended by itself: systemd starts it again; False when that is not wanted any more. Throws PowerLost."""
        if not self._current(name, run):
            return False
        unit = f"snap.microk8s.{name}.service"
        self.note(f"microk8s.{name}: {words}")
        self.note(f"systemd {unit}: Main process exited, code=exited, status=1/FAILURE")
        self.power.must_sleep(self.latencies().restartSeconds)
        self._restarts[name] += 1
        self.note(f"systemd {unit}: Scheduled restart job, restart counter is at {self._restarts[name]}.")
        return self._current(name, run)

    def _listen(self, kubelite: Kubelite) -> ApiServer:
        store = self._objects()
        if store is None:
            raise OSError("context deadline exceeded: the datastore does not answer")
        for namespace in ("default", "kube-system", "kube-public", "kube-node-lease"):
            store.request("POST", "namespaces", "", "", {"metadata": {"name": namespace}}, "")
        kubernetes = {"metadata": {"name": "kubernetes"}, "spec": {"clusterIP": "10.152.183.1"}}
        store.request("POST", "services", "default", "", kubernetes, "")
        if "RBAC" in kubelite.modes.split(","):
            labels = {"kubernetes.io/bootstrapping": "rbac-defaults"}
            store.request("POST", "clusterroles", "", "", {"metadata": {"name": "cluster-admin", "labels": labels}}, "")
        version, certs = layout.version(self.snap_data), self.snap_data / "certs"
        return ApiServer(certs, kubelite.port, version, kubelite.modes, self._objects, kubelite.audit)

    def _objects(self) -> Optional[ObjectStore]:
        found = self.neighbours.datastores.of(self.dqlite) if self._dqlite_up else None
        return found.store if found else None

    def _run_cluster_agent(self, run: int) -> None:
        while self._current("daemon-cluster-agent", run):
            self.power.must_sleep(self.latencies().launcherSeconds)
            if self._current("daemon-cluster-agent", run):
                self.addons.apply_launcher()

    def _run_kicker(self, run: int) -> None:
        while self._current("daemon-apiserver-kicker", run):
            self.power.must_sleep(self.latencies().kickerSeconds)
            if self._current("daemon-apiserver-kicker", run) and self._active["daemon-kubelite"]:
                # In a cluster, only the CA that a join brought has a certificate made anew (manage_certs of apiservice-kicker).
                if not locks.has(self.snap_data, locks.NO_REISSUE) and layout.refresh_csr(self.snap_data, [self.private_ip]):
                    self.reissue_server_certificate()

    def _run_proxy(self, run: int) -> None:
        while self._current("daemon-apiserver-proxy", run):
            apiserver_proxy.refresh(self)
            self.power.must_sleep(self.latencies().proxySeconds)

    def reissue_server_certificate(self) -> None:
        """Make server.crt anew with the names of csr.conf.template, and restart what serves it."""
        layout.refresh_csr(self.snap_data, [self.private_ip])
        pki.server_certificate(self.snap_data / "certs", self.latencies().leafDays)
        self.control("restart", ["daemon-kubelite", "daemon-cluster-agent"])

    # The API, from inside the machine --------------------------------------------------------------

    @property
    def datastore_is_up(self) -> bool:
        """Whether k8s-dqlite answers: it runs, is a member, and a majority of the voters runs too."""
        return self._objects() is not None

    @property
    def is_worker(self) -> bool:
        """Whether the node runs no control plane."""
        return locks.is_worker(self.snap_data)

    @property
    def api(self) -> Optional[ApiServer]:
        """The API server that listens; None while there is none."""
        return self._api

    def upstream(self) -> "Optional[Microk8s]":
        """The node whose API server the kubelet talks to: its own, or what apiserver-proxy finds; None when none answers."""
        if not self.is_worker:
            return self if self._api is not None and self.datastore_is_up else None
        return apiserver_proxy.upstream(self) if self._active["daemon-apiserver-proxy"] else None

    def members(self) -> List[Member]:
        """The members of the datastore as its leader knows them; empty without one."""
        return (self.neighbours.datastores.members(self.dqlite) or []) if self._dqlite_up else []

    def listens(self, port: int) -> bool:
        """Whether something listens at a port of the private address, by the ports of a real node."""
        if port == 16443:
            return self._active["daemon-apiserver-proxy"] if self.is_worker else self._api is not None
        if port == 19001:
            return self._dqlite_up and self.dqlite.address == f"{self.private_ip}:19001"
        return self._active[{25000: "daemon-cluster-agent", 10250: "daemon-kubelite"}[port]] if port in (25000, 10250) else False

    @property
    def store(self) -> Optional[ObjectStore]:
        """The objects of the cluster; None while no API server runs."""
        return self._api.store if self._api else None

    @property
    def minor(self) -> int:
        """The Kubernetes minor version of the linked revision."""
        return int(layout.version(self.snap_data).split(".")[1])

    @property
    def api_port(self) -> Optional[int]:
        """The loopback port of the API server, None before the installation and on workers."""
        if self.is_worker:
            return None
        text = launchconfig.argument(self.snap_data / "args/kube-apiserver", "--secure-port")
        return int(text) if text.isdigit() else None

    def request(self, method: str, target: str, body: Any = None, media: str = "") -> Tuple[int, Any]:
        """A request of the machine's admin; (0, text) when nothing listens."""
        api = self._api
        if api is None:
            return 0, f"The connection to the server 127.0.0.1:{self.api_port} was refused - did you specify the right host or port?"
        now = datetime.now(timezone.utc)
        if api.expires < now:
            return 0, (
                "Unable to connect to the server: tls: failed to verify certificate: x509: certificate has expired or is not yet "
                f"valid: current time {now:%Y-%m-%dT%H:%M:%SZ} is after {api.expires:%Y-%m-%dT%H:%M:%SZ}"
            )
        return api.request(ADMIN, method, target, layout.to_bytes(body), media)

    def is_ready(self, with_node: bool = True) -> bool:
        """MicroK8s' own idea of ready: service/kubernetes and, with ``with_node``, one Ready node anywhere."""
        code, _ = self.request("GET", "/api/v1/namespaces/default/services/kubernetes")
        if code != 200 or not with_node:
            return code == 200
        code, nodes = self.request("GET", "/api/v1/nodes")
        return code == 200 and any(layout.node_is_ready(node) for node in nodes["items"])
