"""Runs worlds, many at once; makes a failing one as short as it gets."""

import collections
import multiprocessing
import os
import sys
import time
from typing import Dict, Iterable, List, Optional, Tuple

from plans import plan as plan_of
from universe import Plan, World

Row = Tuple[int, str, str, str, float, float, Dict[str, int]]


def run_plan(plan: Plan, tracing: bool = False, mutant: Optional[str] = None) -> World:
    """Run one world to its end; with a mutant of the agent, when one is named."""
    if mutant is None:
        world = World(plan, tracing)
        world.outcome = world.run()
        return world
    from mutants import MUTANTS

    with MUTANTS[mutant]():
        return run_plan(plan, tracing)


def violation(plan: Plan, mutant: Optional[str] = None) -> str:
    """The first violation of a plan; empty when there is none."""
    found = run_plan(plan, mutant=mutant).checks.violations
    return found[0][0] if found else ""


def row(seed: int) -> Row:
    """One seed's line of the table."""
    began = time.process_time()
    plan = plan_of(seed)
    try:
        world = run_plan(plan)
        outcome = world.outcome
        facts = {"machines": len(world.machines), "lives": sum(one.lives for one in world.machines), "late": len(world.terraform.first_failures)}
        permanent = world.permanent
        if world.checks.violations:
            outcome += ": " + world.checks.violations[0][1][:100]
    except Exception as error:  # the simulation's own
        outcome, permanent, facts = f"violation: simulation: {type(error).__name__} {error}", "", {"machines": 0, "lives": 0, "late": 0}
    kind = str(plan["kind"]) if not permanent or plan["kind"] == "permanent fault" else "permanent fault"
    return seed, kind, outcome, permanent, time.process_time() - began, 0.0, facts


def many(seeds: Iterable[int], workers: int) -> List[Row]:
    """Run many worlds."""
    seeds = list(seeds)
    if workers <= 1:
        return [row(seed) for seed in seeds]
    with multiprocessing.Pool(workers, _pin) as pool:
        return pool.map(row, seeds, chunksize=max(1, min(20, len(seeds) // (workers * 4) or 1)))


def _pin() -> None:
    """Threads that hand over to each other are fastest on one processor."""
    cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if cpus:
        number = (multiprocessing.current_process()._identity or (1,))[0]
        os.sched_setaffinity(0, {cpus[(number - 1) % len(cpus)]})


def shrink(plan: Plan, what: str, mutant: Optional[str] = None) -> Plan:
    """Drop events and faults, and make the cluster smaller, as long as the violation stays."""
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(plan):
            try:
                same = violation(smaller, mutant) == what
            except Exception:
                same = False
            if same:
                plan, changed = smaller, True
                break
    return plan


def _smaller(plan: Plan) -> Iterable[Plan]:
    for part in ("events", "faults"):
        for number in range(len(plan[part]) - 1, -1, -1):
            yield Plan(plan, **{part: plan[part][:number] + plan[part][number + 1 :]})
    for name in plan["groups"]:
        rest = {other: group for other, group in plan["groups"].items() if other != name}
        yield Plan(plan, groups=rest)
        if plan["groups"][name]["count"] > 1:
            yield Plan(plan, groups={**plan["groups"], name: {**plan["groups"][name], "count": plan["groups"][name]["count"] - 1}})
    for fewer in (1, 3):
        if fewer < plan["control_plane"]:
            yield Plan(plan, control_plane=fewer)


def table(rows: List[Row]) -> str:
    """Outcomes by kind of world."""
    counts: Dict[str, collections.Counter] = {}
    for _, kind, outcome, _, _, _, facts in rows:
        short = outcome if not outcome.startswith("violation") else ":".join(outcome.split(":")[:2])
        if outcome == "ready" and facts["late"]:
            short = "ready, after a failed apply"
        counts.setdefault(kind, collections.Counter())[short] += 1
    lines = []
    for kind in sorted(counts):
        lines.append(f"{kind} ({sum(counts[kind].values())})")
        lines += [f"  {count:6d}  {outcome}" for outcome, count in counts[kind].most_common()]
    return "\n".join(lines)


def timeline(world: World, commands: bool = False) -> str:
    """What happened, line by line."""
    lines = [f"{at:9.1f}  {who:10} {what} {detail[:240]}".rstrip() for at, who, what, detail in world.timeline if commands or what != "command"]
    return "\n".join(lines)


def bad(rows: List[Row]) -> List[Row]:
    """Those with a violation."""
    return [one for one in rows if one[2].startswith("violation")]


def say(text: str) -> None:
    """Print at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
