"""The tasks of snapd's changes of the microk8s snap, and what each does to the machine; all may be done twice.

Source: github.com/canonical/snapd overlord/snapstate/snap.go (choreography), handlers.go (copy-snap-data, link-snap and what
undoes them), backend/snapdata.go (trash).
"""

import os
import pathlib
import shutil
from typing import Any, Callable, Dict, List, Optional

from . import defaults, rootfs
from .microk8s import Microk8s
from .store import Release

#: Share of ``installSeconds`` that each task takes.
SHARES = {
    "prerequisites": 0.02, "download-snap": 0.60, "prepare-snap": 0.02, "validate-snap": 0.02, "mount-snap": 0.06,
    "run-pre-refresh-hook": 0.01, "stop-snap-services": 0.05, "unlink-current-snap": 0.01, "copy-snap-data": 0.10,
    "link-snap": 0.05, "run-post-refresh-hook": 0.02, "run-install-hook": 0.15, "start-snap-services": 0.05,
    "cleanup": 0.0, "run-configure-hook": 0.05,
}
#: Revisions that are kept, the linked one included (refresh.retain on classic systems).
_RETAINED = 2


def of_install(release: Release, channel: str) -> Dict[str, str]:
    """Kind → summary of the tasks of an installation."""
    name = f'"microk8s" ({release.revision})'
    return {
        "prerequisites": 'Ensure prerequisites for "microk8s" are available',
        "download-snap": f'Download snap {name} from channel "{channel}"',
        "mount-snap": f"Mount snap {name}",
        "link-snap": f"Make snap {name} available to the system",
        "run-install-hook": 'Run install hook of "microk8s" snap if present',
        "start-snap-services": f"Start snap {name} services",
        "run-configure-hook": 'Run configure hook of "microk8s" snap if present',
    }


def of_refresh(release: Release, channel: str, is_present: bool) -> Dict[str, str]:
    """Kind → summary of the tasks of a refresh; a revision that ``is_present`` is neither downloaded nor mounted."""
    name = f'"microk8s" ({release.revision})'
    fetched = {"prepare-snap": f"Prepare snap {name}"} if is_present else {
        "download-snap": f'Download snap {name} from channel "{channel}"',
        "validate-snap": f"Fetch and check assertions for snap {name}",
        "mount-snap": f"Mount snap {name}",
    }
    return {
        "prerequisites": 'Ensure prerequisites for "microk8s" are available',
        **fetched,
        "run-pre-refresh-hook": 'Run pre-refresh hook of "microk8s" snap if present',
        "stop-snap-services": 'Stop snap "microk8s" services',
        "unlink-current-snap": 'Make current revision for snap "microk8s" unavailable',
        "copy-snap-data": 'Copy snap "microk8s" data',
        "link-snap": f"Make snap {name} available to the system",
        "run-post-refresh-hook": 'Run post-refresh hook of "microk8s" snap if present',
        "start-snap-services": f"Start snap {name} services",
        "cleanup": f"Clean up {name} install",
        "run-configure-hook": 'Run configure hook of "microk8s" snap if present',
    }


def of_revert(release: Release) -> Dict[str, str]:
    """Kind → summary of the tasks of a revert: the data that belongs to the revision is there already."""
    name = f'"microk8s" ({release.revision})'
    return {
        "prerequisites": 'Ensure prerequisites for "microk8s" are available',
        "prepare-snap": f"Prepare snap {name}",
        "stop-snap-services": 'Stop snap "microk8s" services',
        "unlink-current-snap": 'Make current revision for snap "microk8s" unavailable',
        "link-snap": f"Make snap {name} available to the system",
        "start-snap-services": f"Start snap {name} services",
        "run-configure-hook": 'Run configure hook of "microk8s" snap if present',
    }


class SnapTasks:
    """Does the tasks on the machine at ``root``. ``state`` has ``snap`` (the current revision) and ``sequence`` (all of them)."""

    def __init__(
        self, root: pathlib.Path, microk8s: Microk8s, identity: pathlib.Path, state: Dict[str, Any], save: Callable[[], None]
    ) -> None:
        self._root, self._microk8s, self._identity, self._state, self._save = root, microk8s, identity, state, save

    def run(self, kind: str, data: Dict[str, Any]) -> None:
        """Do one task of a change with ``data``. Throws HookError."""
        release = Release(**data["release"])
        if kind == "mount-snap":
            defaults.write_defaults(self._snap(release.revision), release.minor)
        elif kind == "stop-snap-services":
            self._microk8s.stop()
        elif kind == "unlink-current-snap":
            self._unlink()
        elif kind == "copy-snap-data":
            self._copy(data["before"]["revision"], release.revision)
        elif kind == "link-snap":
            self._link(release, data)
        elif kind == "run-install-hook":
            self._microk8s.install_hook(release)
        elif kind == "start-snap-services":
            self._microk8s.start()
        elif kind == "cleanup":
            self._clean_up(data)

    def undo(self, done: List[str], data: Dict[str, Any]) -> None:
        """Take back what the tasks ``done`` did."""
        before: Optional[Dict[str, Any]] = data.get("before")
        if before is None:
            self.discard()
            return
        revision = data["release"]["revision"]
        if "start-snap-services" in done:
            self._microk8s.stop()
        if "link-snap" in done or "unlink-current-snap" in done:
            self._point_at(before["revision"])
            self._state["snap"], self._state["sequence"] = before, data["sequence"]
            self._save()
        if "copy-snap-data" in done:
            shutil.rmtree(self._data(revision), ignore_errors=True)
            if self._trash(revision).exists():
                self._trash(revision).rename(self._data(revision))
        if "mount-snap" in done:
            shutil.rmtree(self._snap(revision), ignore_errors=True)
        if "stop-snap-services" in done:
            self._microk8s.start()

    def discard(self) -> None:
        """The snap, all its revisions and data are gone."""
        self._state["snap"], self._state["sequence"], self._state["disabled"] = None, [], []
        self._microk8s.disabled = set()
        self._save()
        (self._root / "snap/bin/microk8s").unlink(missing_ok=True)
        for base in ("snap/microk8s", "var/snap/microk8s"):
            shutil.rmtree(self._root / base, ignore_errors=True)

    def _snap(self, revision: int) -> pathlib.Path:
        return self._root / "snap/microk8s" / str(revision)

    def _data(self, revision: int) -> pathlib.Path:
        return self._root / "var/snap/microk8s" / str(revision)

    def _trash(self, revision: int) -> pathlib.Path:
        return self._data(revision).with_name(f"{revision}.old")

    def _unlink(self) -> None:
        (self._root / "snap/bin/microk8s").unlink(missing_ok=True)
        for base in ("snap/microk8s", "var/snap/microk8s"):
            (self._root / base / "current").unlink(missing_ok=True)
        self._state["snap"]["active"] = False
        self._save()

    def _copy(self, old: int, new: int) -> None:
        """A copy of the old revision's data for the new one; what the new one had from an earlier life goes to the trash."""
        partial = self._data(new).with_name(f".{new}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        shutil.copytree(self._data(old), partial, symlinks=True)
        if self._data(new).exists():
            shutil.rmtree(self._trash(new), ignore_errors=True)
            self._data(new).rename(self._trash(new))
        partial.rename(self._data(new))

    def _link(self, release: Release, data: Dict[str, Any]) -> None:
        self._snap(release.revision).mkdir(parents=True, exist_ok=True)
        self._data(release.revision).mkdir(parents=True, exist_ok=True)
        (self._root / "var/snap/microk8s/common").mkdir(parents=True, exist_ok=True)
        self._point_at(release.revision)
        before = data.get("before") or {}
        # A revert has no channel of its own: the snap goes on tracking what it was refreshed to.
        channel = data["channel"] or before.get("channel", "")
        sequence: List[Dict[str, Any]] = self._state["sequence"]
        if not data.get("revert"):
            sequence = [one for one in sequence if one["revision"] != release.revision] + [vars(release)]
        self._state["snap"] = {**vars(release), "channel": channel, "held": before.get("held", False), "active": True}
        self._state["sequence"] = sequence
        self._save()

    def _point_at(self, revision: int) -> None:
        for base in ("snap/microk8s", "var/snap/microk8s"):
            fresh = self._root / base / ".current"
            fresh.unlink(missing_ok=True)
            fresh.symlink_to(str(revision))
            os.replace(fresh, self._root / base / "current")
        rootfs.stand_in(self._root / "snap/bin/microk8s", self._identity, "microk8s")
        # kubectl without MicroK8s' wrapper, which workers need.
        rootfs.stand_in(self._snap(revision) / "kubectl", self._identity, "kubectl")

    def _clean_up(self, data: Dict[str, Any]) -> None:
        """Discard what came after the revision before (it was reverted from), and all but the newest ones."""
        revision, before = data["release"]["revision"], data["before"]["revision"]
        older = [one["revision"] for one in data["sequence"]]
        older = [one for one in older[: older.index(before) + 1] if one != revision]
        kept = [*older, revision][-_RETAINED:]
        for one in self._state["sequence"]:
            if one["revision"] not in kept:
                for path in (self._snap(one["revision"]), self._data(one["revision"])):
                    shutil.rmtree(path, ignore_errors=True)
        shutil.rmtree(self._trash(revision), ignore_errors=True)
        self._state["sequence"] = [one for one in self._state["sequence"] if one["revision"] in kept]
        self._save()
