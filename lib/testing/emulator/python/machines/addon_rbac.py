"""The rbac add-on. Source: github.com/canonical/microk8s-core-addons addons/rbac/enable and disable."""

from typing import TYPE_CHECKING, List

from . import launchconfig
from .answer import Answer
from .kinds import base

if TYPE_CHECKING:
    from .microk8s import Microk8s


def enable(microk8s: "Microk8s", _: List[str]) -> Answer:
    """Have the API server authorise; it restarts when it did not."""
    out = "Enabling RBAC\nReconfiguring apiserver\n"
    if launchconfig.update_arguments(microk8s.snap_data / "args/kube-apiserver", {"--authorization-mode": "RBAC,Node"}):
        out += "Restarting apiserver\n"
        microk8s.control("restart", ["daemon-kubelite"])
    return Answer(0, out + "RBAC is enabled\n")


def disable(microk8s: "Microk8s", _: List[str]) -> Answer:
    """Let everybody do everything again, and remove the default roles. Throws PowerLost."""
    out = "Disabling RBAC\nReconfiguring apiserver\n"
    launchconfig.update_arguments(microk8s.snap_data / "args/kube-apiserver", {"--authorization-mode": "AlwaysAllow"})
    microk8s.control("restart", ["daemon-kubelite"])
    microk8s.power.wait_for(lambda: microk8s.is_ready(with_node=False), 30)
    microk8s.request("DELETE", f"{base('clusterroles')}/clusterroles/cluster-admin")
    return Answer(0, out + "Removing default RBAC resources\nRBAC is disabled\n")
