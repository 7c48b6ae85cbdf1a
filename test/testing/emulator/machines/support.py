"""What the machine tests share: a park behind a small HTTP server, a time limit, and user data."""

import faulthandler
import http.client
import json
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Dict, List, Optional, Tuple

HERE = pathlib.Path(__file__).resolve()
REPOSITORY = HERE.parents[4]
sys.path.insert(0, str(REPOSITORY / "lib/testing/emulator/python"))

from machines import pki  # noqa: E402
from machines.connection import is_closed  # noqa: E402
from machines.faults import FaultBook  # noqa: E402
from machines.machine import Machine  # noqa: E402
from machines.park import BootSpec, MachinePark  # noqa: E402

#: Latencies that keep the tests short.
FAST = {
    "bootSeconds": 0.05, "seedSeconds": 0.1, "installSeconds": 0.4, "apiSeconds": 0.1, "nodeReadySeconds": 0.1,
    "dnsSeconds": 0.1, "dqliteSeconds": 0.1, "launcherSeconds": 0.3, "kickerSeconds": 0.3,
    "restartSeconds": 0.1, "addonSeconds": 0.1, "aptSeconds": 0.2, "joinSeconds": 0.1, "joinWaitSeconds": 2, "leaveSeconds": 0.1,
    "connectSeconds": 0.2, "rolesSeconds": 0.2, "nodeGraceSeconds": 1, "proxySeconds": 0.2,
}
CREDENTIALS = {
    "AccessKeyId": "ASIATEST", "SecretAccessKey": "test-secret", "Token": "test-token", "Expiration": "2099-01-01T00:00:00Z",
}
UNIT = (
    "[Unit]\nDescription=agent\n[Service]\nExecStart=/usr/bin/python3 -I -S /opt/mec/bootstrap.py\nRestart=always\n"
    "RestartSec=0.3\nKillMode=process\n"
    "Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin\n"
    "[Install]\nWantedBy=multi-user.target\n"
)
#: An agent that notes each of its starts and then stays.
IDLE_AGENT = (
    "import os, time\n"
    "root = os.environ['MEC_ROOT']\n"
    "open(root + '/opt/mec/starts', 'a').write(str(os.getpid()) + '\\n')\n"
    "print('agent is up', flush=True)\n"
    "time.sleep(600)\n"
)


def user_data(agent: str = IDLE_AGENT, cluster: str = "c1", files: Optional[List[Dict[str, str]]] = None) -> bytes:
    """The document that the library renders, around another agent."""
    node = {"protocol": 2, "cluster": cluster, "node": "cp-0"}
    document = {
        "write_files": [
            {"path": "/etc/mec/node.json", "permissions": "0600", "content": json.dumps(node)},
            {"path": "/opt/mec/bootstrap.py", "permissions": "0755", "content": agent},
            {"path": "/etc/systemd/system/mec-agent.service", "permissions": "0644", "content": UNIT},
            *(files or []),
        ],
        "runcmd": [["systemctl", "daemon-reload"], ["systemctl", "enable", "--now", "mec-agent.service"]],
    }
    return ("#cloud-config\n" + json.dumps(document)).encode()


_make_key, _keys = pki.new_rsa_key, []  # type: Callable[[pathlib.Path], None], List[bytes]


def _pooled_key(path: pathlib.Path) -> None:
    # Making RSA keys is most of an installation's work, and one set of them serves every test.
    number = len(list(path.parent.glob("*.key")))
    if not path.exists() and number < len(_keys):
        path.write_bytes(_keys[number])
    elif not path.exists():
        _make_key(path)
        _keys.append(path.read_bytes())


pki.new_rsa_key = _pooled_key


class Park:
    """A park and its server; ``stop`` ends both."""

    def __init__(self, faults: Optional[Dict[str, Any]] = None, cluster: str = "c1") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="mec-machines-")
        self.folder = pathlib.Path(self._folder.name).resolve()
        self.online, self.calls = True, 0
        self.faults = FaultBook()
        self.faults.load({"clusters": {cluster: {**FAST, **(faults or {})}}})
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.calls += 1
                try:
                    code, answer = outer.park.handle("POST", self.path, body, lambda: is_closed(self.connection))
                finally:
                    outer.calls -= 1
                try:
                    self.send_response(code)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:
                    pass

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.park = MachinePark(self.folder, url, self.faults, lambda _: dict(CREDENTIALS), lambda _: self.online)

    def boot(self, data: Optional[bytes] = None, instance_id: str = "i-1", address: str = "10.0.0.16") -> Machine:
        """Boot a machine and wait until it runs."""
        data = user_data() if data is None else data
        name = f"ip-{address.replace('.', '-')}"
        self.park.boot(BootSpec(instance_id, data, address, name, "us-east-1", "us-east-1-wl1-bos-wlz-1", "role-cp"))
        wait(lambda: self.row(instance_id)["state"] == "running", "the machine runs")
        return self.park._machines[instance_id]

    def row(self, instance_id: str = "i-1") -> Dict[str, Any]:
        """The machine's row of the list."""
        return next(row for row in self.park.list() if row["instanceId"] == instance_id)

    def run(self, machine: Machine, *argv: str, timeout: float = 30) -> "subprocess.CompletedProcess[str]":
        """Run a command of the machine the way its agent would: through its PATH and stand-ins."""
        env = {"PATH": f"{machine.root}/usr/bin:{machine.root}/snap/bin", "MEC_ROOT": str(machine.root)}
        found = next((p for p in (machine.root / "usr/bin" / argv[0], machine.root / "snap/bin" / argv[0]) if p.exists()), None)
        if found is None:
            return subprocess.CompletedProcess(argv, 127, "", f"{argv[0]}: not found")
        return subprocess.run([str(found), *argv[1:]], env=env, capture_output=True, text=True, timeout=timeout, check=False)

    def install(self, machine: Machine) -> None:
        """Seeded, installed, API up, node Ready."""
        self.run(machine, "snap", "wait", "system", "seed.loaded")
        done = self.run(machine, "snap", "install", "microk8s", "--classic", "--channel=1.35/stable")
        if done.returncode:
            raise AssertionError(done.stderr)
        wait(lambda: machine.microk8s is not None and machine.microk8s.is_ready(), "microk8s is ready")

    def stop(self) -> None:
        """End everything."""
        self.park.stop_all()
        self._server.shutdown()
        self._server.server_close()
        self._folder.cleanup()


def wait(condition: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    """Poll until ``condition`` is true; an assertion names ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Whether a process lives (zombies do not)."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, timeout=10, check=False).stdout
    return bool(state.strip()) and not state.strip().startswith("Z")


def get(port: int, path: str, method: str = "GET", headers: Optional[Dict[str, str]] = None) -> Tuple[int, str]:
    """A plain HTTP request to loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class ApiClient:
    """A TLS client of the API server that checks the name ``kubernetes``; ``peer`` is the last certificate it saw."""

    def __init__(self, machine: Machine, certificate: Optional[pathlib.Path] = None, key: Optional[pathlib.Path] = None) -> None:
        self._context = ssl.create_default_context(cafile=str(machine.root / "var/snap/microk8s/current/certs/ca.crt"))
        if certificate:
            self._context.load_cert_chain(certificate, key)
        assert machine.microk8s is not None
        self._port = machine.microk8s.api_port
        self.peer: Dict[str, Any] = {}

    def request(self, method: str, path: str, body: Any = None, media: str = "application/json") -> Tuple[int, Any]:
        """(status, document or text). Throws OSError when the server cannot be reached or trusted."""
        raw = socket.create_connection(("127.0.0.1", self._port), 10)
        connection = http.client.HTTPConnection("kubernetes", timeout=10)
        try:
            # The name is checked against the certificate, whatever the address is.
            connection.sock = self._context.wrap_socket(raw, server_hostname="kubernetes")
            self.peer = connection.sock.getpeercert()
            connection.request(method, path, None if body is None else json.dumps(body), {"Content-Type": media})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            raw.close()
            connection.close()
        return answer.status, json.loads(text) if "json" in answer.headers.get("Content-Type", "") else text


class TimedCase(unittest.TestCase):
    """A test that ends after ``LIMIT`` seconds with every thread's stack instead of hanging."""

    LIMIT = 60

    def setUp(self) -> None:
        faulthandler.dump_traceback_later(self.LIMIT, exit=True)
        self.addCleanup(faulthandler.cancel_dump_traceback_later)

    def make_park(self, **faults: Any) -> Park:
        """A park of this test with FAST latencies and these faults."""
        park = Park(faults)
        self.addCleanup(park.stop)
        return park
