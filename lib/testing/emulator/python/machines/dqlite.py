"""k8s-dqlite of one node: the files of its storage folder, and what a start does with them.

Source: github.com/canonical/k8s-dqlite pkg/server/server.go (init.yaml, update.yaml, info.yaml, cluster.yaml);
github.com/canonical/go-dqlite app/app.go (the file ``join``: a node that is to be added goes on with it after a restart).
What the nodes of a cluster have in common is a ``Datastore``; ``metadata1`` stands for the raft log that tells which one.
"""

import json
import pathlib
import re
import secrets
from typing import Any, Dict, List, Optional, Sequence

from . import atomic, pki

#: What may lie in the folder when it is initialised; anything else is existing state.
_EXPECTED = {"cluster.crt", "cluster.key", "init.yaml", "failure-domain", "tuning.yaml"}
#: Role numbers of github.com/canonical/go-dqlite client.NodeRole.
ROLES = {0: "voter", 1: "standby", 2: "spare"}
#: A member of a cluster: Address, ID, Role.
Member = Dict[str, str]


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
            self._initialise(init)
        elif update.exists():
            address = _address(update, "update.yaml")
            # An update makes the node the only member, whatever it was before; others go on without it.
            own = {**self.info(), "Address": address, "Role": "0"}
            self._write_info(own)
            self._own_log([own], {} if len(self.members()) > 1 else self.log())
            self.show([own])
            (self.folder / "join").unlink(missing_ok=True)
            update.unlink()
        if not (self.folder / "info.yaml").exists():
            raise DqliteError("failed to read info.yaml: no such file or directory")
        host, _, port = self.address.rpartition(":")
        if host not in self._own_ips or not port.isdigit():
            raise DqliteError(f"listen tcp {self.address}: bind: cannot assign requested address")

    def _initialise(self, init: pathlib.Path) -> None:
        for file in sorted(entry.name for entry in self.folder.iterdir()):
            if file not in _EXPECTED:
                raise DqliteError(f"data directory seems to have existing state '{file}'. please remove the file and restart")
        address, others = _address(init, "init.yaml"), _listed(init)
        own = {"Address": address, "ID": str(secrets.randbits(62)), "Role": "2" if others else "0"}
        self._write_info(own)
        if others:
            atomic.write(self.folder / "join", "\n".join(others))
            self.show([{"Address": other, "ID": "0", "Role": "0"} for other in others])
        else:
            self._own_log([own], {})
            self.show([own])
        init.unlink()

    @property
    def address(self) -> str:
        """The node's own address, ``ip:port``. Throws OSError before the first start."""
        return self.info()["Address"]

    def info(self) -> Member:
        """The node itself, as info.yaml has it. Throws OSError before the first start."""
        return records((self.folder / "info.yaml").read_text("utf-8"))[0]

    def members(self) -> List[Member]:
        """The members in cluster.yaml (Address, ID, Role), as old as that file is; empty before the first start."""
        file = self.folder / "cluster.yaml"
        return records(file.read_text("utf-8")) if file.exists() else []

    def joining(self) -> List[str]:
        """Addresses through which the node is to be added to a cluster; empty when it is in one."""
        file = self.folder / "join"
        return file.read_text("utf-8").split() if file.exists() else []

    def certificate(self) -> bytes:
        """What nodes of one cluster have in common, and trust each other by. Throws OSError."""
        return (self.folder / "cluster.crt").read_bytes()

    def log(self) -> Dict[str, Any]:
        """id, version and members of the datastore that the node belongs to; empty while it belongs to none."""
        file = self.folder / "metadata1"
        return json.loads(file.read_text("utf-8")) if file.exists() else {}

    def write_log(self, log: Dict[str, Any]) -> None:
        """Keep id, version and members of the datastore."""
        atomic.write(self.folder / "metadata1", json.dumps(log))

    def show(self, members: List[Member]) -> None:
        """Write cluster.yaml, and the node's role into info.yaml."""
        everyone = "".join(f"- Address: {m['Address']}\n  ID: {m['ID']}\n  Role: {m['Role']}\n" for m in members)
        atomic.write(self.folder / "cluster.yaml", everyone)
        own = self.info()
        role: Optional[str] = next((m["Role"] for m in members if m["ID"] == own["ID"]), None)
        if role is not None and role != own["Role"]:
            self._write_info({**own, "Role": role})

    def _own_log(self, members: List[Member], old: Dict[str, Any]) -> None:
        version = int(old.get("version", 0)) + 1
        self.write_log({"id": old.get("id") or secrets.token_hex(8), "version": version, "members": members})

    def _write_info(self, own: Member) -> None:
        atomic.write(self.folder / "info.yaml", "".join(f"{key}: {own[key]}\n" for key in ("Address", "ID", "Role")))


def records(text: str) -> List[Member]:
    """The flat YAML of MicroK8s' dqlite files: a list of maps, or one."""
    found: List[Member] = []
    for line in text.splitlines():
        match = re.match(r"^(- |  )?([A-Za-z]+):\s*(.*?)\s*$", line)
        if match:
            if match.group(1) == "- " or not found:
                found.append({})
            found[-1][match.group(2)] = match.group(3).strip("\"'")
    return found


def _address(file: pathlib.Path, name: str) -> str:
    found = records(file.read_text("utf-8"))
    address = found[0].get("Address", "") if found else ""
    if not address:
        raise DqliteError(f"empty address in {name}")
    return address


def _listed(init: pathlib.Path) -> List[str]:
    """The addresses under ``Cluster:``."""
    return re.findall(r"^\s*- ['\"]?([0-9.]+:\d+)", init.read_text("utf-8"), re.M)
