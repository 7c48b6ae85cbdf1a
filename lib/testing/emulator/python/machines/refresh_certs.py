"""``microk8s refresh-certs``. Source: github.com/canonical/microk8s scripts/wrappers/refresh_certs.py."""

import pathlib
import shutil
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Dict, List, Optional, Tuple

from . import layout, pki, rootfs
from .answer import Answer

if TYPE_CHECKING:
    from .microk8s import Microk8s

_CERTS = {"ca.crt": "CA", "server.crt": "server", "front-proxy-client.crt": "front proxy client"}
_CHOICES = (
    "\nAvailable certificate options:\n'server.crt': refreshes the server certificate\n"
    "'front-proxy-client.crt': refreshes the front proxy client certificate\n"
    "'ca.crt': refreshes the root CA and all certificates created from it.\n"
    "            Warning: refreshing the root CA requires nodes to leave and re-join the cluster\n"
)
_REPLACED = (
    "The CA certificates have been replaced. Kubernetes will restart the pods of your workloads.\n"
    "Any worker nodes you may have in your cluster need to be removed and re-joined to become aware of the new CA.\n\n"
)


class _Usage(Exception):
    """click refuses the call."""


def run(microk8s: "Microk8s", argv: List[str]) -> Answer:
    """Run ``refresh-certs argv``."""
    try:
        folder, chosen = _parse(argv)
    except _Usage as error:
        return Answer(2, "", f"Usage: refresh_certs.py [OPTIONS] [CA_DIR]\n\nError: {error}\n")
    if folder is not None and chosen:
        return Answer(1, "Please do not set any options in combination with the CA_DIR.\n")
    if len(chosen) > 1:
        return Answer(2, "Please select only one of the options -c, -u or -e.\n")
    if "check" in chosen:
        return _check(microk8s.snap_data / "certs")
    if "undo" in chosen:
        return _undo(microk8s)
    if folder is not None:
        return _install_ca(microk8s, rootfs.locate(microk8s.root, folder), folder)
    if "cert" not in chosen:
        return Answer(3, "Please use the '--cert' flag to select the certificate you need refreshed.\n" + _CHOICES)
    said = _backup(microk8s) + "Creating new certificates\n"
    return Answer(0, said + _RENEW[chosen["cert"]](microk8s))


def _parse(argv: List[str]) -> Tuple[Optional[str], Dict[str, str]]:
    folder: Optional[str] = None
    chosen: Dict[str, str] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if word.startswith("-e") and len(word) > 2:
            name, given, value = "-e", "=", word[2:]
        if name in ("-e", "--cert"):
            if not given and not rest:
                raise _Usage(f"Option '{name}' requires an argument.")
            chosen["cert"] = value if given else rest.pop(0)
            if chosen["cert"] not in _CERTS:
                shown = ", ".join(f"'{one}'" for one in _CERTS)
                raise _Usage(f"Invalid value for '-e' / '--cert': '{chosen['cert']}' is not one of {shown}.")
        elif word in ("-c", "--check"):
            chosen["check"] = word
        elif word in ("-u", "--undo"):
            chosen["undo"] = word
        elif word.startswith("-"):
            raise _Usage(f"No such option: {name}")
        elif folder is not None:
            raise _Usage(f"Got unexpected extra argument ({word})")
        else:
            folder = word
    return folder, chosen


def _check(certs: pathlib.Path) -> Answer:
    now = datetime.now(timezone.utc)
    lines = [
        f"The {title} certificate will expire in {(pki.expiry(certs / name) - now).days} days." for name, title in _CERTS.items()
    ]
    return Answer(0, "\n".join([*lines, ""]))


def _backup(microk8s: "Microk8s") -> str:
    folder = microk8s.snap_data / "certs-backup"
    for name in ("certs", "credentials"):
        shutil.copytree(microk8s.snap_data / name, folder / name, dirs_exist_ok=True)
    shown = f"/var/snap/microk8s/{microk8s.snap_data.resolve().name}/certs-backup/"
    return f"Taking a backup of the current certificates under {shown}\n"


def _undo(microk8s: "Microk8s") -> Answer:
    folder = microk8s.snap_data / "certs-backup"
    if not folder.is_dir():
        return Answer(1, "No previous backup found\n")
    for name in ("certs", "credentials"):
        shutil.copytree(folder / name, microk8s.snap_data / name, dirs_exist_ok=True)
    microk8s.stop()
    microk8s.start()
    return Answer(0, "Restarting, please wait.\n")


def _server(microk8s: "Microk8s") -> str:
    microk8s.reissue_server_certificate()
    return "Restarting service kubelite.\nRestarting service cluster-agent.\n"


def _front_proxy(microk8s: "Microk8s") -> str:
    layout.refresh_csr(microk8s.snap_data, [microk8s.private_ip])
    pki.front_proxy_certificate(microk8s.snap_data / "certs", microk8s.latencies().leafDays)
    microk8s.control("restart", ["daemon-kubelite"])
    return "Restarting service kubelite.\n"


def _ca(microk8s: "Microk8s") -> str:
    certs = microk8s.snap_data / "certs"
    # The key stays, so that what the old certificate signed fits the new one too.
    pki.self_signed_ca(certs / "ca.crt", certs / "ca.key", "10.152.183.1", microk8s.minor >= 34)
    layout.refresh_csr(microk8s.snap_data, [microk8s.private_ip])
    pki.front_proxy_certificate(certs, microk8s.latencies().leafDays)
    return _resigned(microk8s)


def _resigned(microk8s: "Microk8s") -> str:
    pki.server_certificate(microk8s.snap_data / "certs", microk8s.latencies().leafDays)
    layout.make_clients(microk8s.snap_data, microk8s.hostname, [microk8s.private_ip])
    microk8s.control("restart", ["daemon-kubelite", "daemon-cluster-agent"])
    return "Creating new kubeconfig file\nRestarting service kubelite.\nRestarting service cluster-agent.\n\n" + _REPLACED


def _install_ca(microk8s: "Microk8s", folder: pathlib.Path, shown: str) -> Answer:
    if not folder.is_dir():
        return Answer(2, "", "Usage: refresh_certs.py [OPTIONS] [CA_DIR]\n\nError: Invalid value for '[CA_DIR]': "
                      f"Path '{shown}' does not exist.\n")
    said = "Validating provided certificates\n"
    if not (folder / "ca.crt").is_file() or not (folder / "ca.key").is_file():
        return Answer(30, said + f"Could not find ca.crt and ca.key files in {shown}\n")
    for name, code, text in (("ca.key", 31, "CA private key is invalid."), ("ca.crt", 32, "CA certificate is invalid.")):
        try:
            pki.check_rsa(folder / name) if name.endswith("key") else pki.expiry(folder / name)
        except ValueError as error:
            return Answer(code, said + f"{text} {error}\n")
    said += _backup(microk8s) + "Installing provided certificates\n"
    for name in ("ca.crt", "ca.key"):
        shutil.copyfile(folder / name, microk8s.snap_data / "certs" / name)
    return Answer(0, said + _resigned(microk8s))


_RENEW = {"server.crt": _server, "front-proxy-client.crt": _front_proxy, "ca.crt": _ca}
