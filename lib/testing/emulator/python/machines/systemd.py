"""systemd of one boot: units from the root folder, supervised as real processes.

Modelled: ExecStart, ExecReload, Environment, Type=notify, Restart, RestartSec, KillMode, StartLimitIntervalSec/Burst, WantedBy,
drop-ins, masks. Units without a process (timers, those of the image) only have a state.
Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html and systemd.kill.html.
"""

import os
import pathlib
import re
import shlex
import signal
import subprocess
import threading
import time
from typing import Callable, Dict, List, Optional, Set

from . import processes, rootfs
from .power import Power

UNIT_FOLDER = "etc/systemd/system"
VENDOR_FOLDER = "usr/lib/systemd/system"
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


def merged(directives: Dict[str, List[str]], more: Dict[str, List[str]]) -> Dict[str, List[str]]:
    """Directives with those of a drop-in after them; an empty value takes away what was there."""
    whole = dict(directives)
    for name, values in more.items():
        kept = [] if "" in values else whole.get(name, [])
        whole[name] = [*kept, *values[values.index("") + 1 if "" in values else 0 :]]
    return whole


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
        if "ExecStart" not in self._manager.directives(self.name):
            self.state = "active"
            return
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
        mode = self._one(self._manager.directives(self.name), "KillMode", "control-group")
        asked: Dict[int, float] = {}
        deadline = time.monotonic() + 5
        # A process that is only just being started is stopped too.
        while self._thread and self._thread.is_alive() and time.monotonic() < deadline:
            pid, now = self.pid, time.monotonic()
            if pid is not None and (pid not in asked or now - asked[pid] > 1.0):
                how = signal.SIGKILL if pid in asked else signal.SIGTERM
                asked[pid] = now
                (processes.kill if mode == "process" else processes.kill_group)(pid, how)
            self._manager.power.must_sleep(0.01)
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
        self._manager.notified.discard(self.name)
        if self._one(directives, "KillMode", "control-group") != "process":
            processes.kill_group(process.pid)
        return code


class Systemd:
    """The manager of one boot. ``starts`` carries over the starts counted in earlier boots; ``note`` writes into the journal."""

    def __init__(
        self, root: pathlib.Path, env: Dict[str, str], power: Power, log_of: Callable[[str], pathlib.Path],
        starts: Dict[str, int], note: Callable[[str], None],
    ) -> None:
        self.power = power
        self._root, self._env, self._log_of, self._starts, self._note = root, env, log_of, starts, note
        self._units: Dict[str, Unit] = {}
        self._lock = threading.Lock()
        self.notified: Set[str] = set()
        """Units of Type=notify that have said that they are ready."""

    def path_of(self, name: str) -> pathlib.Path:
        """Where the unit file is (or would be): the administrator's before the package's."""
        own, vendor = self._root / UNIT_FOLDER / name, self._root / VENDOR_FOLDER / name
        return vendor if vendor.is_file() and not own.is_file() and not own.is_symlink() else own

    def directives(self, name: str) -> Dict[str, List[str]]:
        """The unit's directives with those of its drop-ins; empty when its file is missing."""
        try:
            whole = read_unit(self.path_of(name))
            for file in sorted((self._root / UNIT_FOLDER / f"{name}.d").glob("*.conf")):
                whole = merged(whole, read_unit(file))
            return whole
        except OSError:
            return {}

    def is_masked(self, name: str) -> bool:
        """Whether the unit may not be started."""
        own = self._root / UNIT_FOLDER / name
        return own.is_symlink() and os.readlink(own) == os.devnull

    def mask(self, name: str, masked: bool) -> None:
        """Forbid, or allow again, that the unit is started."""
        own = self._root / UNIT_FOLDER / name
        if masked and not own.exists() and not own.is_symlink():
            own.symlink_to(os.devnull)
        elif not masked and self.is_masked(name):
            own.unlink()

    def unit(self, name: str) -> Unit:
        """The unit of that name, known from its first mention on."""
        with self._lock:
            if name not in self._units:
                self._units[name] = Unit(name, self)
                self._units[name].starts = self._starts.get(name, 0)
            return self._units[name]

    def start_enabled(self) -> None:
        """What a boot does: start every unit that multi-user.target wants."""
        for link in sorted((self._root / UNIT_FOLDER / _WANTS).iterdir()) if (self._root / UNIT_FOLDER / _WANTS).is_dir() else []:
            if not self.is_masked(link.name):
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
        self._note(f"systemd {text}")

    def spawn(self, name: str, directives: Dict[str, List[str]]) -> "subprocess.Popen[bytes]":
        """Start the unit's main process. Throws OSError, ValueError or IndexError (no ExecStart)."""
        return self._exec(name, directives, directives.get("ExecStart", [])[-1], {})

    def reload(self, name: str) -> bool:
        """Run the unit's ExecReload lines one after the other; False when it has none, is not running, or one of them fails."""
        directives, unit = self.directives(name), self.unit(name)
        lines = directives.get("ExecReload", [])
        if not lines or unit.pid is None:
            return False
        for line in lines:
            try:
                process = self._exec(name, directives, line, {"MAINPID": str(unit.pid)})
            except (OSError, ValueError, IndexError) as error:
                self.note(f"{name}: Failed to execute: {error}")
                return False
            if process.wait(60) != 0:
                return False
        return True

    def _exec(self, name: str, directives: Dict[str, List[str]], line: str, more: Dict[str, str]) -> "subprocess.Popen[bytes]":
        env = dict(self._env)
        for pairs in directives.get("Environment", []):
            for pair in shlex.split(pairs):
                key, _, value = pair.partition("=")
                env[key] = rootfs.search_path(self._root, value) if key == "PATH" else value
        argv = _filled(shlex.split(line.lstrip("-@:+!")), {**env, **more})
        argv = rootfs.find_command(self._root, argv, env["PATH"])
        return processes.spawn(argv, env, self._root, self._log_of(name))

    def starts(self) -> Dict[str, int]:
        """How often each unit was started since the machine was made."""
        with self._lock:
            return {**self._starts, **{name: unit.starts for name, unit in self._units.items()}}


def _filled(words: List[str], env: Dict[str, str]) -> List[str]:
    """``$NAME`` as a word of its own becomes the words of the variable, ``${NAME}`` its text (systemd.service, command lines)."""
    argv: List[str] = []
    for word in words:
        if re.fullmatch(r"\$\w+", word):
            argv += env.get(word[1:], "").split()
        else:
            argv.append(re.sub(r"\$\{(\w+)\}", lambda match: env.get(match.group(1), ""), word))
    return argv
