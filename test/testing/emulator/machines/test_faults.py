"""Commands that hang or fail, phases that are struck, and what is no fault."""

import subprocess
import time
import unittest

from support import TimedCase, alive, wait  # first: it puts the emulator on the path

from machines.faults import FaultBook


class Book(unittest.TestCase):
    def load(self, **faults: object) -> FaultBook:
        book = FaultBook()
        book.load({"clusters": {"c1": faults}})
        return book

    def test_what_is_refused(self) -> None:
        for faults in (
            {"hangs": []}, {"failCommand": {"snap": "often"}}, {"awsFail": {"PutParameter": 1}}, {"awsFail": {"ssm:PutParameter": "never"}},
            {"hang": [1]}, {"failCommand": {"snap": True}}, {"leafDays": "x"},
        ):
            with self.assertRaises(ValueError):
                self.load(**faults)

    def test_each_is_used_up(self) -> None:
        book = self.load(
            hang=["snap refresh"], hangAlways=["microk8s kubectl"], failCommand={"snap install": 2}, rebootIn=["update", "install"],
            awsFail={"ssm:PutParameter": 3, "s3:GetObject": "always"}, badRelease=["1.36"], aptFailures=1, killAgentIn="update",
        )
        refresh = ["snap", "refresh", "microk8s"]
        self.assertEqual([book.take_hang("c1", refresh) for _ in range(2)], [True, False])
        self.assertFalse(book.take_hang("c1", ["snap", "refreshing"]))
        self.assertEqual([book.take_hang("c1", ["microk8s", "kubectl", "get"]) for _ in range(2)], [True, True])
        self.assertEqual([book.take_command_failure("c1", ["snap", "install", "x"]) for _ in range(3)], [True, True, False])
        self.assertEqual([book.take_reboot("c1", phase) for phase in ("update", "update", "install", "seed")], [True, False, True, False])
        self.assertEqual([book.take_kill("c1", "update") for _ in range(2)], [True, False])
        self.assertEqual([book.take_aws_failure("c1", "ssm:PutParameter") for _ in range(4)], ["error", "throttled", "error", None])
        self.assertEqual([book.take_aws_failure("c1", "s3:GetObject") for _ in range(2)], ["denied", "denied"])
        self.assertEqual((book.is_bad_release("c1", "1.36"), book.is_bad_release("c1", "1.35")), (True, False))
        self.assertEqual([book.take_apt_failure("c1") for _ in range(2)], [0, None])
        self.assertIsNone(book.take_aws_failure("other", "s3:GetObject"))


class Commands(TimedCase):
    def test_a_command_that_hangs_ends_with_its_client_on_both_sides(self) -> None:
        park = self.make_park(hang=["snap list"])
        machine = park.boot()
        client = subprocess.Popen([str(machine.root / "usr/bin/snap"), "list"], env={"MEC_ROOT": str(machine.root)})
        time.sleep(0.4)
        self.assertTrue(alive(client.pid))
        open_calls = park.calls
        client.kill()
        client.wait(5)
        wait(lambda: park.calls < open_calls, "the server side has ended")
        self.assertEqual(park.run(machine, "snap", "list").returncode, 0, "only the first one hangs")

    def test_a_hanging_command_ends_with_the_power(self) -> None:
        park = self.make_park(hangAlways=["snap wait"])
        machine = park.boot()
        client = subprocess.Popen([str(machine.root / "usr/bin/snap"), "wait", "system", "seed.loaded"], env={"MEC_ROOT": str(machine.root)})
        time.sleep(0.3)
        started = time.monotonic()
        park.park.reboot("i-1")
        self.assertNotEqual(client.wait(10), 0)
        self.assertLess(time.monotonic() - started, 10)

    def test_a_command_that_fails_so_often(self) -> None:
        park = self.make_park(failCommand={"microk8s enable ingress": 1, "snap list": 2})
        machine = park.boot()
        self.assertEqual([park.run(machine, "snap", "list").returncode for _ in range(3)], [1, 1, 0])

    def test_the_phase_update_is_struck_too(self) -> None:
        park = self.make_park(killAgentIn=["update"], rebootIn=["update"])
        machine = park.boot()
        first = wait(lambda: park.row()["agentPid"], "agent runs")
        park.park.observe_status("i-1", {"phase": "update"})
        wait(lambda: not alive(first) and park.row()["state"] == "running" and park.row()["agentPid"], "killed and rebooted")
        self.assertEqual(machine.state, "running")


if __name__ == "__main__":
    unittest.main()
