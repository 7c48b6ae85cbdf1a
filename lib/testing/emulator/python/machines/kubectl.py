"""The few forms of ``microk8s kubectl`` that node code uses: get (raw, json, name, table), create and replace of files, create of
namespaces, delete, and what changes nodes (``kubectl_nodes``).

Source: https://kubernetes.io/docs/reference/kubectl/ (texts of kubectl 1.3x).
"""

import json
import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from . import kubectl_nodes, layout, rootfs
from .answer import Answer
from .apiserver import User
from .kubectl_nodes import Client, failed
from .kinds import KINDS, base, resource

if TYPE_CHECKING:
    from .microk8s import Microk8s

_SHORT = {"no": "nodes", "ns": "namespaces", "po": "pods", "svc": "services", "cm": "configmaps", "sa": "serviceaccounts",
          "deploy": "deployments", "ds": "daemonsets", "ing": "ingresses"}
_ALLOWED_CONFIGS = ("client.config", "kubelet.config")
_TAKE_VALUE = ("-o", "--output", "-n", "--namespace", "--raw", "--request-timeout", "--kubeconfig", "-f", "--filename",
               "--timeout")


class _Kubelet:
    """The identity of kubelet.config, towards the API server that this node's kubelet uses."""

    def __init__(self, microk8s: "Microk8s") -> None:
        self._microk8s = microk8s
        self._user = User(f"system:node:{microk8s.hostname}", ("system:nodes", "system:authenticated"))

    def request(self, method: str, target: str, body: Any = None, media: str = "") -> Tuple[int, Any]:
        """As ``Client`` says."""
        host = self._microk8s.upstream() if self._microk8s.is_worker else self._microk8s
        if host is None or host.api is None:
            port = "16443" if self._microk8s.is_worker else self._microk8s.api_port
            return 0, f"The connection to the server 127.0.0.1:{port} was refused - did you specify the right host or port?"
        return host.api.request(self._user, method, target, layout.to_bytes(body), media)


def run_bare(microk8s: "Microk8s", argv: List[str]) -> Answer:
    """Run /snap/microk8s/current/kubectl, which knows no cluster but that of ``--kubeconfig``."""
    _, options = _split(argv)
    config = rootfs.locate(microk8s.root, options.get("--kubeconfig", "/root/.kube/config"))
    if not config.is_file() or config.name not in _ALLOWED_CONFIGS:
        return Answer(1, "", "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n")
    client: Client = _Kubelet(microk8s) if config.name == "kubelet.config" else microk8s
    return run(client, argv, microk8s.root)


def run(microk8s: Client, argv: List[str], root: pathlib.Path) -> Answer:
    """Run ``kubectl argv`` as ``microk8s``, which is the machine's admin or another client of the API; files lie below ``root``."""
    words, options = _split(argv)
    if words[:1] in (["create"], ["replace"]) and ("-f" in options or "--filename" in options):
        return _from_file(microk8s, words[0], options.get("-f") or options["--filename"], root)
    if words and words[0] in kubectl_nodes.COMMANDS:
        return kubectl_nodes.run(microk8s, words, options)
    if words[:1] == ["get"] and "--raw" in options:
        return _raw(microk8s, options["--raw"])
    if len(words) >= 2 and words[0] in ("get", "create", "delete"):
        plural = _plural(words[1])
        if plural is None:
            return Answer(1, "", f'error: the server doesn\'t have a resource type "{words[1]}"\n')
        return {"get": _get, "create": _create, "delete": _delete}[words[0]](microk8s, plural, words[2:], options)
    if words[:1] == ["version"]:
        code, answer = microk8s.request("GET", "/version")
        return Answer(0, f"Server Version: {answer['gitVersion']}\n") if code == 200 else failed(code, answer)
    return Answer(1, "", f"error: kubectl {' '.join(argv)} is not part of the simulated machine\n")


def _split(argv: List[str]) -> Tuple[List[str], Dict[str, str]]:
    words: List[str] = []
    options: Dict[str, str] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if word.startswith("-o") and not word.startswith("-o=") and len(word) > 2:
            options["-o"] = word[2:]
        elif not word.startswith("-"):
            words.append(word)
        elif name in _TAKE_VALUE and not given:
            options[name] = rest.pop(0) if rest else ""
        else:
            options[name] = value
    # kind/name is the same as kind name.
    if len(words) == 2 and "/" in words[1]:
        words = [words[0], *words[1].split("/", 1)]
    return words, options


def _plural(word: str) -> Any:
    known = {plural: plural for plural in KINDS}
    known.update({kind.name.lower(): plural for plural, kind in KINDS.items()})
    known.update(_SHORT)
    return known.get(word.lower())


def _raw(microk8s: Client, target: str) -> Answer:
    code, answer = microk8s.request("GET", target)
    if code != 200:
        return failed(code, answer)
    return Answer(0, answer if isinstance(answer, str) else json.dumps(answer))


def _base(plural: str, options: Dict[str, str]) -> str:
    namespace = options.get("-n") or options.get("--namespace") or "default"
    if not KINDS[plural].namespaced or "-A" in options or "--all-namespaces" in options:
        return f"{base(plural)}/{plural}"
    return f"{base(plural)}/namespaces/{namespace}/{plural}"


def _get(microk8s: Client, plural: str, names: List[str], options: Dict[str, str]) -> Answer:
    path = _base(plural, options) + (f"/{names[0]}" if names else "")
    code, answer = microk8s.request("GET", path)
    if code != 200:
        return failed(code, answer)
    output = options.get("-o") or options.get("--output") or ""
    if output == "json":
        shown = answer if names else {**answer, "kind": "List"}
        return Answer(0, json.dumps(shown, indent=4) + "\n")
    items = [answer] if names else answer["items"]
    if output == "name":
        kind = KINDS[plural].name.lower()
        return Answer(0, "".join(f"{kind}/{item['metadata']['name']}\n" for item in items))
    if output not in ("", "wide"):
        return Answer(1, "", f'error: output format "{output}" is not part of the simulated machine\n')
    if not items:
        return Answer(0, "", "No resources found\n")
    head = [] if "--no-headers" in options else ["NAME   STATUS   AGE"]
    return Answer(0, "\n".join([*head, *(f"{item['metadata']['name']}   {_state(item)}   1m" for item in items)]) + "\n")


def _state(item: Dict[str, Any]) -> str:
    if item["kind"] == "Node":
        return "Ready" if layout.node_is_ready(item) else "NotReady"
    return str(item.get("status", {}).get("phase", "-"))


def _from_file(microk8s: Client, verb: str, name: str, root: pathlib.Path) -> Answer:
    try:
        body = json.loads(rootfs.locate(root, name).read_text("utf-8"))
        plural = next(plural for plural, kind in KINDS.items() if (kind.name, kind.api) == (body["kind"], body["apiVersion"]))
        meta = body["metadata"]
    except OSError:
        return Answer(1, "", f'error: the path "{name}" does not exist\n')
    except (ValueError, KeyError, StopIteration):
        return Answer(1, "", f'error: unable to recognize "{name}": no matches for its kind on the simulated machine\n')
    path = _base(plural, {"-n": meta.get("namespace", "")})
    if verb == "create":
        code, answer = microk8s.request("POST", path, body)
    else:
        code, answer = microk8s.request("PUT", f"{path}/{meta.get('name', '')}", body)
    if code not in (200, 201):
        said = failed(code, answer)
        doing = {"create": "creating", "replace": "replacing"}[verb]
        return Answer(1, "", said.stderr.replace("): ", f'): error when {doing} "{name}": ', 1))
    shown = resource(plural).replace(plural, KINDS[plural].name.lower(), 1)
    return Answer(0, f"{shown}/{answer['metadata']['name']} {verb}d\n")


def _create(microk8s: Client, plural: str, names: List[str], _: Dict[str, str]) -> Answer:
    if plural != "namespaces" or not names:
        return Answer(1, "", "error: only namespaces can be created on the simulated machine\n")
    code, answer = microk8s.request("POST", "/api/v1/namespaces", {"metadata": {"name": names[0]}})
    return Answer(0, f"namespace/{names[0]} created\n") if code == 201 else failed(code, answer)


def _delete(microk8s: Client, plural: str, names: List[str], options: Dict[str, str]) -> Answer:
    if not names:
        return Answer(1, "", "error: resource(s) were provided, but no name was specified\n")
    code, answer = microk8s.request("DELETE", f"{_base(plural, options)}/{names[0]}")
    if code != 200:
        return failed(code, answer)
    return Answer(0, f'{KINDS[plural].name.lower()} "{names[0]}" deleted\n')
