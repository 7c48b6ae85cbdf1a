"""What kubelite does with its argument files when it starts: refuse them, or an API server's settings.

Sources: github.com/canonical/microk8s microk8s-resources/wrappers/run-kubelite-with-args,
https://kubernetes.io/docs/reference/command-line-tools-reference/ (flags).
"""

import os
import pathlib
from typing import Callable, Dict, Optional

from . import arguments, cloudconfig, launchconfig, locks
from .audit import AuditLog, PolicyError, load_policy
from .kernel import Kernel

PROGRAMS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kube-proxy", "kubelet")
_OF_WORKER = ("kube-proxy", "kubelet")
_MODES = ("AlwaysAllow", "AlwaysDeny", "ABAC", "Webhook", "RBAC", "Node")


class KubeliteError(Exception):
    """kubelite ends with these last words."""


class Kubelite:
    """One start of kubelite on the machine at ``root``. Throws KubeliteError when it ends at once."""

    def __init__(self, root: pathlib.Path, note: Callable[[str], None]) -> None:
        self._root, self._snap_data = root, root / "var/snap/microk8s/current"
        self._shown = f"/var/snap/microk8s/{os.readlink(self._snap_data)}"
        # A worker runs with --start-control-plane=false: only these programs read their arguments.
        self.is_worker = locks.is_worker(self._snap_data)
        for program in PROGRAMS:
            file = self._snap_data / "args" / program
            for name in arguments.sanitise(program, file) if file.exists() else []:
                note(f"microk8s.daemon-kubelite: Removing argument: {name} from {program}")
        domain = launchconfig.argument(self._snap_data / "args/ha-conf", "failure-domain")
        if domain and (self._snap_data / "var/kubernetes/backend").is_dir():
            (self._snap_data / "var/kubernetes/backend/failure-domain").write_text(domain + "\n", "utf-8")
        self.flags = {program: self._read(program) for program in (_OF_WORKER if self.is_worker else PROGRAMS)}
        self.audit = None if self.is_worker else self._open_audit()
        if not self.is_worker:
            self._check_values()
        protect = arguments.is_true(self.flags["kubelet"].get("protect-kernel-defaults"))
        wrong = Kernel(root).tune_for_kubelet(protect)
        if wrong:
            raise KubeliteError(f"Failed to start ContainerManager: {wrong}")

    @property
    def modes(self) -> str:
        """How the API server authorises, such as ``RBAC,Node``."""
        return self.flags["kube-apiserver"].get("authorization-mode", "AlwaysAllow")

    @property
    def port(self) -> int:
        """The API server's port."""
        return int(self.flags["kube-apiserver"].get("secure-port", "6443"))

    def _read(self, program: str) -> Dict[str, str]:
        try:
            words = arguments.read(self._snap_data / "args" / program, self._shown, "/var/snap/microk8s/common")
        except OSError as error:
            raise KubeliteError(f"Failed to open arguments file open {self._shown}/args/{program}: {error.strerror}") from None
        wrong = arguments.problem(program, words)
        if wrong:
            raise KubeliteError(wrong)
        return arguments.values(words)

    def _check_values(self) -> None:
        for mode in self.modes.split(","):
            if mode not in _MODES:
                raise KubeliteError(arguments.ended("kube-apiserver", f'authorization-mode "{mode}" is not a valid mode'))
        for flag in ("admission-control-config-file", "encryption-provider-config", "token-auth-file", "oidc-ca-file"):
            path = self.flags["kube-apiserver"].get(flag)
            if path and not self._inside(path).is_file():
                raise KubeliteError(arguments.ended("kube-apiserver", f"open {path}: no such file or directory"))

    def _open_audit(self) -> Optional[AuditLog]:
        flags = self.flags["kube-apiserver"]
        policy, log = flags.get("audit-policy-file"), flags.get("audit-log-path")
        if not policy:
            # "No audit policy file provided, no events will be recorded for log backend"
            return None
        try:
            rules = load_policy(self._inside(policy), policy)
        except PolicyError as error:
            raise KubeliteError(arguments.ended("kube-apiserver", str(error))) from None
        return AuditLog(self._inside(log), rules, flags) if log and log != "-" else None

    def _inside(self, path: str) -> pathlib.Path:
        if not path.startswith("/"):
            # Services of a snap start in $SNAP_DATA.
            path = f"{self._shown}/{path}"
        return cloudconfig.inside(self._root, path)
