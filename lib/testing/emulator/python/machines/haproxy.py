"""HAProxy of a machine: its configuration is read as far as it is about one TCP proxy, and connections are passed on.

It listens on a free loopback port instead of the configuration's, for many machines share one host; a backend is the
simulated API server of the machine that has the address. Sources: https://docs.haproxy.org/2.8/configuration.html,
Debian's haproxy.service (check, then USR2).
"""

import itertools
import pathlib
import re
import socket
import threading
from dataclasses import dataclass
from typing import Callable, Iterator, List, Optional, Tuple

from .answer import Answer

CONFIG = "etc/haproxy/haproxy.cfg"
_PACKAGED = "global\n    stats socket /run/haproxy/admin.sock\ndefaults\n    mode http\n"
_SECTIONS = ("global", "defaults", "frontend", "backend", "listen")
_PIDS = itertools.count(2001)
_CONNECT_SECONDS = 5.0


class ConfigError(Exception):
    """HAProxy would not take a configuration; the message is its alert."""


@dataclass(frozen=True)
class Config:
    """What a configuration says about the one proxy."""

    port: Optional[int]
    servers: Tuple[Tuple[str, int], ...]
    mode: str


def parse(text: str, path: str) -> Config:
    """A configuration. Throws ConfigError."""
    section, port, servers, mode = "", None, [], "http"
    for number, line in enumerate(text.splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        where = f"parsing [{path}:{number}]"
        if not line[0].isspace():
            section = words[0]
            if section not in _SECTIONS:
                raise ConfigError(f"{where} : unknown keyword '{section}' out of section.")
        elif words[0] == "bind":
            found = re.fullmatch(r"\*?:(\d+)", words[1] if len(words) > 1 else "")
            if not found or not 0 < int(found[1]) < 65536:
                raise ConfigError(f"{where} : 'bind' : invalid address.")
            port = int(found[1])
        elif words[0] == "server":
            found = re.fullmatch(r"((?:\d{1,3}\.){3}\d{1,3}):(\d+)", words[2] if len(words) > 2 else "")
            if not found:
                raise ConfigError(f"{where} : 'server' : invalid address.")
            servers.append((found[1], int(found[2])))
        elif words[0] == "mode" and section == "defaults":
            mode = words[1]
    return Config(port, tuple(servers), mode)


class HaProxy:
    """One HAProxy under its unit. ``api_port`` gives the loopback port of the machine with an address, while it has one."""

    def __init__(self, root: pathlib.Path, api_port: Callable[[str], Optional[int]], note: Callable[[str], None]) -> None:
        self._root, self._api_port, self._note = root, api_port, note
        self._config: Optional[Config] = None
        self._listener: Optional[socket.socket] = None
        self._turn: Iterator[int] = itertools.count()
        self._lock = threading.RLock()
        self.pid: Optional[int] = None

    def install(self) -> None:
        """What the package brings: a configuration, if there is none, and a running service that starts at boot."""
        path = self._root / CONFIG
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(_PACKAGED)
        self._enabled.parent.mkdir(parents=True, exist_ok=True)
        self._enabled.touch()
        self.start()

    @property
    def loopback_port(self) -> Optional[int]:
        """Where the proxy answers on this host; None while it does not."""
        with self._lock:
            return self._listener.getsockname()[1] if self._listener else None

    @property
    def port(self) -> Optional[int]:
        """Port that the running configuration listens on; None while there is none."""
        return self._config.port if self._config and self.pid else None

    def boot(self) -> None:
        """Start it where it is enabled."""
        if self._enabled.exists():
            self.start()

    def stop(self) -> None:
        """End it, and every connection with it."""
        with self._lock:
            self.pid, self._config = None, None
            if self._listener:
                self._listener.close()
            self._listener = None

    def start(self) -> bool:
        """Begin to run, or go on, by what is on disk; False, and as before, where HAProxy does not take it."""
        try:
            config = parse((self._root / CONFIG).read_text(), f"/{CONFIG}")
        except (OSError, ConfigError) as error:
            self._note(f"haproxy: [ALERT] config : {error}")
            return False
        with self._lock:
            self._config, self.pid = config, next(_PIDS)
            if config.port is None and self._listener:
                self._listener.close()
                self._listener = None
            if config.port is not None and self._listener is None:
                self._listener = socket.create_server(("127.0.0.1", 0))
                threading.Thread(target=self._accept, args=(self._listener,), name="haproxy", daemon=True).start()
        return True

    # Commands ------------------------------------------------------------------------------------

    def run(self, argv: List[str]) -> Answer:
        """``haproxy argv``: its version, or the check of a configuration."""
        if argv == ["-v"]:
            return Answer(0, "HAProxy version 2.8.5-1ubuntu3 2024/04/01 - https://haproxy.org/\n")
        if argv[:2] == ["-c", "-f"] and len(argv) == 3:
            try:
                parse(pathlib.Path(argv[2]).read_text(), argv[2])
            except OSError as error:
                return Answer(1, "", f"[ALERT]    (1) : Cannot open configuration file/directory {argv[2]} : {error.strerror}\n")
            except ConfigError as error:
                fatal = "[ALERT]    (1) : config : Fatal errors found in configuration.\n"
                return Answer(1, "", f"[ALERT]    (1) : config : {error}\n{fatal}")
            return Answer(0, "Configuration file is valid\n")
        return Answer(1, "", "the emulator knows haproxy -v and haproxy -c -f FILE\n")

    def systemctl(self, verb: str) -> Answer:
        """``systemctl verb haproxy``."""
        if verb == "is-active":
            return Answer(0, "active\n") if self.pid else Answer(3, "inactive\n")
        if verb == "is-enabled":
            return Answer(0, "enabled\n") if self._enabled.exists() else Answer(1, "disabled\n")
        if verb in ("enable", "disable"):
            (self._enabled.touch if verb == "enable" else lambda: self._enabled.unlink(missing_ok=True))()
            return Answer()
        if verb == "stop":
            self.stop()
            return Answer()
        if verb == "reload" and not self.pid:
            return Answer(1, "", "haproxy.service is not active, cannot reload.\n")
        if verb in ("start", "restart", "reload"):
            if verb == "restart":
                self.stop()
            failed = "Job for haproxy.service failed because the control process exited with error code.\n"
            return Answer() if self.start() else Answer(1, "", failed)
        return Answer(1, "", f"Unknown command verb '{verb}'.\n")

    # Connections ---------------------------------------------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), name="haproxy", daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            server = self._connect()
            if server is None:
                return
            with server:
                back = threading.Thread(target=_pump, args=(server, client), name="haproxy", daemon=True)
                back.start()
                _pump(client, server)
                back.join()

    def _connect(self) -> Optional[socket.socket]:
        """A connection to the next server that answers, as after health checks and redispatch."""
        config = self._config
        servers = config.servers if config else ()
        first = next(self._turn)
        for offset in range(len(servers)):
            port = self._api_port(servers[(first + offset) % len(servers)][0])
            if port is None:
                continue
            try:
                return socket.create_connection(("127.0.0.1", port), timeout=_CONNECT_SECONDS)
            except OSError:
                continue
        return None

    @property
    def _enabled(self) -> pathlib.Path:
        return self._root / "etc/systemd/system/multi-user.target.wants/haproxy.enabled"


def _pump(source: socket.socket, target: socket.socket) -> None:
    source.settimeout(None)
    try:
        while True:
            data = source.recv(65536)
            if not data:
                break
            target.sendall(data)
    except OSError:
        pass
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass
