"""``haproxy`` of one machine: checks configurations, and really proxies to the API servers of the park.

With a haproxy on the host that program does both, its configuration rewritten for loopback; without one a small TCP proxy with
the same health checks does. Sources: https://docs.haproxy.org/2.8/management.html (command line, signals, exit codes).
"""

import itertools
import pathlib
import subprocess
import threading
import time
from typing import Callable, Dict, List, Optional, Tuple

from . import apt, atomic, haproxy_config, processes, rootfs
from .answer import Answer
from .defaults import free_port
from .power import Power
from .tcpproxy import TcpProxy

_VERSION = "HAProxy version 2.8.5-1ubuntu3.4 2025/10/01 - https://haproxy.org/\n"
#: The discard service, which listens nowhere: a backend that no machine stands behind refuses connections.
_NOBODY = 9
_IDS = itertools.count(5_000_000)


class Haproxy:
    """The service of one boot. ``api_port_of`` knows the loopback port of the API on a private address, None when there is none."""

    def __init__(
        self, root: pathlib.Path, folder: pathlib.Path, power: Power, api_port_of: Callable[[str], Optional[int]],
        note: Callable[[str], None], notify: Callable[[], None],
    ) -> None:
        self._root, self._folder, self._power, self._note, self._notify = root, folder, power, note, notify
        self._api_port_of, self._program = api_port_of, apt.host_program()
        self._own_ports: Dict[Tuple[str, int], int] = {}
        self._reload = threading.Event()
        self._master = 0
        self.pid: Optional[int] = None
        """Process id of the worker that takes connections: another one after each reload that worked."""
        self.ports: Dict[Tuple[str, int], int] = {}
        """Address and port of each bind line → the loopback port that stands for it; empty while nothing is served."""

    def run(self, argv: List[str], is_gone: Callable[[], bool], pid: int) -> Answer:
        """Run ``haproxy argv`` for the client process ``pid``; serves until that is gone. Throws PowerLost."""
        files = [argv[at + 1] for at, word in enumerate(argv[:-1]) if word == "-f"]
        if "-v" in argv or "-vv" in argv:
            return Answer(0, _VERSION)
        if not files:
            return Answer(1, "", _VERSION + "Usage : haproxy [-f <cfgfile|cfgdir>]* [ -vdVD ] ...\n")
        texts = []
        for name in files:
            file = rootfs.locate(self._root, name)
            if not file.is_file():
                return Answer(1, "", f"[ALERT]    (1) : Could not open configuration file {name} : No such file or directory\n")
            texts.append(file.read_text("utf-8"))
        checked = self._check("".join(texts), files[0])
        if checked.exit_code or "-c" in argv:
            quiet = "-q" in argv and not checked.exit_code
            return Answer(checked.exit_code, "" if quiet else checked.stdout, checked.stderr)
        pid_file = rootfs.locate(self._root, argv[argv.index("-p") + 1]) if "-p" in argv[:-1] else None
        if pid_file and pid:
            atomic.write(pid_file, f"{pid}\n")
        return self._serve([rootfs.locate(self._root, name) for name in files], is_gone)

    def reload(self) -> None:
        """SIGUSR2 to the master: read the configuration again."""
        self._reload.set()

    # Checks --------------------------------------------------------------------------------------

    def _check(self, text: str, name: str) -> Answer:
        if not self._program:
            return self._check_here(text, name)
        rewritten, _ = haproxy_config.rewrite(text, lambda _address, port: port, lambda _address, _port: _NOBODY)
        config = haproxy_config.parse(text)
        if config.has_stats_socket and not any(one.binds for one in config.proxies):
            # The socket is left out of what the host's program sees, but it is something to listen on.
            rewritten += "\nfrontend stats-socket\n    mode tcp\n    timeout client 1s\n    bind 127.0.0.1:1\n"
        file = self._folder / "haproxy-check.cfg"
        atomic.write(file, rewritten)
        done = subprocess.run(
            [self._program, "-c", "-f", str(file)], capture_output=True, text=True, timeout=20, check=False, cwd=self._folder
        )
        said = done.stderr.replace(str(file), name)
        out = done.stdout if done.returncode or "valid" not in done.stdout else "Configuration file is valid\n"
        return Answer(done.returncode, out, said)

    @staticmethod
    def _check_here(text: str, name: str) -> Answer:
        config = haproxy_config.parse(text)
        if config.problems:
            lines = [f"[ALERT]    (1) : config : parsing [{name}:{line}] : {why}\n" if line else f"[ALERT]    (1) : config : {why}\n"
                     for line, why in config.problems]
            last = (
                f"[ALERT]    (1) : config : Error(s) found in configuration file : {name}\n"
                "[ALERT]    (1) : config : Fatal errors found in configuration.\n"
            )
            return Answer(1, "", "".join(lines) + last)
        if not config.has_stats_socket and not any(proxy.binds for proxy in config.proxies):
            return Answer(2, "", "[NOTICE]   (1) : Configuration file has no error but will not start (no listener) => exit(2).\n")
        return Answer(0, "Configuration file is valid\n")

    # Serving -------------------------------------------------------------------------------------

    def _serve(self, files: List[pathlib.Path], is_gone: Callable[[], bool]) -> Answer:
        self._reload.clear()
        self._master += 1
        master = self._master
        running: Optional[_Running] = None
        text, rewritten = self._read(files), ""
        try:
            while not is_gone():
                if self._reload.is_set():
                    self._reload.clear()
                    # A configuration that has become wrong leaves the old workers at work.
                    fresh = self._read(files)
                    if self._check(fresh, str(files[0])).exit_code == 0:
                        text, rewritten = fresh, ""
                # A machine's API has another loopback port after each birth: what stands for its address moves with it.
                wanted, ports = haproxy_config.rewrite(text, self._own_port, self._port_of)
                if wanted != rewritten or (running is not None and not running.is_alive()):
                    before, rewritten = running, wanted
                    running = self._start(wanted) if ports else None
                    if before:
                        before.stop()
                    if is_gone():
                        # Whoever ended the master meanwhile must not hear of it any more.
                        break
                    self.ports, self.pid = ports, running.pid if running else None
                    self._notify()
                self._power.must_sleep(0.2)
        finally:
            # After a restart the next master may be at work already.
            if master == self._master:
                self.ports, self.pid = {}, None
            if running:
                running.stop()
        return Answer(143)

    def _start(self, rewritten: str) -> "_Running":
        if self._program:
            file = self._folder / "haproxy.cfg"
            atomic.write(file, rewritten)
            environment = {"MEC_ROOT": str(self._root), "PATH": "/usr/bin:/bin"}
            process = processes.spawn([self._program, "-db", "-f", str(file)], environment, self._folder, self._folder / "haproxy.log")
            return _Running(process, None)
        return _Running(None, TcpProxy(haproxy_config.parse(rewritten), self._power))

    @staticmethod
    def _read(files: List[pathlib.Path]) -> str:
        return "".join(file.read_text("utf-8") for file in files)

    def _own_port(self, address: str, port: int) -> int:
        if (address, port) not in self._own_ports:
            self._own_ports[(address, port)] = free_port()
        return self._own_ports[(address, port)]

    def _port_of(self, address: str, _: int) -> int:
        return self._api_port_of(address) or _NOBODY


class _Running:
    """One generation of workers."""

    def __init__(self, process: "Optional[subprocess.Popen[bytes]]", proxy: Optional[TcpProxy]) -> None:
        self._process, self._proxy = process, proxy
        # Without a process of its own it gets an id that no process has.
        self.pid = process.pid if process else next(_IDS)
        if process:
            # The old workers go only when the new ones listen.
            time.sleep(0.2)

    def is_alive(self) -> bool:
        """Whether it still serves."""
        return self._proxy is not None or (self._process is not None and self._process.poll() is None)

    def stop(self) -> None:
        """End it, and its connections."""
        if self._proxy:
            self._proxy.close()
        if self._process and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(3)
            except subprocess.TimeoutExpired:
                processes.kill(self._process.pid)
                self._process.wait(3)
