"""What is kept right beside the cluster: certificates, the guard of instance metadata, patches, Session Manager."""

import io
import random
import shutil
import tempfile
import unittest

from world import CURRENT, START, World, agent, digest, ready, run

DAY = 86400
REFRESH = ["microk8s", "refresh-certs", "--cert"]


def grown(days: float) -> World:
    """A world with a ready node, and ``days`` later."""
    world = World()
    run(world, ready(world))
    world.now += days * DAY
    world.refreshes.clear()
    world.commands.clear()
    world.times.clear()
    world.puts.clear()
    return world


def watch(node, until) -> None:
    """Let a ready node watch until something holds; what it throws is thrown."""

    class Done(Exception):
        pass

    pause = node._pause

    def stop(seconds: float) -> None:
        if until():
            raise Done()
        pause(seconds)

    node._pause = stop
    try:
        node.watch()
    except Done:
        node._pause = pause


class Renewal(unittest.TestCase):
    def test_nothing_is_renewed_more_than_sixty_days_before_it_expires(self):
        world = grown(304)
        keeper = agent.Agent(world.ports(2), world.node())
        keeper.bring_up()
        began = world.now
        watch(keeper, lambda: world.now > began + 0.9 * DAY)
        self.assertEqual(world.refreshes, [])

    def test_both_are_renewed_before_the_node_waits_for_its_api(self):
        world = grown(306)
        run(world, lambda: world.status()["state"] == "ready" and world.status()["serverFingerprint"] != digest("server"), seed=2)
        self.assertEqual(world.refreshes, ["server.crt", "front-proxy-client.crt"])
        self.assertEqual(world.status()["serverFingerprint"], digest("server.crt 1"))
        self.assertTrue(min(world.ends.values()) > world.now + 364 * DAY)

    def test_one_that_expired_while_the_machine_was_stopped_is_renewed_before_the_api_can_answer(self):
        world = grown(400)
        self.assertFalse(world.api())
        self.assertTrue(run(world, lambda: "credential" in world.puts and ready(world)(), seed=2))
        names = [argv[:3] for argv in world.commands]
        self.assertLess(names.index(REFRESH), names.index(["microk8s", "kubectl", "get"]))
        self.assertTrue(world.api())

    def test_one_that_expired_in_the_midst_of_a_change_does_not_keep_it_from_its_end(self):
        world = grown(400)
        generation = str(world.parameters["desired"]["generation"])
        change = {"generation": generation, "tracking": "1.35/stable", "revision": str(world.snap["revision"]), "texts": {}, "addOns": [], "tries": 3}
        kept = agent.json.loads(world.disk[agent.Progress.PATH])
        world.disk[agent.Progress.PATH] = agent.compact({**kept, "change": {**change, "refreshed": True}})
        run(world, lambda: world.status()["reason"] != "", seed=2)
        self.assertEqual(world.status()["reason"], "update: it did not come to an end; went back")
        self.assertEqual(world.refreshes, ["server.crt", "front-proxy-client.crt"])

    def test_one_that_is_absent_or_damaged_is_renewed(self):
        for harm in (lambda world: world.disk.pop(CURRENT + "/certs/server.crt"), lambda world: world.ends.update({"server.crt": 0.0})):
            world = grown(1)
            harm(world)
            run(world, lambda: world.refreshes != [], seed=2)
            self.assertEqual(world.refreshes, ["server.crt"])

    def test_a_ready_node_looks_once_a_day_and_stays_ready(self):
        world, states = grown(304.99), []
        keeper = agent.Agent(world.ports(2), world.node())
        keeper.bring_up()
        began = world.now
        world.fault = lambda port, what: states.append(world.status()["state"])
        watch(keeper, lambda: world.now > began + 1.05 * DAY)
        self.assertEqual(set(states), {"ready"})
        self.assertEqual(world.refreshes, ["server.crt", "front-proxy-client.crt"])
        self.assertEqual(world.status()["serverFingerprint"], digest("server.crt 1"))

    def test_the_credential_is_tried_again_with_the_new_certificate(self):
        world, tried = grown(1), []
        world.fault = lambda port, what: tried.append(world.now) if (port, what) == ("network", "api") else None
        node = agent.Agent(world.ports(2), world.node())
        node.bring_up()
        began = world.now
        watch(node, lambda: world.now > began + 3600)
        self.assertEqual(len(tried), 1, "one that works is not tried at each look")
        world.ends["server.crt"] = world.now + 59 * DAY
        watch(node, lambda: world.refreshes != [] and world.now > began + 1.1 * DAY)
        self.assertEqual(len(tried), 2)

    def test_nodes_that_begin_together_look_at_different_times(self):
        looks = []
        for seed in range(6):
            world = grown(1)
            keeper = agent.Agent(world.ports(seed), world.node())
            keeper.bring_up()
            looks.append(keeper._keepers._certificates._next - world.now + START)
        self.assertGreater(max(looks) - min(looks), DAY / 4)
        self.assertLess(max(looks), DAY)

    def test_what_a_kill_cut_short_is_done_again(self):
        for after in (False, True):
            world = grown(306)
            world.kill_after_effect = after

            def kill(port, what):
                if what == ("refresh-certs", "server.crt"):
                    world.kill_at = world.calls

            world.fault = kill
            self.assertFalse(run(world, lambda: False, seed=2))
            self.assertNotIn(CURRENT + "/certs/server.crt", world.disk)
            world.fault, world.kill_at = (lambda port, what: None), 0
            self.assertTrue(run(world, lambda: len(world.refreshes) >= 3 and ready(world)(), seed=3))
            self.assertEqual(world.refreshes, ["server.crt", "server.crt", "front-proxy-client.crt"])

    def test_services_that_a_kill_left_with_the_old_certificate_are_restarted(self):
        world = grown(1)
        world.disk[agent.Progress.PATH] = world.disk[agent.Progress.PATH].replace("{", '{"renewing":"server",', 1)
        run(world, lambda: world.refreshes != [] and ready(world)(), seed=2)
        self.assertEqual(world.refreshes, ["server.crt"])
        run(world, lambda: world.now > START + DAY + 1200, seed=3)
        self.assertEqual(world.refreshes, ["server.crt"], "once")


@unittest.skipUnless(shutil.which("openssl"), "needs openssl")
class RealCertificates(unittest.TestCase):
    def test_how_long_one_lasts(self):
        with tempfile.TemporaryDirectory() as folder:
            ports = agent.Ports(agent.Clock(), agent.Log(agent.Clock(), io.StringIO()), agent.Files(folder), None, None, None, random.Random(1))
            ports.shell = agent.Shell(ports.log)
            certificates = agent.Certificates(ports, agent.Progress(ports.files, ports.clock, "i-1"), None, lambda: None)
            self.assertEqual(certificates._left("server"), 0.0)
            ports.files.write(CURRENT + "/certs/server.crt", "half a certificate")
            self.assertEqual(certificates._left("server"), 0.0)
            path = ports.files.path(CURRENT + "/certs/server.crt")
            made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 50 -subj /CN=x -keyout".split()
            self.assertEqual(ports.shell.run(["openssl", *made, folder + "/key", "-out", path], 30).code, 0)
            self.assertAlmostEqual(certificates._left("server"), 50 * DAY, delta=120)

    def test_without_openssl_nobody_knows_and_nothing_is_renewed(self):
        world = grown(1)
        keeper = agent.Certificates(world.ports(), agent.Progress(world.ports().files, world.ports().clock, "i-1"), None, lambda: None)
        keeper._shell = type("NoShell", (), {"run": lambda self, argv, timeout: agent.Result(127)})()
        self.assertEqual(keeper._left("server"), float("inf"))


class FailedRenewal(unittest.TestCase):
    FAILED = agent.Result(20, "Creating new certificates\nFailed to produce new certificates. Reverting.\n")

    def test_is_tried_again_rarely_and_never_makes_a_ready_node_unready(self):
        world, states = grown(320), []
        world.refreshing = lambda name: self.FAILED
        run(world, ready(world), seed=2)
        world.refreshes.clear()
        world.times.clear()
        world.commands.clear()
        began = world.now
        keeper = agent.Agent(world.ports(3), world.node())
        keeper.bring_up()
        world.fault = lambda port, what: states.append((world.status()["state"], world.status()["reason"]))
        watch(keeper, lambda: world.now > began + DAY)
        self.assertEqual(set(states), {("ready", "")})
        tries = [at for argv, at in zip(world.commands, world.times) if argv[:3] == REFRESH]
        self.assertGreater(len(tries), 2)
        self.assertLess(len(tries), 30)
        self.assertIn('"certificate is not renewed", "certificate": "server", "days": 44, "error": "server.crt cannot be renewed: Failed to produce', world.output.getvalue())

    def test_a_command_that_says_well_and_changes_nothing_is_a_failure(self):
        world = grown(320)
        world.refreshing = lambda name: agent.Result(0, "This MicroK8s deployment is acting as a node in a cluster.\n")
        run(world, lambda: ready(world)() and len(world.refreshes) == 1, seed=2)
        self.assertIn("server.crt cannot be renewed: nothing changed", world.output.getvalue())

    def test_is_the_reason_of_a_ready_node_in_the_last_week(self):
        world = grown(359)
        world.refreshing = lambda name: self.FAILED
        run(world, lambda: world.status()["reason"] != "" and ready(world)(), seed=2)
        day = agent.iso(world.ends["front-proxy-client.crt"])[:10]
        self.assertRegex(world.status()["reason"], f"^expires on {day}: (server|front-proxy-client).crt cannot be renewed: Failed to produce new")
        world.refreshing = lambda name: None
        run(world, lambda: ready(world)() and world.status()["reason"] == "", seed=3)
        self.assertEqual(world.status()["serverFingerprint"], digest(f"server.crt {len(world.refreshes) - 1}"))

    def test_of_one_that_has_expired_is_the_reason_why_a_node_does_not_start(self):
        world = grown(400)
        world.refreshing = lambda name: self.FAILED
        run(world, lambda: world.status()["reason"] != "", seed=2)
        self.assertRegex(world.status()["reason"], r"^start: expired: server\.crt cannot be renewed: Failed to produce")
        world.refreshing = lambda name: None
        self.assertTrue(run(world, ready(world), seed=3))


class Guard(unittest.TestCase):
    def test_the_rule_is_there_before_microk8s_is(self):
        world, installs = World(), []
        world.fault = lambda port, what: installs.append(world.guarded) if what[:2] == ("snap", "install") else None
        run(world, ready(world))
        self.assertEqual(installs, [True])
        self.assertEqual(len([argv for argv in world.commands if argv[0] == "iptables" and "-I" in argv]), 1)

    def test_it_is_there_at_once_after_a_reboot_although_aws_does_not_answer(self):
        world = grown(1)
        world.guarded = False
        world.denied.add("GetParameters")
        run(world, lambda: world.guarded, seconds=5, seed=2)

    def test_it_is_put_back_within_minutes(self):
        world = grown(0)
        node = agent.Agent(world.ports(3), world.node())
        node.bring_up()
        world.guarded, began = False, world.now
        watch(node, lambda: world.guarded)
        self.assertLess(world.now - began, 331)
        self.assertEqual(world.status()["state"], "ready")

    def test_a_node_is_not_ready_without_it(self):
        for codes in ({"-C": 4}, {"-I": 4}, {"-C": 127}):
            world = World()
            world.guard_codes = dict(codes)
            run(world, lambda: world.now > START + 120)
            self.assertEqual(world.status()["reason"], "configure: pods reach instance metadata: iptables: Resource temporarily unavailable.")
            self.assertFalse([argv for argv in world.commands if argv[:2] == ["snap", "install"]])
            world.guard_codes.clear()
            self.assertTrue(run(world, ready(world), seed=2))

    def test_a_ready_node_is_unready_only_when_it_is_missing_for_good(self):
        world = grown(0)
        keeper = agent.Agent(world.ports(3), world.node())
        keeper.bring_up()
        world.guard_codes, count = {"-C": 4}, len(world.commands)
        with self.assertRaises(agent.Trouble):
            keeper.watch()
        tries = [at for argv, at in zip(world.commands[count:], world.times[count:]) if argv[0] == "iptables"]
        self.assertEqual(len(tries), 3)
        self.assertLess(tries[-1] - tries[0], 20)
        world.guard_codes = {}
        self.assertTrue(run(world, ready(world), seed=4))


class Patches(unittest.TestCase):
    def _text(self, wanted):
        world = World()
        world.parameters["desired"]["osPatches"] = wanted
        run(world, ready(world))
        return world.disk.get(agent.Patches.PATH)

    def test_security_without_and_with_a_time_to_reboot(self):
        text = self._text({"mode": "security"})
        self.assertIn('APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\nUnattended-Upgrade::Automatic-Reboot "false";\n', text)
        self.assertNotIn("Reboot-Time", text)
        text = self._text({"mode": "security", "rebootAt": "03:30"})
        self.assertIn('Unattended-Upgrade::Automatic-Reboot "true";\nUnattended-Upgrade::Automatic-Reboot-Time "03:30";\n', text)

    def test_none_turns_off_what_the_image_does(self):
        text = self._text({"mode": "none", "rebootAt": "03:30"})
        self.assertIn('APT::Periodic::Unattended-Upgrade "0";\nUnattended-Upgrade::Automatic-Reboot "false";\n', text)
        self.assertNotIn("03:30", text)

    def test_an_absent_wish_leaves_no_file(self):
        self.assertIsNone(self._text(None))

    def test_nonsense_is_a_reason_and_writes_nothing(self):
        for wanted, reason in (
            ({"mode": "all"}, "configure: osPatches: no such mode"),
            ({"mode": "security", "rebootAt": '3:30";\nX "'}, "configure: osPatches: rebootAt is no time of day"),
            ({"mode": "security", "rebootAt": "24:00"}, "configure: osPatches: rebootAt is no time of day"),
        ):
            world = World()
            world.parameters["desired"]["osPatches"] = wanted
            run(world, lambda: world.now > START + 60)
            self.assertEqual(world.status()["reason"], reason)
            self.assertNotIn(agent.Patches.PATH, world.disk)

    def test_a_ready_node_follows_desired_and_undoes_changes(self):
        world = grown(0)
        world.parameters["desired"]["osPatches"] = {"mode": "none"}
        run(world, ready(world), seed=2)
        began = world.now

        def change(port, what):
            if world.now > began + 30 and world.parameters["desired"]["osPatches"] == {"mode": "none"}:
                world.parameters["desired"]["osPatches"] = {"mode": "security"}

        world.fault = change
        run(world, lambda: 'Upgrade "1"' in world.disk.get(agent.Patches.PATH, "") and ready(world)(), seed=3)
        self.assertLess(world.now - began, 60)
        world.fault = lambda port, what: None
        world.disk[agent.Patches.PATH] = "// other\n"
        run(world, lambda: 'Upgrade "1"' in world.disk.get(agent.Patches.PATH, ""), seed=4)
        del world.parameters["desired"]["osPatches"]
        run(world, lambda: agent.Patches.PATH not in world.disk, seed=5)

    def test_nonsense_leaves_a_ready_node_ready(self):
        world = grown(0)
        keeper = agent.Agent(world.ports(2), world.node())
        keeper.bring_up()
        keeper._keepers.watch({**world.parameters["desired"], "osPatches": {"mode": "all"}})
        self.assertIn('"patches stay as they are", "error": "osPatches: no such mode"', world.output.getvalue())
        self.assertEqual(world.status()["state"], "ready")


class Session(unittest.TestCase):
    INSTALL = ["snap", "install", "amazon-ssm-agent", "--classic"]

    def test_is_installed_after_microk8s_is_ready_where_it_is_missing(self):
        world = World()
        world.session = False
        run(world, lambda: world.session)
        self.assertTrue(ready(world)())
        self.assertEqual(world.commands[-1], self.INSTALL)

    def test_is_left_alone_where_it_is_there(self):
        world = World()
        run(world, lambda: world.now > START + 1800)
        self.assertNotIn(self.INSTALL, world.commands)
        self.assertEqual(world.commands.count(["snap", "list", "amazon-ssm-agent"]), 1)

    def test_never_fails_a_node_and_is_tried_slowly(self):
        world = grown(0)
        world.session, world.store_down = False, True
        run(world, lambda: world.now > START + 3600, seed=2)
        self.assertEqual((world.status()["state"], world.status()["reason"]), ("ready", ""))
        tries = [at for argv, at in zip(world.commands, world.times) if argv == self.INSTALL]
        self.assertGreater(len(tries), 2)
        self.assertGreaterEqual(min(b - a for a, b in zip(tries, tries[1:])), 300)
        self.assertIn('"no Session Manager", "error": "cannot reach the snap store"', world.output.getvalue())


class Logs(unittest.TestCase):
    def test_go_where_desired_says_also_when_that_changes_and_when_a_node_is_refused(self):
        world = World()
        world.parameters["desired"]["logs"] = {"group": "/mec/sandbox"}
        world.parameters["cluster"] = {"protocol": 2, "instanceId": "i-0aaa", "caFingerprint": "ff", "bornAt": "x"}
        run(world, lambda: world.status().get("state") == "failed")
        self.assertEqual(world.groups, ["/mec/sandbox"])
        world.parameters["cluster"] = {"protocol": 2, "placeholder": True}
        run(world, ready(world), seed=2)
        del world.parameters["desired"]["logs"]
        run(world, lambda: len(world.groups) > 1, seed=3)
        self.assertEqual(world.groups, ["/mec/sandbox", None])


class AtRest(unittest.TestCase):
    def test_a_day_of_a_ready_node_costs_few_calls_and_commands(self):
        world = grown(0)
        world.parameters["desired"].update(logs={"group": "/mec/sandbox"}, osPatches={"mode": "security"})
        run(world, ready(world), seed=2)
        calls, began = {}, world.now
        world.reads.clear()
        world.commands.clear()

        def count(port, what):
            if port == "aws":
                name = what if isinstance(what, str) else what[0]
                calls[name] = calls.get(name, 0) + 1

        world.fault = count
        run(world, lambda: world.now > began + DAY, seconds=2 * DAY, seed=3)
        self.assertGreaterEqual(min(b - a for a, b in zip(world.reads, world.reads[1:])), 10.0)
        self.assertEqual(set(calls), {"GetParameters", "DescribeStacks", "PutParameter"})
        self.assertLess(calls["GetParameters"], DAY / 10)
        self.assertEqual(calls["GetParameters"], len(world.reads))
        self.assertLess(calls["PutParameter"], 15)
        programs = {}
        for argv in world.commands:
            programs[argv[0]] = programs.get(argv[0], 0) + 1
        self.assertLess(programs["iptables"], DAY / 300 + 10)
        self.assertLess(programs["openssl"], 10)
        self.assertLess(programs["snap"], 20)
        self.assertLess(programs["microk8s"], 2 * DAY / 60 + 100)


if __name__ == "__main__":
    unittest.main()
