"""``microk8s leave``.

Sources: github.com/canonical/microk8s microk8s-resources/wrappers/microk8s-leave.wrapper, scripts/wrappers/leave.py.
"""

import shutil
from typing import TYPE_CHECKING, Callable, List

from . import atomic, client_gone, defaults, layout, locks, pki
from .answer import Answer
from .dqlite import DqliteError

if TYPE_CHECKING:
    from .microk8s import Microk8s

_SOLE_VOTER = (
    "This node currently holds the only copy of the Kubernetes database so it cannot leave the cluster.\n"
    "To remove this node you can either first remove all other nodes with 'microk8s remove-node' or\n"
    "form a highly available cluster by adding at least three nodes.\n"
)


def run(microk8s: "Microk8s", _: List[str], is_gone: Callable[[], bool]) -> Answer:
    """Run ``leave``. Throws PowerLost."""
    if not locks.has(microk8s.snap_data, locks.NO_REISSUE):
        return Answer(1, "This MicroK8s deployment is not acting as a node in a cluster.\n")
    try:
        return _worker(microk8s, is_gone) if microk8s.is_worker else _member(microk8s, is_gone)
    except client_gone.Killed:
        return Answer(137)


def _worker(microk8s: "Microk8s", is_gone: Callable[[], bool]) -> Answer:
    snap_data = microk8s.snap_data
    locks.take(snap_data, locks.NO_PROXY)
    microk8s.control("stop", ["daemon-apiserver-proxy", "daemon-kubelite"])
    (snap_data / "certs/ca.remote.crt").unlink(missing_ok=True)
    client_gone.sleep(microk8s.power, microk8s.latencies().leaveSeconds, is_gone)
    layout.make_clients(snap_data, microk8s.hostname, [microk8s.private_ip])
    _start_anew(microk8s)
    for name in ("kubelet", "kube-proxy"):
        atomic.write(snap_data / "args" / name, defaults.default_arguments(microk8s.minor)[name], 0o660)
    locks.drop(snap_data, locks.NO_REISSUE, locks.WORKER, locks.NO_DQLITE)
    microk8s.stop()
    microk8s.start()
    return Answer(0, "Configuring services.\nGenerating new cluster certificates.\nWaiting for node to start.  \n")


def _member(microk8s: "Microk8s", is_gone: Callable[[], bool]) -> Answer:
    members, own = microk8s.members(), f"{microk8s.private_ip}:"
    if not members:
        return Answer(1, "", "subprocess.CalledProcessError: Command 'dqlite .cluster' returned non-zero exit status 1.\n")
    voters = [m for m in members if m["Role"] == "0"]
    if len(voters) == 1 and voters[0]["Address"].startswith(own) and len(members) > 1:
        return Answer(3, _SOLE_VOTER)
    microk8s.control("stop", ["daemon-kubelite"])
    mine = [m["Address"] for m in members if m["Address"].startswith(own)]
    others = [m["Address"].rpartition(":")[0] for m in members if not m["Address"].startswith(own)]
    microk8s.control("stop", ["daemon-k8s-dqlite"])
    client_gone.sleep(microk8s.power, microk8s.latencies().leaveSeconds, is_gone)
    for other in others[:1] if mine else []:
        # The first of the others is asked, and no second one when it fails.
        asked = microk8s.neighbours.at(other)
        try:
            if asked is None:
                raise DqliteError("no available dqlite leader server found")
            microk8s.neighbours.datastores.remove(asked.dqlite, mine[0])
        except DqliteError as error:
            return Answer(2, f"Contacting node {other}:19001 failed. Error:\n{error}\n")
    _start_anew(microk8s)
    layout.make_clients(microk8s.snap_data, microk8s.hostname, [microk8s.private_ip])
    locks.drop(microk8s.snap_data, locks.NO_REISSUE)
    microk8s.stop()
    microk8s.start()
    return Answer(0, "Generating new cluster certificates.\nWaiting for node to start.  \n")


def _start_anew(microk8s: "Microk8s") -> None:
    """An empty datastore on loopback, with the certificate of before the cluster where there was one (reinit_cluster)."""
    folder = microk8s.dqlite.folder
    backup = folder.with_name("backend.backup")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if (backup / "cluster.crt").is_file():
        for name in ("cluster.crt", "cluster.key"):
            shutil.copyfile(backup / name, folder / name)
    else:
        pki.dqlite_certificate(folder, microk8s.hostname)
    atomic.write(folder / "init.yaml", "Address: 127.0.0.1:19001\n")
