"""Agents that believe, or write, the wrong records."""

import contextlib
from typing import Any

from mutants.patching import put

Stack = contextlib.ExitStack


def late_node_0_begins_again(stack: Stack) -> None:
    """A first node that is made anew gives birth anew."""
    put(stack, "founding.Founding.admits", lambda self, seen, roster: self._node.name == "cp-0" and not self._progress.data.get("joined"))
    put(stack, "founding.Founding._reborn", lambda self, seen: seen["cluster"].get("instanceId") != self._node.instance_id)


def predecessor_believed(stack: Stack) -> None:
    """A record of the machine before is taken for one's own."""

    def ca(self: Any) -> str:
        status = self._parameters._records.get(f"nodes/{self._node.name}") or {}
        return str(self._progress.data.get("joined") or status.get("member") or "")

    put(stack, "joining.Joiner.ca", property(ca))


def silent_failure(stack: Stack) -> None:
    """A node that fails does not say so."""

    def signal(self: Any, status: str, reason: str) -> bool:
        return status == "SUCCESS" and old(self, status, reason)

    old = put(stack, "reporter.Reporter._signal", signal)


CASES = {
    "late-node-0-begins-again": (late_node_0_begins_again, "first lost", ("two clusters",)),
    "predecessor-believed": (predecessor_believed, "replaced", ("not ready", "says ready and is not", "success without health")),
    "silent-failure": (silent_failure, "store down", ("no verdict",)),
}
