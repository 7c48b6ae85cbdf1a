"""``npm run simulate -- --births N --seed S``: random lives of clusters under a virtual clock, with faults; see docs/simulation.md."""

import argparse
import json
import os
import sys
import time

from plans import plan as plan_of
from runs import bad, many, run_plan, say, shrink, table, timeline, violation
from universe import Plan


def main() -> int:
    """Run; 1 when something did not hold."""
    parser = argparse.ArgumentParser(prog="npm run simulate --", description=__doc__)
    parser.add_argument("--births", type=int, default=1000, help="worlds to run")
    parser.add_argument("--seed", type=int, default=1, help="the first seed; each world has the next one")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--world", type=int, help="replay the world of one seed, with its timeline")
    parser.add_argument("--plan", help="replay a plan, as JSON text")
    parser.add_argument("--mutant", help="with --world or --plan: run a broken agent of test/simulation/mutants")
    parser.add_argument("--commands", action="store_true", help="with --world or --plan: commands too")
    given = parser.parse_args()
    if given.world is not None or given.plan:
        plan = Plan(json.loads(given.plan)) if given.plan else plan_of(given.world)
        return replay(plan, given.mutant, given.commands)
    began = time.time()
    rows = many(range(given.seed, given.seed + given.births), given.workers)
    wall, cpu = time.time() - began, sum(one[4] for one in rows)
    say(table(rows))
    machines, lives = sum(one[6]["machines"] for one in rows), sum(one[6]["lives"] for one in rows)
    failed = bad(rows)
    each = cpu / max(1, len(rows)) * 1000
    say(f"{len(rows)} worlds, {machines} machines, {lives} lives of agents in {wall:.0f} s ({each:.0f} ms of processor each); {len(failed)} violations")
    if failed:
        explain(failed)
    return 1 if failed else 0


def replay(plan: Plan, mutant: str, commands: bool) -> int:
    """One world, with its timeline."""
    say(json.dumps(plan))
    world = run_plan(plan, True, mutant)
    say(timeline(world, commands))
    say(world.outcome)
    for what, detail in world.checks.violations:
        say(f"violation: {what}: {detail}")
    return 1 if world.checks.violations else 0


def explain(failed: list) -> None:
    """Each kind of violation once, by the shortest schedule found."""
    seen = {}
    for one in failed:
        seen.setdefault(":".join(one[2].split(":")[:2]), []).append(one)
    for what, rows in seen.items():
        say(f"\n== {what} ({len(rows)}; seeds {', '.join(str(one[0]) for one in rows[:12])})\n   {rows[0][2]}")
        if "simulation" in what:
            continue
        best = None
        for one in rows[:3]:
            plan = plan_of(one[0])
            name = violation(plan)
            shorter = shrink(plan, name) if name else plan
            size = len(json.dumps(shorter))
            best = (size, shorter) if best is None or size < best[0] else best
        plan = best[1]
        say(f"shortest schedule: npm run simulate -- --plan '{json.dumps(plan)}'   (from npm run simulate -- --world {plan.seed})")
        say(timeline(run_plan(plan, True)))


if __name__ == "__main__":
    sys.exit(main())
