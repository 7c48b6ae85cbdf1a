"""A small TCP proxy in place of HAProxy's workers, for hosts that have none: round robin over servers that answer.

Source: https://docs.haproxy.org/2.8/configuration.html#5.2 (check: a TCP connection; fall 3, rise 2 by default).
"""

import socket
import threading
from typing import Dict, List, Tuple

from .haproxy_config import Config, Server
from .power import Power, PowerLost

_FALL, _RISE = 3, 2


class TcpProxy:
    """Serves the binds of ``config`` until ``close``. Throws OSError when a port is taken."""

    def __init__(self, config: Config, power: Power) -> None:
        self._closed = threading.Event()
        self._open: List[socket.socket] = []
        self._up: Dict[Tuple[str, int], bool] = {}
        self._turn = 0
        self._lock = threading.Lock()
        checked: Dict[Tuple[str, int], Server] = {}
        for proxy in config.proxies:
            servers = config.servers_of(proxy)
            checked.update({(server.address, server.port): server for server in servers if server.is_checked})
            for _, port in proxy.binds:
                listener = socket.create_server(("127.0.0.1", port), reuse_port=True)
                self._open.append(listener)
                power.start(lambda listener=listener, servers=servers: self._accept(listener, servers), "haproxy")  # type: ignore[misc]
        for server in checked.values():
            power.start(lambda server=server: self._check(power, server), "haproxy-check")  # type: ignore[misc]

    def close(self) -> None:
        """Stop listening and cut what is open."""
        self._closed.set()
        with self._lock:
            for one in self._open:
                try:
                    one.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                one.close()
            self._open.clear()

    def _check(self, power: Power, server: Server) -> None:
        key, counted = (server.address, server.port), 0
        while not self._closed.is_set():
            up = self._up.get(key, True)
            try:
                socket.create_connection(key, 2).close()
                answers = True
            except OSError:
                answers = False
            counted = counted + 1 if answers != up else 0
            if counted >= (_RISE if answers else _FALL):
                self._up[key], counted = answers, 0
            if not power.sleep(server.interval):
                raise PowerLost()

    def _accept(self, listener: socket.socket, servers: List[Server]) -> None:
        while not self._closed.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client, servers), name="haproxy-connection", daemon=True).start()

    def _serve(self, client: socket.socket, servers: List[Server]) -> None:
        with self._lock:
            self._turn += 1
            turn = self._turn
        alive = [server for server in servers if self._up.get((server.address, server.port), True)]
        for at in range(len(alive)):
            server = alive[(turn + at) % len(alive)]
            try:
                upstream = socket.create_connection((server.address, server.port), 5)
                break
            except OSError:
                continue
        else:
            client.close()
            return
        with self._lock:
            self._open += [client, upstream]
        back = threading.Thread(target=_pump, args=(upstream, client), daemon=True)
        back.start()
        _pump(client, upstream)
        back.join()
        with self._lock:
            self._open = [one for one in self._open if one not in (client, upstream)]
        client.close()
        upstream.close()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        source.settimeout(None)
        while True:
            data = source.recv(65536)
            if not data:
                break
            sink.sendall(data)
    except OSError:
        pass
    for one in (source, sink):
        try:
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
