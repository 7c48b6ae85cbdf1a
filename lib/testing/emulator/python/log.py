"""The emulator's log: one line per AWS call, and what went wrong; never the values of parameters."""

import os
import pathlib
import sys
import threading
import time
import traceback


class Log:
    """Appends to ``DIR/logs/emulator.log``; thread-safe."""

    def __init__(self, state_dir: pathlib.Path) -> None:
        folder = state_dir / "logs"
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "emulator.log"
        # Whoever starts the emulator may have the same file open: only appending keeps the lines whole.
        self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def take_over_stderr(self) -> None:
        """From now on Python's own complaints go to the log, unless a person looks at stderr."""
        if not sys.stderr.isatty():
            os.dup2(self._file, 2)

    def line(self, *words: object) -> None:
        """Append one line with the time in UTC."""
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
        text = " ".join(str(word).replace("\n", " ") for word in (stamp, *words))
        with self._lock:
            os.write(self._file, text.encode() + b"\n")

    def error(self, where: str, error: BaseException) -> None:
        """Append an exception by its type and place; its text may hold what a request held, so it stays out."""
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        trail = " < ".join(f"{pathlib.Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
        detail = str(error) if isinstance(error, NotImplementedError) else ""
        self.line("error", where, type(error).__name__, detail, trail)
