"""Ends the machines of an emulator that died without ending them itself (kill -9, crash).

Called as ``watchdog.py <machines folder>`` with a pipe from the emulator as standard input: the pipe ends with the emulator.
"""

import pathlib
import subprocess
import sys
from typing import IO, Optional

if __package__:
    from . import processes
else:
    # Run as a script under -I, where the folder of the script is not on the path.
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
    import processes  # type: ignore[import-not-found, no-redef]


class Watchdog:
    """The watching process, from its creation until ``close``. Throws OSError when it cannot be started."""

    def __init__(self, folder: pathlib.Path) -> None:
        # A session of its own, so that Ctrl-C in a terminal does not end the watchdog first.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True,
        )

    def close(self) -> None:
        """Let it do its work and end."""
        pipe: Optional[IO[bytes]] = self._process.stdin
        if pipe and not pipe.closed:
            pipe.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)


if __name__ == "__main__":
    while sys.stdin.buffer.read(4096):
        pass
    processes.end_all(pathlib.Path(sys.argv[1]), below=True)
