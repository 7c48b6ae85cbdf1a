"""The bootstrap: its size, and what it does with good and bad answers of a local metadata service and S3."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from loading import FOLDER, load

BUCKET, CODE = "mec-bucket", b"print('the agent runs')\n"
KEY = f"agent/{hashlib.sha256(CODE).hexdigest()}.py"


class Services:
    """Instance metadata (version 2 only) and S3 on one loopback port."""

    def __init__(self) -> None:
        self.body, self.failures, self.asked = CODE, 0, []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                self._answer(200, b"the-token") if self.headers["X-aws-ec2-metadata-token-ttl-seconds"] else self._answer(400, b"")

            def do_GET(self) -> None:
                outer.asked.append((self.path, dict(self.headers)))
                facts = {
                    "placement/region": b"us-east-1", "iam/security-credentials/": b"role",
                    "iam/security-credentials/role": json.dumps({"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T"}).encode(),
                }  # fmt: skip
                if self.path.startswith("/latest/"):
                    known = facts.get(self.path.removeprefix("/latest/meta-data/"))
                    allowed = self.headers["X-aws-ec2-metadata-token"] == "the-token"
                    self._answer(200 if known and allowed else 401, known or b"")
                elif outer.failures > 0:
                    outer.failures -= 1
                    self._answer(503, b"")
                else:
                    self._answer(200 if self.path == f"/{BUCKET}/{KEY}" else 404, outer.body)

            def _answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Size(unittest.TestCase):
    def test_is_small_and_holds_no_template(self):
        text = (FOLDER / "bootstrap.py").read_text("utf-8")
        rendered = "".join(line + "\n" for line in text.splitlines() if line.strip() and not re.match(r"\s*#", line))
        self.assertLessEqual(len(rendered.encode()), 1900)
        self.assertNotIn("${", text)
        self.assertNotIn("%{", text)
        self.assertNotRegex(text.splitlines()[0], r"^\s*#", "a first line is kept even when it is a comment")


class Run(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "etc/mec").mkdir(parents=True)
        (self.root / "opt/mec").mkdir(parents=True)
        self.agent = self.root / "opt/mec/agent.py"
        node = {"bucket": BUCKET, "agent": {"key": KEY, "sha256": hashlib.sha256(CODE).hexdigest()}}
        (self.root / "etc/mec/node.json").write_text(json.dumps(node))
        self.services = Services()
        self.addCleanup(self.services.close)

    def _run(self, seconds: float = 20):
        environment = {
            "PATH": os.environ["PATH"], "MEC_ROOT": str(self.root), "AWS_ENDPOINT_URL": self.services.url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.services.url,
        }  # fmt: skip
        argv = [sys.executable, "-I", "-S", str(FOLDER / "bootstrap.py")]
        return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=seconds)

    def test_fetches_verifies_and_becomes_the_agent(self):
        done = self._run()
        self.assertEqual((done.returncode, done.stdout), (0, "the agent runs\n"), done.stderr)
        self.assertEqual(self.agent.read_bytes(), CODE)
        path, headers = self.services.asked[-1]
        self.assertEqual(path, f"/{BUCKET}/{KEY}")
        given = {name.lower(): value for name, value in headers.items()}
        self.assertIn("/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,", given["authorization"])
        self.assertEqual(given["x-amz-security-token"], "T")
        signed = {name: given[name] for name in ("host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token")}
        self.assertEqual(given["authorization"], load("bootstrap").sign("A", "S", "us-east-1", "s3", path, signed))

    def test_tries_again(self):
        self.services.failures = 1
        done = self._run()
        self.assertIn("503", done.stdout)
        self.assertTrue(done.stdout.endswith("the agent runs\n"))

    def test_never_keeps_or_runs_what_has_another_digest(self):
        self.services.body = b"print('evil')\n"
        with self.assertRaises(subprocess.TimeoutExpired) as raised:
            self._run(1.5)
        self.assertNotIn(b"evil", raised.exception.stdout or b"")
        self.assertEqual(list(self.agent.parent.iterdir()), [])

    def test_an_agent_that_is_there_runs_without_any_question(self):
        self.agent.write_text("print('a newer agent')\n")
        self.assertEqual(self._run().stdout, "a newer agent\n")
        self.assertEqual(self.services.asked, [])


if __name__ == "__main__":
    unittest.main()
