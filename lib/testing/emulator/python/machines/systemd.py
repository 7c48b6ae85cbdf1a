"""systemd of one boot: units from the root folder, supervised as real processes.

Modelled: ExecStart, Environment, Restart, RestartSec, KillMode, StartLimitIntervalSec/Burst, WantedBy.
Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html and systemd.kill.html.
"""

import os
import pathlib
import shlex
import signal
import subprocess
import threading
import time
from typing import Callable, Dict, List, Optional

from . import processes, rootfs
from .power import Power

UNIT_FOLDER = "etc/systemd/system"
_WANTS = "multi-user.target.wants"


def read_unit(path: pathlib.Path) -> Dict[str, List[str]]:
    """The directives of a unit file by name, later lines after earlier ones. Throws OSError."""
    directives: Dict[str, List[str]] = {}
    for line in path.read_text("utf-8").replace("\\\n", " ").splitlines():
        line = line.strip()
        if line and line[0] not in "#;[" and "=" in line:
            name, _, value = line.partition("=")
            directives.setdefault(name.strip(), []).append(value.strip())
    return directives


def seconds(text: str) -> float:
    """A systemd time span (``2``, ``2s``, ``100ms``, ``1min``) in seconds. Throws ValueError."""
    for suffix, factor in (("ms", 0.001), ("min", 60.0), ("sec", 1.0), ("s", 1.0)):
        if text.endswith(suffix):
            return float(text[: -len(suffix)]) * factor
    return float(text)


class Unit:
    """A service and the thread that supervises it."""

    def __init__(self, name: str, manager: "Systemd") -> None:
        self.name = name
        self.state = "inactive"
        self.starts = 0
        self.pid: Optional[int] = None
        self._manager = manager
        self._wanted = threading.Event()
        self._thread: Optional[threading.Thread] = None

    def _one(self, directives: Dict[str, List[str]], name: str, default: str) -> str:
        return directives.get(name, [default])[-1]

    def start(self) -> None:
        """Start supervising; nothing when it is supervised already."""
        if self._thread and self._thread.is_alive() and self._wanted.is_set():
            return
        if self._thread:
            self._thread.join(10)
        self._wanted.set()
        self.state = "activating"
        self._thread = self._manager.power.start(self._supervise, f"unit-{self.name}")

    def stop(self) -> None:
        """Stop it: SIGTERM, then SIGKILL after a second; KillMode says whom."""
        self._wanted.clear()
        pid, mode = self.pid, self._one(self._manager.directives(self.name), "KillMode", "control-group")
        for how in (signal.SIGTERM, signal.SIGKILL):
            if pid is not None and self.pid == pid:
                (processes.kill if mode == "process" else processes.kill_group)(pid, how)
                self._manager.power.wait_for(lambda: self.pid != pid, 1.0, 0.01)
        if self._thread:
            self._thread.join(5)
        self.state = "inactive"

    def _supervise(self) -> None:
        directives = self._manager.directives(self.name)
        restart = self._one(directives, "Restart", "no")
        pause = seconds(self._one(directives, "RestartSec", "100ms"))
        interval = seconds(self._one(directives, "StartLimitIntervalSec", "10"))
        burst = int(self._one(directives, "StartLimitBurst", "5"))
        started: List[float] = []
        while self._wanted.is_set() and self._manager.power.on:
            now = time.monotonic()
            started = [at for at in started if now - at < interval]
            if len(started) >= burst:
                self._manager.note(f"{self.name}: Start request repeated too quickly.")
                self.state = "failed"
                return
            started.append(now)
            code = self._run(directives)
            if not self._manager.power.on:
                return
            again = restart == "always" or (restart == "on-failure" and code != 0)
            if not (again and self._wanted.is_set()):
                self.state = "inactive" if code == 0 or not self._wanted.is_set() else "failed"
                return
            self.state = "activating"
            self._manager.note(f"{self.name}: Main process exited, code={code}; restart in {pause} s.")
            self._manager.power.must_sleep(pause)

    def _run(self, directives: Dict[str, List[str]]) -> int:
        try:
            process = self._manager.spawn(self.name, directives)
        except (OSError, ValueError, IndexError) as error:
            self._manager.note(f"{self.name}: Failed to execute: {error}")
            return 203
        self.pid, self.state = process.pid, "active"
        self.starts += 1
        code = process.wait()
        self.pid = None
        if self._one(directives, "KillMode", "control-group") != "process":
            processes.kill_group(process.pid)
        return code


class Systemd:
    """The manager of one boot. ``starts`` carries over the starts counted in earlier boots."""

    def __init__(
        self, root: pathlib.Path, env: Dict[str, str], power: Power, log_of: Callable[[str], pathlib.Path],
        starts: Dict[str, int],
    ) -> None:
        self.power = power
        self._root, self._env, self._log_of, self._starts = root, env, log_of, starts
        self._units: Dict[str, Unit] = {}
        self._lock = threading.Lock()

    def path_of(self, name: str) -> pathlib.Path:
        """Where the unit file is (or would be)."""
        return self._root / UNIT_FOLDER / name

    def directives(self, name: str) -> Dict[str, List[str]]:
        """The unit's directives; empty when its file is missing."""
        try:
            return read_unit(self.path_of(name))
        except OSError:
            return {}

    def unit(self, name: str) -> Unit:
        """The unit of that name, known from its first mention on."""
        with self._lock:
            if name not in self._units:
                self._units[name] = Unit(name, self)
                self._units[name].starts = self._starts.get(name, 0)
            return self._units[name]

    def start_enabled(self) -> None:
        """What a boot does: start every unit that multi-user.target wants."""
        for link in sorted((self._root / UNIT_FOLDER / _WANTS).glob("*.service")):
            self.unit(link.name).start()

    def is_enabled(self, name: str) -> bool:
        """Whether the unit starts at boot."""
        return (self._root / UNIT_FOLDER / _WANTS / name).is_symlink()

    def enable(self, name: str) -> bool:
        """Link the unit into multi-user.target; False when it was linked already."""
        link = self._root / UNIT_FOLDER / _WANTS / name
        if link.is_symlink():
            return False
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.join("..", name))
        return True

    def disable(self, name: str) -> bool:
        """Remove the link; False when there was none."""
        link = self._root / UNIT_FOLDER / _WANTS / name
        if not link.is_symlink():
            return False
        link.unlink()
        return True

    def note(self, text: str) -> None:
        """A line of the journal."""
        with open(self._log_of(""), "a", encoding="utf-8") as journal:
            journal.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} systemd {text}\n")

    def spawn(self, name: str, directives: Dict[str, List[str]]) -> "subprocess.Popen[bytes]":
        """Start the unit's main process. Throws OSError, ValueError or IndexError (no ExecStart)."""
        env = dict(self._env)
        for line in directives.get("Environment", []):
            for pair in shlex.split(line):
                key, _, value = pair.partition("=")
                env[key] = rootfs.search_path(self._root, value) if key == "PATH" else value
        argv = shlex.split(directives.get("ExecStart", [])[-1].lstrip("-@:+!"))
        argv = rootfs.find_command(self._root, argv, env["PATH"])
        return processes.spawn(argv, env, self._root, self._log_of(name))

    def starts(self) -> Dict[str, int]:
        """How often each unit was started since the machine was made."""
        with self._lock:
            return {**self._starts, **{name: unit.starts for name, unit in self._units.items()}}
