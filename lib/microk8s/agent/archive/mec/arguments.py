"""The arguments of MicroK8s' services: what has to change on disk so that they are what a launch configuration says.

Sources: https://microk8s.io/docs/ref-launch-config (fields), https://microk8s.io/docs/configuring-services (files in
``args``, and which service to restart).
"""

from typing import Any, Dict, List, Mapping, Optional, Sequence

from .basics import SNAP_DATA

ARGS = SNAP_DATA + "/args/"
DEFAULTS = "/snap/microk8s/current/default-args/"
KUBELITE = "daemon-kubelite"
SERVICES = {
    "kube-apiserver": KUBELITE, "kubelet": KUBELITE, "kube-proxy": KUBELITE, "kube-controller-manager": KUBELITE,
    "kube-scheduler": KUBELITE, "kubelite-env": KUBELITE, "containerd": "daemon-containerd", "containerd-env": "daemon-containerd",
    "k8s-dqlite": "daemon-k8s-dqlite", "k8s-dqlite-env": "daemon-k8s-dqlite", "cluster-agent": "daemon-cluster-agent",
}  # fmt: skip
FIELDS = {
    "extraKubeAPIServerArgs": "kube-apiserver", "extraKubeletArgs": "kubelet", "extraKubeProxyArgs": "kube-proxy",
    "extraKubeControllerManagerArgs": "kube-controller-manager", "extraKubeSchedulerArgs": "kube-scheduler",
    "extraKubeliteEnv": "kubelite-env", "extraContainerdArgs": "containerd", "extraContainerdEnv": "containerd-env",
    "extraDqliteArgs": "k8s-dqlite", "extraDqliteEnv": "k8s-dqlite-env", "extraMicroK8sClusterAgentArgs": "cluster-agent",
}  # fmt: skip
Texts = Dict[str, Optional[str]]  # by path; None where no file is


def acted_upon(launch: Mapping[str, Any]) -> Dict[str, Any]:
    """The parts of a launch configuration that a living node follows; the pod network is made once, registries have a way of their own."""
    return {field: launch[field] for field in (*FIELDS, "extraConfigFiles", "extraSANs") if field in launch}


class Arguments:
    """Reads and writes the files in ``args``."""

    def __init__(self, files: Any) -> None:
        self._files = files

    def changes(self, launch: Mapping[str, Any], before: Mapping[str, Any]) -> Texts:
        """New text of every file that is not as ``launch`` says; what ``before`` set and ``launch`` does not falls back to the
        snap's default. Throws OSError."""
        found: Texts = {}
        for field, name in FIELDS.items():
            wanted: Dict[str, Optional[str]] = {key: _text(value) for key, value in (launch.get(field) or {}).items()}
            gone = [key for key in before.get(field) or {} if key not in wanted]
            if gone:
                defaults = _parse(self._files.read(DEFAULTS + name) or "")
                wanted.update({key: defaults.get(key) for key in gone})
            old = self._files.read(ARGS + name)
            new = _merge(old or "", wanted)
            if new != (old or ""):
                found[ARGS + name] = new
        texts, earlier = launch.get("extraConfigFiles") or {}, before.get("extraConfigFiles") or {}
        for name in [*texts, *(one for one in earlier if one not in texts)]:
            if self._files.read(ARGS + name) != texts.get(name):
                found[ARGS + name] = texts.get(name)
        return found

    def read(self, paths: Sequence[str]) -> Texts:
        """What is in files now. Throws OSError."""
        return {path: self._files.read(path) for path in paths}

    def write(self, texts: Texts) -> None:
        """Have files hold texts. Throws OSError."""
        for path, text in texts.items():
            if text is None:
                self._files.forget(path)
            elif self._files.read(path) != text:
                self._files.rewrite(path, text)

    @staticmethod
    def services(paths: Sequence[str]) -> List[str]:
        """The services that read files only when they start, kubelite last: it needs the others."""
        names = {SERVICES.get(path[len(ARGS) :], KUBELITE) for path in paths}
        return sorted(names, key=lambda name: (name == KUBELITE, name))


def _text(value: Any) -> Optional[str]:
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(line: str) -> str:
    return line.strip().replace(" ", "=", 1).partition("=")[0]


def _parse(text: str) -> Dict[str, str]:
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {_key(line): line.replace(" ", "=", 1).partition("=")[2] for line in lines}


def _merge(old: str, wanted: Mapping[str, Optional[str]]) -> str:
    """``old`` with the wanted arguments in place of those of their names; None removes one. The text stays where nothing changes."""
    have = _parse(old)
    if all(have.get(key) == value for key, value in wanted.items()):
        return old
    kept = [line for line in old.splitlines() if line.strip() and _key(line) not in wanted]
    return "\n".join([*kept, *(f"{key}={value}" for key, value in wanted.items() if value is not None)]) + "\n"
