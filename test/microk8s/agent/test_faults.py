"""Every command hanging and every AWS call failing, once and for good: ready, or failed with phase and reason within its bound."""

import unittest

from world import START, World, agent, ready, run

#: What a birth runs, by the beginning of the command, and the phase that it belongs to.
COMMANDS = {
    "snap wait": "seed", "iptables": "configure", "snap install": "install", "snap list": "install", "snap refresh --hold": "install",
    "microk8s kubectl get --raw": "start", "microk8s kubectl get nodes": "start", "snap restart": "bind", "microk8s enable dns": "dns",
    "openssl ecparam": "credential", "openssl req": "credential", "openssl x509": "credential",
}  # fmt: skip
CALLS = ("GetParameters", "PutParameter", "DescribeStacks", "SignalResource")
SECONDS = 900


def hang(world: World, beginning: str, always: bool) -> None:
    """Have a command's first call, or every one, not end by itself."""
    left = [10**6 if always else 1]

    def hangs(argv) -> bool:
        found = bool(left[0]) and " ".join(argv).startswith(beginning)
        left[0] -= 1 if found else 0
        return found

    world.hangs = hangs


class Commands(unittest.TestCase):
    def birth(self, beginning: str, always: bool) -> World:
        world = World()
        world.parameters["desired"]["readySeconds"] = SECONDS
        world.wait()
        hang(world, beginning, always)
        return world

    def test_one_that_hangs_once_is_survived(self):
        for beginning in COMMANDS:
            with self.subTest(beginning):
                world = self.birth(beginning, False)
                world.parameters["desired"]["readySeconds"] = 7200
                self.assertTrue(run(world, lambda: bool(world.signals), seconds=9000))
                self.assertEqual((world.signals[0]["Status"], len(world.births)), ("SUCCESS", 1))

    def test_one_that_always_hangs_fails_the_apply_with_its_phase_in_time(self):
        for beginning, phase in COMMANDS.items():
            with self.subTest(beginning):
                world = self.birth(beginning, True)
                self.assertTrue(run(world, lambda: bool(world.signals), seconds=3 * SECONDS))
                signal = world.signals[0]
                self.assertEqual(signal["Status"], "FAILURE")
                self.assertRegex(signal["UniqueId"], f"^{phase}: [a-z0-9].+ #[0-9a-f]{{6}}$")
                self.assertLessEqual(signal["at"] - START, SECONDS + 60)


class Calls(unittest.TestCase):
    def birth(self, action: str, times: int, code: str) -> World:
        world, left = World(), [times]
        world.wait()

        def fail(port, what):
            name = what[0] if isinstance(what, tuple) else what
            if port == "aws" and name == action and left[0]:
                left[0] -= 1
                raise agent.AwsError(code, action)

        world.fault = fail
        return world

    def test_one_that_fails_once_is_survived(self):
        for action in CALLS:
            for code in ("ThrottlingException", "AccessDeniedException", "Unreachable"):
                with self.subTest(action, code=code):
                    world = self.birth(action, 1, code)
                    self.assertTrue(run(world, lambda: bool(world.signals)))
                    self.assertEqual((world.signals[0]["Status"], len(world.births)), ("SUCCESS", 1))

    def test_parameters_that_cannot_be_written_fail_the_apply_with_the_reason(self):
        world = self.birth("PutParameter", 10**6, "AccessDeniedException")
        self.assertTrue(run(world, lambda: bool(world.signals)))
        self.assertRegex(world.signals[0]["UniqueId"], "^birth: PutParameter: AccessDeniedException #")
        self.assertLessEqual(world.signals[0]["at"] - START, SECONDS + 60)

    def test_a_node_that_reads_nothing_births_nothing_and_reads_on(self):
        world = self.birth("GetParameters", 10**6, "AccessDeniedException")
        run(world, lambda: world.now > START + 2000)
        self.assertEqual((world.births, world.signals, world.installed), ([], [], False))
        world.fault = lambda port, what: None
        self.assertTrue(run(world, ready(world)))

    def test_a_stack_that_cannot_be_told_does_not_hinder_the_node(self):
        for action in ("DescribeStacks", "SignalResource"):
            world = self.birth(action, 10**6, "AccessDenied")
            self.assertTrue(run(world, ready(world)))
            self.assertEqual(world.signals, [])


if __name__ == "__main__":
    unittest.main()
