"""Broken agents: each is the real one with one rule taken away, and is to be caught by the schedule named with it."""

import contextlib
from typing import Any, Callable, ContextManager, Dict, Tuple

from mutants import admission, members, records

Patch = Callable[[contextlib.ExitStack], None]
CASES: Dict[str, Tuple[Patch, str, Tuple[str, ...]]] = {**admission.CASES, **members.CASES, **records.CASES}


def _mutant(patch: Patch) -> Callable[[], ContextManager[Any]]:
    @contextlib.contextmanager
    def broken() -> Any:
        with contextlib.ExitStack() as stack:
            patch(stack)
            yield

    return broken


MUTANTS = {name: _mutant(patch) for name, (patch, _, _) in CASES.items()}
