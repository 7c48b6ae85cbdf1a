"""Certificates of microk8s that live for a year."""

import ssl
from typing import Callable, Tuple

from .basics import DAY, SNAP_DATA, Backoff, Trouble, iso
from .microk8s import Microk8s
from .ports import Ports
from .records import Progress


class Certificates:
    """Renews the two leaf certificates that live 365 days, which microk8s does not do itself.

    https://github.com/canonical/microk8s/issues/5576. What refresh-certs does (scripts/wrappers/refresh_certs.py there): it
    copies certs and credentials aside, removes the certificate, makes a new one by the CA that is there, and restarts
    kubelite, for server.crt the cluster-agent too; on failure it puts the copy back and restarts everything. Stopped halfway
    it leaves no certificate, or services that go on with the old one: so what was begun is remembered and done again.
    """

    NAMES: Tuple[str, ...] = ("server", "front-proxy-client")
    MARGIN, URGENT = 60 * DAY, 7 * DAY

    def __init__(self, ports: Ports, progress: Progress, microk8s: Microk8s, renewed: Callable[[], None]) -> None:
        """``renewed`` is told of each new certificate."""
        self._shell, self._files, self._clock, self._rng, self._log = ports.shell, ports.files, ports.clock, ports.rng, ports.log
        self._progress, self._microk8s, self._renewed = progress, microk8s, renewed
        self._backoff = Backoff(DAY / 24, DAY, ports.rng, DAY / 48)
        self._retry = self._next = float("-inf")
        self.warning = ""  # what a person should know although the node is well

    def revive(self) -> None:
        """Renew what is due before anybody waits for an API that nobody would believe. Throws Trouble when one that has
        expired cannot be renewed."""
        self.warning = ""
        for name in self.NAMES:
            left = self._left(name)
            if self._due(name, left) and (left <= 0 or self._clock.monotonic() >= self._retry):
                try:
                    self._renew(name)
                except Trouble as trouble:
                    self._failed(name, left, str(trouble))
                    if left <= 0:
                        raise Trouble(f"expired: {trouble}") from None
        self._plan()

    def keep(self, well: Callable[[], None]) -> None:
        """Look at its time, once a day, and renew what is due. ``well`` waits until the node is well after each try, and
        what it throws goes on."""
        if self._clock.monotonic() < self._next:
            return
        self.warning, failed = "", False
        for name in self.NAMES:
            left = self._left(name)
            if not self._due(name, left):
                continue
            try:
                self._renew(name)
            except Trouble as trouble:
                failed = True
                self._failed(name, left, str(trouble))
            well()
        self._plan()
        if failed:
            self._next = self._retry

    def _plan(self) -> None:
        # Nodes that begin together look at different times of their days.
        first = self._next == float("-inf")
        self._next = self._clock.monotonic() + (self._rng.uniform(0.0, DAY) if first else self._rng.uniform(0.9 * DAY, DAY))

    def _due(self, name: str, left: float) -> bool:
        return left < self.MARGIN or self._progress.data.get("renewing") == name

    def _left(self, name: str) -> float:
        """Seconds until a certificate expires: none when it is absent or damaged, many when nobody can tell."""
        path = f"{SNAP_DATA}/certs/{name}.crt"
        if self._files.read(path) is None:
            return 0.0
        result = self._shell.run(["openssl", "x509", "-noout", "-enddate", "-in", self._files.path(path)], 30)
        if result.code == 1:
            return 0.0
        try:
            return ssl.cert_time_to_seconds(result.out.strip().partition("=")[2]) - self._clock.time()
        except ValueError:
            return float("inf")

    def _renew(self, name: str) -> None:
        self._progress.set(renewing=name)
        self._microk8s.renew(name)
        if self._left(name) < self.MARGIN:  # the command's exit code says less than the certificate
            raise Trouble(f"{name}.crt cannot be renewed: nothing changed")
        self._progress.set(renewing="")
        self._backoff.tries, self._retry = 0, float("-inf")
        self._log.event("certificate is renewed", certificate=name)
        self._renewed()

    def _failed(self, name: str, left: float, why: str) -> None:
        wait = self._backoff.next()
        self._retry = self._clock.monotonic() + wait
        self._log.event("certificate is not renewed", certificate=name, days=int(left // DAY) if left < 1e9 else None, error=why, again=round(wait))
        if left < self.URGENT:
            self.warning = f"expires on {iso(self._clock.time() + left)[:10]}: {why}"
