"""The real agent lives through named schedules and a fixed sample of seeds; the world is the same at each run of a seed."""

import unittest

from plans import plan
from runs import bad, many, run_plan, shrink, table
from schedules import SCHEDULES


class Sample(unittest.TestCase):
    def test_named_schedules_hold(self):
        for name, schedule in SCHEDULES.items():
            with self.subTest(schedule=name):
                world = run_plan(schedule)
                self.assertEqual(world.checks.violations, [])
                self.assertEqual(world.outcome == "ready", not world.permanent)

    def test_a_fixed_sample_of_seeds_holds(self):
        rows = many(range(1, 23), 1)
        self.assertEqual([one[:4] for one in bad(rows)], [])
        self.assertIn("one node", table(rows))

    def test_a_seed_is_the_same_world_each_time(self):
        first, second = (run_plan(plan(7), tracing=True) for _ in range(2))
        # What openssl is told is of the machine's own chance, which no seed governs.
        self.assertEqual([(at, who, what) for at, who, what, _ in first.timeline], [(at, who, what) for at, who, what, _ in second.timeline])

    def test_three_joins_end_with_three_voters_and_no_token(self):
        world = run_plan(SCHEDULES["three"])
        cluster = world.terraform.nodes["cp-0"].cluster
        self.assertEqual([one.role for one in cluster.dwellers], ["voter"] * 3)
        self.assertFalse([machine.name for machine in world.machines if machine.tokens()])
        self.assertNotIn("token", world.cloud.values["join"])

    def test_three_nodes_are_born_in_the_time_of_one_installation_and_two_joins(self):
        for seed in range(1, 6):
            world = run_plan(type(SCHEDULES["three"])(SCHEDULES["three"], seed=seed), tracing=True)
            first = {(who, what, detail): at for at, who, what, detail in reversed(world.timeline)}
            ready = {who: at for (who, what, detail), at in first.items() if what == "status" and detail.startswith("state=ready")}
            joins = [ready[who] - at for (who, what, _), at in first.items() if what == "join begins"]
            self.assertEqual(len(joins), 2)
            self.assertLess(max(ready.values()), ready["cp-0"] + sum(joins) + 15.0)  # seconds in which nothing was done

    def test_thirty_nodes_of_one_apply_wait_for_one_another_and_none_times_out(self):
        world = run_plan(SCHEDULES["thirty"])
        self.assertEqual((world.outcome, world.checks.violations, world.terraform.first_failures), ("ready", [], []))
        self.assertEqual((len(world.machines), world.terraform.applies), (30, 1))

    def test_a_failing_schedule_is_made_shorter(self):
        schedule = SCHEDULES["three"]
        longer = type(schedule)(schedule, faults=[{"kind": "reboot", "node": "cp-2", "at": 9000.0}], groups={"gpu": {"count": 1}})
        shorter = shrink(longer, "secret in the log", "token-in-the-log")
        self.assertEqual((shorter["faults"], shorter["control_plane"], shorter["groups"]), ([], 3, {}))


if __name__ == "__main__":
    unittest.main()
