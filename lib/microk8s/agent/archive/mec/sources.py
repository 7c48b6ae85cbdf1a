"""Where lines of logs come from: the journal, and files that grow."""

import glob
import json
import os
import select
import subprocess
import time
from typing import Any, Dict, Generator, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from .basics import DAY, Trouble

LONGEST = 262_144  # bytes of a line that is taken as one; what is longer comes in pieces
Position = Dict[str, Any]


class Line(NamedTuple):
    """A line, or only a position when ``text`` is empty; reading goes on behind it from ``position``."""

    position: Position
    at: Optional[float]  # seconds since 1970, when the source knows
    text: str


class Journal:
    """Entries of some units in systemd's journal, by the cursor of the last one.

    Source: https://www.freedesktop.org/software/systemd/man/latest/journalctl.html. A field of more than 4096 bytes, or one
    that is not text, is null or a list of numbers there.
    """

    SECONDS = 20.0  # for one look
    FIELDS = "MESSAGE,SYSLOG_IDENTIFIER"

    def __init__(self, units: Sequence[str], named: bool, program: str = "journalctl") -> None:
        """``named``: each line begins with the name of what wrote it."""
        self._units, self._named, self._program = [word for unit in units for word in ("-u", unit)], named, program

    def lines(self, position: Position) -> Iterator[Line]:
        """What came after a position; of the first look, what came within a day. Throws Trouble."""
        cursor = position.get("cursor")
        if cursor and (yield from self._read("--after-cursor=" + str(cursor))):
            return
        since = float(position.get("at") or time.time() - DAY)  # also when the journal does not know the cursor any more
        if not (yield from self._read(f"--since=@{since:.0f}")):
            raise Trouble("journalctl fails")

    def _read(self, start: str) -> Generator[Line, None, bool]:
        argv = [self._program, "--quiet", "--no-pager", "-o", "json", "--output-fields=" + self.FIELDS, start, *self._units]
        try:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError:
            raise Trouble("journalctl is missing") from None
        found, end = False, time.monotonic() + self.SECONDS
        try:
            for raw in _pieces(process.stdout.fileno(), end):
                line = self._line(raw)
                if line:
                    found = True
                    yield line
            return found or process.wait(max(0.0, end - time.monotonic())) == 0
        except subprocess.TimeoutExpired:
            return True  # it goes on at the next look
        finally:
            process.kill()
            process.stdout.close()
            process.wait()

    def _line(self, raw: bytes) -> Optional[Line]:
        try:
            given = json.loads(raw)
            cursor, at, message = given["__CURSOR"], int(given["__REALTIME_TIMESTAMP"]) / 1e6, given.get("MESSAGE")
        except (ValueError, KeyError, TypeError):
            return None
        if isinstance(message, list):
            try:
                message = bytes(message).decode("utf-8", "replace")
            except (TypeError, ValueError):
                message = " ".join(map(str, message))
        text = "(an entry that the journal does not hand out as text)" if message is None else str(message).rstrip()
        name = given.get("SYSLOG_IDENTIFIER")
        return Line({"cursor": cursor, "at": at}, at, f"{name}: {text}" if self._named and name and text else text)


def _pieces(descriptor: int, end: float) -> Iterator[bytes]:
    """Lines of a pipe until it closes or time is up; those too long to be an entry are left out."""
    held, whole = b"", True
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([descriptor], [], [], left)[0]:
            return
        piece = os.read(descriptor, 65_536)
        if not piece:
            return
        *lines, held = (held + piece).split(b"\n")
        for line in lines:
            if whole:
                yield line
            whole = True
        if len(held) > LONGEST:
            held, whole = b"", False


class GrowingFile:
    """Lines of a file, by inode and offset; followed when it is renamed to ``<stem>-*<suffix>``, or cut and written anew."""

    def __init__(self, path: str) -> None:
        self._path = path

    def lines(self, position: Position) -> Iterator[Line]:
        """What came after a position; from its beginning at the first look. Throws OSError."""
        known = position.get("inode")
        chain = self._chain() if known else self._chain()[-1:]
        # What was read last may be gone: then all that is there is newer.
        start = next((i for i, (_, inode) in enumerate(chain) if inode == known), 0)
        for path, inode in chain[start:]:
            yield from self._file(path, inode, int(position.get("offset") or 0) if inode == known else 0, path != self._path)

    def _chain(self) -> List[Tuple[str, int]]:
        """The rotated files, oldest first, and the one that grows: path and inode."""
        stem, suffix = os.path.splitext(self._path)
        found = []
        for path in [*sorted(glob.glob(f"{glob.escape(stem)}-*{suffix}")), self._path]:
            try:
                found.append((path, os.stat(path).st_ino))
            except FileNotFoundError:
                pass
        return found

    @staticmethod
    def _file(path: str, inode: int, offset: int, ended: bool) -> Iterator[Line]:
        try:
            file = open(path, "rb")
        except FileNotFoundError:
            return
        with file:
            status = os.fstat(file.fileno())
            if status.st_ino != inode:
                return  # renamed in this moment: seen at the next look
            offset = offset if offset <= status.st_size else 0
            file.seek(offset)
            yield Line({"inode": inode, "offset": offset}, None, "")
            while True:
                raw = file.readline(LONGEST)
                # A line without its end is still being written, unless it is very long or nobody writes any more.
                if not raw or not (raw.endswith(b"\n") or len(raw) == LONGEST or ended):
                    return
                offset += len(raw)
                yield Line({"inode": inode, "offset": offset}, None, raw.decode("utf-8", "replace").rstrip("\r\n"))
