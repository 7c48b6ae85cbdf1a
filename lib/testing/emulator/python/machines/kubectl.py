"""The few forms of ``microk8s kubectl`` that node code uses: get (raw, json, name, table), create and delete namespace.

Source: https://kubernetes.io/docs/reference/kubectl/ (texts of kubectl 1.3x).
"""

import json
from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from . import layout
from .answer import Answer
from .objects import KINDS, base

if TYPE_CHECKING:
    from .microk8s import Microk8s

_SHORT = {"no": "nodes", "ns": "namespaces", "po": "pods", "svc": "services", "cm": "configmaps", "sa": "serviceaccounts",
          "deploy": "deployments", "ds": "daemonsets", "ing": "ingresses"}
_TAKE_VALUE = ("-o", "--output", "-n", "--namespace", "--raw", "--request-timeout", "--kubeconfig")


def run(microk8s: "Microk8s", argv: List[str]) -> Answer:
    """Run ``kubectl argv`` as the machine's admin."""
    words, options = _split(argv)
    if words[:1] == ["get"] and "--raw" in options:
        return _raw(microk8s, options["--raw"])
    if len(words) >= 2 and words[0] in ("get", "create", "delete"):
        plural = _plural(words[1])
        if plural is None:
            return Answer(1, "", f'error: the server doesn\'t have a resource type "{words[1]}"\n')
        return {"get": _get, "create": _create, "delete": _delete}[words[0]](microk8s, plural, words[2:], options)
    if words[:1] == ["version"]:
        code, answer = microk8s.request("GET", "/version")
        return Answer(0, f"Server Version: {answer['gitVersion']}\n") if code == 200 else _failed(code, answer)
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


def _failed(code: int, answer: Any) -> Answer:
    if code == 0:
        return Answer(1, "", f"{answer}\n")
    if isinstance(answer, str):
        return Answer(
            1, "", f"Error from server (InternalError): an error on the server ({json.dumps(answer)}) has prevented the "
            "request from succeeding\n",
        )
    return Answer(1, "", f"Error from server ({answer.get('reason')}): {answer.get('message')}\n")


def _raw(microk8s: "Microk8s", target: str) -> Answer:
    code, answer = microk8s.request("GET", target)
    if code != 200:
        return _failed(code, answer)
    return Answer(0, answer if isinstance(answer, str) else json.dumps(answer))


def _base(plural: str, options: Dict[str, str]) -> str:
    namespace = options.get("-n") or options.get("--namespace") or "default"
    if not KINDS[plural].namespaced or "-A" in options or "--all-namespaces" in options:
        return f"{base(plural)}/{plural}"
    return f"{base(plural)}/namespaces/{namespace}/{plural}"


def _get(microk8s: "Microk8s", plural: str, names: List[str], options: Dict[str, str]) -> Answer:
    path = _base(plural, options) + (f"/{names[0]}" if names else "")
    code, answer = microk8s.request("GET", path)
    if code != 200:
        return _failed(code, answer)
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


def _create(microk8s: "Microk8s", plural: str, names: List[str], _: Dict[str, str]) -> Answer:
    if plural != "namespaces" or not names:
        return Answer(1, "", "error: only namespaces can be created on the simulated machine\n")
    code, answer = microk8s.request("POST", "/api/v1/namespaces", {"metadata": {"name": names[0]}})
    return Answer(0, f"namespace/{names[0]} created\n") if code == 201 else _failed(code, answer)


def _delete(microk8s: "Microk8s", plural: str, names: List[str], options: Dict[str, str]) -> Answer:
    if not names:
        return Answer(1, "", "error: resource(s) were provided, but no name was specified\n")
    code, answer = microk8s.request("DELETE", f"{_base(plural, options)}/{names[0]}")
    if code != 200:
        return _failed(code, answer)
    return Answer(0, f'{KINDS[plural].name.lower()} "{names[0]}" deleted\n')
