"""Agents that join, or let join, against the rules."""

import contextlib
import dataclasses
from typing import Any

from mutants.patching import put

Stack = contextlib.ExitStack


def no_ordinal_gate(stack: Stack) -> None:
    """Turns are given without waiting for the one that is open."""

    def sight(self: Any, *given: Any) -> Any:
        seen = old(self, *given)
        return dataclasses.replace(seen, join={key: value for key, value in seen.join.items() if key != "turn"})

    old = put(stack, "coordinator.Coordinator._sight", sight)


def exit_code_believed(stack: Stack) -> None:
    """What the command says is taken for what is."""
    put(stack, "joining.Joiner._verify", lambda self, born, seconds: None)


def no_ghost_eviction(stack: Stack) -> None:
    """What is left of a predecessor stays."""
    put(stack, "turns.ghosts", lambda sight, member: [])


def token_before_birth(stack: Stack) -> None:
    """A token is offered before the cluster is recorded."""

    def birth(self: Any) -> None:
        turn = {"id": "00000000", "what": "join", "for": "cp-1", "instanceId": "i-0002", "at": 0, "until": 2e9, "by": "cp-0", "token": self._members.mint(600)}
        self._parameters.put("join", {"protocol": 2, "turn": turn}, "arn:key")
        old(self)

    old = put(stack, "agent.Agent._birth", birth)


def one_shared_fingerprint(stack: Stack) -> None:
    """Every host is expected to have the certificate of the first node."""

    def take(self: Any, turn: Any, seen: Any, member: Any) -> None:
        name = f"nodes/{turn['by']}"
        shared = (seen.get("nodes/cp-0") or {}).get("serverFingerprint") or "0" * 64
        old(self, turn, {**seen, name: {**(seen.get(name) or {}), "serverFingerprint": shared}}, member)

    old = put(stack, "joining.Joiner._take", take)


def token_not_removed(stack: Stack) -> None:
    """Tokens stay until they expire."""
    put(stack, "membership.Membership.keep_tokens", lambda self, keep: None)


def token_in_the_log(stack: Stack) -> None:
    """The join command is logged as it is."""

    def join(self: Any, address: str, token: str, print_: str, worker: bool) -> None:
        where = f"{address}:25000/{token}/{print_[:12]}"
        self._shell.run(["timeout", "300", "microk8s", "join", where, *(["--worker"] if worker else [])], 315)

    put(stack, "membership.Membership.join", join)


def join_ends_with_its_agent(stack: Stack) -> None:
    """A join whose agent was killed is taken for over."""
    put(stack, "joining.JOIN_SECONDS", 0)


CASES = {
    "join-ends-with-its-agent": (join_ends_with_its_agent, "hanging", ("two joins",)),
    "no-ordinal-gate": (no_ordinal_gate, "three", ("two turns", "two joins", "not ready")),
    "exit-code-believed": (exit_code_believed, "lies", ("says ready and is not", "not ready", "success without health", "token before birth")),
    "no-ghost-eviction": (no_ghost_eviction, "replaced", ("not ready", "no verdict", "late verdict")),
    "token-before-birth": (token_before_birth, "three", ("token before birth",)),
    "one-shared-fingerprint": (one_shared_fingerprint, "first lost", ("not ready",)),
    "token-not-removed": (token_not_removed, "three", ("token left",)),
    "token-in-the-log": (token_in_the_log, "three", ("secret in the log",)),
}
