"""The cis-hardening add-on of this node: arguments, an audit policy, modes of files.

Source: github.com/canonical/microk8s-core-addons addons/cis-hardening/enable, disable, utils.py.
"""

import pathlib
import stat
from typing import TYPE_CHECKING, Callable, Dict, List, Tuple

from . import addon_rbac, atomic
from .answer import Answer

if TYPE_CHECKING:
    from .microk8s import Microk8s

LOCK = "var/lock/cis-hardening"
_FOLDERS = ("args", "credentials", "certs", "var/kubernetes/backend")
_POLICY = (
    "# Log all requests at the Metadata level.\napiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: Metadata\n"
)
_ADMISSION = "--enable-admission-plugins"
_PLUGINS = ("EventRateLimit", "AlwaysPullImages", "NodeRestriction")
_ADDED: Dict[str, Tuple[Tuple[str, str], ...]] = {
    "kube-apiserver": (
        ("--kubelet-certificate-authority", "${SNAP_DATA}/certs/ca.crt"),
        ("--kubelet-client-key", "${SNAP_DATA}/certs/apiserver-kubelet-client.key"),
        ("--kubelet-client-certificate", "${SNAP_DATA}/certs/apiserver-kubelet-client.crt"),
        ("--admission-control-config-file", "${SNAP_DATA}/args/admission-control-config-file.yaml"),
        ("--audit-log-path", "/var/log/apiserver/audit.log"), ("--audit-log-maxage", "30"), ("--audit-log-maxbackup", "10"),
        ("--audit-log-maxsize", "100"), ("--audit-policy-file", "${SNAP_DATA}/args/audit-policy.yaml"),
        ("--request-timeout", "300s"),
        ("--tls-cipher-suites", "TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256"),
    ),
    "kube-controller-manager": (("--terminated-pod-gc-threshold", "10"),),
    "kubelet": (
        ("--protect-kernel-defaults", "true"), ("--event-qps", "0"),
        ("--tls-cipher-suites", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        ("--authorization-mode", "Webhook"), ("--tls-cert-file", "${SNAP_DATA}/certs/kubelet.crt"),
        ("--tls-private-key-file", "${SNAP_DATA}/certs/kubelet.key"),
    ),
}
#: What disable takes away, whoever set it; the API server gets two of its defaults back, kubelet's and its cipher suites stay away.
_REMOVED = {
    "kube-apiserver": (
        "--kubelet-certificate-authority", _ADMISSION, "--admission-control-config-file", "--audit-log-path", "--audit-log-maxage",
        "--audit-log-maxbackup", "--audit-log-maxsize", "--audit-policy-file", "--request-timeout", "--tls-cipher-suites",
    ),
    "kube-controller-manager": ("--terminated-pod-gc-threshold",),
    "kubelet": (
        "--protect-kernel-defaults", "--event-qps", "--tls-cipher-suites", "--authorization-mode", "--tls-cert-file",
        "--tls-private-key-file",
    ),
}
_RESTORED = (
    f"{_ADMISSION}=EventRateLimit\n--admission-control-config-file=${{SNAP_DATA}}/args/admission-control-config-file.yaml\n"
)
_SERVICES = ("daemon-kubelite", "daemon-k8s-dqlite")
_FAREWELL = (
    "\nCIS hardening configuration has been applied. All microk8s commands require sudo from now on.Note: You may need to set up "
    "these additional configs in /etc/sysctl.conf:vm.panic_on_oom=0vm.overcommit_memory=1kernel.panic=10kernel.panic_on_oops=1"
    "kernel.keys.root_maxkeys=1000000kernel.keys.root_maxbytes=25000000\n"
    "Remember to enable this addon on nodes joining the custer.\n"
)


def enable(microk8s: "Microk8s", arguments: List[str]) -> Answer:
    """``microk8s enable cis-hardening``. Throws PowerLost."""
    skip, version = False, ""
    for word in arguments:
        name, given, value = word.partition("=")
        if name == "--skip-kubebench-installation" and not given:
            skip = True
        elif name == "--install-kubebench" and given:
            skip = skip or value.lower() in ("", "false")
        elif name == "--kubebench-version" and given:
            version = value
        else:
            return Answer(2, "", f"Usage: enable [OPTIONS]\nTry 'enable --help' for help.\n\nError: No such option: {word}\n")
    has_rbac = "rbac" in microk8s.addons.enabled()
    rbac = Answer(0, "Addon core/rbac is already enabled\n") if has_rbac else addon_rbac.enable(microk8s, [])
    out = "Enabling RBAC\n" + rbac.stdout
    args = microk8s.snap_data / "args"
    out += "Copy extra files\n"
    atomic.write(args / "audit-policy.yaml", _POLICY)
    if not skip:
        out += f"Downloading kube-bench{' ' + version if version else ''}\n"
        plugin = microk8s.snap_common / "plugins/kube-bench"
        plugin.parent.mkdir(parents=True, exist_ok=True)
        atomic.write(plugin, "#!/bin/bash\nexit 0\n", 0o755)
    microk8s.power.must_sleep(microk8s.latencies().addonSeconds)
    out += "Stopping services\n"
    microk8s.control("stop", list(_SERVICES))
    out += "Setting file permissions\nSetting API server arguments\nSetting controller manager arguments\nSetting kubelet arguments\n"
    _chmod(microk8s.snap_data, lambda mode, top: mode & ~(0o077 if top else 0o066))
    _add_plugins(args / "kube-apiserver")
    for program, pairs in _ADDED.items():
        for name, value in pairs:
            _add(args / program, name, value)
    (microk8s.snap_data / LOCK).touch()
    out += "Starting services\n"
    microk8s.control("start", list(reversed(_SERVICES)))
    farewell = _FAREWELL if skip else _FAREWELL + "Inspect the CIS benchmark results with:\n\n  sudo microk8s kube-bench\n"
    return Answer(0, out + farewell + "\n", "Infer repository core for addon rbac\n")


def disable(microk8s: "Microk8s", _: List[str]) -> Answer:
    """``microk8s disable cis-hardening``: takes its arguments away, also those that were set before it; RBAC stays on."""
    args = microk8s.snap_data / "args"
    microk8s.power.must_sleep(microk8s.latencies().addonSeconds)
    microk8s.control("stop", list(_SERVICES))
    for program, names in _REMOVED.items():
        lines = (args / program).read_text("utf-8").splitlines(keepends=True)
        kept = "".join(line for line in lines if not any(name in line for name in names))
        restored = _RESTORED if program == "kube-apiserver" else ""
        _write(args / program, (kept if not kept or kept.endswith("\n") else kept + "\n") + restored)
    # The script looks for the policy beside itself, so that the file in args stays.
    _chmod(microk8s.snap_data, lambda mode, _: mode | 0o060)
    microk8s.control("start", list(reversed(_SERVICES)))
    (microk8s.snap_common / "plugins/kube-bench").unlink(missing_ok=True)
    (microk8s.snap_data / LOCK).unlink(missing_ok=True)
    return Answer(0, (
        "Stopping services\nSetting API server arguments\nSetting controller manager arguments\nSetting kubelet arguments\n"
        "Remove extra configuration files\nResetting file permissions\nStarting services\nRemoving kube-bench\n"
    ))


def _add_plugins(file: pathlib.Path) -> None:
    lines = file.read_text("utf-8").splitlines()
    for at, line in enumerate(lines):
        if line.startswith(_ADMISSION):
            present = line.split(" ")[-1].split("=")[-1].split(",")
            lines[at] = f"{_ADMISSION}={','.join(dict.fromkeys([*_PLUGINS, *present]))}"
            break
    else:
        lines.append(f"{_ADMISSION}={','.join(_PLUGINS)}")
    _write(file, "\n".join(lines) + "\n")


def _add(file: pathlib.Path, name: str, value: str) -> None:
    """Append an argument unless some line has its name in it."""
    text = file.read_text("utf-8")
    if name not in text:
        _write(file, text + f"{name}={value}\n")


def _write(file: pathlib.Path, text: str) -> None:
    atomic.write(file, text, stat.S_IMODE(file.stat().st_mode))


def _chmod(snap_data: pathlib.Path, change: Callable[[int, bool], int]) -> None:
    for folder in _FOLDERS:
        top = snap_data / folder
        for path in (top, *top.rglob("*")):
            if path.exists():
                path.chmod(change(stat.S_IMODE(path.stat().st_mode), path == top))
