"""Whether this node is where the cluster is born, and the record of that: never two clusters under one name."""

from typing import Any, Mapping

from .basics import JOIN, PROTOCOL, Refused, Trouble, iso, placeholder
from .membership import AGENT_PORT
from .microk8s import Microk8s
from .ports import Ports
from .records import Parameters, Progress
from .reporter import Node
from .roster import Roster

API_PORT = 16443  # https://microk8s.io/docs/services-and-ports


class Founding:
    """The decisions about a birth. What is known of it outside is the record ``cluster``."""

    def __init__(self, ports: Ports, progress: Progress, parameters: Parameters, microk8s: Microk8s, node: Node) -> None:
        self._ports, self._progress, self._parameters, self._microk8s, self._node = ports, progress, parameters, microk8s, node

    def admits(self, records: Mapping[str, Any], roster: Roster) -> bool:
        """Whether this node is, or may be, where the cluster is born; otherwise it joins. Throws Refused; Trouble when that cannot be known."""
        cluster = records["cluster"]
        if self._node.name != roster.members[0].name or self._progress.data.get("joined"):
            return False
        if not isinstance(cluster, dict):
            raise Trouble("the parameter cluster cannot be read")
        own = self._microk8s.ca_fingerprint()
        if placeholder(cluster):
            if own and self._progress.data.get("born") == own:
                return True  # born here; Terraform wrote its placeholder again
            if self._others(records, roster, ""):
                return False  # a cluster is there, and its members will say so again
            self._refuse_twin(records, roster)
        elif cluster.get("instanceId") != self._node.instance_id:
            if self._reborn(records):
                self._refuse_twin(records, roster)
            elif self._others(records, roster, str(cluster.get("caFingerprint"))):
                return False
            else:
                raise Refused(f"birth: born on {cluster.get('instanceId')}; see reinitialise")
        elif not own and self._progress.data.get("born"):
            raise Trouble("the cluster CA cannot be read")  # snapd takes the folder away for a moment in each refresh
        elif cluster.get("caFingerprint") != own:
            raise Refused("birth: born here with another CA; replace this node")
        return True

    def publish(self, records: Mapping[str, Any]) -> None:
        """Record the birth on this node, where nobody has, or the one that is recorded is given up. Throws Trouble."""
        own = self._microk8s.ca_fingerprint()
        if not own:
            raise Trouble("the cluster CA is missing")
        if placeholder(records["cluster"]) or self._reborn(records):
            record = {
                "protocol": PROTOCOL, "node": self._node.name, "instanceId": self._node.instance_id, "caFingerprint": own,
                "bornAt": self._progress.data.get("bornAt") or iso(self._ports.clock.time()),
            }  # fmt: skip
            self._parameters.put("cluster", record)
            self._ports.log.event("cluster is born", caFingerprint=own)
        else:
            record = records["cluster"]
        if self._progress.data.get("born") != own:
            self._progress.set(born=own, bornAt=record.get("bornAt"))

    def remember(self, records: Mapping[str, Any]) -> None:
        """Keep, as a member, the record of the birth, and give it back when it is lost. Throws Trouble."""
        cluster, kept = records["cluster"], self._progress.data.get("cluster")
        if placeholder(cluster) and kept:
            self._parameters.put("cluster", kept)
        elif isinstance(cluster, dict) and not placeholder(cluster) and cluster != kept:
            self._progress.set(cluster=cluster)

    def _others(self, records: Mapping[str, Any], roster: Roster, ca: str) -> bool:
        """Whether another control-plane node says that it is a member of the cluster with this CA, or of any."""
        for other in roster.control_plane:
            status = records.get(f"nodes/{other.name}")
            if other.name != self._node.name and isinstance(status, dict) and status.get("member"):
                if not ca or status["member"] == ca:
                    return True
        return False

    def _refuse_twin(self, records: Mapping[str, Any], roster: Roster) -> None:
        for other in roster.control_plane:
            if other.name == self._node.name:
                continue
            status = records.get(f"nodes/{other.name}")
            told = isinstance(status, dict) and not placeholder(status)
            if told and status.get("wants") == "join" and not status.get("member"):
                continue  # it runs a MicroK8s of its own until it joins
            for port in (API_PORT, AGENT_PORT):
                if self._ports.network.answers(other.address, port):
                    if not told or (not status.get("member") and status.get("phase") in JOIN):
                        raise Trouble(f"{other.name} answers and does not say what it is")
                    raise Refused(f"birth: {other.address} answers on {port}; it is alive")

    @staticmethod
    def _reborn(records: Mapping[str, Any]) -> bool:
        """Whether the user gives the cluster that was born elsewhere up. The birth uses that up: the record then names this instance."""
        given_up = records["desired"].get("reinitialise")
        return bool(given_up) and given_up == records["cluster"].get("instanceId")
