"""Memory of the node agent at rest: the real process, the real archive, while its services flood the journal.

    python3 bench/agent_memory.py ARCHIVE

Instance metadata, AWS and the API server are small servers here, the commands of the machine small scripts. Prints
``rest <MB> peak <MB> cpu <%>``: resident memory once nothing happens any more, the most it ever had, and processor time at rest.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPOSITORY = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(REPOSITORY / "test/microk8s/agent"))
from test_machine import ApiServer, authority  # noqa: E402

FLOOD, REST_SECONDS = 200_000, 20.0
SNAP = "var/snap/microk8s/current"
STATUS = {"addresses": [], "conditions": [{"type": "Ready", "status": "True"}]}
NODES = {"items": [{"metadata": {"name": "ip-10-0-0-16"}, "status": STATUS}]}
SCRIPTS = {
    "snap": '#!/bin/sh\n[ "$1" = list ] && printf "Name Version Rev Tracking Publisher Notes\\n$2 v1.35.0 1 1.35/stable c classic\\n"\nexit 0\n',
    "microk8s": "#!/bin/sh\ncase \"$*\" in *readyz*) echo -n ok;; *nodes*) echo '" + json.dumps(NODES) + "';; esac\n",
    "iptables": "#!/bin/sh\nexit 0\n",
    # What was not there at the first look is there at no other, too: a machine at rest after a flood.
    "journalctl": '#!/bin/sh\ncase "$*" in *mec-agent*|*after-cursor*) exit 0;; esac\nexec cat "$MEC_ROOT/journal"\n',
}


class Services(BaseHTTPRequestHandler):
    """Instance metadata, Parameter Store, CloudFormation and CloudWatch Logs on one port."""

    protocol_version = "HTTP/1.1"
    parameters: dict = {}
    shipped = 0

    def do_PUT(self) -> None:
        self._answer(200, b"token")

    def do_GET(self) -> None:
        facts = {
            "instance-id": "i-0123456789abcdef0", "local-ipv4": "10.0.0.16", "local-hostname": "ip-10-0-0-16",
            "placement/region": "us-east-1", "iam/security-credentials/": "role",
            "iam/security-credentials/role": json.dumps(
                {"AccessKeyId": "A", "SecretAccessKey": "S", "Token": "T", "Expiration": "2099-01-01T00:00:00Z"}
            ),
        }  # fmt: skip
        self._answer(200, facts[self.path.removeprefix("/latest/meta-data/")].encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        action = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        if not action:
            return self._answer(400, b"<E><Error><Code>ValidationError</Code></Error></E>")
        request, answer = json.loads(body), {}
        if action == "GetParameters":
            found = {name: self.parameters.get(name) for name in request["Names"]}
            answer = {"Parameters": [{"Name": name, "Value": value} for name, value in found.items() if value]}
        elif action == "PutParameter":
            self.parameters[request["Name"]] = request["Value"]
        elif action == "PutLogEvents":
            Services.shipped += len(request["logEvents"])
        self._answer(200, json.dumps(answer).encode())

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def build(root: pathlib.Path, port: int) -> None:
    """A machine on which microk8s is installed already."""
    for path, text in {
        "etc/mec/node.json": json.dumps({"protocol": 2, "cluster": "c", "node": "cp-0"}),
        f"{SNAP}/args/kube-apiserver": f"--secure-port={port}\n",
        f"{SNAP}/var/kubernetes/backend/info.yaml": "Address: 10.0.0.16:19001\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    for name, text in SCRIPTS.items():
        (root / "bin").mkdir(exist_ok=True)
        (root / "bin" / name).write_text(text)
        (root / "bin" / name).chmod(0o755)
    (root / f"{SNAP}/certs/front-proxy-client.crt").write_bytes((root / f"{SNAP}/certs/server.crt").read_bytes())
    with open(root / "journal", "w") as journal:
        for number in range(FLOOD):
            entry = {"__CURSOR": f"c{number}", "__REALTIME_TIMESTAMP": str(int(time.time() * 1e6)), "SYSLOG_IDENTIFIER": "kubelite"}
            journal.write(json.dumps({**entry, "MESSAGE": "x" * 150}) + "\n")
    (root / "var/log").mkdir(exist_ok=True)
    (root / "var/log/cloud-init-output.log").write_text("a line of cloud-init\n" * 50_000)


def memory(pid: int, field: str) -> float:
    """A field of the process's status, in MB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field + ":")) / 1024


def busy(pid: int) -> float:
    """Seconds of processor time, with those of commands that have ended."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def main(archive: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        authority(root / SNAP / "certs")
        api = ApiServer(root / SNAP / "certs", root / SNAP / "certs")
        build(root, api.port)
        server = ThreadingHTTPServer(("127.0.0.1", 0), Services)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        waiting = json.dumps({"protocol": 2, "placeholder": True})
        desired = {
            "protocol": 2, "generation": "g", "channel": "1.35/stable", "keyId": "k", "readySeconds": 900,
            "nodes": [{"name": "cp-0", "role": "control-plane", "privateIp": "10.0.0.16"}], "logs": {"group": "/mec/c"},
            "launchConfiguration": {"version": "0.2.0"},
        }  # fmt: skip
        Services.parameters = {f"/mec/c/{name}": waiting for name in ("cluster", "credential", "nodes/cp-0")}
        Services.parameters["/mec/c/desired"] = json.dumps(desired)
        url = f"http://127.0.0.1:{server.server_port}"
        here = {"AWS_ENDPOINT_URL": url, "AWS_EC2_METADATA_SERVICE_ENDPOINT": url}
        environment = {"PATH": f"{root}/bin:/usr/bin:/bin", "MEC_ROOT": folder, **here}
        output = open(root / "output", "w+")
        argv = [sys.executable, "-I", "-S", archive]
        process = subprocess.Popen(argv, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            limit = time.monotonic() + 60
            while json.loads(Services.parameters["/mec/c/nodes/cp-0"]).get("state") != "ready" or Services.shipped < 5_000:
                if time.monotonic() > limit or process.poll() is not None:
                    output.seek(0)
                    sys.exit(f"the agent did not get ready:\n{output.read()[-3000:]}")
                time.sleep(0.2)
            began = busy(process.pid)
            time.sleep(REST_SECONDS)
            spent = 100 * (busy(process.pid) - began) / REST_SECONDS
            print(f"rest {memory(process.pid, 'VmRSS'):.1f} peak {memory(process.pid, 'VmHWM'):.1f} cpu {spent:.1f}")
        finally:
            process.kill()
            process.wait()


if __name__ == "__main__":
    main(sys.argv[1])
