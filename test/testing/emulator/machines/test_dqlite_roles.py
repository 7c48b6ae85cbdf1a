"""Roles of dqlite's members: three voters, three standbys, the rest spare; below three members one voter."""

import random
import unittest
from typing import Dict, List

import support  # noqa: F401  first: it puts the emulator on the path

from machines import dqlite_roles


def members(roles: str) -> List[Dict[str, str]]:
    """Members a, b, c… with the roles v, s (standby), x (spare)."""
    return [{"ID": chr(97 + i), "Address": f"10.0.0.{i}:19001", "Role": str("vsx".index(role))} for i, role in enumerate(roles)]


def adjusted(roles: str, offline: str = "", leader: str = "a") -> str:
    """The roles after the leader went over them."""
    given = members(roles)
    done = dqlite_roles.adjust(leader, given, {m["ID"] for m in given} - set(offline))
    return "".join("vsx"[int(m["Role"])] for m in done)


class Adjust(unittest.TestCase):
    def test_table(self) -> None:
        for given, expected in (
            ("v", "v"), ("vx", "vx"), ("vv", "vx"), ("vxx", "vvv"), ("vvvx", "vvvs"), ("vvvxxxx", "vvvsssx"), ("vvvv", "vxvv"),
        ):
            if given == "vvvv":
                # One voter too many: it is demoted, and becomes a standby in the same round.
                self.assertEqual(sorted(adjusted(given)), sorted("vvvs"))
                continue
            self.assertEqual(adjusted(given), expected, given)

    def test_two_members_keep_the_leader_as_the_only_voter(self) -> None:
        self.assertEqual(adjusted("vv", leader="b"), "xv")

    def test_a_standby_takes_the_place_of_a_voter_that_is_gone(self) -> None:
        self.assertEqual(adjusted("vvvs", offline="b"), "vxvv")

    def test_without_candidates_a_voter_that_is_gone_stays_one(self) -> None:
        self.assertEqual(adjusted("vvv", offline="c"), "vvv")

    def test_it_comes_to_rest_and_keeps_a_majority_of_voters_online(self) -> None:
        seeded = random.Random(5)
        for _ in range(500):
            count = seeded.randint(3, 9)
            roles = "v" + "".join(seeded.choice("vsx") for _ in range(count - 1))
            offline = "".join(chr(97 + i) for i in range(1, count) if seeded.random() < 0.3)
            once = adjusted(roles, offline)
            self.assertEqual(adjusted(once, offline), once, (roles, offline))
            online = [role for i, role in enumerate(once) if chr(97 + i) not in offline]
            self.assertEqual(online.count("v"), min(3, len(online)), (roles, offline, once))


class Assume(unittest.TestCase):
    def test_who_was_just_added(self) -> None:
        for roles, own, expected in (("vx", "b", "2"), ("vxx", "c", "0"), ("vvvx", "d", "1"), ("vvvsssx", "g", "2"), ("vvx", "a", "0")):
            given = members(roles)
            self.assertEqual(dqlite_roles.assume(own, given, {m["ID"] for m in given}), expected, roles)


if __name__ == "__main__":
    unittest.main()
