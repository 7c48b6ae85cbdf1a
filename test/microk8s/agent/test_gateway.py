"""The whole life of the gateway: from nothing to ready, killed anywhere, changed, refused, taken back, repaired."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from gateway_world import ARCHIVE_DOWN, CONFIG, GatewayWorld, living, ready, run
from world import START, agent

HAPROXY = shutil.which("haproxy") or next((path for path in ["/usr/sbin/haproxy"] if os.path.exists(path)), None)
PHASES = ("seed", "install", "configure", "start", "ready")


def fresh() -> GatewayWorld:
    """A gateway that is ready and whose stack has its verdict."""
    world = GatewayWorld()
    world.wait()
    run(world, lambda: bool(world.signals))
    return world


class FromNothing(unittest.TestCase):
    def test_reaches_ready_through_all_phases_in_order_and_signals(self):
        world, seen = GatewayWorld(), []

        def note(port, what):
            if seen[-1:] != [world.status().get("phase")]:
                seen.append(world.status().get("phase"))

        world.fault = note
        world.wait()
        run(world, lambda: bool(world.signals))
        self.assertEqual(tuple(phase for phase in seen if phase), PHASES[: len([p for p in seen if p])])
        self.assertEqual((world.status()["phase"], world.status()["state"]), ("ready", "ready"))
        self.assertEqual(len(world.puts), len(PHASES))
        self.assertEqual((world.signals[0]["Status"], world.signals[0]["LogicalResourceId"]), ("SUCCESS", "Ready"))
        self.assertTrue(world.enabled)

    def test_the_mtu_comes_before_the_first_download_and_is_kept_for_a_reboot(self):
        world = fresh()
        lines = [" ".join(argv) for argv in world.commands]
        download = next(number for number, line in enumerate(lines) if "apt-get" in line)
        self.assertLess(lines.index("ip link set dev ens5 mtu 1300"), download)
        kept = world.disk["/etc/systemd/network/10-netplan-ens5.network.d/60-mec.conf"]
        self.assertEqual(kept, "[Link]\nMTUBytes=1300\n[DHCPv4]\nUseMTU=no\n")
        world.reboot()
        run(world, lambda: world.mtu == 1300)

    def test_runs_by_what_it_is_told_and_checked_it_before(self):
        world = fresh()
        self.assertEqual(world.running, agent.render(world.settings))
        self.assertEqual(world.disk[CONFIG], world.running)
        lines = [" ".join(argv) for argv in world.commands]
        self.assertLess(lines.index(f"haproxy -c -f {agent.CANDIDATE}"), lines.index("systemctl reload haproxy"))

    def test_reads_of_parameters_keep_their_distance_and_read_nothing_else(self):
        world = GatewayWorld()
        run(world, lambda: world.now > START + 600)
        gaps = [b - a for a, b in zip(world.reads, world.reads[1:])]
        self.assertGreaterEqual(min(gaps), 10.0)
        self.assertGreater(len(gaps), 30)


class Killed(unittest.TestCase):
    def test_killed_before_or_after_any_call_it_still_gets_ready_and_changes_still_reach_it(self):
        total = fresh().calls
        self.assertGreater(total, 30)
        for after in (False, True):
            for number in range(1, total + 1):
                with self.subTest(call=number, after=after):
                    world = GatewayWorld()
                    world.wait()
                    world.kill_at, world.kill_after_effect = number, after
                    if not run(world, lambda: bool(world.signals)):
                        run(world, lambda: bool(world.signals) and ready(world)())
                    self.assertEqual([signal["Status"] for signal in world.signals], ["SUCCESS"])

    def test_killed_in_a_change_it_ends_with_the_change(self):
        world = fresh()
        begun = world.calls
        world.change(port=443)
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        total = world.calls - begun
        self.assertGreater(total, 15)
        for number in range(1, total + 1):
            with self.subTest(call=number):
                world = fresh()
                world.change(port=443)
                world.wait()
                world.kill_at, world.kill_after_effect = world.calls + number, number % 2 == 0
                run(world, lambda: len(world.signals) == 2 and ready(world)())
                run(world, lambda: len(world.signals) == 2 and ready(world)())
                self.assertEqual((world.signals[1]["generation"], world.signals[1]["Status"]), ("aaaa0002", "SUCCESS"))
                self.assertEqual(world.port_of(world.signals[1]["running"]), 443)

    def test_a_reboot_brings_it_back(self):
        world = fresh()
        world.reboot()
        run(world, lambda: ready(world)() and world.mtu == 1300)


class Changed(unittest.TestCase):
    def test_follows_other_backends_within_a_read_and_signals_the_new_generation(self):
        world = GatewayWorld()
        began, commands = [], []

        def apply():
            world.change(backends=["10.0.0.16", "10.0.0.18"])
            world.wait()
            began.append(world.now)
            commands.append(len(world.commands))

        living(world, apply, lambda: len(world.signals) == 2)
        self.assertLess(world.now - began[0], 25)
        self.assertEqual(world.signals[1]["generation"], "aaaa0002")
        self.assertIn("10.0.0.18:16443", world.signals[1]["running"])
        self.assertNotIn("apt-get", [argv[0] for argv in world.commands[commands[0] :]])

    def test_a_change_of_the_mtu_alone_leaves_haproxy_alone(self):
        world = fresh()
        loads = len(world.loads)
        world.change(mtu=1400)
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        self.assertEqual((world.mtu, len(world.loads)), (1400, loads))

    def test_the_old_generation_is_never_signalled_for_the_new_one(self):
        world = fresh()
        world.occupied = {443}
        world.change(port=443)
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        self.assertEqual(world.signals[1]["Status"], "FAILURE")

    def test_settings_that_change_while_it_works_are_followed_before_it_is_ready(self):
        world = GatewayWorld()
        run(world, lambda: world.status().get("phase") == "install")
        world.change(port=443)
        world.wait()
        run(world, lambda: bool(world.signals))
        self.assertEqual(world.port_of(world.signals[0]["running"]), 443)


class TakenBack(unittest.TestCase):
    def test_what_haproxy_refuses_never_gets_near_the_running_one(self):
        world = fresh()
        before, loads = world.running, len(world.loads)
        world.refuses = lambda text: "10.0.0.99" in text
        world.change(backends=["10.0.0.99"])
        world.wait()
        run(world, lambda: len(world.signals) == 2 and world.status()["state"] == "failed")
        self.assertEqual((world.running, world.disk[CONFIG], len(world.loads)), (before, before, loads))
        self.assertRegex(world.signals[1]["UniqueId"], r"^configure: HAProxy refuses: unknown keyword 'x' #[0-9a-f]{6}$")
        self.assertEqual((world.status()["state"], world.status()["phase"]), ("failed", "configure"))

    def test_what_does_not_run_is_taken_back_and_not_tried_again_at_once(self):
        world = fresh()
        before, loads = world.running, len(world.loads)
        world.occupied = {443}
        world.change(port=443)
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        self.assertEqual((world.running, world.disk[CONFIG]), (before, before))
        self.assertTrue(world.signals[1]["UniqueId"].startswith("start: HAProxy does not listen on 443"), world.signals[1])
        self.assertLess((len(world.loads) - loads) / 2, 900 / 300 + 2)

    def test_a_reload_that_fails_is_taken_back(self):
        world = fresh()
        before = world.running
        world.reload_code = 1
        world.change(port=443)
        run(world, lambda: "reload" in world.status()["reason"])
        world.reload_code = 0
        world.change(port=16443)
        run(world, ready(world))
        self.assertEqual(world.running, before)

    def test_once_the_port_is_free_the_change_comes_through(self):
        world = fresh()
        world.occupied = {443}
        world.change(port=443)
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        world.occupied = set()
        world.wait()  # the next apply
        began = world.now
        run(world, lambda: len(world.signals) == 3)
        self.assertEqual((world.signals[2]["Status"], world.port_of(world.running)), ("SUCCESS", 443))
        self.assertLess(world.now - began, 120)

    def test_a_change_back_after_a_failure_is_ready_again(self):
        world = fresh()
        world.occupied = {443}
        world.change(port=443)
        run(world, lambda: world.status()["phase"] == "start" and bool(world.status()["reason"]))
        world.change(port=16443)
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        self.assertEqual(world.signals[1]["Status"], "SUCCESS")


class Unwell(unittest.TestCase):
    def test_a_haproxy_that_died_is_started_again(self):
        world = GatewayWorld()
        def die():
            world.pids, world.running = set(), ""

        living(world, die, lambda: world.status()["state"] == "working", 300)
        run(world, ready(world), 300)
        self.assertIn(["systemctl", "restart", "haproxy"], world.commands)

    def test_a_change_by_hand_is_taken_back(self):
        world = GatewayWorld()
        by_hand = lambda: world.disk.update({CONFIG: "by hand\n"})  # noqa: E731
        living(world, by_hand, lambda: world.disk[CONFIG] == agent.render(world.settings) and ready(world)(), 300)

    def test_an_mtu_that_went_away_comes_back_without_a_word(self):
        world = GatewayWorld()
        puts = []

        def lease():
            world.mtu, world.disk["/sys/class/net/ens5/mtu"] = 9001, "9001\n"
            puts.append(len(world.puts))

        living(world, lease, lambda: world.mtu == 1300, 120)
        self.assertEqual((world.status()["state"], [len(world.puts)]), ("ready", puts))

    def test_a_placeholder_that_was_written_again_is_replaced(self):
        world = fresh()
        world.parameters["nodes/gateway"] = {"protocol": 2, "placeholder": True}
        run(world, lambda: world.status().get("state") == "ready", 60)

    def test_a_parameter_that_makes_no_sense_does_not_stop_a_gateway_that_is_well(self):
        parts = ({"port": "22; rm"}, {"port": True}, {"backends": ["10.0.0.16\n    bind *:1"]}, {"backends": []}, {"mtu": 0})
        for bad in (None, "text", {"protocol": 2}, *parts):
            with self.subTest(bad=bad):
                world = GatewayWorld()
                running, reads = agent.render(world.settings), []
                written = {**world.settings, **bad} if isinstance(bad, dict) and "protocol" not in bad else bad

                def write():
                    world.parameters["gateway"] = written
                    reads.append(len(world.reads))

                living(world, write, lambda: len(world.reads) > reads[0] + 20)
                self.assertEqual((world.running, world.status()["state"]), (running, "ready"))

    def test_another_protocol_is_refused_with_its_reason(self):
        world = GatewayWorld()
        world.settings["protocol"] = 3
        run(world, lambda: world.status().get("state") == "failed")
        self.assertIn("speaks no protocol 3", world.status()["reason"])
        world.settings["protocol"] = 2
        world.wait()
        run(world, lambda: bool(world.signals), 300)


class Host(unittest.TestCase):
    def test_patches_session_manager_and_logs_are_kept_as_on_a_node(self):
        world = GatewayWorld()
        world.settings.update(osPatches={"mode": "security", "rebootAt": "03:30"}, logs={"group": "/mec/sandbox"})
        world.session = False
        world.wait()
        run(world, lambda: bool(world.signals) and world.session)
        self.assertIn('Automatic-Reboot-Time "03:30"', world.disk[agent.Patches.PATH])
        self.assertEqual(world.groups, ["/mec/sandbox"])

    def test_another_patch_policy_reaches_a_living_gateway(self):
        world = GatewayWorld()
        world.settings.update(osPatches={"mode": "none"})

        def apply():
            world.change(osPatches={"mode": "security"})
            world.wait()

        living(world, apply, lambda: len(world.signals) == 2)
        self.assertIn('Unattended-Upgrade "1"', world.disk[agent.Patches.PATH])
        self.assertEqual(world.signals[1]["Status"], "SUCCESS")


class Installation(unittest.TestCase):
    def _reason(self, error, **world_of):
        world = GatewayWorld()
        world.apt_error, world.apt_failures = error, 10**6
        for name, value in world_of.items():
            setattr(world, name, value)
        world.wait()
        run(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "FAILURE")
        return world, world.signals[0]["UniqueId"]

    def test_an_archive_that_is_away_for_a_while_is_waited_for(self):
        world = GatewayWorld()
        world.apt_failures = 4
        world.wait()
        run(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")

    def test_one_that_stays_away_is_the_reason_within_the_bound_and_counts_again_when_it_is_back(self):
        world, reason = self._reason(ARCHIVE_DOWN)
        self.assertRegex(reason, r"^install: haproxy: cannot reach the Ubuntu archive #")
        self.assertLess(world.now - START, 900 + 150)
        world.apt_failures = 0
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        self.assertEqual(world.signals[1]["Status"], "SUCCESS")

    def test_reasons_are_told_apart(self):
        for error, reason in (
            ("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 812 (apt-get)", "another apt is at work"),
            ("E: Unable to locate package haproxy", "the archive does not have it"),
            ("Err:1 http://archive.ubuntu.com noble InRelease\n  Temporary failure resolving", "cannot reach the Ubuntu archive"),
            ("E: You don't have enough free space in /var/cache/apt/archives/.", "no space left on the disk"),
            ("E: Something that nobody has seen yet", "Something that nobody has seen yet"),
            ("", "apt failed and did not say why"),
        ):
            self.assertEqual(agent.apt_reason(error), reason)

    def test_an_installation_that_was_cut_off_comes_to_its_end(self):
        world = GatewayWorld()
        world.half_installed = True
        world.wait()
        run(world, lambda: bool(world.signals))
        self.assertIn(["dpkg", "--configure", "-a"], world.commands)
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")

    def test_no_route_is_a_reason_too(self):
        _, reason = self._reason("", route="")
        self.assertTrue(reason.startswith("seed: there is no default route"), reason)

    def test_an_mtu_that_the_kernel_refuses_is_a_reason_too(self):
        _, reason = self._reason("", ip_fails=True)
        self.assertTrue(reason.startswith("seed: the MTU cannot be set: RTNETLINK"), reason)

    def test_aws_that_is_silent_for_a_while_is_lived_through(self):
        world = GatewayWorld()
        world.wait()
        world.denied = {"GetParameters", "PutParameter"}
        run(world, lambda: world.now > START + 120)
        world.denied = set()
        run(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")


class AnotherAgent(unittest.TestCase):
    OLD, NEW = b"old agent", b"new agent"

    def _born(self) -> GatewayWorld:
        world = GatewayWorld()
        world.settings["agent"] = {"bucket": "b", "key": "agent/old", "sha256": agent.digest(self.OLD.decode())}
        world.disk[agent.OWN] = self.OLD.decode()
        world.objects = {"agent/new": self.NEW}
        world.wait()
        self._live(world, lambda: bool(world.signals))
        world.change(agent={"bucket": "b", "key": "agent/new", "sha256": agent.digest(self.NEW.decode())}, backends=["10.0.0.20"])
        world.wait()
        return world

    def _live(self, world, until):
        """Processes after one another, as systemd has them: each is the agent that is on disk."""
        for _ in range(30):
            if run(world, until, agent=agent.digest(world.disk[agent.OWN])):
                return
        self.fail("too many ends")

    def test_takes_over_and_signals_while_haproxy_goes_on(self):
        world = self._born()
        loads = len(world.loads)
        self._live(world, lambda: len(world.signals) == 2)
        self.assertEqual((world.became, world.signals[1]["Status"]), ([self.NEW.decode()], "SUCCESS"))
        self.assertEqual((world.status()["generation"], world.status()["agent"]), ("aaaa0002", agent.digest(self.NEW.decode())))
        self.assertEqual(len(world.loads), loads + 1)  # the other backends alone

    def test_one_that_speaks_against_itself_is_the_reason_and_the_old_one_follows_all_else(self):
        world = self._born()
        world.trials[self.NEW] = "it does not speak protocol 2"
        self._live(world, lambda: len(world.signals) == 2)
        self.assertEqual((world.became, world.signals[1]["Status"]), ([], "FAILURE"))
        self.assertRegex(world.signals[1]["UniqueId"], "^update: new agent: it does not speak protocol 2")
        self.assertEqual(world.running, agent.render(world.settings))
        world.trials.clear()
        world.wait()  # the next apply
        self._live(world, lambda: len(world.signals) == 3)
        self.assertEqual((world.became, world.signals[2]["Status"]), ([self.NEW.decode()], "SUCCESS"))

    def test_one_that_does_not_get_well_hands_back(self):
        world = self._born()

        def hinder(port, what):  # whatever the new one does about the MTU fails
            world.ip_fails = world.disk[agent.OWN] == self.NEW.decode()
            if world.ip_fails:
                world.disk.pop("/sys/class/net/ens5/mtu", None)

        world.fault = hinder
        self._live(world, lambda: len(world.became) == 2 and len(world.signals) == 2)
        self.assertEqual((world.became, world.signals[1]["Status"]), ([self.NEW.decode(), self.OLD.decode()], "FAILURE"))
        self.assertIn("went back", world.status()["reason"])

    def test_the_trial_says_what_it_thinks_of_the_settings(self):
        world = fresh()
        trial = lambda: agent.trial(world.ports(), world.node(), True)  # noqa: E731
        self.assertEqual(trial(), "")
        world.parameters["gateway"] = {**world.settings, "protocol": 3}
        self.assertIn("protocol 3", trial())
        world.parameters["gateway"] = {**world.settings, "backends": ["nobody"]}
        with self.assertRaises(agent.Trouble):
            trial()


class Rendered(unittest.TestCase):
    SETTINGS = {"port": 16443, "backendPort": 16443, "backends": ["10.0.0.16", "10.0.0.17", "10.0.0.18"]}

    def test_names_every_backend_and_gives_idle_watches_an_hour(self):
        text = agent.render(self.SETTINGS)
        for line in ("bind *:16443", "mode tcp", "timeout client 1h", "timeout server 1h", "timeout tunnel 1h"):
            self.assertIn(f"    {line}\n", text)
        self.assertEqual(text.count("    server "), 3)
        self.assertNotIn("stats", text)
        self.assertNotIn(" ssl crt", text)

    @unittest.skipUnless(HAPROXY, "haproxy is not installed: apt-get install haproxy")
    def test_haproxy_itself_takes_it(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "haproxy.cfg")
            path.write_text(agent.render(self.SETTINGS))
            found = subprocess.run([HAPROXY, "-c", "-f", str(path)], capture_output=True, text=True, timeout=20)
            self.assertEqual((found.returncode, "WARNING" in found.stderr), (0, False), found.stderr)


if __name__ == "__main__":
    unittest.main()
