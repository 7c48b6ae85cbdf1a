"""Evaluation of a role's identity-based policies.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html (an explicit deny wins,
nothing is allowed by default) and .../reference_policies_elements.html (wildcards).
"""

import json
import re
from typing import Any, Iterator, List, Optional

ALLOWED = None
"""What ``verdict`` says when the action is allowed."""


def statements(role: Any) -> Iterator[Any]:
    """The statements of a role's inline and attached policies."""
    attached = (version.document for policy in role.managed_policies.values() for version in policy.versions if version.is_default)
    for document in [*role.policies.values(), *attached]:
        parsed = json.loads(document) if isinstance(document, str) else document
        yield from _list(parsed.get("Statement"))


def verdict(role: Any, action: str, resource: str) -> Optional[str]:
    """Why a role may not do something, as AWS's errors end; ``ALLOWED`` when it may."""
    allowed = False
    for statement in statements(role):
        if not _applies(statement, action, resource):
            continue
        if statement.get("Condition"):
            return f"because the emulated AWS evaluates no Condition and a statement with {action} has one"
        if statement.get("Effect") == "Deny":
            return "with an explicit deny in an identity-based policy"
        allowed = True
    return ALLOWED if allowed else f"because no identity-based policy allows the {action} action"


def _applies(statement: Any, action: str, resource: str) -> bool:
    return _named(statement, "Action", action, re.IGNORECASE) and _named(statement, "Resource", resource, 0)


def _named(statement: Any, element: str, name: str, flags: int) -> bool:
    if "Not" + element in statement:
        return not any(_matches(pattern, name, flags) for pattern in _list(statement["Not" + element]))
    return any(_matches(pattern, name, flags) for pattern in _list(statement.get(element)))


def _matches(pattern: str, name: str, flags: int) -> bool:
    expression = "".join({"*": ".*", "?": "."}.get(letter, re.escape(letter)) for letter in pattern)
    return re.fullmatch(expression, name, flags | re.DOTALL) is not None


def _list(value: Any) -> List[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
