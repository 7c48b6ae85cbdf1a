"""Several machines with MicroK8s, and what tests ask of them."""

import json
import pathlib
import subprocess
import threading
from typing import Any, Dict, List, Optional

from support import Park, TimedCase, user_data, wait  # first: it puts the emulator on the path

from machines import pki
from machines.machine import Machine

SNAP_DATA = "var/snap/microk8s/current"
KUBECTL = "snap/microk8s/current/kubectl"
_CONFIG = {"version": "0.2.0", "extraKubeAPIServerArgs": {"--authorization-mode": "RBAC,Node"}}
Done = "subprocess.CompletedProcess[str]"


class Cluster:
    """A park with ``count`` machines that have MicroK8s, each alone, at 10.0.0.16 and the addresses after it."""

    def __init__(self, count: int, **faults: Any) -> None:
        self.park = Park(faults)
        self.machines: List[Machine] = [self.boot(index) for index in range(count)]
        threads = [threading.Thread(target=self.park.install, args=(machine,)) for machine in self.machines]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(40)

    def boot(self, index: int, suffix: str = "") -> Machine:
        """Boot the machine of a number; a ``suffix`` tells a replacement from the one before."""
        file = {"path": "/var/snap/microk8s/common/.microk8s.yaml", "content": json.dumps(_CONFIG)}
        return self.park.boot(user_data(files=[file]), f"i-{index}{suffix}", f"10.0.0.{16 + index}")

    def cli(self, machine: Machine, *argv: str) -> Done:
        """``microk8s argv`` on a machine, without a process around it."""
        answer = machine.call("microk8s", list(argv))
        return subprocess.CompletedProcess(argv, answer.exit_code, answer.stdout, answer.stderr)

    def token(self, machine: Machine, ttl: int = 600) -> str:
        """A token of a machine."""
        return self.cli(machine, "add-node", "--format", "token", "--token-ttl", str(ttl)).stdout.strip()

    def join(self, joiner: Machine, host: Machine, *options: str, token: str = "", check: Optional[str] = None) -> Done:
        """Join through a host, with its fingerprint."""
        shown = pki.fingerprint(data(host) / "certs/server.crt")[:12] if check is None else check
        url = f"{host.spec.private_ip}:25000/{token or self.token(host)}" + (f"/{shown}" if shown else "")
        return self.cli(joiner, "join", url, *options)

    def members(self, machine: Machine) -> Dict[str, str]:
        """Address → role, as ``microk8s status`` of a machine shows them."""
        lines = self.cli(machine, "status", "--format", "yaml").stdout.splitlines()
        found = [line for line in lines if line.startswith(("    - address: ", "      role: "))]
        return {found[i][15:].replace(":19001", ""): found[i + 1][12:] for i in range(0, len(found), 2)}

    def nodes(self, machine: Machine) -> Dict[str, str]:
        """Node → status of its Ready condition."""
        done = self.cli(machine, "kubectl", "get", "nodes", "-o", "json")
        items = json.loads(done.stdout)["items"] if done.returncode == 0 else []
        return {one["metadata"]["name"]: one["status"]["conditions"][0]["status"] for one in items}

    def is_serving(self, machine: Machine) -> bool:
        """Whether the machine's API is ready."""
        return self.cli(machine, "kubectl", "get", "--raw", "/readyz").stdout == "ok"


def data(machine: Machine) -> pathlib.Path:
    """The machine's $SNAP_DATA."""
    return machine.root / SNAP_DATA


class ClusterCase(TimedCase):
    """Tests around clusters of their own."""

    def make(self, count: int, joined: int = 1, **faults: Any) -> Cluster:
        """``count`` machines, the first ``joined`` of which are one cluster with its voters in place."""
        cluster = Cluster(count, **faults)
        self.addCleanup(cluster.park.stop)
        for machine in cluster.machines[1:joined]:
            done = cluster.join(machine, cluster.machines[0])
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        first = cluster.machines[0]
        if joined > 1:
            wait(lambda: len(cluster.members(first)) == joined, "members")
            wait(lambda: list(cluster.nodes(first).values()) == ["True"] * joined, "nodes are Ready")
        if joined > 2:
            wait(lambda: list(cluster.members(first).values()).count("voter") == min(3, joined), "voters")
        return cluster
