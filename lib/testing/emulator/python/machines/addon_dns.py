"""The dns add-on. Source: github.com/canonical/microk8s-core-addons addons/dns/enable."""

from typing import TYPE_CHECKING, List

from . import launchconfig, manifest
from .answer import Answer
from .manifest import Item, named

if TYPE_CHECKING:
    from .microk8s import Microk8s

_SPACE = "kube-system"
_OBJECTS: List[Item] = [
    ("serviceaccounts", _SPACE, named("coredns")),
    ("configmaps", _SPACE, named("coredns", data={"Corefile": ".:53 {}\n"})),
    ("deployments", _SPACE, named("coredns")),
    ("pods", _SPACE, {"metadata": {"name": "coredns-simulated", "labels": {"k8s-app": "kube-dns"}}, "status": {"phase": "Running"}}),
    ("services", _SPACE, named("kube-dns", spec={"clusterIP": "10.152.183.10"})),
]


def enable(microk8s: "Microk8s", _: List[str]) -> Answer:
    """Make CoreDNS, and tell kubelet where it is. Throws PowerLost."""
    out = "Enabling DNS\nUsing host configuration from /run/systemd/resolve/resolv.conf\nApplying manifest\n"
    made = manifest.apply(microk8s, _OBJECTS)
    out += made.stdout
    if made.exit_code:
        return Answer(made.exit_code, out, made.stderr)
    microk8s.power.must_sleep(microk8s.latencies().dnsSeconds)
    out += "CoreDNS service deployed with IP address 10.152.183.10\n"
    wanted = {"--cluster-domain": "cluster.local", "--cluster-dns": "10.152.183.10"}
    # With the arguments in the launch configuration nothing restarts here.
    if launchconfig.update_arguments(microk8s.snap_data / "args/kubelet", wanted):
        out += "Restarting kubelet\n"
        microk8s.control("restart", ["daemon-kubelite"])
    return Answer(0, out + "DNS is enabled\n")
