"""The patches that the Kubernetes API takes.

Sources: RFC 7386 (JSON merge patch), RFC 6902 (JSON patch), https://kubernetes.io/docs/tasks/manage-kubernetes-objects/
update-api-object-kubectl-patch/ (strategic merge patch), and for its directives github.com/kubernetes/community
contributors/devel/sig-api-machinery/strategic-merge-patch.md.
"""

import copy
from typing import Any, List

#: By what the elements of a list are known, by the list's field; a list that is not here is replaced.
_MERGE_KEYS = {
    "containers": ("name",), "initContainers": ("name",), "ephemeralContainers": ("name",), "volumes": ("name",),
    "env": ("name",), "imagePullSecrets": ("name",), "secrets": ("name",), "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "ports": ("containerPort", "port"), "conditions": ("type",), "ownerReferences": ("uid",), "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
}
#: Lists of plain values whose elements are added.
_SETS = ("finalizers",)


def merge_patch(target: Any, patch: Any) -> Any:
    """A JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged


def strategic_merge_patch(target: Any, patch: Any) -> Any:
    """A strategic merge patch: as a JSON merge patch, but lists of parts that have names are merged by these."""
    if not isinstance(patch, dict):
        return patch
    if patch.get("$patch") == "replace":
        return {key: value for key, value in patch.items() if key != "$patch"}
    merged = dict(target) if isinstance(target, dict) else {}
    if "$retainKeys" in patch:
        merged = {key: value for key, value in merged.items() if key in patch["$retainKeys"]}
    for key, value in patch.items():
        if key.startswith("$deleteFromPrimitiveList/"):
            field = key.partition("/")[2]
            merged[field] = [one for one in merged.get(field, []) if one not in value]
        elif key.startswith("$"):
            # The order of a list changes nothing here; the rest is done above.
            continue
        elif value is None:
            merged.pop(key, None)
        elif isinstance(value, list):
            merged[key] = _merged_list(key, merged.get(key) or [], value)
        else:
            merged[key] = strategic_merge_patch(merged.get(key), value)
    return merged


def _merged_list(field: str, before: List[Any], patch: List[Any]) -> List[Any]:
    if field in _SETS:
        return [*before, *(one for one in patch if one not in before)]
    parts = [one for one in [*before, *patch] if isinstance(one, dict)]
    named = [key for key in _MERGE_KEYS.get(field, ()) if parts and all(key in part or "$patch" in part for part in parts)]
    key = named[0] if named else None
    if key is None or {"$patch": "replace"} in patch:
        return [one for one in patch if one != {"$patch": "replace"}]
    merged = list(before)
    for part in patch:
        at = next((index for index, one in enumerate(merged) if one[key] == part[key]), None)
        if part.get("$patch") == "delete":
            merged = [one for one in merged if one[key] != part[key]]
        elif at is None:
            merged.append(part)
        else:
            merged[at] = strategic_merge_patch(merged[at], part)
    return merged


def json_patch(target: Any, patch: Any) -> Any:
    """A JSON patch of add, replace, remove and test. Throws KeyError, ValueError, IndexError or TypeError."""
    document = copy.deepcopy(target)
    for step in patch:
        *way, last = [part.replace("~1", "/").replace("~0", "~") for part in step["path"].split("/")[1:]]
        spot = document
        for part in way:
            spot = spot[int(part)] if isinstance(spot, list) else spot[part]
        if isinstance(spot, list):
            index = len(spot) if last == "-" else int(last)
            if step["op"] == "add":
                spot.insert(index, step["value"])
                continue
            last = index  # type: ignore[assignment]
        if step["op"] == "remove":
            del spot[last]
        elif step["op"] == "test":
            if spot[last] != step["value"]:
                raise ValueError("test failed")
        elif step["op"] in ("add", "replace"):
            if step["op"] == "replace" and last not in spot and not isinstance(spot, list):
                raise KeyError(last)
            spot[last] = step["value"]
        else:
            raise ValueError(f"unknown op {step['op']!r}")
    return document
