"""snapd of one machine: seeding, the one snap there is, and changes that survive clients and reboots.

Source: github.com/canonical/snapd overlord/snapstate, overlord/state (a change is a list of tasks kept in state.json; a
task that was doing is done again after a restart).
"""

import json
import pathlib
import shutil
import threading
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Optional

from . import atomic, rootfs
from .faults import Latencies
from .installation import HookError
from .microk8s import Microk8s
from .power import Power
from .store import Release

STATE = "var/lib/snapd/state.json"
FINISHED = ("Done", "Error", "Undone", "Hold")
#: Share of ``installSeconds`` that each task takes, in order.
_SHARES = {
    "prerequisites": 0.02, "download-snap": 0.60, "mount-snap": 0.08, "link-snap": 0.05,
    "run-install-hook": 0.15, "start-snap-services": 0.05, "run-configure-hook": 0.05,
}


class SnapdError(Exception):
    """snapd refuses; ``exit_code`` is that of the snap command."""

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def now() -> str:
    """The present, ISO 8601 in UTC."""
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


class Snapd:
    """The daemon of one boot; its state lives in the root folder."""

    def __init__(
        self, root: pathlib.Path, power: Power, latencies: Callable[[], Latencies],
        store_failure: Callable[[], Optional[int]], microk8s: Microk8s, identity: pathlib.Path,
    ) -> None:
        self.power, self.microk8s, self.store_failure = power, microk8s, store_failure
        self._root, self._latencies, self._identity = root, latencies, identity
        self._lock = threading.RLock()
        self._state: Dict[str, Any] = {"seeded": False, "snap": None, "next": 1, "changes": []}
        self._file = root / STATE
        if self._file.exists():
            self._state = json.loads(self._file.read_text("utf-8"))

    def boot(self) -> None:
        """Go on with what was unfinished: seeding, then the change in progress; start the snap's services."""
        if not self._state["seeded"]:
            if not self._state["changes"]:
                self.new_change("seed", "Initialize system state", {"mark-seeded": "Mark system seeded"})
            self.power.start(self._seed, "snapd-seed")
            return
        unfinished = [change for change in self._state["changes"] if change["status"] not in FINISHED]
        started = not any(
            task["kind"] == "start-snap-services" and task["status"] != "Done"
            for change in unfinished if change["kind"] == "install-snap" for task in change["tasks"]
        )
        if self.snap and started:
            self.microk8s.start()
        for change in unfinished:
            self.power.start(lambda change=change: self._do(change), f"change-{change['id']}")

    def _seed(self) -> None:
        self.power.must_sleep(self._latencies().seedSeconds)
        with self._lock:
            change = self._state["changes"][0]
            change["tasks"][0]["status"] = "Done"
            self._state["seeded"] = True
            self._finish(change, "Done")

    # What the snap command asks --------------------------------------------------------------------

    @property
    def seeded(self) -> bool:
        """Whether first-boot seeding is over."""
        return bool(self._state["seeded"])

    @property
    def snap(self) -> Optional[Dict[str, Any]]:
        """The linked microk8s snap (version, revision, channel, held), or None."""
        return self._state["snap"]

    def changes(self) -> List[Dict[str, Any]]:
        """Every change, oldest first (a copy)."""
        with self._lock:
            return json.loads(json.dumps(self._state["changes"]))

    def installing(self) -> bool:
        """Whether an installation is in progress."""
        return any(one["kind"] == "install-snap" and one["status"] not in FINISHED for one in self.changes())

    def change(self, change_id: str) -> Dict[str, Any]:
        """One change. Throws SnapdError when there is none of that id."""
        for change in self.changes():
            if change["id"] == change_id:
                return change
        raise SnapdError(f'cannot find change with id "{change_id}"')

    def wait(self, change_id: str) -> Dict[str, Any]:
        """Wait until the change is finished. Throws SnapdError (with its error) or PowerLost."""
        while self.change(change_id)["status"] not in FINISHED:
            self.power.must_sleep(0.05)
        change = self.change(change_id)
        if change["status"] != "Done":
            raise SnapdError(change["error"])
        return change

    def check_free(self) -> None:
        """Throws SnapdError when it is too early, or a change of the snap is in progress (retryable: exit code 10)."""
        if not self.seeded:
            raise SnapdError("too early for operation, device not yet seeded or device model not acknowledged", 10)
        for change in self._state["changes"]:
            if change["status"] not in FINISHED and change["kind"] != "seed":
                raise SnapdError(f'snap "microk8s" has "{change["kind"]}" change in progress', 10)

    def install(self, release: Release, channel: str, broken_download: str) -> str:
        """Begin to install; returns the id of the change. ``broken_download`` makes its download fail so."""
        name = f'"microk8s" ({release.revision})'
        tasks = {
            "prerequisites": 'Ensure prerequisites for "microk8s" are available',
            "download-snap": f'Download snap {name} from channel "{channel}"',
            "mount-snap": f"Mount snap {name}",
            "link-snap": f"Make snap {name} available to the system",
            "run-install-hook": 'Run install hook of "microk8s" snap if present',
            "start-snap-services": f"Start snap {name} services",
            "run-configure-hook": 'Run configure hook of "microk8s" snap if present',
        }
        with self._lock:
            self.check_free()
            change = self.new_change("install-snap", f'Install "microk8s" snap from "{channel}" channel', tasks)
            change["data"] = {"release": vars(release), "channel": channel, "broken": broken_download}
            self._save()
        self.power.start(lambda: self._do(change), f"change-{change['id']}")
        return change["id"]

    def record(self, kind: str, summary: str, work: Callable[[], None]) -> None:
        """Do short work at once and keep it as a finished change. Throws what ``work`` throws."""
        change = self.new_change(kind, summary, {kind: summary})
        work()
        with self._lock:
            change["tasks"][0]["status"] = "Done"
            self._finish(change, "Done")

    def hold(self, held: bool) -> None:
        """Hold or unhold the snap's refreshes. Throws SnapdError when it is not installed."""
        if self.snap is None:
            raise SnapdError('snap "microk8s" is not installed')
        self._state["snap"]["held"] = held
        self._save()

    def remove(self) -> None:
        """Take the snap and its data away."""
        self.microk8s.stop()
        self._discard()

    # Changes ---------------------------------------------------------------------------------------

    def new_change(self, kind: str, summary: str, tasks: Dict[str, str]) -> Dict[str, Any]:
        """Append a change in progress."""
        with self._lock:
            change = {
                "id": str(self._state["next"]), "kind": kind, "summary": summary, "status": "Doing",
                "spawn": now(), "ready": None, "error": "", "data": {},
                "tasks": [{"kind": name, "summary": text, "status": "Do"} for name, text in tasks.items()],
            }
            self._state["next"] += 1
            self._state["changes"].append(change)
            self._save()
            return change

    def _do(self, change: Dict[str, Any]) -> None:
        for task in change["tasks"]:
            if task["status"] == "Done":
                continue
            with self._lock:
                task["status"] = "Doing"
                self._save()
            try:
                self._run(task["kind"], change["data"])
            except HookError as error:
                # A task that failed because the power went off did not fail: it is done again.
                self.power.must_sleep(0)
                self._undo(change, task, str(error))
                return
            self.power.must_sleep(0)
            with self._lock:
                task["status"] = "Done"
                self._save()
        self._finish(change, "Done")

    def _run(self, kind: str, data: Dict[str, Any]) -> None:
        self.power.must_sleep(_SHARES[kind] * self._latencies().installSeconds)
        release = Release(**data["release"])
        if kind == "download-snap" and data["broken"]:
            raise HookError(data["broken"])
        if kind == "link-snap":
            self._link(release, data["channel"])
        if kind == "run-install-hook":
            self.microk8s.install_hook(release)
        if kind == "start-snap-services":
            self.microk8s.start()

    def _link(self, release: Release, channel: str) -> None:
        for base in ("snap/microk8s", "var/snap/microk8s"):
            (self._root / base / str(release.revision)).mkdir(parents=True, exist_ok=True)
            current = self._root / base / "current"
            current.unlink(missing_ok=True)
            current.symlink_to(str(release.revision))
        (self._root / "var/snap/microk8s/common").mkdir(parents=True, exist_ok=True)
        rootfs.stand_in(self._root / "snap/bin/microk8s", self._identity, "microk8s")
        with self._lock:
            self._state["snap"] = {**vars(release), "channel": channel, "held": False}
            self._save()

    def _undo(self, change: Dict[str, Any], failed: Dict[str, Any], text: str) -> None:
        self._discard()
        with self._lock:
            for task in change["tasks"]:
                task["status"] = {"Done": "Undone", "Do": "Hold"}.get(task["status"], task["status"])
            failed["status"] = "Error"
            change["error"] = f"cannot perform the following tasks:\n- {failed['summary']} ({text})"
            self._finish(change, "Error")

    def _discard(self) -> None:
        with self._lock:
            self._state["snap"] = None
            self._save()
        (self._root / "snap/bin/microk8s").unlink(missing_ok=True)
        for base in ("snap/microk8s", "var/snap/microk8s"):
            shutil.rmtree(self._root / base, ignore_errors=True)

    def _finish(self, change: Dict[str, Any], status: str) -> None:
        with self._lock:
            change["status"], change["ready"] = status, now()
            self._save()

    def _save(self) -> None:
        atomic.write(self._file, json.dumps(self._state, indent=1), 0o600)
