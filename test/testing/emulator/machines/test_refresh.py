"""Changes of an installed snap: refresh, revert, switch, and power that is lost in their middle."""

import threading
import unittest

from support import TimedCase, wait  # first: it puts the emulator on the path

from machines import pki
from machines.installation import HookError

SNAP = "var/snap/microk8s"


class Refresh(TimedCase):
    def test_refresh_takes_a_copy_of_the_data_and_revert_goes_back_to_the_old(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        park.run(machine, "snap", "refresh", "--hold=forever", "microk8s")
        (machine.root / SNAP / "current/mine").write_text("old")
        before = pki.expiry(machine.root / SNAP / "current/certs/ca.crt")

        done = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36/stable")
        self.assertEqual((done.returncode, done.stdout), (0, "microk8s (1.36/stable) v1.36.0 from Canonical** refreshed\n"), done.stderr)
        listed = park.run(machine, "snap", "list", "microk8s").stdout
        self.assertRegex(listed, r"microk8s +v1\.36\.0 +8036 +1\.36/stable +\S+ +classic,held\n")
        self.assertRegex(park.run(machine, "snap", "list", "microk8s", "--all").stdout, r"v1\.35\.0 +8035 +1\.36/stable +\S+ +disabled,")
        self.assertEqual((machine.root / SNAP / "8036/mine").read_text(), "old")
        self.assertEqual(pki.expiry(machine.root / SNAP / "current/certs/ca.crt"), before)
        self.assertIn("--secure-port=16443", (machine.root / "snap/microk8s/current/default-args/kube-apiserver").read_text())
        wait(lambda: machine.microk8s.is_ready(), "ready with the new release")
        self.assertEqual(machine.microk8s.request("GET", "/version")[1]["minor"], "36")
        wait(lambda: machine.microk8s.request("GET", "/api/v1/nodes")[1]["items"][0]["status"]["nodeInfo"]["kubeletVersion"] == "v1.36.0", "node")

        (machine.root / SNAP / "current/mine").write_text("new")
        back = park.run(machine, "snap", "revert", "microk8s")
        self.assertEqual((back.returncode, back.stdout), (0, "microk8s reverted to v1.35.0\n"), back.stderr)
        self.assertEqual((machine.root / SNAP / "current/mine").read_text(), "old")
        # A revert changes the revision, not what is tracked.
        self.assertRegex(park.run(machine, "snap", "list", "microk8s").stdout, r"v1\.35\.0 +8035 +1\.36/stable +\S+ +classic,held\n")
        none = park.run(machine, "snap", "revert", "microk8s")
        self.assertEqual((none.returncode, none.stderr), (1, 'error: cannot revert "microk8s": no revision to revert to\n'))
        moved = park.run(machine, "snap", "switch", "--channel=1.35/stable", "microk8s")
        self.assertEqual(moved.stdout, '"microk8s" switched to the "1.35/stable" channel\n')
        wait(lambda: machine.microk8s.is_ready(), "ready again")

        again = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36/stable")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual((machine.root / SNAP / "current/mine").read_text(), "old", "the data of the reverted revision is replaced")
        changes = park.run(machine, "snap", "changes").stdout
        for summary in ('Refresh "microk8s" snap from "1.36/stable" channel', 'Revert "microk8s" snap', 'Switch "microk8s" snap to channel'):
            self.assertIn(summary, changes)

    def test_what_a_refresh_refuses(self) -> None:
        park = self.make_park(snapStore={"failures": 0})
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        self.assertEqual(park.run(machine, "snap", "refresh", "microk8s").stderr, 'error: snap "microk8s" is not installed\n')
        park.install(machine)
        odd = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.99/stable")
        self.assertEqual(odd.returncode, 1)
        self.assertIn('snap "microk8s" not available on channel "1.99/stable"', odd.stderr)
        same = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.35")
        self.assertEqual((same.returncode, same.stderr), (0, 'snap "microk8s" has no updates available\n'))
        only = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.35/candidate")
        self.assertEqual((only.returncode, only.stdout), (0, "microk8s (1.35/candidate) v1.35.0 from Canonical** refreshed\n"))
        self.assertTrue(machine.microk8s.is_ready(), "nothing was restarted")
        park.online = False
        self.assertEqual(park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36").stderr, "error: unable to contact snap store\n")
        park.online = True
        park.faults.load({"clusters": {"c1": {"snapStore": {"failures": 3}, "installSeconds": 0.1}}})
        tries = [park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36").stderr for _ in range(3)]
        self.assertIn('cannot refresh "microk8s": cannot get nonce', tries[1])
        self.assertIn('Download snap "microk8s" (8036) from channel "1.36/stable" (unexpected EOF)', tries[2])
        self.assertTrue(machine.microk8s.is_ready(), "a download that fails stops nothing")

    def test_only_two_revisions_are_kept(self) -> None:
        park = self.make_park(installSeconds=0.1)
        machine = park.boot()
        park.install(machine)
        for channel in ("1.36", "1.34"):
            self.assertEqual(park.run(machine, "snap", "refresh", "microk8s", f"--channel={channel}").returncode, 0)
        kept = sorted(path.name for path in (machine.root / SNAP).iterdir() if path.name.isdigit())
        self.assertEqual(kept, ["8034", "8036"])

    def test_power_lost_in_a_refresh_brings_it_to_its_end(self) -> None:
        park = self.make_park(installSeconds=2)
        machine = park.boot()
        park.install(machine)
        client = threading.Thread(target=lambda: park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36/stable"))
        client.start()
        snap = machine.root / "snap/bin/microk8s"
        wait(lambda: not snap.exists(), "the old revision is unlinked")
        self.assertRegex(park.run(machine, "snap", "list", "microk8s").stdout, "disabled")
        self.assertEqual(park.run(machine, "microk8s", "status").returncode, 127)
        park.park.reboot("i-1")
        client.join(20)
        wait(lambda: machine.state == "running", "booted")
        self.assertEqual(park.run(machine, "snap", "watch", "--last=refresh").returncode, 0)
        self.assertRegex(park.run(machine, "snap", "list", "microk8s").stdout, r"v1\.36\.0 +8036 .*classic\n")
        wait(lambda: machine.microk8s.is_ready(), "ready after the resumed refresh")

    def test_power_lost_in_a_download_leaves_the_old_revision_at_work(self) -> None:
        park = self.make_park(installSeconds=3)
        machine = park.boot()
        park.install(machine)
        change = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36/stable", "--no-wait").stdout.strip()
        park.park.reboot("i-1")
        wait(lambda: machine.state == "running" and machine.microk8s.is_ready(), "the old release runs while the download goes on")
        self.assertEqual(machine.microk8s.request("GET", "/version")[1]["minor"], "35")
        self.assertEqual(park.run(machine, "snap", "watch", change).returncode, 0)

    def test_a_task_that_fails_late_is_undone(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        tasks = machine._snapd._tasks
        run = tasks.run

        def failing(kind: str, data: dict) -> None:
            if kind == "run-post-refresh-hook":
                raise HookError('run hook "post-refresh": no')
            run(kind, data)

        tasks.run = failing
        done = park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36/stable")
        self.assertEqual(done.returncode, 1)
        self.assertIn('- Run post-refresh hook of "microk8s" snap if present (run hook "post-refresh": no)', done.stderr)
        self.assertRegex(park.run(machine, "snap", "list", "microk8s").stdout, r"v1\.35\.0 +8035 +1\.35/stable")
        self.assertFalse((machine.root / SNAP / "8036").exists())
        wait(lambda: machine.microk8s.is_ready(), "the old revision works again")


class Others(TimedCase):
    def test_the_agent_of_session_manager_is_on_the_image(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        self.assertRegex(park.run(machine, "snap", "list", "amazon-ssm-agent").stdout, r"amazon-ssm-agent +\S+ +\d+ +latest/stable\S* +aws\*\* +classic\n")
        there = park.run(machine, "snap", "install", "amazon-ssm-agent", "--classic")
        self.assertEqual((there.returncode, there.stderr), (0, "snap \"amazon-ssm-agent\" is already installed, see 'snap help refresh'\n"))
        park.run(machine, "snap", "remove", "amazon-ssm-agent")
        self.assertEqual(park.run(machine, "snap", "list", "amazon-ssm-agent").returncode, 1)
        self.assertIn("classic confinement", park.run(machine, "snap", "install", "amazon-ssm-agent").stderr)
        made = park.run(machine, "snap", "install", "amazon-ssm-agent", "--classic")
        self.assertRegex(made.stdout, "amazon-ssm-agent .* installed\n")
        self.assertEqual(park.run(machine, "snap", "list", "amazon-ssm-agent").returncode, 0)
        self.assertEqual(park.run(machine, "snap", "install", "nothing").stderr, 'error: snap "nothing" not found\n')


if __name__ == "__main__":
    unittest.main()
