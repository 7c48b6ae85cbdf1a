"""Faults a test asks for, per cluster, and the latencies of a simulated machine."""

import threading
from dataclasses import dataclass, fields, replace
from typing import Any, Callable, Dict, List, Optional, Sequence, Set, Tuple, TypeVar, Union

_Found = TypeVar("_Found")


@dataclass(frozen=True)
class Latencies:
    """How long things take, in seconds, and how long leaf certificates live, in days; each field is a key of a cluster's faults."""

    bootSeconds: float = 0.2
    seedSeconds: float = 0.5
    installSeconds: float = 3.0
    apiSeconds: float = 1.5
    nodeReadySeconds: float = 0.5
    dnsSeconds: float = 1.0
    addonSeconds: float = 1.0
    aptSeconds: float = 1.0
    dqliteSeconds: float = 0.5
    launcherSeconds: float = 5.0
    kickerSeconds: float = 5.0
    restartSeconds: float = 1.0
    """Pause before systemd starts a service of MicroK8s again that ended by itself, its wrapper's work included."""
    joinSeconds: float = 1.0
    """What ``microk8s join`` takes besides the restarts of services: ten seconds of sleep in join.py."""
    joinWaitSeconds: float = 5.0
    """How long ``microk8s join`` waits to see itself in dqlite before it says success all the same."""
    leaveSeconds: float = 1.0
    """What ``microk8s leave`` takes besides the restarts of services."""
    connectSeconds: float = 2.0
    """After what time a connection to a machine without power fails; minutes in Linux."""
    rolesSeconds: float = 2.0
    """How often dqlite's nodes go over roles and refresh cluster.yaml; 30 s in go-dqlite."""
    nodeGraceSeconds: float = 4.0
    """How long a kubelet may be silent before its Node is not Ready; 40 s or 50 s in Kubernetes."""
    proxySeconds: float = 2.0
    """How often a worker's apiserver-proxy asks for the API servers; 30 s in MicroK8s."""
    leafDays: float = 365.0
    """Lifetime of server.crt and front-proxy-client.crt; a fraction makes them expire while one looks on."""


_LATENCIES: Set[str] = {field.name for field in fields(Latencies)}
_KEYS = _LATENCIES | {
    "snapStore", "throttle", "killAgentIn", "rebootIn", "hang", "hangAlways", "failCommand", "awsFail", "badRelease", "aptFailures",
    "lyingJoin", "failJoin", "slowJoin",
}
ALWAYS = "always"


def _words(value: Any) -> List[str]:
    """One text or a list of them."""
    given = [] if value is None else [value] if isinstance(value, str) else list(value)
    if not all(isinstance(one, str) and one for one in given):
        raise ValueError(f"{value!r} is no text and no list of texts")
    return given


def _counts(name: str, value: Any, always: bool = False) -> Dict[str, Union[int, str]]:
    """Numbers by name, and "always" where it may be."""
    counts = dict(value or {})
    for key, count in counts.items():
        number = isinstance(count, int) and not isinstance(count, bool) and count >= 0
        if not number and not (always and count == ALWAYS):
            raise ValueError(f"{name} takes a number{' or always' if always else ''} for each name, not {count!r} for {key!r}")
    return counts


def _take(left: Set[str], one: str) -> bool:
    found = one in left
    left.discard(one)
    return found


def _begins(command: Sequence[str], prefix: str) -> bool:
    wanted = prefix.split()
    return list(command[: len(wanted)]) == wanted


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
        self.kills = set(_words(given.get("killAgentIn")))
        self.reboots = set(_words(given.get("rebootIn")))
        self.hangs = _words(given.get("hang"))
        self.hangs_always = _words(given.get("hangAlways"))
        self.failing = _counts("failCommand", given.get("failCommand"))
        self.aws = _counts("awsFail", given.get("awsFail"), always=True)
        if any(":" not in name for name in self.aws):
            raise ValueError("awsFail takes names such as 'ssm:PutParameter'")
        self.aws_tries = 0
        self.bad_releases = set(_words(given.get("badRelease")))
        self.apt_failures = int(given.get("aptFailures", 0))
        self.apt_tries = 0
        self.joins = {name: int(given.get(name, 0)) for name in ("failJoin", "lyingJoin")}
        self.slow_join = float(given.get("slowJoin", 0))

    def take_join(self) -> Tuple[str, float]:
        for name, left in self.joins.items():
            if left > 0:
                self.joins[name] = left - 1
                return name, 0.0
        slow, self.slow_join = self.slow_join, 0.0
        return "", slow

    def take_kill(self, phase: str) -> bool:
        return _take(self.kills, phase)

    def take_reboot(self, phase: str) -> bool:
        return _take(self.reboots, phase)

    def take_throttle(self) -> bool:
        if self.throttle <= 0:
            return False
        self.throttle -= 1
        return True

    def take_store_failure(self) -> Optional[int]:
        if not (self.store_down or self.store_failures > 0):
            return None
        self.store_failures -= 0 if self.store_down else 1
        self.store_tries += 1
        return self.store_tries - 1

    def take_apt_failure(self) -> Optional[int]:
        if self.apt_tries >= self.apt_failures:
            return None
        self.apt_tries += 1
        return self.apt_tries - 1

    def take_hang(self, command: Sequence[str]) -> bool:
        for prefix in self.hangs:
            if _begins(command, prefix):
                self.hangs.remove(prefix)
                return True
        return any(_begins(command, prefix) for prefix in self.hangs_always)

    def take_command_failure(self, command: Sequence[str]) -> bool:
        for prefix, left in self.failing.items():
            if _begins(command, prefix) and int(left) > 0:
                self.failing[prefix] = int(left) - 1
                return True
        return False

    def take_aws_failure(self, name: str) -> Optional[str]:
        left = self.aws.get(name, 0)
        if left == ALWAYS:
            return "denied"
        if int(left) <= 0:
            return None
        self.aws[name] = int(left) - 1
        self.aws_tries += 1
        return "error" if self.aws_tries % 2 else "throttled"


class FaultBook:
    """Thread-safe store of the faults; each is taken (used up) by the part that suffers it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clusters: Dict[str, _Cluster] = {}
        self._loads = 0

    def load(self, faults: Dict[str, Any]) -> None:
        """Replace everything by ``{"clusters": {name: {...}}}``. Throws ValueError on an unknown key or a value of no use."""
        if not isinstance(faults, dict) or set(faults) - {"clusters"}:
            raise ValueError('faults must be {"clusters": {"<cluster>": {...}}}')
        fresh = {str(name): _Cluster(dict(given)) for name, given in (faults.get("clusters") or {}).items()}
        with self._lock:
            self._clusters, self._loads = fresh, self._loads + 1

    def _of(self, cluster: Optional[str], ask: Callable[[_Cluster], _Found], otherwise: _Found) -> _Found:
        with self._lock:
            book = self._clusters.get(cluster or "")
            return otherwise if book is None else ask(book)

    def latencies(self, cluster: Optional[str]) -> Latencies:
        """The latencies of a cluster's machines (defaults when nothing was asked)."""
        return self._of(cluster, lambda book: book.latencies, Latencies())

    def take_throttle(self, cluster: Optional[str]) -> bool:
        """True when the next SSM call of the cluster's machines is to be throttled; uses one up."""
        return self._of(cluster, lambda book: book.take_throttle(), False)

    def take_store_failure(self, cluster: Optional[str]) -> Optional[int]:
        """The number (0, 1, …) of a failing try of the snap store, or None when this try succeeds."""
        return self._of(cluster, lambda book: book.take_store_failure(), None)

    def take_apt_failure(self, cluster: Optional[str]) -> Optional[int]:
        """The number (0, 1, …) of a failing installation by apt-get, or None when this one succeeds."""
        return self._of(cluster, lambda book: book.take_apt_failure(), None)

    def take_join(self, cluster: Optional[str]) -> Tuple[str, float]:
        """What happens to a ``microk8s join`` that begins: "failJoin", "lyingJoin" or "", and for how many seconds it is slower."""
        return self._of(cluster, lambda book: book.take_join(), ("", 0.0))

    def take_kill(self, cluster: Optional[str], phase: str) -> bool:
        """True once per listed phase: the agent is to be killed in it."""
        return self._of(cluster, lambda book: book.take_kill(phase), False)

    def take_reboot(self, cluster: Optional[str], phase: str) -> bool:
        """True once per listed phase: the machine is to reboot in it."""
        return self._of(cluster, lambda book: book.take_reboot(phase), False)

    def generation(self) -> int:
        """Another number after each ``load``: what hangs ends with the faults that had it hang."""
        with self._lock:
            return self._loads

    def take_hang(self, cluster: Optional[str], command: Sequence[str]) -> bool:
        """Whether this command (its words) hangs until it is killed."""
        return self._of(cluster, lambda book: book.take_hang(command), False)

    def take_command_failure(self, cluster: Optional[str], command: Sequence[str]) -> bool:
        """Whether this command (its words) fails; uses one up."""
        return self._of(cluster, lambda book: book.take_command_failure(command), False)

    def take_aws_failure(self, cluster: Optional[str], name: str) -> Optional[str]:
        """How the next call ``service:Action`` of the cluster's machines fails: "error", "throttled", "denied", or None."""
        return self._of(cluster, lambda book: book.take_aws_failure(name), None)

    def is_bad_release(self, cluster: Optional[str], minor: str) -> bool:
        """Whether nodes of a release such as ``1.36`` never become Ready."""
        return self._of(cluster, lambda book: minor in book.bad_releases, False)
