"""One simulated machine: its folder, its boots, and the commands its processes call."""

import pathlib
import shutil
import threading
import time
from typing import Any, Callable, Dict, List, Optional, Set
from urllib.parse import urlsplit

from . import journalctl, kubectl, processes, rootfs, s_client, snapcli, sockets, systemctl
from .answer import Answer
from .apt import Apt
from .bootspec import BootSpec, metadata
from .cloudinit import CloudInit
from .faults import FaultBook
from .haproxy import Haproxy
from .imds import Imds
from .iptables import Iptables
from .journal import Journal
from .kernel import Kernel
from .microk8s import SERVICES, Microk8s
from .microk8s_cli import run as run_microk8s
from .neighbours import Neighbours
from .network import Network
from .power import Power, PowerLost
from .snapd import Snapd
from .systemd import Systemd

AGENT_UNIT = "mec-agent.service"


class Machine:
    """A machine from its first boot until it is terminated."""

    def __init__(
        self, spec: BootSpec, folder: pathlib.Path, endpoint_url: str, secret: str, faults: FaultBook,
        credentials: Callable[[str], Dict[str, Any]], way_out: Callable[[str], bool],
        api_port_of: Callable[[str], Optional[int]], neighbours: Neighbours,
    ) -> None:
        self._neighbours = neighbours
        self._api_port_of = api_port_of
        self.spec, self.folder, self.root, self.secret = spec, folder, folder / "root", secret
        self.state = "pending"
        # The first guards short looks at the state, the second a whole change of power.
        self.lock, self.power_lock = threading.RLock(), threading.RLock()
        self._kill_lock, self._killed = threading.Lock(), 0
        self._faults, self._way_out, self._endpoint_url = faults, way_out, endpoint_url
        self._identity = folder / "stand-in.json"
        self.journal = Journal(folder / "journal.log")
        self.kernel = Kernel(self.root)
        self._cloud_init = CloudInit(self.root, spec.user_data, folder / "cloud-init-output.log", self._note)
        self.cluster, self.node = self._cloud_init.names()
        self._power = Power()
        self._starts: Dict[str, int] = {}
        self._systemd: Optional[Systemd] = None
        self._snapd: Optional[Snapd] = None
        self._apt: Optional[Apt] = None
        self.haproxy: Optional[Haproxy] = None
        self.network: Optional[Network] = None
        self.firewalls: Dict[str, Iptables] = {}
        self.microk8s: Optional[Microk8s] = None
        self._calls = threading.Semaphore(0)
        self._imds = Imds(metadata(spec), spec.role_name, lambda: credentials(spec.instance_id))

    @property
    def short_name(self) -> str:
        """The name that the machine gives itself: cloud-init takes the first part of what the metadata say, unless an image asks for
        all of it (https://docs.cloud-init.io/en/latest/reference/modules.html#set-hostname)."""
        return self.spec.hostname.split(".")[0]

    # Boots ---------------------------------------------------------------------------------------

    def create(self) -> None:
        """Lay the machine out on disk (user data included); done once. Throws OSError."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        where = urlsplit(self._endpoint_url)
        rootfs.write_identity(
            self._identity, where.hostname or "127.0.0.1", where.port or 80, f"/_machine/{self.spec.instance_id}",
            self.secret,
        )
        rootfs.build(self.root, self._identity, self.short_name, self.spec.private_ip)

    def power_on(self) -> None:
        """Boot: snapd goes on where it was, cloud-init does its first-boot work once, enabled units start."""
        with self.lock:
            if self.state == "terminated":
                return
            power = self._power = Power()
            self.state = "booting"
        power.start(lambda: self._boot(power), f"boot-{self.spec.instance_id}")

    def _boot(self, power: Power) -> None:
        power.must_sleep(self._latencies().bootSeconds)
        self.journal.begin_boot(rootfs.begin_boot(self.root))
        self.kernel.boot()
        self._note("kernel: Linux version 6.8.0-1024-aws (simulated)")
        env = rootfs.environment(self.root, self._endpoint_url, self._imds.url)
        with self.lock:
            if not power.on:
                return
            self.network = Network(self.root, self.spec.private_ip)
            self.firewalls = {name: Iptables(name) for name in ("iptables", "ip6tables")}
            systemd = self._systemd = Systemd(self.root, env, power, self._log_of, self._starts, self._note)
            self.haproxy = Haproxy(
                self.root, self.folder, power, self._api_port_of, self._note, lambda: systemd.notified.add("haproxy.service")
            )
            self._apt = Apt(
                self.root, power, self._identity, lambda: self._latencies().aptSeconds,
                lambda: self._way_out(self.spec.instance_id), lambda: self._faults.take_apt_failure(self.cluster),
                lambda name: self._package_unit(systemd, name), lambda name: systemd.unit(name).stop(),
            )
            self.microk8s = Microk8s(
                self.root, power, self.short_name, self.spec.private_ip, self._latencies, self._note,
                lambda minor: self._faults.is_bad_release(self.cluster, minor), self._neighbours,
                lambda: self._faults.take_join(self.cluster),
            )
            self._snapd = Snapd(self.root, power, self._latencies, self._store_failure, self.microk8s, self._identity)
            self.state = "running"
        self._snapd.boot()
        self._cloud_init.write_files()
        self._systemd.start_enabled()
        self._cloud_init.run_commands(env, power)

    def power_off(self) -> None:
        """Cut the power: nothing that ran on the machine runs afterwards."""
        with self.lock:
            self._power.switch_off()
            systemd, microk8s = self._systemd, self.microk8s
        if microk8s:
            microk8s.power_off()
        deadline = time.monotonic() + 10
        processes.end_all(self.root)
        # A supervisor may have started its process in the very moment of a sweep, and wait for it.
        while not self._power.join(0.1) and time.monotonic() < deadline:
            processes.end_all(self.root)
        processes.end_all(self.root)
        if systemd:
            self._starts = systemd.starts()

    def reboot(self) -> None:
        """Cut the power and boot again; nothing on a machine without power."""
        with self.power_lock:
            if self.state not in ("booting", "running"):
                return
            self.state = "rebooting"
            self._note("reboot")
            self.power_off()
            self.power_on()

    def stop(self) -> None:
        """Cut the power until ``start``."""
        with self.power_lock:
            if self.state in ("booting", "running"):
                self.state = "stopped"
                self.power_off()

    def start(self) -> None:
        """Boot a stopped machine."""
        with self.power_lock:
            if self.state == "stopped":
                self.power_on()

    def terminate(self) -> None:
        """Cut the power for good. The logs stay, the root volume goes."""
        with self.power_lock:
            if self.state == "terminated":
                return
            self.state = "terminated"
            self.power_off()
        self._imds.close()
        self._identity.unlink(missing_ok=True)
        shutil.rmtree(self.root, ignore_errors=True)

    # Calls of the stand-ins ----------------------------------------------------------------------

    def call(self, command: str, argv: List[str], is_gone: Callable[[], bool] = lambda: False, pid: int = 0) -> Answer:
        """Do what ``command argv`` does on this machine. ``is_gone`` says whether its process, ``pid``, was killed.
        Throws PowerLost when the power goes off meanwhile."""
        with self.lock:
            power = self._power
            if not power.on or self._snapd is None:
                raise PowerLost()
            self._calls.release()
        words = [command, *argv]
        if self._faults.take_hang(self.cluster, words):
            faults = self._faults.generation()
            while not is_gone() and self._faults.generation() == faults:
                power.must_sleep(0.1)
            return Answer(137)
        if self._faults.take_command_failure(self.cluster, words):
            return Answer(1, "", f"error: {' '.join(words[:2])} failed, as a fault of the emulator has it\n")
        return self._do(command, argv, is_gone, pid)

    def _do(self, command: str, argv: List[str], is_gone: Callable[[], bool], pid: int) -> Answer:
        with self.lock:
            systemd, snapd, microk8s, apt, haproxy = self._systemd, self._snapd, self.microk8s, self._apt, self.haproxy
            network, firewalls, power = self.network, self.firewalls, self._power
        if not (systemd and snapd and microk8s and apt and haproxy and network):
            raise PowerLost()
        if command == "systemctl" and argv[:1] == ["reboot"]:
            threading.Thread(target=self.reboot, name="reboot", daemon=True).start()
            return Answer()
        if command in firewalls:
            answer = firewalls[command].run(argv)
            self._show_rules(firewalls)
            return answer
        if command == "haproxy" and argv == ["--reload"]:
            haproxy.reload()
            return Answer()
        known: Dict[str, Callable[[], Answer]] = {
            "snap": lambda: snapcli.run(snapd, argv),
            "microk8s": lambda: run_microk8s(microk8s, argv, is_gone),
            "kubectl": lambda: kubectl.run_bare(microk8s, argv),
            "openssl": lambda: s_client.run(self._neighbours, argv, power, self._latencies().connectSeconds, is_gone),
            "systemctl": lambda: systemctl.run(systemd, argv, self._snap_service),
            "journalctl": lambda: journalctl.run(self.journal, argv, self.short_name),
            "ip": lambda: network.run(argv),
            "ss": lambda: sockets.run(argv, [port for _, port in haproxy.ports], haproxy.pid),
            "apt-get": lambda: apt.run(argv),
            "haproxy": lambda: haproxy.run(argv, is_gone, pid),
            "sysctl": lambda: self.kernel.run(argv),
        }
        return known[command]() if command in known else Answer(127, "", f"{command}: command not found\n")

    def _snap_service(self, unit: str) -> Optional[str]:
        """State of a unit of the microk8s snap; None when there is none of that name."""
        name = unit.removeprefix("snap.microk8s.").removesuffix(".service")
        if not self.microk8s or not self._snapd or not self._snapd.snap or name not in SERVICES or unit == name:
            return None
        return "active" if self.microk8s.is_active(name) else "inactive"

    def _show_rules(self, firewalls: Dict[str, Iptables]) -> None:
        lines = [f"{name} -t {table} {rule}" for name, one in firewalls.items() for table in ("raw", "mangle", "nat", "filter")
                 for rule in one.rules(table)]
        (self.folder / "iptables.rules").write_text("".join(line + "\n" for line in lines), "utf-8")

    @staticmethod
    def _package_unit(systemd: Systemd, name: str) -> None:
        systemd.enable(name)
        systemd.unit(name).start()

    def wait_dark(self) -> None:
        """Wait until a change of power that is under way is over."""
        with self.power_lock:
            pass

    def wait_call(self, seconds: float) -> bool:
        """Wait for the next command of the machine to begin, at most ``seconds`` (s)."""
        while self._calls.acquire(blocking=False):
            pass
        return self._calls.acquire(timeout=seconds)

    def wait_installing(self, seconds: float) -> None:
        """Wait until snapd or apt-get installs, at most ``seconds`` (s)."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and not self._is_installing():
            time.sleep(0.02)

    def _is_installing(self) -> bool:
        return bool(self._snapd and self._snapd.changing()) or bool(self._apt and self._apt.is_busy)

    def wait_seconds(self, seconds: float) -> bool:
        """Wait ``seconds`` (s); False when the machine lost power meanwhile."""
        return self._power.sleep(seconds)

    def kill_agent(self) -> None:
        """kill -9 of the agent's main process; its supervisor starts it again. Each call kills another process, so that
        a fault that comes while the agent is down is not lost: it waits for the next start, at most ten seconds."""
        deadline = time.monotonic() + 10.0
        while time.monotonic() < deadline:
            with self._kill_lock:
                pid = self.agent_pid
                if pid is not None and pid != self._killed:
                    self._killed = pid
                    processes.kill(pid)
                    return
            time.sleep(0.02)

    # Facts ---------------------------------------------------------------------------------------

    @property
    def agent_pid(self) -> Optional[int]:
        """Process id of the agent's main process, None while it is not running."""
        return self._systemd.unit(AGENT_UNIT).pid if self._systemd and self._power.on else None

    def pids(self) -> Set[int]:
        """Ids of the machine's live processes."""
        return set() if self.state == "terminated" else processes.of_root(self.root)

    def describe(self) -> Dict[str, Any]:
        """A row of ``MachinePark.list``."""
        starts = self._systemd.starts() if self._systemd else self._starts
        gone = self.state == "terminated"
        return {
            "instanceId": self.spec.instance_id,
            "cluster": self.cluster,
            "node": self.node,
            "state": self.state,
            "agentPid": None if gone else self.agent_pid,
            "agentStarts": starts.get(AGENT_UNIT, 0),
            "imdsPort": None if gone else self._imds.port,
            "apiPort": self.microk8s.api_port if self.microk8s and not gone else None,
            "proxyPort": None if gone else next(iter(self.haproxy.ports.values()), None) if self.haproxy else None,
            "privateIp": self.spec.private_ip,
            "mtu": self.network.mtu if self.network and not gone else None,
            "uptime": 0.0 if gone else round(time.time() - self._power.booted_at, 3),
        }

    def _latencies(self) -> Any:
        return self._faults.latencies(self.cluster)

    def _store_failure(self) -> Optional[int]:
        # Without a way out the connection to the store times out: the first of snapd's texts.
        return 0 if not self._way_out(self.spec.instance_id) else self._faults.take_store_failure(self.cluster)

    def _log_of(self, unit: str) -> pathlib.Path:
        file = self.folder / ("agent.log" if unit == AGENT_UNIT else f"{unit}.log")
        self.journal.follow(unit, file, lambda: self._systemd.unit(unit).pid if self._systemd else None)
        return file

    def _note(self, text: str) -> None:
        self.journal.note(text)
