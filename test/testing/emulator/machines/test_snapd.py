"""snapd: seeding, changes that outlive clients and reboots, and the texts of a store that fails."""

import subprocess
import threading
import time
import unittest

from support import TimedCase, wait

INSTALL = ("snap", "install", "microk8s", "--classic", "--channel=1.35/stable")


class Seeding(TimedCase):
    def test_install_before_seeding_is_too_early(self) -> None:
        park = self.make_park(seedSeconds=1.5)
        machine = park.boot()
        early = park.run(machine, *INSTALL)
        self.assertEqual(early.returncode, 10)
        self.assertEqual(
            early.stderr, "error: too early for operation, device not yet seeded or device model not acknowledged\n"
        )
        self.assertEqual(park.run(machine, "snap", "wait", "system", "seed.loaded").returncode, 0)
        self.assertIn("Initialize system state", park.run(machine, "snap", "changes").stdout)
        self.assertEqual(park.run(machine, *INSTALL).returncode, 0)


class Installing(TimedCase):
    def test_install_list_hold_and_install_again(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        missing = park.run(machine, "snap", "list", "microk8s")
        self.assertEqual((missing.returncode, missing.stderr), (1, "error: no matching snaps installed\n"))
        self.assertEqual(park.run(machine, "microk8s", "status").returncode, 127)
        done = park.run(machine, *INSTALL)
        self.assertEqual((done.returncode, done.stdout), (0, "microk8s (1.35/stable) v1.35.0 from Canonical** installed\n"))
        again = park.run(machine, *INSTALL)
        self.assertEqual((again.returncode, again.stderr), (0, "snap \"microk8s\" is already installed, see 'snap help refresh'\n"))
        held = park.run(machine, "snap", "refresh", "--hold=forever", "microk8s")
        self.assertEqual(held.stdout, 'General refreshes of "microk8s" held indefinitely\n')
        self.assertRegex(
            park.run(machine, "snap", "list", "microk8s").stdout, r"microk8s +v1\.35\.0 +\d+ +1\.35/stable +\S+ +classic,held\n"
        )

    def test_classic_and_channel_are_checked(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        bare = park.run(machine, "snap", "install", "microk8s", "--channel=1.35/stable")
        self.assertEqual(bare.returncode, 1)
        self.assertIn("published using classic confinement", bare.stderr)
        odd = park.run(machine, "snap", "install", "microk8s", "--classic", "--channel=1.99/stable")
        self.assertEqual(odd.returncode, 1)
        self.assertIn('snap "microk8s" not available on channel "1.99/stable"', odd.stderr)

    def test_a_killed_client_kills_no_change_and_a_second_install_conflicts(self) -> None:
        park = self.make_park(installSeconds=2)
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        client = subprocess.Popen([str(machine.root / "usr/bin/snap"), *INSTALL[1:]], env={"MEC_ROOT": str(machine.root)})
        wait(lambda: "Doing" in park.run(machine, "snap", "changes", "microk8s").stdout, "change in progress")
        client.kill()
        client.wait(5)
        second = park.run(machine, *INSTALL)
        self.assertEqual(second.returncode, 10)
        self.assertEqual(second.stderr, 'error: snap "microk8s" has "install-snap" change in progress\n')
        self.assertEqual(park.run(machine, "snap", "watch", "--last=install").returncode, 0)
        self.assertEqual(park.run(machine, "snap", "list", "microk8s").returncode, 0)
        self.assertRegex(park.run(machine, "snap", "changes", "microk8s").stdout, r'2 +Done .*Install "microk8s" snap from "1.35/stable" channel')

    def test_the_snap_is_listed_before_its_change_is_done(self) -> None:
        park = self.make_park(installSeconds=2)
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        change = park.run(machine, *INSTALL, "--no-wait").stdout.strip()
        wait(lambda: park.run(machine, "snap", "list", "microk8s").returncode == 0, "linked")
        self.assertEqual(machine._snapd.change(change)["status"], "Doing")
        self.assertEqual(park.run(machine, "snap", "watch", change).returncode, 0)

    def test_a_reboot_in_the_middle_resumes_the_change(self) -> None:
        park = self.make_park(installSeconds=2, rebootIn="install")
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        result = {}
        client = threading.Thread(target=lambda: result.update(done=park.run(machine, *INSTALL)))
        client.start()
        wait(lambda: "Doing" in park.run(machine, "snap", "changes").stdout, "change in progress")
        park.park.observe_status("i-1", {"phase": "install"})
        client.join(20)
        self.assertNotEqual(result["done"].returncode, 0)
        wait(lambda: park.row()["agentStarts"] == 2, "rebooted")
        wait(lambda: park.run(machine, "snap", "watch", "--last=install").returncode == 0, "change done", 30)
        rows = [change for change in machine._snapd.changes() if change["kind"] == "install-snap"]
        self.assertEqual([row["status"] for row in rows], ["Done"])
        wait(lambda: machine.microk8s.is_ready(), "ready after the resumed installation")

    def test_a_hook_cut_off_in_its_middle_fails_and_is_undone(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        (machine.root / "var/snap/microk8s/8035/certs").mkdir(parents=True)
        done = park.run(machine, *INSTALL)
        self.assertEqual(done.returncode, 1)
        self.assertIn('- Run install hook of "microk8s" snap if present (run hook "install": ', done.stderr)
        self.assertIn("File exists", done.stderr)
        self.assertEqual(park.run(machine, *INSTALL).returncode, 0)


class Store(TimedCase):
    def test_a_flaky_store_fails_with_real_texts_and_then_works(self) -> None:
        park = self.make_park(snapStore={"failures": 3})
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        tries = [park.run(machine, *INSTALL) for _ in range(4)]
        self.assertEqual([one.returncode for one in tries], [1, 1, 1, 0])
        self.assertEqual(tries[0].stderr, "error: unable to contact snap store\n")
        self.assertEqual(
            tries[1].stderr,
            'error: cannot install "microk8s": cannot get nonce from store: store server\n       returned status 503\n',
        )
        self.assertEqual(
            tries[2].stderr,
            'error: cannot perform the following tasks:\n- Download snap "microk8s" (8035) from channel "1.35/stable" (unexpected EOF)\n',
        )
        self.assertIn("Error", park.run(machine, "snap", "changes").stdout)

    def test_a_store_that_is_down_never_works(self) -> None:
        park = self.make_park(snapStore={"down": True})
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        self.assertEqual({park.run(machine, *INSTALL).returncode for _ in range(4)}, {1})
        park.faults.load({"clusters": {}})
        self.assertEqual(park.run(machine, *INSTALL).returncode, 0)

    def test_without_a_way_out_the_store_cannot_be_contacted(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        park.online = False
        started = time.monotonic()
        for _ in range(2):
            self.assertEqual(park.run(machine, *INSTALL).stderr, "error: unable to contact snap store\n")
        self.assertLess(time.monotonic() - started, 10)
        park.online = True
        self.assertEqual(park.run(machine, *INSTALL).returncode, 0)


if __name__ == "__main__":
    unittest.main()
