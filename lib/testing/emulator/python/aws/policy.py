"""Evaluation of a role's identity-based policies within its permissions boundary.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html (an explicit deny wins,
nothing is allowed by default), .../reference_policies_elements.html (wildcards), .../reference_policies_elements_condition_operators.html
(of conditions on texts: values are alternatives, keys and operators are not, and a key that a request lacks is not fulfilled),
.../access_policies_boundaries.html and .../troubleshoot_access-denied.html (texts).
"""

import json
import re
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

from .lookup import find_policy

_KEYS = {"kms:encryptioncontext:parameter_arn", "kms:viaservice"}
_EXACT, _PATTERNS = {"StringEquals"}, {"StringLike", "ArnEquals", "ArnLike"}

ALLOWED = None
"""What ``verdict`` says when the action is allowed."""


def statements(role: Any) -> Iterator[Any]:
    """The statements of a role's inline and attached policies."""
    for document in role.policies.values():
        yield from statements_of(document)
    for policy in role.managed_policies.values():
        yield from _statements_of_managed(policy)


def statements_of(document: Any) -> List[Any]:
    """The statements of a policy document, given as JSON text or parsed."""
    return as_list((json.loads(document) if isinstance(document, str) else document).get("Statement"))


def verdict(role: Any, action: str, resource: str, context: Optional[Mapping[str, str]] = None) -> Optional[str]:
    """Why a role may not do something, as AWS's errors end; ``ALLOWED`` when it may. ``context`` has condition keys and values."""
    request = {key.lower(): value for key, value in (context or {}).items()}
    silent = []
    for kind, given in _policies(role):
        matching = [statement for statement in given if _applies(statement, action, resource)]
        strange = next((name for statement in matching for name in _strange(statement)), None)
        if strange:
            return f"because the emulated AWS does not evaluate {strange}, which the Condition of a statement with {action} has"
        matching = [statement for statement in matching if _fulfilled(statement, request)]
        if any(statement.get("Effect") == "Deny" for statement in matching):
            return f"with an explicit deny in {kind}"
        if not matching:
            silent.append(f"because no {kind.split(' ', 1)[1]} allows the {action} action")
    return silent[0] if silent else ALLOWED


def _policies(role: Any) -> Iterator[Tuple[str, List[Any]]]:
    """What has to allow an action, each by itself."""
    yield "an identity-based policy", list(statements(role))
    if role.permissions_boundary_arn:
        boundary = find_policy(role.permissions_boundary_arn)
        yield "a permissions boundary", list(_statements_of_managed(boundary)) if boundary else []


def _statements_of_managed(policy: Any) -> Iterator[Any]:
    for version in policy.versions:
        if version.is_default:
            yield from statements_of(version.document)


def _applies(statement: Any, action: str, resource: str) -> bool:
    return _named(statement, "Action", action, re.IGNORECASE) and _named(statement, "Resource", resource, 0)


def _conditions(statement: Any) -> Iterator[Tuple[str, str, List[Any]]]:
    for operator, keys in (statement.get("Condition") or {}).items():
        for key, values in keys.items():
            yield operator, key, as_list(values)


def _strange(statement: Any) -> Iterator[str]:
    """Operators and keys of a statement's condition that are not known here."""
    for operator, key, _ in _conditions(statement):
        if operator not in _EXACT | _PATTERNS or key.lower() not in _KEYS:
            yield f"{operator} of {key}"


def _fulfilled(statement: Any, request: Dict[str, str]) -> bool:
    for operator, key, values in _conditions(statement):
        value = request.get(key.lower())
        if value is None or not any(value == given if operator in _EXACT else matches(given, value) for given in values):
            return False
    return True


def _named(statement: Any, element: str, name: str, flags: int) -> bool:
    if "Not" + element in statement:
        return not any(matches(pattern, name, flags) for pattern in as_list(statement["Not" + element]))
    return any(matches(pattern, name, flags) for pattern in as_list(statement.get(element)))


def matches(pattern: str, name: str, flags: int = 0) -> bool:
    """Whether a name fits a pattern with the wildcards of policies; ``flags`` are those of ``re``."""
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, name, flags | re.DOTALL) is not None


def as_list(value: Any) -> List[Any]:
    """An element of a policy, which may be one value or several, as a list."""
    return [] if value is None else value if isinstance(value, list) else [value]
