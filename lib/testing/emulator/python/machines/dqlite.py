"""k8s-dqlite of one node: the files of its storage folder, and what a start does with them.

Source: github.com/canonical/k8s-dqlite pkg/server/server.go (init.yaml, update.yaml, info.yaml, cluster.yaml).
Membership of more than one node belongs here later: ``members`` already reads the whole list.
"""

import pathlib
import re
import secrets
from typing import Dict, List, Sequence

from . import atomic, pki

#: What may lie in the folder when it is initialised; anything else is existing state.
_EXPECTED = {"cluster.crt", "cluster.key", "init.yaml", "failure-domain", "tuning.yaml"}
#: Role numbers of github.com/canonical/go-dqlite client.NodeRole.
ROLES = {0: "voter", 1: "standby", 2: "spare"}


class DqliteError(Exception):
    """k8s-dqlite exits with this message."""


class Dqlite:
    """The datastore in ``folder`` on a machine that owns the addresses ``own_ips``."""

    def __init__(self, folder: pathlib.Path, own_ips: Sequence[str]) -> None:
        self.folder, self._own_ips = folder, ["127.0.0.1", *own_ips]

    def prepare(self, hostname: str) -> None:
        """What the install hook leaves: a certificate and init.yaml on loopback (init_cluster in utils.sh)."""
        self.folder.mkdir(parents=True, exist_ok=True)
        pki.dqlite_certificate(self.folder, hostname)
        (self.folder / "init.yaml").write_text("Address: 127.0.0.1:19001\n", "utf-8")

    def start(self) -> None:
        """Initialise, or take a new address from update.yaml, then bind. Throws DqliteError."""
        init, update = self.folder / "init.yaml", self.folder / "update.yaml"
        if init.exists():
            for file in sorted(entry.name for entry in self.folder.iterdir()):
                if file not in _EXPECTED:
                    raise DqliteError(
                        f"data directory seems to have existing state '{file}'. please remove the file and restart"
                    )
            address = _address(init, "init.yaml")
            init.unlink()
            self._write([{"Address": address, "ID": str(secrets.randbits(62)), "Role": "0"}])
        elif update.exists():
            address = _address(update, "update.yaml")
            info = _records((self.folder / "info.yaml").read_text("utf-8"))[0]
            # An update makes the node the only member, whatever it was before.
            self._write([{**info, "Address": address}])
            update.unlink()
        if not (self.folder / "info.yaml").exists():
            raise DqliteError("failed to read info.yaml: no such file or directory")
        host, _, port = self.address.rpartition(":")
        if host not in self._own_ips or not port.isdigit():
            raise DqliteError(f"listen tcp {self.address}: bind: cannot assign requested address")

    @property
    def address(self) -> str:
        """The node's own address, ``ip:port``. Throws OSError before the first start."""
        return _records((self.folder / "info.yaml").read_text("utf-8"))[0]["Address"]

    def members(self) -> List[Dict[str, str]]:
        """The members in cluster.yaml (Address, ID, Role); empty before the first start."""
        file = self.folder / "cluster.yaml"
        return _records(file.read_text("utf-8")) if file.exists() else []

    def _write(self, members: List[Dict[str, str]]) -> None:
        own = "".join(f"{key}: {members[0][key]}\n" for key in ("Address", "ID", "Role"))
        atomic.write(self.folder / "info.yaml", own)
        everyone = "".join(f"- Address: {m['Address']}\n  ID: {m['ID']}\n  Role: {m['Role']}\n" for m in members)
        atomic.write(self.folder / "cluster.yaml", everyone)


def _records(text: str) -> List[Dict[str, str]]:
    records: List[Dict[str, str]] = []
    for line in text.splitlines():
        match = re.match(r"^(- |  )?([A-Za-z]+):\s*(.*?)\s*$", line)
        if match:
            if match.group(1) == "- " or not records:
                records.append({})
            records[-1][match.group(2)] = match.group(3).strip("\"'")
    return records


def _address(file: pathlib.Path, name: str) -> str:
    records = _records(file.read_text("utf-8"))
    address = records[0].get("Address", "") if records else ""
    if not address:
        raise DqliteError(f"empty address in {name}")
    return address
