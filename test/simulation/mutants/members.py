"""Agents that touch members that they should leave alone, or let them be where they should not."""

import contextlib
from typing import Any

from mutants.patching import put

Stack = contextlib.ExitStack


def evicts_who_is_silent(stack: Stack) -> None:
    """A node that is not Ready for a moment is taken for nobody's."""

    def hosts(sight: Any) -> Any:
        silent = {node.name: node for node in sight.nodes or () if not node.ready and node.node}
        return {**old(sight), **silent}

    put(stack, "turns.GONE_SECONDS", 0.0)
    put(stack, "turns.hosts_of_nobody", hosts)
    old = put(stack, "coordinator.hosts_of_nobody", hosts)


def evicts_on_a_failed_read(stack: Stack) -> None:
    """When desired cannot be read, nobody else is taken to be desired."""

    def read(self: Any) -> Any:
        try:
            return old(self)
        except Exception:
            kept = dict(self._records)
            if isinstance(kept.get("desired"), dict):
                kept["desired"] = {**kept["desired"], "nodes": kept["desired"]["nodes"][:1], "workers": []}
            self._records = kept
            return kept

    put(stack, "turns.GONE_SECONDS", 0.0)
    old = put(stack, "records.Parameters.read", read)


def purges_a_verified_member(stack: Stack) -> None:
    """An agent that starts again begins from nothing."""

    def resume(self: Any, seen: Any) -> None:
        if self.ca:
            self._purge()
        old(self, seen)

    old = put(stack, "joining.Joiner.resume", resume)


def below_three_without_consent(stack: Stack) -> None:
    """Three nodes become fewer whatever was said."""
    put(stack, "turns._may_shrink", lambda *given: True)


def worker_stays_behind(stack: Stack) -> None:
    """A worker does not follow a cluster that was born again."""
    put(stack, "joining.Joiner.belongs", lambda self, seen: bool(self.ca))


def update_without_a_turn(stack: Stack) -> None:
    """Nodes change whenever they see something to change."""
    put(stack, "agent.Agent._may_change", lambda self, desired: True)


def two_coordinators(stack: Stack) -> None:
    """Nobody asks who coordinates."""
    put(stack, "lease.Lease.hold", lambda self: True)
    put(stack, "coordinator.Coordinator._mine", lambda self, *given: True)
    put(stack, "records.Parameters.refresh", lambda self, name: self._records.get(name))


CASES = {
    "evicts-who-is-silent": (evicts_who_is_silent, "long silence", ("healthy member touched", "below three", "says ready and is not")),
    "evicts-on-a-failed-read": (evicts_on_a_failed_read, "long silence", ("healthy member touched", "below three", "defect")),
    "purges-a-verified-member": (purges_a_verified_member, "shaken", ("healthy member touched",)),
    "below-three-without-consent": (below_three_without_consent, "no consent", ("below three",)),
    "worker-stays-behind": (worker_stays_behind, "born again", ("not ready", "says ready and is not", "success without health")),
    "update-without-a-turn": (update_without_a_turn, "updated", ("two changes",)),
    "two-coordinators": (two_coordinators, "five", ("two turns", "two joins")),
}
