"""snapd of one machine: seeding, the microk8s snap, and changes that survive clients and reboots.

Source: github.com/canonical/snapd overlord/snapstate, overlord/state (a change is a list of tasks kept in state.json; a
task that was doing is done again after a restart).
"""

import json
import pathlib
import threading
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, Optional

from . import atomic, snaptasks
from .faults import Latencies
from .installation import HookError
from .microk8s import Microk8s
from .power import Power
from .snaptasks import SnapTasks
from .store import Release

STATE = "var/lib/snapd/state.json"
FINISHED = ("Done", "Error", "Undone", "Hold")
#: Snaps of Ubuntu's image for EC2; nothing runs behind them here.
_PRESEEDED = {
    "amazon-ssm-agent": {"version": "3.3.2299.0", "revision": 11797, "channel": "latest/stable/ubuntu-24.04",
                         "publisher": "aws**", "notes": "classic"},
    "core22": {"version": "20250923", "revision": 2139, "channel": "latest/stable", "publisher": "canonical**", "notes": "base"},
    "snapd": {"version": "2.71", "revision": 25577, "channel": "latest/stable", "publisher": "canonical**", "notes": "snapd"},
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
        self._latencies = latencies
        self._lock = threading.RLock()
        self._state: Dict[str, Any] = {
            "seeded": False, "snap": None, "sequence": [], "others": dict(_PRESEEDED), "next": 1, "changes": [],
        }
        self._file = root / STATE
        if self._file.exists():
            self._state = json.loads(self._file.read_text("utf-8"))
        microk8s.disabled = set(self._state.setdefault("disabled", []))
        self._tasks = SnapTasks(root, microk8s, identity, self._state, self._save)

    def boot(self) -> None:
        """Go on with what was unfinished: seeding, then the change in progress; start the snap's services."""
        if not self._state["seeded"]:
            if not self._state["changes"]:
                self.new_change("seed", "Initialize system state", {"mark-seeded": "Mark system seeded"})
            self.power.start(self._seed, "snapd-seed")
            return
        unfinished = [change for change in self._state["changes"] if change["status"] not in FINISHED]
        if self.snap and not any(_keeps_stopped(change) for change in unfinished):
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
        """The microk8s snap (version, revision, channel, held, active), or None."""
        return self._state["snap"]

    @property
    def sequence(self) -> List[Dict[str, Any]]:
        """The revisions of microk8s on the disk, oldest first."""
        return list(self._state["sequence"])

    @property
    def others(self) -> Dict[str, Dict[str, Any]]:
        """The other snaps by name (version, revision, channel, publisher, notes)."""
        return dict(self._state["others"])

    def install_other(self, name: str) -> bool:
        """Install one of the snaps of the image again; False when the store has none of that name."""
        if name not in _PRESEEDED:
            return False
        self._state["others"][name] = {**_PRESEEDED[name], "channel": "latest/stable"}
        self._save()
        return True

    def remove_other(self, name: str) -> None:
        """Remove one of the other snaps."""
        self._state["others"].pop(name, None)
        self._save()

    def changes(self) -> List[Dict[str, Any]]:
        """Every change, oldest first (a copy)."""
        with self._lock:
            return json.loads(json.dumps(self._state["changes"]))

    def changing(self) -> bool:
        """Whether an installation, a refresh or a revert is in progress."""
        kinds = ("install-snap", "refresh-snap", "revert-snap")
        return any(one["kind"] in kinds and one["status"] not in FINISHED for one in self.changes())

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
        data = {"release": vars(release), "channel": channel, "broken": broken_download}
        tasks = snaptasks.of_install(release, channel)
        return self._begin("install-snap", f'Install "microk8s" snap from "{channel}" channel', tasks, data)

    def refresh(self, release: Release, channel: str, broken_download: str) -> str:
        """Begin to go to another revision with a copy of the present data; returns the id of the change."""
        present = any(one["revision"] == release.revision for one in self.sequence)
        data = {"release": vars(release), "channel": channel, "broken": "" if present else broken_download, **self._before()}
        tasks = snaptasks.of_refresh(release, channel, present)
        return self._begin("refresh-snap", f'Refresh "microk8s" snap from "{channel}" channel', tasks, data)

    def revert(self) -> str:
        """Begin to go back to the revision before, with its data; returns the id of the change. Throws SnapdError without one."""
        revisions = [one["revision"] for one in self.sequence]
        at = revisions.index(self._state["snap"]["revision"]) if self.snap else 0
        if at == 0:
            raise SnapdError('cannot revert "microk8s": no revision to revert to')
        release = Release(**self.sequence[at - 1])
        data = {"release": vars(release), "channel": "", "broken": "", "revert": True, **self._before()}
        return self._begin("revert-snap", 'Revert "microk8s" snap', snaptasks.of_revert(release), data)

    def switch(self, kind: str, summary: str, channel: str) -> None:
        """Track another channel, and nothing else."""

        def work() -> None:
            self._state["snap"]["channel"] = channel
            self._save()

        self.record(kind, summary, work)

    def _before(self) -> Dict[str, Any]:
        return {"before": dict(self._state["snap"]), "sequence": self.sequence}

    def _begin(self, kind: str, summary: str, tasks: Dict[str, str], data: Dict[str, Any]) -> str:
        with self._lock:
            self.check_free()
            change = self.new_change(kind, summary, tasks)
            change["data"] = data
            self._save()
        self.power.start(lambda: self._do(change), f"change-{change['id']}")
        return str(change["id"])

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

    def disable(self, names: List[str], disabled: bool) -> None:
        """Have services start with the machine no more, or again."""
        services = set(self._state["disabled"])
        self._state["disabled"] = sorted(services | set(names) if disabled else services - set(names))
        self.microk8s.disabled = set(self._state["disabled"])
        self._save()

    def remove(self) -> None:
        """Take the snap and its data away."""
        self.microk8s.stop()
        self._tasks.discard()

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
        self.power.must_sleep(snaptasks.SHARES[kind] * self._latencies().installSeconds)
        if kind == "download-snap" and data["broken"]:
            raise HookError(data["broken"])
        self._tasks.run(kind, data)

    def _undo(self, change: Dict[str, Any], failed: Dict[str, Any], text: str) -> None:
        self._tasks.undo([task["kind"] for task in change["tasks"] if task["status"] in ("Done", "Doing")], change["data"])
        with self._lock:
            for task in change["tasks"]:
                task["status"] = {"Done": "Undone", "Do": "Hold"}.get(task["status"], task["status"])
            failed["status"] = "Error"
            change["error"] = f"cannot perform the following tasks:\n- {failed['summary']} ({text})"
            self._finish(change, "Error")

    def _finish(self, change: Dict[str, Any], status: str) -> None:
        with self._lock:
            change["status"], change["ready"] = status, now()
            self._save()

    def _save(self) -> None:
        with self._lock:
            atomic.write(self._file, json.dumps(self._state, indent=1), 0o600)


def _keeps_stopped(change: Dict[str, Any]) -> bool:
    """Whether a change in progress has the snap's services stopped, or not started yet."""
    status = {task["kind"]: task["status"] for task in change["tasks"]}
    stopped = change["kind"] == "install-snap" or status.get("stop-snap-services", "Do") != "Do"
    return stopped and status.get("start-snap-services", "Done") != "Done"
