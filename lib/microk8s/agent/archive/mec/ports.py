"""The only code that touches the world of a machine: clock, log, files, commands, connections."""

import dataclasses
import http.client
import json
import os
import random
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.parse
from typing import Any, Callable, Mapping, Optional, Sequence, Tuple

from .basics import clip, iso


class Clock:
    """The machine's clock (kept by chrony from 169.254.169.123)."""

    def time(self) -> float:
        """Seconds since 1970."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that no correction of the clock moves, for waiting."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


class Log:
    """One JSON line per event on standard output, which systemd's journal keeps."""

    def __init__(self, clock: Clock, stream: Any = None) -> None:
        self._clock, self._stream, self.phase = clock, stream, "begin"

    def event(self, message: str, **more: Any) -> None:
        """Log a message with plain values; the phase is added. Never give it a secret."""
        line = {"at": iso(self._clock.time()), "phase": self.phase, "message": message, **more}
        stream = self._stream or sys.stdout
        stream.write(json.dumps(line) + "\n")  # in one piece: logs are shipped by a thread of their own, which logs too
        stream.flush()


class Silence(Log):
    """A log that keeps nothing."""

    def event(self, message: str, **more: Any) -> None:
        """Nothing."""


class Files:
    """Files below a root folder ("" is the machine's own)."""

    def __init__(self, root: str = "") -> None:
        self._root = root.rstrip("/")

    def path(self, path: str) -> str:
        """Where an absolute path is, for a command's arguments."""
        return self._root + path

    def read(self, path: str) -> Optional[str]:
        """The text of a file; None when there is none. Throws OSError otherwise."""
        try:
            with open(self.path(path), encoding="utf-8") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_bytes(self, path: str) -> Optional[bytes]:
        """The bytes of a file; None when there is none. Throws OSError otherwise."""
        try:
            with open(self.path(path), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def size(self, path: str) -> int:
        """Bytes of a file; 0 when there is none. Throws OSError otherwise."""
        try:
            return os.stat(self.path(path)).st_size
        except FileNotFoundError:
            return 0

    def rewrite(self, path: str, text: str, mode: int = 0o600) -> None:
        """``write``, with mode and group of the file that is there; ``mode`` where none is. Throws OSError."""
        try:
            there = os.stat(self.path(path))
        except FileNotFoundError:
            return self.write(path, text, mode)
        self.write_bytes(path, text.encode(), there.st_mode & 0o777, there.st_gid)

    def write(self, path: str, text: str, mode: int = 0o644) -> None:
        """``write_bytes`` for text. Throws OSError."""
        self.write_bytes(path, text.encode(), mode)

    def write_bytes(self, path: str, data: bytes, mode: int = 0o644, group: int = -1) -> None:
        """Make a file appear at once, whole and durable, never readable to more than ``mode`` allows. Throws OSError."""
        final = self.path(path)
        folder = os.path.dirname(final)
        os.makedirs(folder, exist_ok=True)
        temporary = final + ".tmp"
        if os.path.lexists(temporary):
            os.unlink(temporary)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            os.fchown(file.fileno(), -1, group)
            os.fchmod(file.fileno(), mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, final)
        directory = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)

    def secret_folder(self, path: str) -> None:
        """An empty folder that only root can enter. Throws OSError."""
        self.forget(path)
        os.makedirs(os.path.dirname(self.path(path)), exist_ok=True)
        os.mkdir(self.path(path), 0o700)

    def forget(self, path: str) -> None:
        """Remove a file or a folder with all it holds, if it is there."""
        if os.path.isdir(self.path(path)):
            shutil.rmtree(self.path(path), ignore_errors=True)
        elif os.path.lexists(self.path(path)):
            os.unlink(self.path(path))


@dataclasses.dataclass(frozen=True)
class Result:
    """How a command ended: ``code`` 124 is a timeout, 127 a missing program."""

    code: int
    out: str = ""
    err: str = ""


class Shell:
    """Runs external commands with a limit, and counts the seconds they take."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.tick: Callable[[], None] = lambda: None  # called about four times a second while a command runs
        self.meter: Callable[[float], None] = lambda seconds: None  # told the seconds as they pass

    def run(self, argv: Sequence[str], timeout: float, secret: str = "") -> Result:
        """Run a command without a shell and without standard input; never throws for its failure. At ``timeout`` seconds
        it is killed, which ends no work of snapd: that goes on in its daemon. ``secret`` is a part of it that no log shows."""
        started = counted = time.monotonic()
        environment = {"HOME": "/root", **os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
        try:
            process = subprocess.Popen(
                list(argv), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                start_new_session=True, umask=0o077 if argv[0] == "openssl" or "dbctl" in argv else -1, text=True, errors="replace",
            )  # fmt: skip
        except OSError as error:
            result = Result(127, "", f"{argv[0]}: {error.strerror}")
        else:
            result = None
            while result is None:
                try:
                    out, err = process.communicate(timeout=0.25)
                    result = Result(process.returncode, out, err)
                except subprocess.TimeoutExpired:
                    now = time.monotonic()
                    self.meter(now - counted)
                    counted = now
                    if now - started > timeout:
                        result = self._stop(process, timeout)
                    else:
                        self.tick()
        ended = time.monotonic()
        self.meter(ended - counted)
        hidden = lambda text: text.replace(secret, "***") if secret else text  # noqa: E731
        more = {"error": clip(hidden(result.err or result.out), 300)} if result.code else {}
        self._log.event("command", argv=hidden(" ".join(argv)), code=result.code, seconds=round(ended - started, 3), **more)
        return result

    def become(self, path: str) -> None:
        """Go on as another program of Python's, in this process. Throws OSError; otherwise it does not return."""
        os.execv(sys.executable, [sys.executable, "-I", "-S", path])

    def _stop(self, process: "subprocess.Popen[str]", timeout: float) -> Result:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        out = ""
        try:
            out = process.communicate(timeout=5)[0]
        except subprocess.TimeoutExpired:
            pass  # something else holds its output: what it wrote is of no use now
        return Result(124, out, f"no end after {timeout:.0f} s")


class Network:
    """Connections to other nodes and to this node's own API."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def answers(self, address: str, port: int) -> bool:
        """Whether something accepts a connection, within 5 seconds; by openssl, since all that is asked for speaks TLS."""
        return "CONNECTED(" in self._shell.run(["openssl", "s_client", "-connect", f"{address}:{port}"], 5).out

    def api_status(self, port: int, ca: str, certificate: str, key: str) -> int:
        """HTTP status of https://127.0.0.1:port/readyz with a client certificate (paths of PEM files); the server must be
        ``kubernetes`` to the CA. Throws ssl.SSLError when either side is not believed, OSError when there is no answer."""
        # Not create_default_context: its strict checks (3.13) refuse CAs without keyUsage, canonical/microk8s#4864.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(ca)
        context.load_cert_chain(certificate, key)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as plain:
            with context.wrap_socket(plain, server_hostname="kubernetes") as secure:
                secure.sendall(b"GET /readyz HTTP/1.1\r\nHost: kubernetes\r\nConnection: close\r\n\r\n")
                answer = http.client.HTTPResponse(secure, method="GET")
                try:
                    answer.begin()
                except http.client.HTTPException as error:
                    raise OSError(f"no HTTP answer: {type(error).__name__}") from None
                return answer.status


class Http:
    """One HTTP request per connection, without proxies."""

    def request(self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Tuple[int, bytes]:
        """Status and body. Throws OSError or http.client.HTTPException."""
        parts = urllib.parse.urlsplit(url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(parts.hostname or "", parts.port, timeout=timeout)
        try:
            target = (parts.path or "/") + ("?" + parts.query if parts.query else "")
            connection.request(method, target, body=body or None, headers=dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()


@dataclasses.dataclass
class Ports:
    """Everything through which the agent touches the world."""

    clock: Any
    log: Any
    files: Any
    shell: Any
    network: Any
    aws: Any
    rng: random.Random
    shipper: Any = None  # of logs, when there is one
