"""``microk8s join``.

Source: github.com/canonical/microk8s scripts/wrappers/join.py: order, texts, exit codes; its exit code says nothing about
dqlite, and what fails on the way leaves var/lock/join-in-progress behind. The API's port is not copied from the contacted node,
for each simulated machine has one of its own on loopback.
"""

import re
import shutil
from typing import TYPE_CHECKING, Callable, List, Optional

from . import add_node, apiserver_proxy, atomic, client_gone, cluster_agent, launchconfig, layout, locks, pki
from .answer import Answer
from .cluster_agent import JoinRequest, JoinResponse

if TYPE_CHECKING:
    from .microk8s import Microk8s

_WORKER_LABELS = "microk8s.io/cluster=true,node.kubernetes.io/microk8s-worker=microk8s-worker"
_OPTIONS = ("--worker", "--controlplane", "--skip-verify", "--disable-low-memory-guard")
#: What a worker's join restarts (mark_worker_node).
_RESTARTED = ("daemon-kubelite", "daemon-apiserver-kicker", "daemon-apiserver-proxy", "daemon-k8s-dqlite")


class _Ends(Exception):
    """The script ends here with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.stdout)
        self.answer = answer


def run(microk8s: "Microk8s", argv: List[str], is_gone: Callable[[], bool]) -> Answer:
    """Run ``join argv``; ``is_gone`` says whether its client was killed. Throws PowerLost."""
    words = [word for word in argv if not word.startswith("-")]
    unknown = [word for word in argv if word.startswith("-") and word not in _OPTIONS]
    if len(words) != 1 or unknown:
        wrong = f"No such option: {unknown[0]}" if unknown else "Missing argument 'CONNECTION'."
        return Answer(2, "", f"Usage: microk8s join [OPTIONS] CONNECTION\n\nError: {wrong}\n")
    try:
        address, port, token, check = add_node.split(words[0])
    except ValueError as error:
        return Answer(1, f"Invalid connection: {error}\n")
    locks.take(microk8s.snap_data, locks.JOINING)
    out = f"Contacting cluster at {address}\n"
    try:
        fault, slower = microk8s.take_join_fault()
        client_gone.sleep(microk8s.power, slower, is_gone)
        if fault == "lyingJoin":
            client_gone.sleep(microk8s.power, microk8s.latencies().joinSeconds, is_gone)
        else:
            host = _connect(microk8s, address, port, is_gone)
            if check and "--skip-verify" not in argv:
                _verify(host, address, check)
            if fault == "failJoin":
                raise _Ends(Answer(6, "Connection failed. Failed, as a fault of the emulator has it (500).\n"))
            out += _join(microk8s, host, token, "--worker" in argv, is_gone)
    except _Ends as end:
        return Answer(end.answer.exit_code, out + end.answer.stdout, end.answer.stderr)
    except client_gone.Killed:
        return Answer(137, out)
    locks.drop(microk8s.snap_data, locks.JOINING)
    return Answer(0, out + "Successfully joined the cluster.\n")


def _connect(microk8s: "Microk8s", address: str, port: int, is_gone: Callable[[], bool]) -> "Microk8s":
    """The contacted node. Only errors of HTTP and TLS are caught: a connection that fails ends in a traceback."""
    host, error = microk8s.neighbours.at(address), "ConnectionRefusedError: [Errno 111] Connection refused"
    if host is None:
        client_gone.sleep(microk8s.power, microk8s.latencies().connectSeconds, is_gone)
        error = "TimeoutError: [Errno 110] Connection timed out"
    elif host.listens(25000) and port == add_node.agent_port(host.snap_data):
        return host
    raise _Ends(Answer(1, "", "Traceback (most recent call last):\n  File \"/snap/microk8s/current/scripts/wrappers/join.py\", "
                       f"in get_connection_info\n    conn.connect()\n{error}\n"))


def _verify(host: "Microk8s", address: str, check: str) -> None:
    if not pki.fingerprint(host.snap_data / "certs/server.crt").startswith(check):
        raise _Ends(Answer(4, f"Joining cluster failed. Could not verify the identity of {address}."
                           " Use '--skip-verify' to skip server certificate check.\n"))


def _join(microk8s: "Microk8s", host: "Microk8s", token: str, is_worker: bool, is_gone: Callable[[], bool]) -> str:
    request = JoinRequest(token, microk8s.private_ip, add_node.agent_port(microk8s.snap_data), is_worker)
    code, answer = cluster_agent.join(host, request)
    if isinstance(answer, str):
        raise _Ends(Answer(6, f"Connection failed. {answer} ({code}).\n"))
    client_gone.sleep(microk8s.power, 0, is_gone)
    out = _take_cidr(microk8s, answer)
    if is_worker:
        _as_worker(microk8s, host, answer, is_gone)
        return out + (
            "\nThe node has joined the cluster and will appear in the nodes list in a few seconds.\n\n"
            "This worker node gets automatically configured with the API server endpoints.\n"
        )
    return out + _as_member(microk8s, answer, is_gone)


def _take_cidr(microk8s: "Microk8s", answer: JoinResponse) -> str:
    file = microk8s.snap_data / "args/kube-proxy"
    own = launchconfig.argument(file, "--cluster-cidr")
    if not answer.cluster_cidr or own == answer.cluster_cidr:
        return ""
    launchconfig.update_arguments(file, {"--cluster-cidr": answer.cluster_cidr})
    return (
        "WARNING: Joining a cluster that has a different CIDR. The kube-proxy CIDR configuration will be overwritten.\n"
        f"Cluster CIDR: {answer.cluster_cidr} -- Node CIDR: {own}(will be overwritten)\n"
    )


def _take_settings(microk8s: "Microk8s", answer: JoinResponse) -> None:
    """kubelet's arguments are REPLACED by the contacted node's; only these two are set right."""
    args = microk8s.snap_data / "args"
    launchconfig.update_arguments(args / "kube-apiserver", {"--authorization-mode": answer.authorization_mode})
    atomic.write(args / "kubelet", answer.kubelet_args, 0o660)
    own = {"--node-ip": microk8s.private_ip, "--hostname-override": None}
    given = {flag: value for flag, value in own.items() if re.search(rf"^{flag}[= ]", answer.kubelet_args, re.M)}
    launchconfig.update_arguments(args / "kubelet", given)


def _as_worker(microk8s: "Microk8s", host: "Microk8s", answer: JoinResponse, is_gone: Callable[[], bool]) -> None:
    snap_data = microk8s.snap_data
    atomic.write(snap_data / "certs/ca.remote.crt", answer.files["ca.crt"], 0o660)
    _take_settings(microk8s, answer)
    launchconfig.update_arguments(snap_data / "args/kubelet", {
        "--client-ca-file": "${SNAP_DATA}/certs/ca.remote.crt", "--node-labels": _WORKER_LABELS,
    })
    launchconfig.update_arguments(snap_data / "args/kube-proxy", {"--master": None, "--hostname-override": None})
    # The contacted node signs (sign-cert), whatever its certificate is by now: that call verifies nothing.
    layout.make_worker_clients(snap_data, microk8s.hostname, [microk8s.private_ip], host.snap_data / "certs")
    client_gone.sleep(microk8s.power, microk8s.latencies().joinSeconds, is_gone)
    locks.drop(snap_data, locks.NO_PROXY)
    apiserver_proxy.write(snap_data, [host.private_ip])
    microk8s.control("restart", ["daemon-apiserver-proxy"])
    locks.take(snap_data, locks.WORKER, locks.NO_DQLITE)
    microk8s.control("restart", list(_RESTARTED))
    locks.take(snap_data, locks.NO_REISSUE)


def _as_member(microk8s: "Microk8s", answer: JoinResponse, is_gone: Callable[[], bool]) -> str:
    snap_data, certs = microk8s.snap_data, microk8s.snap_data / "certs"
    for name in ("ca.crt", "ca.key", "serviceaccount.key"):
        shutil.copyfile(certs / name, certs / f"{name}.backup")
        atomic.write(certs / name, answer.files[name], 0o660)
    layout.make_clients(snap_data, microk8s.hostname, [microk8s.private_ip])
    _take_settings(microk8s, answer)
    microk8s.control("stop", ["daemon-kubelite", "daemon-k8s-dqlite"])
    client_gone.sleep(microk8s.power, microk8s.latencies().joinSeconds, is_gone)
    # Meanwhile apiservice-kicker sees another CA and has the server's certificate signed by it (ensure_server_ca).
    layout.refresh_csr(snap_data, [microk8s.private_ip])
    pki.server_certificate(certs, microk8s.latencies().leafDays)
    _become_joiner(microk8s, answer)
    microk8s.control("start", ["daemon-k8s-dqlite"])
    waited = client_gone.wait_for(microk8s.power, lambda: _is_member(microk8s), microk8s.latencies().joinWaitSeconds, is_gone)
    microk8s.control("start", ["daemon-kubelite"])
    locks.take(snap_data, locks.NO_REISSUE)
    dots = "" if waited else ".. " * 10
    return f"Waiting for this node to finish joining the cluster. {dots} \n"


def _become_joiner(microk8s: "Microk8s", answer: JoinResponse) -> None:
    folder = microk8s.dqlite.folder
    backup = folder.with_name("backend.backup")
    address: Optional[str] = None
    shutil.rmtree(backup, ignore_errors=True)
    if folder.is_dir():
        if (folder / "info.yaml").exists():
            address = microk8s.dqlite.address
        shutil.move(str(folder), str(backup))
    folder.mkdir(parents=True)
    for name in ("cluster.crt", "cluster.key"):
        atomic.write(folder / name, answer.files[name], 0o660)
    port = address.rpartition(":")[2] if address else "19001"
    voters = "".join(f"- {voter}\n" for voter in answer.voters)
    atomic.write(folder / "init.yaml", f"Address: {microk8s.private_ip}:{port}\nCluster:\n{voters}")


def _is_member(microk8s: "Microk8s") -> bool:
    return any(m["Address"].startswith(f"{microk8s.private_ip}:") for m in microk8s.members())
