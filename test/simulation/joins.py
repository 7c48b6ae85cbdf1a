"""``microk8s join``, step by step, with what it is known to get wrong.

Sources: https://github.com/canonical/microk8s (scripts/wrappers/join.py: kubelet's arguments replaced, the datastore wiped, ten
tries, success whatever came of them), https://github.com/canonical/microk8s-cluster-agent (pkg/api/v2/join.go: the token is
consumed first; pkg/snap/util/dqlite.go: "already known to dqlite"), canonical/microk8s issues 4713, 4555, 1819, 2212, 3694.
"""

from typing import Any

from machine import ARGS, BACKEND, CERTS, LOCKS, pem

LIES = ("lie", "half", "late", "refuse", "traceback", "slow", "exit", "hang")


class Join:
    """One run of the command. It goes on by itself, unless whoever asked takes it along."""

    def __init__(self, machine: Any, where: str, worker: bool) -> None:
        self.machine, self.world, self.worker = machine, machine.world, worker
        self.ended, self.cancelled, self.code, self.out = False, False, 0, ""
        self.accepted = False
        machine.joins += 1
        machine.joining = self
        host, self.token, self.print = where.split("/")
        self.address, _, port = host.partition(":")
        assert port == "25000" and len(self.print) == 12, where
        self.how = self.world.join_fault(machine)
        self.limit = self.world.now + 300.0
        self.pace = 5.0 if self.how == "slow" else 1.0
        machine.disk[LOCKS + "join-in-progress"] = ""
        self.world.note(machine.name, "join begins", f"through {self.address}{' as worker' if worker else ''}{' [' + self.how + ']' if self.how else ''}")
        self._then(1.0, self._ask)

    def cancel(self) -> None:
        """The machine is off."""
        self.cancelled = True
        if not self.ended:
            self._end(137, "")

    def orphan(self) -> None:
        """The agent was killed: the command dies with it, or goes on."""
        if not self.ended and self.world.orphans:
            self.world.note(self.machine.name, "join goes on without its agent", "")
        elif not self.ended:
            self.cancel()

    def _then(self, seconds: float, what: Any) -> None:
        def step() -> None:
            if not self.cancelled and not self.ended:
                if self.world.now >= self.limit:  # coreutils' timeout ends it, whether the agent lives or not
                    self._end(124, "")
                else:
                    what()

        self.world.engine.after(min(seconds * self.pace, max(0.0, self.limit - self.world.now)), step)

    def _end(self, code: int, out: str) -> None:
        self.ended, self.code, self.out = True, code, out
        if self.accepted:
            self.world.checks.join_ends(self)
        if self.machine.joining is self:
            self.machine.joining = None
        if code == 0:
            self.machine.disk.pop(LOCKS + "join-in-progress", None)
        self.world.note(self.machine.name, "join ends", f"exit {code} {out.strip()}")

    def _ask(self) -> None:
        host, machine = self.world.at_address(self.address), self.machine
        if host is None or not host.listens(25000) or self.how == "traceback":
            self._then(20.0, lambda: self._end(1, "Traceback (most recent call last): TimeoutError\n"))
            return
        server = host.disk.get(CERTS + "server.crt", "")
        if not self.world.fingerprint(server).startswith(self.print):
            return self._end(4, "Joining cluster failed. Could not verify the identity of the peer.\n")
        if self.token not in host.tokens():
            return self._end(6, "Connection failed. invalid token (500).\n")
        if self.how == "refuse":
            return self._end(6, "Connection failed. failed to retrieve dqlite cluster nodes (500).\n")
        if not host.api() and not host.cluster.quorum():
            return self._end(6, "Connection failed. failed to retrieve dqlite cluster nodes (500).\n")
        if host.cluster.known(machine.address) and not self.worker:
            return self._end(6, f"Connection failed. the joining node ({machine.address}) is already known to dqlite (500).\n")
        own = host.cluster.dweller(host)
        if own and own.address.startswith("127."):  # the first join binds the datastore anew, and the API goes away for it
            own.address = host.address
            host.start_dqlite(3.0)
            host.start_kubelite(5.0)
        self.accepted, self.host, self.cluster = True, host, host.cluster
        self.world.checks.join_begins(self)
        machine.disk[ARGS + "kubelet"] = host.disk.get(ARGS + "kubelet", "")
        machine.stop_services()
        self._then(4.0 if self.worker else 12.0, self._worker if self.worker else self._wiped)

    def _worker(self) -> None:
        machine = self.machine
        machine.disk[CERTS + "ca.remote.crt"] = pem(self.cluster.ca)
        machine.disk[LOCKS + "clustered.lock"] = ""
        machine.cluster, machine.number, machine.registered = self.cluster, 0, None
        machine.agent_from = self.world.now
        machine.spoiled = {"lie": "lie", "half": "dead"}.get(self.how, "")
        machine.start_kubelite(40.0 if self.how == "late" else 2.0)
        self.world.checks.join_ends(self)  # it is as much of a member as it gets, whatever the command still does
        if self.how != "hang":
            self._then(2.0, self._done)
        else:
            self._then(400.0, self._done)

    def _wiped(self) -> None:
        machine = self.machine
        machine.disk[CERTS + "ca.crt"] = pem(self.cluster.ca)
        machine.new_certificate()
        for path in [path for path in machine.disk if path.startswith(BACKEND)]:
            del machine.disk[path]
        machine.disk[BACKEND + "init.yaml"] = f"Cluster:\n- {self.address}:19001\nAddress: {machine.address}:19001\n"
        machine.cluster, machine.number, machine.registered = self.cluster, -1, None
        machine.agent_from = self.world.now
        self.tries = 10
        self._then(3.0, self._enter)

    def _enter(self) -> None:
        """Ten tries, and success is said whatever came of them."""
        machine = self.machine
        if self.how not in ("lie", "late", "hang") and self.cluster.quorum() and not self.cluster.known(machine.address):
            self._member()
            machine.spoiled = "dead" if self.how == "half" else ""
            machine.start_kubelite(2.0)
            self.world.checks.join_ends(self)
            return self._then(3.0, self._done)
        self.tries -= 1
        if self.tries:
            return self._then(5.0, self._enter)
        if self.how == "hang":
            return self._then(400.0, self._done)
        machine.start_kubelite(2.0)
        if self.how == "late":
            number = machine.number
            self.world.engine.after(30.0, lambda: self._late(number))
        return self._done()

    def _member(self) -> None:
        machine = self.machine
        self.cluster.enter(machine, machine.address)
        machine.dqlite_from = self.world.now
        machine.disk.pop(BACKEND + "init.yaml", None)
        machine.write_backend()

    def _late(self, number: int) -> None:
        machine = self.machine
        if machine.up and machine.cluster is self.cluster and machine.number == number and not machine.snap_busy() and self.cluster.quorum():
            if not self.cluster.known(machine.address):
                self.world.note(machine.name, "joins late", "")
                self._member()
                machine.start_kubelite(2.0)

    def _done(self) -> None:
        self._end(1 if self.how == "exit" else 0, "")
