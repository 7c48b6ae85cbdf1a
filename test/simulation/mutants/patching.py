"""Puts something else in the place of a name of the agent's, for as long as a stack of contexts is open."""

import contextlib
import importlib
from typing import Any
from unittest import mock

importlib.import_module("loaded")  # the agent's modules can be imported from here on


def put(stack: contextlib.ExitStack, where: str, what: Any) -> Any:
    """Replace ``module.Class.name`` or ``module.name``; what was there."""
    parts = where.split(".")
    holder = importlib.import_module("mec." + parts[0])
    for part in parts[1:-1]:
        holder = getattr(holder, part)
    old = getattr(holder, parts[-1])
    stack.enter_context(mock.patch.object(holder, parts[-1], what))
    return old
