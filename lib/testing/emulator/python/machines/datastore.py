"""The datastores of all clusters in a park: members, quorum, and the objects that the members have in common.

Sources: github.com/canonical/go-dqlite app/app.go (added as spare, roles taken at once, cluster.yaml and roles gone over every
30 s), https://dqlite.io/docs (raft: a majority of the voters); github.com/canonical/k8s-dqlite pkg/server/server.go.
A change is written to the copies of all members that are up, so that a majority always has the newest. Handing a voter's role
over when a node is stopped in order is not part of the simulated machine.
"""

import threading
import time
from typing import Any, Dict, List, Optional, Tuple

from . import dqlite_roles
from .dqlite import Dqlite, DqliteError, Member
from .objects import ObjectStore

_COPY = "objects.json"


class Datastore:
    """One dqlite cluster while at least one of its nodes is up."""

    def __init__(self, log: Dict[str, Any]) -> None:
        self.id, self.version, self.members = str(log["id"]), int(log["version"]), list(log["members"])
        self.up: Dict[str, Dqlite] = {}
        self.store = ObjectStore()
        #: When kubelets were heard last, by node (s, monotonic), and when a controller looked.
        self.heard: Dict[str, float] = {}
        self.looked = 0.0

    def online(self) -> List[str]:
        """IDs of the members that are up."""
        return [m["ID"] for m in self.members if m["ID"] in self.up]

    def leader(self) -> Optional[str]:
        """ID of the leader; None without a majority of the voters."""
        voters = [m["ID"] for m in self.members if m["Role"] == "0"]
        online = [one for one in voters if one in self.up]
        return online[0] if online and 2 * len(online) > len(voters) else None

    def commit(self, members: List[Member]) -> None:
        """Make these the members."""
        if members == self.members:
            return
        self.members, self.version = members, self.version + 1
        for node in self.up.values():
            self.tell(node)

    def tell(self, node: Dqlite) -> None:
        """Bring a node's record of the members up to date."""
        try:
            node.write_log({"id": self.id, "version": self.version, "members": self.members})
        except OSError:
            # The folder of a node that is being removed goes before the node is down.
            pass

    def watch(self) -> None:
        """Set the files that a change of an object is written to."""
        self.store.files = tuple(node.folder / _COPY for node in self.up.values())


class Datastores:
    """The datastores by what their nodes say; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._known: Dict[str, Datastore] = {}
        self._of: Dict[Dqlite, Tuple[str, str]] = {}

    def come_up(self, node: Dqlite) -> None:
        """A node that has started and bound its address. Throws DqliteError while nobody adds it to the cluster it is to join."""
        with self._lock:
            waiting = node.joining()
            if waiting:
                self._add(node, waiting)
            log = node.log()
            if not log:
                raise DqliteError("raft_start(): io: load metadata: no such file or directory")
            store = self._known.setdefault(log["id"], Datastore(log))
            if int(log["version"]) > store.version:
                store.version, store.members = int(log["version"]), list(log["members"])
            own = node.info()["ID"]
            store.up[own] = node
            self._of[node] = (store.id, own)
            store.store.catch_up(node.folder / _COPY)
            store.watch()
            store.store.replicate()
            for one in store.up.values():
                store.tell(one)
            if own in store.online() and store.leader():
                node.show(store.members)

    def _add(self, node: Dqlite, voters: List[str]) -> None:
        own = node.info()
        for store in self._known.values():
            reached = [one for one in store.up.values() if one.address in voters]
            if not reached or reached[0].certificate() != node.certificate() or store.leader() is None:
                continue
            if any(m["Address"] == own["Address"] and m["ID"] != own["ID"] for m in store.members):
                raise DqliteError(f"add node to cluster: a server with address {own['Address']} already exists")
            if all(m["ID"] != own["ID"] for m in store.members):
                store.commit([*store.members, {**own, "Role": "2"}])
            # A node that has just been added promotes itself where voters or standbys are missing.
            role = dqlite_roles.assume(own["ID"], store.members, {*store.online(), own["ID"]})
            store.commit([{**m, "Role": role} if m["ID"] == own["ID"] else m for m in store.members])
            store.tell(node)
            (node.folder / "join").unlink(missing_ok=True)
            return
        raise DqliteError("add node to cluster: no available dqlite leader server found")

    def go_down(self, node: Dqlite) -> None:
        """A node that stopped, in whatever way."""
        with self._lock:
            at = self._of.pop(node, None)
            store = self._known.get(at[0]) if at else None
            if not at or not store or store.up.get(at[1]) is not node:
                return
            del store.up[at[1]]
            store.watch()
            if not store.up:
                # With the last node goes what is in memory: the next one to start brings what lies on its disk.
                del self._known[store.id]

    def of(self, node: Dqlite) -> Optional[Datastore]:
        """The datastore of a node that is up, is a member and reaches a majority of the voters; None otherwise."""
        with self._lock:
            at = self._of.get(node)
            store = self._known.get(at[0]) if at else None
            return store if at and store and at[1] in store.online() and store.leader() else None

    def members(self, node: Dqlite) -> Optional[List[Member]]:
        """The members as the leader knows them; None when the node reaches no leader."""
        store = self.of(node)
        return [dict(m) for m in store.members] if store else None

    def go_over(self, node: Dqlite) -> None:
        """What a node does every so often: refresh its cluster.yaml and, when it leads, the roles."""
        with self._lock:
            store = self.of(node)
            if store is None:
                return
            own = self._of[node][1]
            if store.leader() == own:
                store.commit(dqlite_roles.adjust(own, store.members, set(store.online())))
            node.show(store.members)

    def remove(self, node: Dqlite, address: str) -> None:
        """Remove the member at ``address``, asked through ``node``. Throws DqliteError without a leader or such a member."""
        with self._lock:
            store = self.of(node)
            if store is None:
                raise DqliteError("no available dqlite leader server found")
            left = [m for m in store.members if m["Address"] != address]
            if left == store.members:
                raise DqliteError(f"no node has address {address}")
            if not any(m["Role"] == "0" for m in left):
                raise DqliteError("can't remove the last voter")
            store.commit(left)

    def hear(self, node: Dqlite, kubelet: str) -> None:
        """A kubelet's sign of life reaches the cluster through ``node``."""
        store = self.of(node)
        if store:
            store.heard[kubelet] = time.monotonic()

    def silent(self, node: Dqlite, kubelets: List[str], grace: float) -> List[str]:
        """Which kubelets have not been heard for ``grace`` (s). A controller that was blind itself gives them all another while."""
        store = self.of(node)
        if store is None:
            return []
        with self._lock:
            now = time.monotonic()
            blind, store.looked = now - store.looked > max(1.0, grace / 2), now
            if blind:
                store.heard = {name: now for name in kubelets}
            return [name for name in kubelets if now - store.heard.setdefault(name, now) > grace]
