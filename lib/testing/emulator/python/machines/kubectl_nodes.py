"""kubectl's commands that change nodes: label, annotate, taint, cordon, uncordon, drain.

Source: https://kubernetes.io/docs/reference/kubectl/generated/ (kubectl_label, kubectl_annotate, kubectl_taint, kubectl_cordon,
kubectl_uncordon, kubectl_drain); the taint of a cordoned node comes from its controller.
"""

import json
from typing import Any, Callable, Dict, List, Protocol, Tuple

from .answer import Answer

_CORDONED = {"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"}
_EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")
#: A change of a node: raises ValueError with kubectl's words, or answers what was done.
_Change = Callable[[Dict[str, Any]], str]


class Client(Protocol):
    """Who asks the API."""

    def request(self, method: str, target: str, body: Any = None, media: str = "") -> Tuple[int, Any]:
        """(HTTP status, document or text); (0, text) when nothing answers."""


def failed(code: int, answer: Any) -> Answer:
    """What kubectl says of an answer that is no success."""
    if code == 0:
        return Answer(1, "", f"{answer}\n")
    if isinstance(answer, str):
        return Answer(
            1, "", f"Error from server (InternalError): an error on the server ({json.dumps(answer)}) has prevented the "
            "request from succeeding\n",
        )
    return Answer(1, "", f"Error from server ({answer.get('reason')}): {answer.get('message')}\n")


def run(client: Client, words: List[str], options: Dict[str, str]) -> Answer:
    """Run one of ``COMMANDS``."""
    verb, rest = words[0], words[1:]
    if verb in ("label", "annotate", "taint"):
        if rest and "/" in rest[0]:
            rest = [*rest[0].split("/", 1), *rest[1:]]
        if not rest or rest[0] not in ("node", "nodes", "no"):
            return Answer(1, "", f"error: {verb} of other things than nodes is not part of the simulated machine\n")
        rest = rest[1:]
    if not rest:
        return Answer(1, "", f"error: USAGE: {verb} NODE [flags]\n")
    name, given = rest[0], rest[1:]
    if verb == "drain":
        return _drain(client, name, options)
    if verb in ("cordon", "uncordon"):
        return _change(client, name, lambda node: _cordon(node, verb == "cordon"))
    overwrite = options.get("--overwrite", "false") in ("", "true")
    if not given:
        return Answer(1, "", f"error: at least one {verb} update is required\n")
    if verb == "taint":
        return _change(client, name, lambda node: _taint(node, given, overwrite))
    return _change(client, name, lambda node: _mark(node, verb, given, overwrite))


def _change(client: Client, name: str, change: _Change) -> Answer:
    path = f"/api/v1/nodes/{name}"
    for _ in range(5):
        code, node = client.request("GET", path)
        if code != 200:
            return failed(code, node)
        try:
            said = change(node)
        except ValueError as error:
            return Answer(1, "", f"error: {error}\n")
        code, answer = client.request("PUT", path, node)
        # kubectl sends a patch of what it changes: somebody else's change of the same object is no conflict.
        if code != 409:
            return Answer(0, f"node/{name} {said}\n") if code == 200 else failed(code, answer)
    return failed(code, answer)


def _mark(node: Dict[str, Any], verb: str, given: List[str], overwrite: bool) -> str:
    held: Dict[str, str] = node["metadata"].setdefault("labels" if verb == "label" else "annotations", {})
    before = dict(held)
    for one in given:
        key, is_set, value = one.partition("=")
        if not is_set:
            if not key.endswith("-"):
                raise ValueError(f"at least one {verb} update is required; {one!r} is none")
            held.pop(key[:-1], None)
            continue
        if held.get(key, value) != value and not overwrite:
            raise ValueError(f"'{key}' already has a value ({held[key]}), and --overwrite is false")
        held[key] = value
    if verb == "annotate":
        return "annotated"
    if held == before:
        return "not labeled"
    return "labeled" if any("=" in one for one in given) else "unlabeled"


def _taint(node: Dict[str, Any], given: List[str], overwrite: bool) -> str:
    taints: List[Dict[str, str]] = list(node.setdefault("spec", {}).get("taints", []))
    for one in given:
        body, _, effect = one.partition(":")
        key, _, value = body.partition("=")
        if one.endswith("-"):
            key, effect = key.rstrip("-"), effect.rstrip("-")
            gone = [t for t in taints if t["key"] == key and effect in ("", t["effect"])]
            if not gone:
                raise ValueError(f"taint \"{one[:-1]}\" not found")
            taints = [t for t in taints if t not in gone]
            continue
        if effect not in _EFFECTS:
            raise ValueError(f"invalid taint effect: {effect}, unsupported taint effect")
        same = [t for t in taints if (t["key"], t["effect"]) == (key, effect)]
        if same and not overwrite:
            name = node["metadata"]["name"]
            raise ValueError(f"node {name} already has {key} taint(s) with same effect(s) and --overwrite is false")
        taints = [t for t in taints if t not in same]
        taints.append({"key": key, **({"value": value} if value else {}), "effect": effect})
    node["spec"]["taints"] = taints
    if all(one.endswith("-") for one in given):
        return "untainted"
    return "tainted" if not any(one.endswith("-") for one in given) else "modified"


def _cordon(node: Dict[str, Any], on: bool) -> str:
    spec = node.setdefault("spec", {})
    if bool(spec.get("unschedulable")) == on:
        return "already cordoned" if on else "already uncordoned"
    taints = [t for t in spec.get("taints", []) if t["key"] != _CORDONED["key"]]
    if on:
        spec["unschedulable"], spec["taints"] = True, [*taints, dict(_CORDONED)]
        return "cordoned"
    spec.pop("unschedulable")
    spec["taints"] = taints
    return "uncordoned"


def _drain(client: Client, name: str, options: Dict[str, str]) -> Answer:
    cordoned = _change(client, name, lambda node: _cordon(node, True))
    if cordoned.exit_code:
        return cordoned
    code, pods = client.request("GET", "/api/v1/pods")
    if code != 200:
        return failed(code, pods)
    out = cordoned.stdout
    mine = [pod for pod in pods["items"] if pod.get("spec", {}).get("nodeName") == name]
    daemons = [pod for pod in mine if any(one.get("kind") == "DaemonSet" for one in pod["metadata"].get("ownerReferences", []))]
    if daemons and "--ignore-daemonsets" not in options:
        return Answer(1, out, f"error: unable to drain node \"{name}\" due to error: cannot delete DaemonSet-managed Pods (use "
                      "--ignore-daemonsets to ignore)\n")
    for pod in mine:
        if pod not in daemons:
            where, which = pod["metadata"]["namespace"], pod["metadata"]["name"]
            client.request("DELETE", f"/api/v1/namespaces/{where}/pods/{which}")
            out += f"evicting pod {where}/{which}\npod/{which} evicted\n"
    return Answer(0, out + f"node/{name} drained\n")


COMMANDS = ("label", "annotate", "taint", "cordon", "uncordon", "drain")
