"""Faults a test asks for, per cluster, and the latencies of a simulated machine."""

import threading
from dataclasses import dataclass, fields, replace
from typing import Any, Dict, Optional, Set


@dataclass(frozen=True)
class Latencies:
    """How long things take, all in seconds; each field is also a key of a cluster's faults."""

    bootSeconds: float = 0.2
    seedSeconds: float = 0.5
    installSeconds: float = 3.0
    apiSeconds: float = 1.5
    nodeReadySeconds: float = 0.5
    dnsSeconds: float = 1.0
    dqliteSeconds: float = 0.5
    launcherSeconds: float = 5.0
    kickerSeconds: float = 5.0


_LATENCIES: Set[str] = {field.name for field in fields(Latencies)}
_KEYS = _LATENCIES | {"snapStore", "throttle", "killAgentIn", "rebootIn"}


class _Cluster:
    """What is left of one cluster's faults."""

    def __init__(self, given: Dict[str, Any]) -> None:
        unknown = set(given) - _KEYS
        if unknown:
            raise ValueError(f"unknown fault(s) {sorted(unknown)}; known: {sorted(_KEYS)}")
        self.latencies = replace(Latencies(), **{key: float(given[key]) for key in _LATENCIES & set(given)})
        store = given.get("snapStore") or {}
        if set(store) - {"failures", "down"}:
            raise ValueError("snapStore takes only 'failures' (a number) or 'down' (true)")
        self.store_down = bool(store.get("down", False))
        self.store_failures = int(store.get("failures", 0))
        self.store_tries = 0
        self.throttle = int(given.get("throttle", 0))
        kills = given.get("killAgentIn") or []
        self.kills: Set[str] = set([kills] if isinstance(kills, str) else kills)
        self.reboot: Optional[str] = given.get("rebootIn")


class FaultBook:
    """Thread-safe store of the faults; each is taken (used up) by the part that suffers it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clusters: Dict[str, _Cluster] = {}

    def load(self, faults: Dict[str, Any]) -> None:
        """Replace everything by ``{"clusters": {name: {...}}}``. Throws ValueError on an unknown key."""
        if not isinstance(faults, dict) or set(faults) - {"clusters"}:
            raise ValueError('faults must be {"clusters": {"<cluster>": {...}}}')
        fresh = {str(name): _Cluster(dict(given)) for name, given in (faults.get("clusters") or {}).items()}
        with self._lock:
            self._clusters = fresh

    def latencies(self, cluster: Optional[str]) -> Latencies:
        """The latencies of a cluster's machines (defaults when nothing was asked)."""
        with self._lock:
            book = self._clusters.get(cluster or "")
            return book.latencies if book else Latencies()

    def take_throttle(self, cluster: Optional[str]) -> bool:
        """True when the next SSM call of the cluster's machines is to be throttled; uses one up."""
        with self._lock:
            book = self._clusters.get(cluster or "")
            if book is None or book.throttle <= 0:
                return False
            book.throttle -= 1
            return True

    def take_store_failure(self, cluster: Optional[str]) -> Optional[int]:
        """The number (0, 1, …) of a failing try of the snap store, or None when this try succeeds."""
        with self._lock:
            book = self._clusters.get(cluster or "")
            if book is None or not (book.store_down or book.store_failures > 0):
                return None
            if not book.store_down:
                book.store_failures -= 1
            book.store_tries += 1
            return book.store_tries - 1

    def take_kill(self, cluster: Optional[str], phase: str) -> bool:
        """True once per listed phase: the agent is to be killed in it."""
        with self._lock:
            book = self._clusters.get(cluster or "")
            if book is None or phase not in book.kills:
                return False
            book.kills.discard(phase)
            return True

    def take_reboot(self, cluster: Optional[str], phase: str) -> bool:
        """True once: the machine is to reboot in this phase."""
        with self._lock:
            book = self._clusters.get(cluster or "")
            if book is None or book.reboot is None or book.reboot != phase:
                return False
            book.reboot = None
            return True
