"""All simulated machines of one emulator: the interface of the AWS half."""

import hmac
import pathlib
import secrets
import threading
from typing import Any, Callable, Dict, List, Optional, Set, Tuple

from . import processes
from .answer import Question
from .bootspec import BootSpec
from .datastore import Datastores
from .faults import FaultBook
from .machine import Machine
from .microk8s import Microk8s
from .neighbours import Neighbours
from .power import PowerLost
from .watchdog import Watchdog

__all__ = ["BootSpec", "FaultBook", "MachinePark"]


class MachinePark:
    """Boots, lists, reboots and ends machines; thread-safe.

    ``issue_credentials(instance_id)`` gives AccessKeyId, SecretAccessKey, Token, Expiration;
    ``way_out(instance_id)`` says whether the machine reaches the outside world.
    """

    def __init__(
        self, state_dir: pathlib.Path, endpoint_url: str, faults: FaultBook,
        issue_credentials: Callable[[str], Dict[str, Any]], way_out: Callable[[str], bool],
    ) -> None:
        self._folder = pathlib.Path(state_dir).resolve() / "machines"
        self._endpoint_url, self._faults = endpoint_url, faults
        self._credentials, self._way_out = issue_credentials, way_out
        self._machines: Dict[str, Machine] = {}
        self._datastores = Datastores()
        self._lock = threading.Lock()
        self._closed = False
        # Machines of an emulator that was killed in this folder are gone before ours begin.
        processes.end_all(self._folder, below=True)
        self._watchdog = Watchdog(self._folder)

    def boot(self, spec: BootSpec) -> None:
        """Start a new machine; returns at once. Throws ValueError when the instance id is in use."""
        with self._lock:
            if self._closed:
                return
            if spec.instance_id in self._machines:
                raise ValueError(f"{spec.instance_id} has been booted already")
            machine = self._machines[spec.instance_id] = Machine(
                spec, self._folder / spec.instance_id, self._endpoint_url, secrets.token_hex(24), self._faults,
                self._credentials, self._way_out, lambda address: self._api_port(spec.instance_id, address),
                Neighbours(self._datastores, lambda address: self._at(spec.instance_id, address)),
            )
        threading.Thread(target=_first_boot, args=(machine,), name=f"create-{spec.instance_id}", daemon=True).start()

    def terminate(self, instance_id: str) -> None:
        """End a machine and everything it runs; silent when it is unknown or ended."""
        machine = self._find(instance_id)
        if machine:
            machine.terminate()

    def reboot(self, instance_id: str) -> None:
        """Power-cycle a machine; silent when it is unknown or ended."""
        machine = self._find(instance_id)
        if machine:
            machine.reboot()

    def stop(self, instance_id: str) -> None:
        """Stop a machine, as EC2 stops an instance: its disk stays; silent when it is unknown."""
        machine = self._find(instance_id)
        if machine:
            machine.stop()

    def start(self, instance_id: str) -> None:
        """Boot a stopped machine again; silent when it is unknown or not stopped."""
        machine = self._find(instance_id)
        if machine:
            machine.start()

    def list(self) -> List[Dict[str, Any]]:
        """One row per machine, terminated ones too: instanceId, cluster, node, state, agentPid, agentStarts,
        imdsPort, apiPort (None while there is none), proxyPort (of haproxy's first bind line), privateIp, mtu, uptime (s)."""
        return [machine.describe() for machine in self._all()]

    def observe_status(self, instance_id: str, status: Dict[str, Any]) -> None:
        """The machine's agent has just written ``status``: kills or reboots it where a fault says so."""
        machine, phase = self._find(instance_id), str(status.get("phase", ""))
        if machine is None:
            return
        kill = self._faults.take_kill(machine.cluster, phase)
        reboot = self._faults.take_reboot(machine.cluster, phase)
        if kill or reboot:
            threading.Thread(target=_strike, args=(machine, phase, kill, reboot), name="fault", daemon=True).start()

    def cluster_of(self, instance_id: str) -> Optional[str]:
        """The cluster named in the machine's /etc/mec/node.json; None when there is none."""
        machine = self._find(instance_id)
        return machine.cluster if machine else None

    def _api_port(self, asking: str, address: str) -> Optional[int]:
        """The port of the Kubernetes API behind a private address, as the machine ``asking`` reaches it: its own cluster's first."""
        found = self._reached(asking, address, ("terminated", "stopped"))
        return found.microk8s.api_port if found and found.microk8s else None

    def _at(self, asking: str, address: str) -> Optional[Microk8s]:
        """MicroK8s of the machine that has a private address and runs."""
        found = self._reached(asking, address, ("pending", "booting", "rebooting", "stopped", "terminated"))
        return found.microk8s if found else None

    def _reached(self, asking: str, address: str, without: Tuple[str, ...]) -> Optional[Machine]:
        own = self._find(asking)
        found = [one for one in self._all() if one.spec.private_ip == address and one.state not in without]
        found.sort(key=lambda one: (one is not own, own is None or one.cluster != own.cluster))
        return found[0] if found else None

    def handle(
        self, method: str, path: str, body: bytes, is_gone: Callable[[], bool] = lambda: False
    ) -> Tuple[int, bytes]:
        """Answer a stand-in's request below /_machine/; may take as long as the command it runs. ``is_gone`` says whether its
        client was killed meanwhile."""
        machine = self._find(path.rstrip("/").rpartition("/")[2])
        try:
            question = Question.from_bytes(body)
        except ValueError:
            return 400, b"malformed request"
        # One answer for an unknown machine and a wrong secret: a caller learns nothing.
        if machine is None or not hmac.compare_digest(machine.secret.encode(), question.secret.encode("utf-8", "replace")):
            return 403, b"forbidden"
        if method != "POST":
            return 405, b"method not allowed"
        try:
            return 200, machine.call(question.command, list(question.argv), is_gone, question.pid).to_bytes()
        except PowerLost:
            # Nobody on the machine may live to read this: its processes are killed first.
            machine.wait_dark()
            return 503, b"the machine lost power"

    def pids(self) -> List[int]:
        """Ids of all live processes of all machines."""
        found: Set[int] = set()
        for machine in self._all():
            found |= machine.pids()
        return sorted(found)

    def stop_all(self) -> None:
        """End every machine; no machine can be booted afterwards."""
        with self._lock:
            self._closed = True
        threads = [threading.Thread(target=machine.terminate, daemon=True) for machine in self._all()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        self._watchdog.close()

    def _find(self, instance_id: str) -> Optional[Machine]:
        with self._lock:
            return self._machines.get(instance_id)

    def _all(self) -> List[Machine]:
        with self._lock:
            return list(self._machines.values())


# Phases of the agent in which it calls neither snap nor microk8s: waiting would strike it in a later one.
_WITHOUT_COMMANDS = ("configure", "birth", "credential", "admission", "ready")


def _first_boot(machine: Machine) -> None:
    with machine.power_lock:
        if machine.state != "pending":
            return
        machine.create()
        machine.power_on()


def _strike(machine: Machine, phase: str, kill: bool, reboot: bool) -> None:
    # A fault is worth most in the middle of a command; but some phases run none and are over soon.
    pause = 0.0
    if phase == "install":
        machine.wait_installing(3.0)
        pause = 0.25
    elif phase == "update":
        # Changes of files come first: a strike is worth more once a command runs.
        pause = 0.15 if machine.wait_call(0.5) else 0.0
    elif phase == "join":
        # The command of this phase is the join itself: a strike in its middle leaves it running without its agent.
        pause = 0.4 if machine.wait_call(0.5) else 0.0
    elif phase not in _WITHOUT_COMMANDS and machine.wait_call(0.12):
        pause = 0.15
    if not machine.wait_seconds(pause):
        return
    if kill:
        machine.kill_agent()
    if reboot:
        machine.reboot()
