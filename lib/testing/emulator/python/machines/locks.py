"""The lock files of MicroK8s that say what a node is.

Source: github.com/canonical/microk8s scripts/wrappers/join.py (mark_worker_node, mark_no_cert_reissue, mark_join_in_progress),
microk8s-resources/wrappers/run-k8s-dqlite-with-args, run-apiserver-proxy-with-args.
"""

import pathlib

#: A node without control plane.
WORKER = "clustered.lock"
NO_DQLITE = "no-k8s-dqlite"
NO_PROXY = "no-apiserver-proxy"
#: A node of a cluster: its certificates are not made anew when its addresses change.
NO_REISSUE = "no-cert-reissue"
JOINING = "join-in-progress"


def _file(snap_data: pathlib.Path, name: str) -> pathlib.Path:
    return snap_data / "var/lock" / name


def has(snap_data: pathlib.Path, name: str) -> bool:
    """Whether the lock is there."""
    return _file(snap_data, name).exists()


def take(snap_data: pathlib.Path, *names: str) -> None:
    """Make the locks."""
    for name in names:
        _file(snap_data, name).touch()


def drop(snap_data: pathlib.Path, *names: str) -> None:
    """Remove the locks that are there."""
    for name in names:
        _file(snap_data, name).unlink(missing_ok=True)


def is_worker(snap_data: pathlib.Path) -> bool:
    """Whether the node is a worker."""
    return has(snap_data, WORKER)
