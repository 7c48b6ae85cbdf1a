"""The HTTP server, on loopback only, and what ends it.

Source: https://werkzeug.palletsprojects.com/en/stable/serving/ (threaded development server).
"""

import os
import signal
import threading
import time
from typing import Any, Callable

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _QuietHandler(WSGIRequestHandler):
    """Logs nothing: the gateway writes one line per AWS call, without query strings or bodies."""

    # Head and body in one piece: Go's client, told that the connection closes, sometimes does so between the two, and its
    # second try of something like AuthorizeSecurityGroupEgress is refused as a duplicate.
    wbufsize = 1 << 20
    timeout = 120

    def log(self, type: str, message: str, *args: Any) -> None:
        """Nothing."""


def listen(port: int, application: Callable[..., Any]) -> BaseWSGIServer:
    """A server on 127.0.0.1 that does not serve yet; port 0 takes a free one. Throws OSError when it is taken."""
    return make_server("127.0.0.1", port, application, threaded=True, request_handler=_QuietHandler)


class Lifetime:
    """How long the process lives: until a signal, a request, or the end of the parent."""

    def __init__(self) -> None:
        self._over = threading.Event()

    def end(self) -> None:
        """End it soon: the answer to the request that asks for it can still be sent."""
        self._over.set()

    def watch_signals(self) -> None:
        """SIGTERM and SIGINT end it; a hang-up of the terminal too, unless nohup has it ignored."""
        for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(name) != signal.SIG_IGN:
                signal.signal(name, lambda *_: self._over.set())

    def watch_parent(self, pid: int) -> None:
        """The end of process ``pid`` ends it."""
        started = _start_time(pid)

        def watch() -> None:
            while not self._over.is_set():
                if not _alive(pid) or _start_time(pid) != started:
                    self._over.set()
                time.sleep(0.5)

        threading.Thread(target=watch, name="parent-watch", daemon=True).start()

    def wait(self) -> None:
        """Return when it is over."""
        # Bounded waits: a lock without a timeout would keep signals from being handled on some platforms.
        while not self._over.wait(0.5):
            pass


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _start_time(pid: int) -> str:
    """Start of a process where /proc tells it, so that a reused id is no parent; empty elsewhere. A zombie has none."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:
            fields = stat.read().rsplit(")", 1)[-1].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]
