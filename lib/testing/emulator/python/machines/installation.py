"""The install hook of the MicroK8s snap, up to the datastore.

Source: github.com/canonical/microk8s snap/hooks/install (order, `set -e`, the launch configuration, locks).
"""

import pathlib
import stat
from typing import Callable

from . import atomic, defaults, launchconfig, layout, pki
from .store import Release

_LOCKS = ("no-etcd", "no-flanneld", "no-apiserver-proxy", "ha-cluster", "lite.lock", "installed.lock")


class HookError(Exception):
    """A hook of the snap failed, and with it the task of the change."""


def run(
    root: pathlib.Path, release: Release, hostname: str, private_ip: str, note: Callable[[str], None], leaf_days: float
) -> None:
    """Arguments, launch configuration, certificates, locks. Throws HookError."""
    snap_data = root / "var/snap/microk8s/current"
    certs = snap_data / "certs"
    try:
        defaults.write_arguments(snap_data, release.minor)
        (snap_data / "credentials").mkdir(exist_ok=True)
        # Plain mkdir under `set -e`: a hook that was cut off in its middle fails when it is run again.
        certs.mkdir()
    except FileExistsError:
        shown = f"/var/snap/microk8s/{release.revision}/certs"
        raise _error(f"+ mkdir {shown}\nmkdir: cannot create directory '{shown}': File exists") from None
    atomic.write(certs / "csr.conf.template", pki.csr_template([]))
    _pre_init(root, snap_data, release, note)
    layout.make_certificates(snap_data, hostname, [private_ip], release.minor >= 34, leaf_days)
    for folder in ("credentials", "certs", "args"):
        _close(snap_data / folder)
    (snap_data / "var/lock").mkdir(parents=True, exist_ok=True)
    for lock in _LOCKS:
        (snap_data / "var/lock" / lock).touch()


def _pre_init(root: pathlib.Path, snap_data: pathlib.Path, release: Release, note: Callable[[str], None]) -> None:
    path, text = launchconfig.find(root)
    copy = root / "var/snap/microk8s/common/etc/launcher/install.yaml"
    copy.parent.mkdir(parents=True, exist_ok=True)
    own = root / path.lstrip("/")
    atomic.write(copy, text, stat.S_IMODE(own.stat().st_mode) if own.is_file() else 0o644)
    said = [f"Found config file {path}, will use to initialize cluster."]
    try:
        parts, warnings = launchconfig.parse(text, release.minor)
        for part in parts:
            launchconfig.apply(part, snap_data)
    except launchconfig.LaunchError as error:
        raise _error("\n".join([*said, f"Error: failed to parse config file: {error}"])) from error
    for line in [*said, *warnings]:
        note(f"microk8s install hook: {line}")


def _close(folder: pathlib.Path) -> None:
    """chmod -R ug+rwX,o-rwX, as the hook does."""
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        enter = 0o110 if path.is_dir() or mode & 0o111 else 0
        path.chmod((mode | 0o660 | enter) & ~0o007)


def _error(text: str) -> HookError:
    return HookError(f'run hook "install": \n-----\n{text}\n-----')
