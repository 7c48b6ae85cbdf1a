"""What is kept right on a node beside its cluster, each at its time."""

from typing import Any, Callable, Mapping

from .basics import Trouble
from .certificates import Certificates
from .guard import Guard
from .microk8s import Microk8s
from .patches import Patches
from .ports import Ports
from .records import Progress
from .reporter import Reporter
from .session import Session


class HostKeepers:
    """What every machine of ours has kept right: patches, Session Manager, and whether logs are shipped."""

    GAP, GAP_BAD, TRIES = 300.0, 5.0, 3

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._patches = Patches(ports.files, ports.log)
        self._session = Session(ports.shell, ports.log, ports.clock, ports.rng)
        self._next, self._patched = float("-inf"), None

    def heed(self, desired: Mapping[str, Any]) -> None:
        """Ship logs, or not, as desired says now."""
        if self._ports.shipper:
            self._ports.shipper.want((desired.get("logs") or {}).get("group"))

    def configure(self, desired: Mapping[str, Any]) -> None:
        """What a machine is not ready without. Throws Trouble or OSError."""
        self._patches.apply(desired)
        self._patched = desired.get("osPatches")
        self._plan(self.GAP)

    def watch(self, desired: Mapping[str, Any]) -> None:
        """Do what is due on a ready machine. Throws Trouble when it is not well any more."""
        if self._ports.clock.monotonic() >= self._next or desired.get("osPatches") != self._patched:
            self._look(desired)
        self._session.keep()

    def _look(self, desired: Mapping[str, Any]) -> None:
        self._patched = desired.get("osPatches")
        self._plan(self.GAP)
        try:
            self._patches.apply(desired)
        except (Trouble, OSError) as error:  # the machine is as well as it was
            why = str(error) if isinstance(error, Trouble) else type(error).__name__
            self._ports.log.event("patches stay as they are", error=why)

    def _plan(self, gap: float) -> None:
        self._next = self._ports.clock.monotonic() + gap + self._ports.rng.uniform(0.0, gap / 10)


class Keepers(HostKeepers):
    """And of a node of the cluster: the guard of instance metadata, and the leaf certificates."""

    def __init__(self, ports: Ports, progress: Progress, reporter: Reporter, microk8s: Microk8s, well: Callable[[], None],
                 renewed: Callable[[], None], certificates: bool = True) -> None:  # fmt: skip
        """``well`` waits until the node is well, or throws Trouble; ``renewed`` is told of new certificates, where this node has any."""
        super().__init__(ports)
        self._reporter, self._well, self._bad = reporter, well, 0
        self._guard = Guard(ports.shell, ports.log)
        self._certificates = Certificates(ports, progress, microk8s, renewed)
        if not certificates:  # a worker's come with its join, and the command refuses there
            self._certificates.NAMES = ()

    def begin(self) -> None:
        """What cannot wait for AWS: after a reboot pods run before the agent has asked anybody."""
        try:
            self._guard.close()
        except Trouble as trouble:  # the phase configure insists
            self._ports.log.event("not yet", error=str(trouble))

    def configure(self, desired: Mapping[str, Any]) -> None:
        """What a node is not ready without. Throws Trouble or OSError."""
        self._guard.close()
        self._bad = 0
        super().configure(desired)

    def revive(self) -> None:
        """What has to be done before anybody waits for the API. Throws Trouble."""
        self._certificates.revive()

    def watch(self, desired: Mapping[str, Any]) -> None:
        """Do what is due on a ready node. Throws Trouble when the node is not well any more."""
        super().watch(desired)
        self._certificates.keep(self._well)
        self._reporter.warn(self._certificates.warning)

    def _look(self, desired: Mapping[str, Any]) -> None:
        super()._look(desired)
        try:
            self._guard.close()
            self._bad = 0
        except Trouble:
            self._bad += 1
            if self._bad >= self.TRIES:
                raise
            self._plan(self.GAP_BAD)
