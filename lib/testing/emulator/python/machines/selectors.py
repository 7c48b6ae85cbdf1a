"""Label and field selectors of lists.

Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#api.
"""

import re
from typing import Any, Dict, List, Tuple

_TERM = re.compile(r"^(!?)([^\s!=,]+?)(?:\s+(in|notin)\s+\(([^)]*)\)|\s*(==|=|!=)\s*(.*))?$")


def chosen(items: List[Dict[str, Any]], labels: str, fields: str) -> List[Dict[str, Any]]:
    """The objects that both selectors fit; an empty one fits all. Throws ValueError for a selector that is none."""
    by_label, by_field = _terms(labels), _terms(fields)
    return [one for one in items if _fits(by_label, one["metadata"].get("labels") or {}) and _fits(by_field, _fields(one))]


def _terms(selector: str) -> List[Tuple[str, ...]]:
    terms = []
    for term in re.split(r",(?![^(]*\))", selector):
        match = _TERM.match(term.strip())
        if match is not None:
            terms.append(match.groups(""))
        elif term.strip():
            raise ValueError(f"unable to parse requirement: {term}")
    return terms


def _fits(terms: List[Tuple[str, ...]], values: Dict[str, str]) -> bool:
    return all(_holds(term, values) for term in terms)


def _holds(term: Tuple[str, ...], values: Dict[str, str]) -> bool:
    absent, key, operator, listed, sign, value = term
    if operator:
        inside = values.get(key) in [one.strip() for one in listed.split(",")]
        return inside if operator == "in" else not inside
    if sign:
        return (values.get(key) == value) != (sign == "!=")
    return (key in values) != bool(absent)


def _fields(item: Dict[str, Any]) -> Dict[str, str]:
    meta = item["metadata"]
    return {"metadata.name": meta["name"], "metadata.namespace": meta.get("namespace", "")}
