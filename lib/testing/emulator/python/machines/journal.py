"""The journal of one machine: what its units wrote, in order, over all of its boots.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html (fields).
"""

import fnmatch
import pathlib
import re
import threading
import time
import uuid
from collections import deque
from dataclasses import dataclass
from typing import Callable, Deque, Dict, List, Optional, Tuple

#: Entries that are kept; older ones are vacuumed away, as journald does at its own limit.
_KEPT = 20000
#: Beginnings of notes, and the unit that wrote them. ``systemd`` itself writes about units.
_WRITERS = (
    (re.compile(r"^(microk8s\.[a-z0-9-]+): "), "snap.{}.service"),
    (re.compile(r"^microk8s [a-z]+ hook: "), "snapd.service"),
    (re.compile(r"^snapd: "), "snapd.service"),
    (re.compile(r"^cloud-init: "), "cloud-final.service"),
    (re.compile(r"^kernel: "), ""),
)
_ABOUT = re.compile(r"^systemd(?:\[1\])?[ :]+([\w@.\\-]+\.(?:service|timer)): ")


@dataclass(frozen=True)
class Entry:
    """One entry: its number, time (µs since 1970), boot, writer, and the unit that systemd speaks of."""

    number: int
    at: int
    boot: str
    unit: str
    about: str
    message: str
    pid: Optional[int]

    def is_of(self, patterns: List[str]) -> bool:
        """Whether it is by or about a unit that one of ``patterns`` (globs) names."""
        return any(unit and fnmatch.fnmatchcase(unit, pattern) for unit in (self.unit, self.about) for pattern in patterns)


class Journal:
    """Thread-safe; ``file`` gets the notes as text for people. ``follow`` adds a file that a unit writes into."""

    def __init__(self, file: pathlib.Path) -> None:
        self._file, self._lock = file, threading.RLock()
        self._entries: Deque[Entry] = deque(maxlen=_KEPT)
        self._next, self._boot, self._last = 1, uuid.uuid4().hex, 0
        self._sequence = uuid.uuid4().hex
        self._followed: Dict[str, Tuple[pathlib.Path, int, Callable[[], Optional[int]]]] = {}

    @property
    def boot(self) -> str:
        """Id of the present boot."""
        return self._boot

    def begin_boot(self, boot_id: str) -> None:
        """A boot begins."""
        with self._lock:
            self.catch_up()
            self._boot = boot_id.replace("-", "").strip()

    def follow(self, unit: str, file: pathlib.Path, pid: Callable[[], Optional[int]] = lambda: None) -> None:
        """Take what ``unit`` appends to ``file`` from now on; twice for one unit is once."""
        with self._lock:
            if unit not in self._followed:
                self._followed[unit] = (file, 0, pid)

    def note(self, text: str) -> None:
        """An entry of the unit that ``text`` begins with, and a line in the file."""
        about = _ABOUT.match(text)
        unit = "init.scope" if about else next((_unit(match, name) for match, name in _matches(text)), "init.scope")
        with self._lock:
            self.catch_up()
            self._append(unit, about.group(1) if about else "", _bare(text))
            with open(self._file, "a", encoding="utf-8") as journal:
                journal.write(f"{time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())} {text}\n")

    def catch_up(self) -> None:
        """Take whole lines that followed units wrote since."""
        with self._lock:
            for unit, (file, offset, pid) in list(self._followed.items()):
                try:
                    with open(file, "rb") as log:
                        log.seek(offset)
                        whole, newline, _ = log.read().rpartition(b"\n")
                except OSError:
                    continue
                self._followed[unit] = (file, offset + len(whole) + len(newline), pid)
                for line in whole.decode("utf-8", "replace").split("\n") if newline else []:
                    self._append(unit, "", line, pid())

    def entries(self) -> List[Entry]:
        """Everything that is kept, oldest first."""
        with self._lock:
            self.catch_up()
            return list(self._entries)

    def cursor(self, entry: Entry) -> str:
        """An entry's place, opaque to everyone else."""
        return f"s={self._sequence};i={entry.number:x};b={entry.boot};m={entry.at & 0xFFFFFFFF:x};t={entry.at:x};x=0"

    def number_of(self, cursor: str) -> int:
        """The number in a cursor. Throws ValueError when it is none."""
        match = re.fullmatch(r"s=[0-9a-f]{32};i=([0-9a-f]+);b=[0-9a-f]{32};m=[0-9a-f]+;t=[0-9a-f]+;x=[0-9a-f]+", cursor)
        if not match:
            raise ValueError(cursor)
        return int(match.group(1), 16)

    def _append(self, unit: str, about: str, message: str, pid: Optional[int] = None) -> None:
        # Two entries of one moment keep their order by their times too.
        self._last = max(self._last + 1, time.time_ns() // 1000)
        self._entries.append(Entry(self._next, self._last, self._boot, unit, about, message, pid))
        self._next += 1


def _matches(text: str) -> "List[Tuple[re.Match[str], str]]":
    return [(found, name) for pattern, name in _WRITERS for found in [pattern.match(text)] if found]


def _bare(text: str) -> str:
    """What a writer said, without its name before it."""
    found = re.match(r"^(?:microk8s\.[a-z0-9-]+|snapd|cloud-init|kernel): |^systemd ", text)
    return text[found.end() :] if found else text


def identifier(unit: str) -> str:
    """The name that a unit's entries carry, such as ``microk8s.daemon-kubelite``."""
    if unit.startswith("snap."):
        return unit.removeprefix("snap.").removesuffix(".service")
    return {"": "kernel", "init.scope": "systemd", "mec-agent.service": "python3"}.get(unit, unit.partition(".")[0])


def _unit(match: "re.Match[str]", name: str) -> str:
    return name.format(*match.groups())
