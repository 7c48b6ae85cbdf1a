"""Add-ons and launch configurations after the installation.

Sources: github.com/canonical/microk8s-core-addons addons.yaml of branches 1.34 and 1.35; github.com/canonical/microk8s
scripts/wrappers/common/utils.py (xable, get_status); github.com/canonical/microk8s-cluster-agent cmd/cluster-agent.go (launcher
loop).
"""

import threading
from typing import TYPE_CHECKING, Callable, Dict, List, Tuple

from . import cis, ingress, launchconfig
from .addon_dns import enable as enable_dns
from .addon_rbac import disable as disable_rbac, enable as enable_rbac
from .answer import Answer

if TYPE_CHECKING:
    from .microk8s import Microk8s

#: name → (description, version), of the core repository.
CORE = {
    "cert-manager": ("Cloud native certificate management", "1.18.2"), "cis-hardening": ("Apply CIS K8s hardening", "1.0.0"),
    "dns": ("CoreDNS", "1.13.1"), "helm3": ("Helm 3 - Kubernetes package manager", "3.19.0"),
    "hostpath-storage": ("Storage class; allocates storage from host directory", "1.5.0"),
    "ingress": ("Ingress controller for external access", "3.6.2"),
    "metrics-server": ("K8s Metrics Server for API access to service metrics", "0.8.0"),
    "rbac": ("Role-Based Access Control for authorisation", ""),
}
Script = Callable[["Microk8s", List[str]], Answer]
_SCRIPTS: Dict[str, Dict[str, Script]] = {
    "enable": {"dns": enable_dns, "rbac": enable_rbac, "ingress": ingress.enable, "cis-hardening": cis.enable},
    "disable": {"rbac": disable_rbac, "ingress": ingress.disable, "cis-hardening": cis.disable},
}


class Addons:
    """The add-ons of one machine; one enable or disable at a time."""

    def __init__(self, microk8s: "Microk8s") -> None:
        self._microk8s = microk8s
        self._lock = threading.Lock()

    def known(self) -> Dict[str, Tuple[str, str]]:
        """Name → (description, version) of what the installed release has."""
        return {**CORE, "ingress": (CORE["ingress"][0], "3.6.2" if self._microk8s.minor >= 35 else "1.13.1")}

    def enabled(self) -> List[str]:
        """Names of the add-ons that are on, as ``microk8s status`` finds out: by an object, or by a file."""
        microk8s = self._microk8s
        code, pods = microk8s.request("GET", "/api/v1/pods")
        if code != 200:
            return []
        names = [pod["metadata"]["name"] for pod in pods["items"]]
        public, _ = microk8s.request("GET", "/apis/networking.k8s.io/v1/ingressclasses/public")
        admin, _ = microk8s.request("GET", "/apis/rbac.authorization.k8s.io/v1/clusterroles/cluster-admin")
        nginx = any(name.startswith("nginx-ingress-microk8s-controller") for name in names)
        on = {
            "cis-hardening": (microk8s.snap_data / cis.LOCK).is_file(),
            "dns": any(name.startswith("coredns") for name in names),
            "ingress": public == 200 if microk8s.minor >= 35 else nginx,
            "rbac": admin == 200,
        }
        return [name for name, is_on in on.items() if is_on]

    def enable(self, words: List[str]) -> Answer:
        """``microk8s enable``. Throws PowerLost."""
        return self._act("enable", words)

    def disable(self, words: List[str]) -> Answer:
        """``microk8s disable``. Throws PowerLost."""
        return self._act("disable", words)

    def _act(self, action: str, words: List[str]) -> Answer:
        microk8s = self._microk8s
        out, err = "", ""
        with self._lock:
            chosen = self._chosen(words)
            if len(chosen) > 1:
                out += (
                    "WARNING: Do not enable or disable multiple addons in one command.\n"
                    "         This form of chained operations on addons will be DEPRECATED in the future.\n"
                    f"         Please, {action} one addon at a time: 'microk8s {action} <addon>'\n"
                )
            for given, arguments in chosen:
                repository, _, name = given.rpartition("/")
                if name not in CORE or repository not in ("", "core"):
                    return Answer(1, out, err + f"Addon {name} was not found in any repository\n")
                if not repository:
                    err += f"Infer repository core for addon {name}\n"
                if (name in self.enabled()) == (action == "enable"):
                    out += f"Addon core/{name} is already {action}d\n"
                    continue
                script = _SCRIPTS[action].get(name)
                if script is None:
                    return Answer(1, out, err + f"To {action} addon {name} is not part of the simulated machine\n")
                self._wait()
                one = script(microk8s, arguments)
                out, err = out + one.stdout, err + one.stderr
                if one.exit_code:
                    return Answer(one.exit_code, out, err)
                self._wait()
        return Answer(0, out, err)

    def _wait(self) -> None:
        self._microk8s.power.wait_for(lambda: self._microk8s.is_ready(with_node=False), 30)

    @staticmethod
    def _chosen(words: List[str]) -> List[Tuple[str, List[str]]]:
        """Add-ons with their arguments: many names, each with arguments after a colon, or one name and its options."""
        names = [word.partition(":")[0] for word in words]
        known = {*CORE, *(f"core/{name}" for name in CORE)}
        if set(names) < known:
            return [(name, [part for part in word.partition(":")[2:] if part]) for name, word in zip(names, words)]
        return [(names[0], words[1:])]

    def apply_launcher(self) -> None:
        """One round of the cluster-agent: apply each waiting file, and rename it only when all of it went well."""
        microk8s = self._microk8s
        for file in sorted((microk8s.snap_common / "etc/launcher").glob("*.yaml")):
            try:
                parts, _ = launchconfig.parse(file.read_text("utf-8"), microk8s.minor)
                restart: List[str] = []
                for part in parts:
                    for addon in part.get("addons", []):
                        act = self.disable if addon.get("disable") else self.enable
                        done = act([addon["name"], *addon.get("args", [])])
                        if done.exit_code:
                            raise launchconfig.LaunchError(f"failed to reconcile addons: {done.stderr}")
                    restart += launchconfig.apply(part, microk8s.snap_data)
                    if (part.get("join") or {}).get("url"):
                        raise launchconfig.LaunchError("failed to join cluster: joins are not part of the simulated machine")
                # Whoever stopped the services meanwhile stopped this one too.
                if not microk8s.is_active("daemon-cluster-agent"):
                    return
                microk8s.control("restart", list(dict.fromkeys(restart)))
            except (launchconfig.LaunchError, OSError, KeyError, TypeError) as error:
                microk8s.note(f"microk8s.daemon-cluster-agent: Failed to apply configuration file {file.name}: {error}")
                continue
            file.rename(file.with_name(file.name + ".applied"))
