"""Who coordinates: a Lease in the cluster itself, which its datastore gives to one at a time.

Source: https://kubernetes.io/docs/concepts/architecture/leases/, and client-go's leader election, whose rule this is: a lease that
somebody else holds is taken when it has not been renewed for its whole length by one's own watch; clocks are never compared.
"""

import json
from datetime import datetime, timezone
from typing import Any, Dict, Tuple

from .basics import SECRETS, Trouble
from .ports import Ports

NAME, NAMESPACE = "mec-coordinator", "kube-system"
LENGTH, RENEW = 45.0, 15.0  # seconds
FILE = SECRETS + "/lease.json"


class Lease:
    """This node's part in the election."""

    def __init__(self, ports: Ports, identity: str) -> None:
        self._ports, self._identity = ports, identity
        self._renewed = float("-inf")  # when this node renewed it last; never when it does not hold it
        self._seen: Tuple[str, str] = ("", "")
        self._since = float("inf")

    @property
    def held(self) -> bool:
        """Whether this node holds it, by what it did last."""
        return self._ports.clock.monotonic() - self._renewed < LENGTH - RENEW

    def hold(self) -> bool:
        """Take it or go on holding it; whether this node has it now. Throws Trouble when the API does not say."""
        now = self._ports.clock.monotonic()
        if now - self._renewed < RENEW:
            return True
        there = self._get()
        if there is None:
            return self._write("create", {}, 0)
        spec = there.get("spec") or {}
        holder, renewed = str(spec.get("holderIdentity") or ""), str(spec.get("renewTime") or "")
        if holder not in ("", self._identity):
            if (holder, renewed) != self._seen:
                self._seen, self._since = (holder, renewed), now
            if now - self._since < LENGTH:
                self._renewed = float("-inf")
                return False
        changes = int(spec.get("leaseTransitions") or 0) + (0 if holder == self._identity else 1)
        return self._write("replace", there.get("metadata") or {}, changes)

    def release(self) -> None:
        """Let another have it at once; nothing when this node does not hold it."""
        if self._renewed == float("-inf"):
            return
        self._renewed = float("-inf")
        try:
            there = self._get()
            if there and (there.get("spec") or {}).get("holderIdentity") == self._identity:
                self._write("replace", there.get("metadata") or {}, int(there["spec"].get("leaseTransitions") or 0), take=False)
        except Trouble as trouble:  # it ends by itself
            self._ports.log.event("lease is not given back", error=str(trouble))

    def _get(self) -> Any:
        result = self._ports.shell.run(["microk8s", "kubectl", "get", "lease", NAME, "-n", NAMESPACE, "-o", "json"], 20)
        if result.code:
            if "NotFound" in result.err:
                return None
            raise Trouble("the lease cannot be read")
        try:
            return json.loads(result.out)
        except ValueError:
            raise Trouble("the lease cannot be read") from None

    def _write(self, verb: str, meta: Dict[str, Any], changes: int, take: bool = True) -> bool:
        moment = datetime.fromtimestamp(self._ports.clock.time(), timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        version = {"resourceVersion": meta["resourceVersion"]} if meta.get("resourceVersion") else {}
        body: Dict[str, Any] = {
            "apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": NAME, "namespace": NAMESPACE, **version},
            "spec": {"leaseDurationSeconds": int(LENGTH), "renewTime": moment, "leaseTransitions": changes},
        }  # fmt: skip
        if take:  # an empty holder is none by leaving it out
            body["spec"]["holderIdentity"] = self._identity
        self._ports.files.write(FILE, json.dumps(body), 0o600)
        began = self._ports.clock.monotonic()
        done = self._ports.shell.run(["microk8s", "kubectl", verb, "-f", self._ports.files.path(FILE)], 20).code == 0
        if take:
            self._renewed = began if done else float("-inf")
        return done
