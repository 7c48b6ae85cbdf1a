"""Each broken agent is caught by its schedule; a larger sample of seeds holds."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from mutants import CASES  # noqa: E402
from runs import bad, many, violation  # noqa: E402
from schedules import SCHEDULES  # noqa: E402


class Mutants(unittest.TestCase):
    def test_there_are_at_least_twelve(self):
        self.assertGreaterEqual(len(CASES), 12)

    def test_a_larger_sample_holds(self):
        self.assertEqual([one[:4] for one in bad(many(range(1, 401), 2))], [])


def _test(name, schedule, expected):
    def test(self):
        self.assertIn(violation(SCHEDULES[schedule], name), expected)
        self.assertEqual(violation(SCHEDULES[schedule]), "", "the real agent lives through it")

    return test


for _name, (_, _schedule, _expected) in CASES.items():
    setattr(Mutants, f"test_{_name.replace('-', '_')}_is_caught", _test(_name, _schedule, _expected))

if __name__ == "__main__":
    unittest.main()
