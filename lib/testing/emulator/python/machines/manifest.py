"""Applying and deleting objects as the scripts of add-ons do with kubectl: one line for each."""

from typing import TYPE_CHECKING, Any, Dict, List, Tuple

from .answer import Answer
from .kinds import KINDS, base

if TYPE_CHECKING:
    from .microk8s import Microk8s

#: Plural name, namespace ("" for none), object.
Item = Tuple[str, str, Dict[str, Any]]


def named(name: str, **more: Any) -> Dict[str, Any]:
    """An object with nothing but a name and ``more``."""
    return {"metadata": {"name": name}, **more}


def _path(plural: str, namespace: str) -> str:
    return f"{base(plural)}/namespaces/{namespace}/{plural}" if namespace else f"{base(plural)}/{plural}"


def _shown(plural: str, name: str) -> str:
    kind = KINDS[plural]
    group = "" if kind.api == "v1" else "." + kind.api.partition("/")[0]
    return f"{kind.name.lower()}{group}/{name}"


def apply(microk8s: "Microk8s", items: List[Item]) -> Answer:
    """Create what is not there; pods are what controllers would make, and get no line."""
    out = ""
    for plural, namespace, body in items:
        code, answer = microk8s.request("POST", _path(plural, namespace), body)
        if code == 0:
            return Answer(1, out, f"{answer}\n")
        if code not in (201, 409):
            return Answer(1, out, f"Error from server: {answer.get('message') if isinstance(answer, dict) else answer}\n")
        if plural != "pods":
            out += f"{_shown(plural, body['metadata']['name'])} {'created' if code == 201 else 'unchanged'}\n"
    return Answer(0, out)


def delete(microk8s: "Microk8s", items: List[Item]) -> Answer:
    """Delete what is there, last one first."""
    out = ""
    for plural, namespace, body in reversed(items):
        name = body["metadata"]["name"]
        code, answer = microk8s.request("DELETE", f"{_path(plural, namespace)}/{name}")
        if code == 0:
            return Answer(1, out, f"{answer}\n")
        if code == 200 and plural != "pods":
            kind = _shown(plural, name).partition("/")[0]
            out += f'{kind} "{name}" deleted\n'
    return Answer(0, out)
