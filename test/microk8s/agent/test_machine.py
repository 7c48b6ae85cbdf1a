"""The real ports: commands, files, certificates by openssl and a TLS server; and how snap's texts become reasons."""

import io
import os
import pathlib
import shutil
import ssl
import stat
import subprocess
import tempfile
import threading
import time
import unittest

from loading import load

agent = load("agent")

STORE = 'error: cannot install "microk8s": Post\n       "https://api.snapcraft.io/v2/snaps/refresh": {}\n'
REASONS = {
    STORE.format("dial tcp: lookup api.snapcraft.io:\n       no such host"): "cannot reach the snap store",
    STORE.format("net/http: request\n       canceled while waiting for connection"): "cannot reach the snap store",
    "error: unable to contact snap store\n": "cannot reach the snap store",
    'error: cannot install "microk8s": persistent network error: Get\n       "https://x/"': "cannot reach the snap store",
    'error: cannot install "microk8s": cannot get nonce from store: store server\n       returned status 503': "cannot reach the snap store (503)",
    'error: cannot communicate with server: Post "http://localhost/v2/snaps/microk8s": dial unix /run/snapd.socket: connect: no such file': "snapd does not answer",
    'error: snap "microk8s" has "install-snap" change in progress\n': "snapd is busy with another change",
    "error: too early for operation, device not yet seeded or device model not acknowledged\n": "snapd is not seeded yet",
    'error: snap "microk8s" not available on channel "9.9/stable" (see \'snap info\n       microk8s\')\n': "the snap has no such channel",
    'error: cannot perform the following tasks:\n- Run install hook of "microk8s" snap if present (run hook "install": \n-----\n+ set -eux': 'Run install hook of "microk8s" snap if present',
    "error: something that nobody foresaw and that goes on and on for a very long time\n": "something that nobody foresaw and that goes on…",
    "": "snap failed and did not say why",
}  # fmt: skip


class Reasons(unittest.TestCase):
    def test_texts_of_snap(self):
        for text, reason in REASONS.items():
            with self.subTest(text):
                self.assertEqual(agent.snap_reason(text), reason)
                self.assertLessEqual(len(f"install: {reason} #abcdef"), agent.UNIQUE_ID + 6)

    def test_clip(self):
        self.assertEqual(agent.clip("a\n  b", 10), "a b")
        self.assertEqual(len(agent.clip("x" * 100, 20)), 20)


class RealShell(unittest.TestCase):
    def setUp(self):
        self.output, self.seconds = io.StringIO(), []
        self.shell = agent.Shell(agent.Log(agent.Clock(), self.output))
        self.shell.meter = self.seconds.append

    def test_code_output_and_duration(self):
        result = self.shell.run(["sh", "-c", "echo out; echo err >&2; exit 3"], 10)
        self.assertEqual((result.code, result.out, result.err), (3, "out\n", "err\n"))
        self.assertIn('"code": 3', self.output.getvalue())
        self.assertIn('"seconds": 0.', self.output.getvalue())

    def test_ticks_and_counts_while_it_runs(self):
        ticks = []
        self.shell.tick = lambda: ticks.append(1)
        self.shell.run(["sleep", "0.8"], 10)
        self.assertGreaterEqual(len(ticks), 2)
        self.assertAlmostEqual(sum(self.seconds), 0.8, delta=0.4)

    def test_a_command_that_does_not_end_is_killed_with_its_children(self):
        began = time.monotonic()
        result = self.shell.run(["sh", "-c", "sleep 60 & sleep 60"], 0.5)
        self.assertEqual(result.code, 124)
        self.assertLess(time.monotonic() - began, 5)

    def test_a_missing_program(self):
        self.assertEqual(self.shell.run(["no-such-program-here"], 1).code, 127)


class RealFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.files = agent.Files(str(self.root) + "/")

    def test_write_is_whole_private_and_leaves_nothing_else(self):
        previous = os.umask(0)
        self.addCleanup(os.umask, previous)
        for text in ("one", "two"):
            self.files.write("/a/b.txt", text, 0o600)
        path = self.root / "a/b.txt"
        self.assertEqual((path.read_text(), stat.S_IMODE(path.stat().st_mode)), ("two", 0o600))
        self.assertEqual(os.listdir(self.root / "a"), ["b.txt"])
        self.assertEqual((self.files.read("/a/b.txt"), self.files.read("/a/none")), ("two", None))

    def test_secret_folder_is_empty_and_closed(self):
        self.files.write("/run/mec/old", "x")
        self.files.secret_folder("/run/mec")
        self.assertEqual(os.listdir(self.root / "run/mec"), [])
        self.assertEqual(stat.S_IMODE((self.root / "run/mec").stat().st_mode), 0o700)
        self.files.forget("/run/mec")
        self.files.forget("/run/mec")
        self.assertFalse((self.root / "run/mec").exists())


class ApiServer:
    """A TLS server as the API is one: `kubernetes` in its certificate, client certificates asked for; 401 without one."""

    def __init__(self, certs: pathlib.Path, clients: pathlib.Path) -> None:
        self.subjects, self.status = [], 200
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certs / "server.crt", certs / "server.key")
        context.load_verify_locations(clients / "ca.crt")
        context.verify_mode = ssl.CERT_OPTIONAL
        self._listener = agent.socket.create_server(("127.0.0.1", 0))
        self.port, self._context = self._listener.getsockname()[1], context
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            try:
                plain.settimeout(5)
                with self._context.wrap_socket(plain, server_side=True) as secure:
                    secure.recv(4096)
                    peer = secure.getpeercert()
                    self.subjects.append(peer and {name: value for part in peer["subject"] for name, value in part})
                    secure.sendall(f"HTTP/1.1 {self.status if peer else 401} X\r\nContent-Length: 0\r\n\r\n".encode())
            except OSError:
                pass

    def close(self) -> None:
        self._listener.close()


def openssl(*arguments: str, cwd: pathlib.Path) -> str:
    return subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True, text=True).stdout


def authority(folder: pathlib.Path) -> None:
    """An RSA CA and a server certificate as microk8s makes them."""
    folder.mkdir(parents=True)
    (folder / "ca.cnf").write_text("[req]\ndistinguished_name=d\nx509_extensions=x\nprompt=no\n[d]\nCN=10.152.183.1\n[x]\nbasicConstraints=critical,CA:TRUE\n")
    (folder / "s.cnf").write_text("[req]\ndistinguished_name=d\nprompt=no\n[d]\nCN=127.0.0.1\n")
    (folder / "s.ext").write_text("subjectAltName=DNS:kubernetes,IP:127.0.0.1\n")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-config", "ca.cnf", "-keyout", "ca.key", "-out", "ca.crt", cwd=folder)
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-config", "s.cnf", "-keyout", "server.key", "-out", "s.csr", cwd=folder)
    openssl(*"x509 -req -in s.csr -CA ca.crt -CAkey ca.key -set_serial 1 -days 30 -extfile s.ext -out server.crt".split(), cwd=folder)


@unittest.skipUnless(shutil.which("openssl"), "needs openssl")
class RealCredential(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = pathlib.Path(cls.folder.name)
        cls.certs = cls.root / agent.SNAP_DATA[1:] / "certs"
        authority(cls.certs)
        cls.server = ApiServer(cls.certs, cls.certs)
        arguments = cls.root / agent.SNAP_DATA[1:] / "args"
        arguments.mkdir()
        (arguments / "kube-apiserver").write_text(f"--profiling=false\n--secure-port={cls.server.port}\n")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()
        cls.folder.cleanup()

    def setUp(self):
        self.server.status = 200
        self.output = io.StringIO()
        files, clock = agent.Files(str(self.root)), agent.Clock()
        shell = agent.Shell(agent.Log(clock, self.output))
        self.microk8s = agent.Microk8s(shell, files)
        self.deployer = agent.Deployer(shell, files, agent.Network(shell), self.microk8s, clock)

    def test_is_made_signed_accepted_and_small(self):
        record = self.deployer.make()
        self.assertEqual(self.server.subjects[-1], {"organizationName": "system:masters", "commonName": "mec-deployer"})
        self.assertLess(len(agent.compact(record)), 4096)
        self.assertTrue(record["key"].startswith("-----BEGIN EC PRIVATE KEY-----"))
        self.assertEqual(record["caFingerprint"], agent.fingerprint((self.certs / "ca.crt").read_text()))
        self.assertAlmostEqual(agent.from_iso(record["notAfter"]), time.time() + 365 * 86400, delta=120)
        (self.root / "c.pem").write_text(record["certificate"])
        text = openssl("x509", "-noout", "-text", "-in", "c.pem", cwd=self.root)
        for part in ("TLS Web Client Authentication", "CA:FALSE", "Digital Signature", "prime256v1"):
            self.assertIn(part, text)

    def test_leaves_no_secret(self):
        record = self.deployer.make()
        self.assertFalse((self.root / "run/mec").exists())
        key = record["key"].splitlines()[1]
        self.assertNotIn(key, self.output.getvalue())
        self.assertIn("openssl", self.output.getvalue())
        for path in self.root.rglob("*"):
            if path.is_file():
                self.assertNotIn(key, path.read_text("latin-1"), path)

    def test_accepts_only_what_the_api_accepts(self):
        record = self.deployer.make()
        self.assertTrue(self.deployer.works(record))
        other = self.deployer.make()
        self.assertFalse(self.deployer.works({**record, "key": other["key"]}), "a key of another certificate")
        self.assertFalse(self.deployer.works({**record, "certificate": "nonsense"}))
        self.assertFalse(self.deployer.works({**record, "notAfter": agent.iso(time.time() + 59 * 86400)}))
        self.assertTrue(self.deployer.works({**record, "notAfter": agent.iso(time.time() + 61 * 86400)}))
        self.assertFalse(self.deployer.works({"protocol": 2, "placeholder": True}))
        self.assertFalse(self.deployer.works(None))
        self.server.status = 401
        self.assertFalse(self.deployer.works(record))

    def test_a_foreign_ca_is_not_believed(self):
        record = self.deployer.make()
        foreign = self.root / "foreign"
        authority(foreign)
        self.addCleanup(shutil.rmtree, foreign)
        theirs = (foreign / "ca.crt").read_text()
        self.assertFalse(self.deployer.works({**record, "ca": theirs}))
        self.assertFalse(self.deployer.works({**record, "ca": theirs, "caFingerprint": agent.fingerprint(theirs)}))

    def test_a_server_of_another_ca_is_not_believed(self):
        record = self.deployer.make()
        foreign = self.root / "impostor"
        authority(foreign)
        self.addCleanup(shutil.rmtree, foreign)
        impostor = ApiServer(foreign, self.certs)
        self.addCleanup(impostor.close)
        arguments = self.root / agent.SNAP_DATA[1:] / "args/kube-apiserver"
        self.addCleanup(arguments.write_text, arguments.read_text())
        arguments.write_text(f"--secure-port={impostor.port}\n")
        self.assertFalse(self.deployer.works(record))

    def test_a_silent_api_is_trouble_not_a_verdict(self):
        record = self.deployer.make()
        for status in (500, 503):
            self.server.status = status
            with self.assertRaises(agent.Trouble):
                self.deployer.works(record)
        arguments = self.root / agent.SNAP_DATA[1:] / "args/kube-apiserver"
        kept = arguments.read_text()
        self.addCleanup(arguments.write_text, kept)
        arguments.write_text("--secure-port=1\n")
        with self.assertRaises(agent.Trouble):
            self.deployer.works(record)
        self.assertFalse((self.root / "run/mec").exists())


if __name__ == "__main__":
    unittest.main()
