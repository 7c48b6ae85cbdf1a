"""Launch configurations: which file counts, what is refused, and what is applied to ``args``.

Sources: github.com/canonical/microk8s snap/hooks/install (order of files), github.com/canonical/microk8s-cluster-agent
pkg/k8sinit/schema.go (fields, versions, unknown fields), pkg/k8sinit/apply.go (order of application), pkg/snap/snap.go
(registries).
"""

import json
import os
import pathlib
import re
from typing import Any, Dict, List, Tuple

from . import atomic, pki

#: Files that hold arguments or environment, and the service that a change of them restarts.
ARGUMENTS: Dict[str, Tuple[str, Tuple[str, ...]]] = {
    "extraKubeAPIServerArgs": ("kube-apiserver", ("daemon-kubelite",)),
    "extraKubeletArgs": ("kubelet", ("daemon-kubelite",)),
    "extraKubeProxyArgs": ("kube-proxy", ("daemon-kubelite",)),
    "extraKubeControllerManagerArgs": ("kube-controller-manager", ("daemon-kubelite",)),
    "extraKubeSchedulerArgs": ("kube-scheduler", ("daemon-kubelite",)),
    "extraKubeliteEnv": ("kubelite-env", ("daemon-kubelite",)),
    "extraContainerdArgs": ("containerd", ("daemon-containerd",)),
    "extraContainerdEnv": ("containerd-env", ("daemon-containerd",)),
    "extraDqliteArgs": ("k8s-dqlite", ("daemon-k8s-dqlite",)),
    "extraDqliteEnv": ("k8s-dqlite-env", ("daemon-k8s-dqlite",)),
    "extraMicroK8sClusterAgentArgs": ("cluster-agent", ("daemon-cluster-agent",)),
    "extraMicroK8sClusterAgentEnv": ("cluster-agent-env", ("daemon-cluster-agent",)),
    "extraMicroK8sAPIServerProxyArgs": ("apiserver-proxy", ("daemon-apiserver-proxy",)),
    "extraMicroK8sAPIServerProxyEnv": ("apiserver-proxy-env", ("daemon-apiserver-proxy",)),
    "extraEtcdArgs": ("etcd", ()),
    "extraEtcdEnv": ("etcd-env", ()),
    "extraFlanneldArgs": ("flanneld", ()),
    "extraFlanneldEnv": ("flanneld-env", ()),
    "extraCNIEnv": ("cni-env", ()),
    "extraFIPSEnv": ("fips-env", ("daemon-kubelite", "daemon-k8s-dqlite", "daemon-cluster-agent")),
}
_KINDS: Dict[str, type] = {
    **{name: dict for name in ARGUMENTS}, "extraConfigFiles": dict, "containerdRegistryConfigs": dict, "join": dict,
    "extraSANs": list, "addons": list, "addonRepositories": list, "persistentClusterToken": str, "version": str,
}
DEFAULT = json.dumps({
    "version": "0.1.0",
    "extraKubeletArgs": {"--cluster-domain": "cluster.local", "--cluster-dns": "10.152.183.10"},
    "addons": [{"name": "dns"}],
})


class LaunchError(Exception):
    """The configuration is refused; the text is the cluster-agent's."""


def find(root: pathlib.Path) -> Tuple[str, str]:
    """Path and text of the first file that exists; the rest is ignored. The bundled default comes last."""
    for path in ("/etc/microk8s.yaml", "/root/snap/microk8s/common/.microk8s.yaml", "/var/snap/microk8s/common/.microk8s.yaml"):
        file = root / path.lstrip("/")
        if file.is_file():
            return path, file.read_text("utf-8")
    return "/snap/microk8s/current/microk8s.default.yaml", DEFAULT


def parse(text: str, minor: int) -> Tuple[List[Dict[str, Any]], List[str]]:
    """The parts of a file and the warnings it earns on track 1.``minor``. Throws LaunchError."""
    parts: List[Dict[str, Any]] = []
    warnings: List[str] = []
    for document in re.split(r"^---.*$", text, flags=re.M):
        lines = [line for line in document.splitlines() if not line.lstrip().startswith("#")]
        if not "".join(lines).strip():
            continue
        try:
            part = json.loads("\n".join(lines))
        except ValueError as error:
            raise LaunchError(
                f"could not parse configuration: {error} (the emulator reads launch configurations written as JSON)"
            ) from error
        if not isinstance(part, dict):
            raise LaunchError("could not parse configuration: yaml: unmarshal errors: cannot unmarshal into Configuration")
        unknown = sorted(set(part) - set(_KINDS))
        if unknown:
            warnings.append(
                "WARNING: configuration may contain unknown fields (error was \"yaml: unmarshal errors: "
                + "; ".join(f"field {name} not found in type k8sinit.Configuration" for name in unknown)
                + '"). Any unknown fields will be ignored'
            )
        part = {name: value for name, value in part.items() if name in _KINDS and value is not None}
        _check(part, minor)
        if part:
            parts.append(part)
    return parts, warnings


def _check(part: Dict[str, Any], minor: int) -> None:
    for name, value in part.items():
        wrong = not isinstance(value, _KINDS[name])
        if name in ARGUMENTS and not wrong:
            wrong = any(isinstance(item, (dict, list)) for item in value.values())
        if wrong:
            raise LaunchError(f"could not parse configuration: yaml: unmarshal errors: cannot unmarshal {name}")
    if not part:
        return
    version = part.get("version", "")
    match = re.match(r"^(\d+)\.(\d+)\.(\d+)$", version)
    if not match:
        raise LaunchError(f'could not parse config file version "{version}": could not parse "{version}" as version')
    newest = "0.2.0" if minor >= 28 else "0.1.0"
    number = tuple(int(group) for group in match.groups())
    if number > tuple(int(digit) for digit in newest.split(".")):
        raise LaunchError(f"config file version is {version} but the maximum version supported is {newest}")
    if number < (0, 1, 0):
        raise LaunchError(f"config file version is {version} but the minimum version required is 0.1.0")


def apply(part: Dict[str, Any], snap_data: pathlib.Path) -> List[str]:
    """Apply what pre-init and post-init have in common; returns the services whose arguments changed."""
    restart: List[str] = []
    if part.get("persistentClusterToken"):
        with open(snap_data / "credentials/persistent-cluster-tokens.txt", "a", encoding="utf-8") as file:
            file.write(part["persistentClusterToken"] + "\n")
    for name, text in part.get("extraConfigFiles", {}).items():
        atomic.write(snap_data / "args" / name, str(text))
    for field, (name, services) in ARGUMENTS.items():
        if part.get(field) and update_arguments(snap_data / "args" / name, part[field]):
            restart += services
    if "extraSANs" in part:
        atomic.write(snap_data / "certs/csr.conf.template", pki.csr_template(part["extraSANs"]))
    _write_registries(snap_data / "args/certs.d", part.get("containerdRegistryConfigs", {}))
    return list(dict.fromkeys(restart))


def _write_registries(folder: pathlib.Path, texts: Dict[str, Any]) -> None:
    """The hosts.toml of each registry; as pkg/snap/snap.go does, a file that is there keeps its permissions."""
    for registry, toml in texts.items():
        own = pathlib.Path(os.path.abspath(folder / registry))
        if not str(own).startswith(str(folder.absolute())):
            raise LaunchError("failed to update containerd registry configs: invalid registry name, possible path-traversal prevented")
        own.mkdir(parents=True, exist_ok=True)
        (own / "hosts.toml").write_text(str(toml), "utf-8")


def update_arguments(file: pathlib.Path, wanted: Dict[str, Any]) -> bool:
    """Set arguments in a file of ``args``; null removes one. True when anything changed."""
    old = [line.strip() for line in file.read_text("utf-8").splitlines() if line.strip()] if file.exists() else []
    new, seen, changed = [], set(), False
    for line in old:
        key, _, value = line.replace(" ", "=", 1).partition("=") if not line.startswith("#") else (line, "", "")
        seen.add(key)
        if key not in wanted:
            new.append(line)
        elif wanted[key] is None:
            changed = True
        else:
            new.append(f"{key}={_text(wanted[key])}")
            changed = changed or value != _text(wanted[key])
    for key, value in wanted.items():
        if key not in seen and value is not None:
            new.append(f"{key}={_text(value)}")
            changed = True
    if changed:
        atomic.write(file, "\n".join(new) + "\n")
    return changed


def argument(file: pathlib.Path, key: str) -> str:
    """The value of an argument, without quotes; empty when it is not there."""
    for line in file.read_text("utf-8").splitlines() if file.exists() else []:
        name, _, value = line.strip().replace(" ", "=", 1).partition("=")
        if name == key:
            return value.strip("\"'")
    return ""


def _text(value: Any) -> str:
    return json.dumps(value) if isinstance(value, bool) else str(value)
