"""Add-ons (only dns does something here) and launch configurations after the installation.

Sources: github.com/canonical/microk8s-core-addons addons/dns/enable, addons.yaml; github.com/canonical/microk8s
scripts/wrappers/common/utils.py (xable); github.com/canonical/microk8s-cluster-agent cmd/cluster-agent.go (launcher loop).
"""

import threading
from typing import TYPE_CHECKING, List

from . import launchconfig, layout
from .answer import Answer

if TYPE_CHECKING:
    from .microk8s import Microk8s

#: name → (description, version), of the core repository.
CORE = {
    "cert-manager": ("Cloud native certificate management", "1.18.2"), "dns": ("CoreDNS", "1.13.1"),
    "helm3": ("Helm 3 - Kubernetes package manager", "3.19.0"),
    "hostpath-storage": ("Storage class; allocates storage from host directory", "1.5.0"),
    "ingress": ("Ingress controller for external access", "3.6.2"),
    "metrics-server": ("K8s Metrics Server for API access to service metrics", "0.8.0"),
    "rbac": ("Role-Based Access Control for authorisation", ""),
}


class Addons:
    """The add-ons of one machine; one enable at a time."""

    def __init__(self, microk8s: "Microk8s") -> None:
        self._microk8s = microk8s
        self._lock = threading.Lock()

    def enabled(self) -> List[str]:
        """Names of the add-ons whose pods exist."""
        code, pods = self._microk8s.request("GET", "/api/v1/namespaces/kube-system/pods")
        names = [pod["metadata"]["name"] for pod in pods["items"]] if code == 200 else []
        return ["dns"] if any(name.startswith("coredns") for name in names) else []

    def enable(self, names: List[str]) -> Answer:
        """``microk8s enable``. Throws PowerLost."""
        microk8s = self._microk8s
        microk8s.power.wait_for(lambda: microk8s.is_ready(with_node=False), 30)
        out, err = "", ""
        with self._lock:
            for given in names:
                name = given.partition(":")[0].rpartition("/")[2]
                if name not in CORE:
                    return Answer(1, out, err + f"Addon {name} was not found in any repository\n")
                if "/" not in given:
                    err += f"Infer repository core for addon {name}\n"
                if name in self.enabled():
                    out += f"Addon core/{name} is already enabled\n"
                    continue
                if name != "dns":
                    return Answer(1, out, err + f"Addon {name} is not part of the simulated machine\n")
                one = self._enable_dns()
                out, err = out + one.stdout, err + one.stderr
                if one.exit_code:
                    return Answer(one.exit_code, out, err)
        return Answer(0, out, err)

    def _enable_dns(self) -> Answer:
        microk8s = self._microk8s
        out = "Enabling DNS\nUsing host configuration from /run/systemd/resolve/resolv.conf\nApplying manifest\n"
        created = [
            ("serviceaccounts", {"metadata": {"name": "coredns"}}, "serviceaccount/coredns"),
            ("configmaps", {"metadata": {"name": "coredns"}, "data": {"Corefile": ".:53 {}\n"}}, "configmap/coredns"),
            ("pods", {"metadata": {"name": "coredns-simulated", "labels": {"k8s-app": "kube-dns"}},
                      "status": {"phase": "Running"}}, "deployment.apps/coredns"),
            ("services", {"metadata": {"name": "kube-dns"}, "spec": {"clusterIP": "10.152.183.10"}}, "service/kube-dns"),
        ]
        for plural, body, shown in created:
            code, answer = microk8s.request("POST", f"/api/v1/namespaces/kube-system/{plural}", body)
            if code == 0:
                return Answer(1, out, f"{answer}\n")
            if code not in (201, 409):
                return Answer(1, out, f"Error from server: {answer.get('message')}\n")
            out += f"{shown} created\n"
        microk8s.power.must_sleep(microk8s.latencies().dnsSeconds)
        out += "CoreDNS service deployed with IP address 10.152.183.10\n"
        wanted = {"--cluster-domain": "cluster.local", "--cluster-dns": "10.152.183.10"}
        # With the arguments in the launch configuration nothing restarts here.
        if launchconfig.update_arguments(microk8s.snap_data / "args/kubelet", wanted):
            out += "Restarting kubelet\n"
            microk8s.control("restart", ["daemon-kubelite"])
        return Answer(0, out + "DNS is enabled\n")

    def apply_launcher(self) -> None:
        """One round of the cluster-agent: apply each waiting file, and rename it only when all of it went well."""
        microk8s = self._microk8s
        for file in sorted((microk8s.snap_common / "etc/launcher").glob("*.yaml")):
            try:
                minor = int(layout.version(microk8s.snap_data).split(".")[1])
                parts, _ = launchconfig.parse(file.read_text("utf-8"), minor)
                restart: List[str] = []
                for part in parts:
                    names = [a["name"] for a in part.get("addons", []) if not a.get("disable")]
                    done = self.enable(names) if names else Answer()
                    if done.exit_code:
                        raise launchconfig.LaunchError(f"failed to reconcile addons: {done.stderr}")
                    restart += launchconfig.apply(part, microk8s.snap_data)
                    if (part.get("join") or {}).get("url"):
                        raise launchconfig.LaunchError("failed to join cluster: joins are not part of the simulated machine")
                microk8s.control("restart", list(dict.fromkeys(restart)))
            except (launchconfig.LaunchError, OSError, KeyError, TypeError) as error:
                microk8s.note(f"microk8s.daemon-cluster-agent: Failed to apply configuration file {file.name}: {error}")
                continue
            file.rename(file.with_name(file.name + ".applied"))
