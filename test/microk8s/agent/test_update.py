"""Day two in the simulated world: a living node follows desired, or goes back."""

import hashlib
import unittest

from world import CURRENT, INSTANCE, START, Killed as Gone, World, agent, run

ARGS = CURRENT + "/args/"
RESTARTS = (["snap", "restart", "microk8s.daemon-kubelite"], ["snap", "refresh", "microk8s"], ["snap", "revert", "microk8s"])
OLD, NEW = b"old agent", b"new agent"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def born() -> World:
    """A world with a ready node, whose stack has had its verdict."""
    world = World()
    world.wait()
    assert run(world, lambda: bool(world.signals))
    world.signals.clear()
    world.commands.clear()
    return world


def desire(world: World, generation: str = "b2", **changes) -> None:
    """One apply: desired is written, then the stack of its generation waits."""
    world.parameters["desired"] = {**world.parameters["desired"], "generation": generation, **changes}
    world.wait()


def launch(world: World, **changes) -> dict:
    return {**world.parameters["desired"]["launchConfiguration"], **changes}


def verdict(world: World, seconds: float = 3000.0, **more):
    """Run until the stack has a verdict; (status, text without its number)."""
    assert run(world, lambda: bool(world.signals), seconds=seconds, **more)
    return world.signals[-1]["Status"], world.signals[-1]["UniqueId"].rpartition(" #")[0]


def said(world: World) -> tuple:
    status = world.status()
    return status["state"], status["phase"], status["reason"], status["generation"], status["channel"]


class Arguments(unittest.TestCase):
    def test_are_changed_in_place_and_waited_for(self):
        world = born()
        desire(world, launchConfiguration=launch(world, extraKubeletArgs={"--max-pods": "200", "--v": 2}))
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(world.disk[ARGS + "kubelet"], "--cluster-dns=10.152.183.10\n--max-pods=200\n--v=2\n")
        self.assertEqual([argv for argv in world.commands if argv[:2] == ["snap", "restart"]], [["snap", "restart", "microk8s.daemon-kubelite"]])
        self.assertEqual(said(world), ("ready", "ready", "", "b2", "1.35/stable"))
        self.assertEqual(len(world.births), 1)

    def test_what_is_taken_back_has_the_default_of_the_snap(self):
        world = born()
        desire(world, "b2", launchConfiguration=launch(world, extraKubeAPIServerArgs={"--profiling": False, "--v": 4}))
        verdict(world)
        self.assertIn("--profiling=false\n", world.disk[ARGS + "kube-apiserver"])
        world.signals.clear()
        desire(world, "c3", launchConfiguration=launch(world, extraKubeAPIServerArgs={}))
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(world.disk[ARGS + "kube-apiserver"], "--secure-port=16999\n--profiling=true\n")

    def test_files_come_and_go(self):
        world = born()
        desire(world, "b2", launchConfiguration=launch(world, extraConfigFiles={"audit-policy.yaml": "{}"}))
        verdict(world)
        self.assertEqual(world.disk[ARGS + "audit-policy.yaml"], "{}")
        world.signals.clear()
        desire(world, "c3", launchConfiguration=launch(world, extraConfigFiles={}))
        verdict(world)
        self.assertNotIn(ARGS + "audit-policy.yaml", world.disk)

    def test_nothing_restarts_where_nothing_differs(self):
        world = born()
        desire(world, logs={"group": "/mec/sandbox"})
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertFalse([argv for argv in world.commands if argv[:3] in RESTARTS])
        self.assertEqual(said(world)[3], "b2")

    def test_go_back_where_the_node_does_not_get_ready_and_the_apply_hears_it(self):
        world = born()
        world.bad_flags.add("--no-such-flag")
        before = world.disk[ARGS + "kubelet"]
        desire(world, launchConfiguration=launch(world, extraKubeletArgs={"--no-such-flag": "1"}))
        self.assertEqual(verdict(world), ("FAILURE", "update: the API server does not answer; went back"))
        self.assertEqual(world.disk[ARGS + "kubelet"], before)
        self.assertEqual(said(world), ("failed", "update", "update: the API server does not answer; went back", "a1", "1.35/stable"))
        self.assertTrue(world.api())
        restarts = len(world.commands)
        run(world, lambda: world.now > START + 5000, seed=2)
        self.assertFalse([argv for argv in world.commands[restarts:] if argv[:2] == ["snap", "restart"]], "it is not tried again by itself")
        self.assertEqual(len(world.signals), 1)

    def test_repaired_by_the_next_apply(self):
        world = born()
        world.bad_flags.add("--no-such-flag")
        desire(world, "b2", launchConfiguration=launch(world, extraKubeletArgs={"--no-such-flag": "1"}))
        verdict(world)
        world.signals.clear()
        desire(world, "c3", launchConfiguration=launch(world, extraKubeletArgs={"--max-pods": "50"}))
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(said(world)[:4], ("ready", "ready", "", "c3"))

    def test_the_same_generation_is_tried_again_for_a_new_stack(self):
        world = born()
        world.bad_flags.add("--late")
        desire(world, "b2", launchConfiguration=launch(world, extraKubeletArgs={"--late": "1"}))
        verdict(world)
        world.signals.clear()
        world.bad_flags.clear()
        world.wait()
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertIn("--late=1\n", world.disk[ARGS + "kubelet"])

    def test_an_apply_that_comes_while_the_one_before_is_being_taken_back_gets_its_own_try(self):
        world = born()
        world.bad_flags.add("--late")
        desire(world, "b2", launchConfiguration=launch(world, extraKubeletArgs={"--late": "1"}), readySeconds=60)
        self.assertEqual(verdict(world)[0], "FAILURE")

        def again(port, what):  # while the node is on its way back
            if world.signals and not world.births[1:] and world.stack["number"] == 2:
                world.bad_flags.clear()
                world.wait()

        world.parameters["desired"]["readySeconds"] = 900
        self.assertEqual(world.signals[-1]["stack"], 2)
        world.fault = again
        run(world, lambda: len(world.signals) == 2, seed=2)
        self.assertEqual((world.signals[1]["Status"], world.signals[1]["stack"]), ("SUCCESS", 3))

    def test_a_change_is_tried_once_where_its_stack_is_made_a_moment_later(self):
        world = born()
        world.bad_flags.add("--no-such-flag")
        changed = {**world.parameters["desired"], "generation": "b2", "launchConfiguration": launch(world, extraKubeletArgs={"--no-such-flag": "1"})}
        world.parameters["desired"], world.stack = changed, None
        begun = []

        def later(port, what):
            if not begun and any(argv[:2] == ["snap", "restart"] for argv in world.commands):
                begun.append(world.wait())

        world.fault = later
        self.assertEqual(verdict(world)[0], "FAILURE")
        run(world, lambda: world.now > START + 4000, seed=2)
        restarts = [argv for argv in world.commands if argv[:3] == ["snap", "restart", "microk8s.daemon-kubelite"]]
        self.assertEqual((len(restarts), len(world.signals)), (2, 1), "there and back")

    def test_taken_back_in_the_code_the_node_is_ready_again(self):
        world = born()
        world.bad_flags.add("--no-such-flag")
        old = world.parameters["desired"]["launchConfiguration"]
        desire(world, "b2", launchConfiguration=launch(world, extraKubeletArgs={"--no-such-flag": "1"}))
        verdict(world)
        world.signals.clear()
        desire(world, "a1", launchConfiguration=old)
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(said(world)[:4], ("ready", "ready", "", "a1"))

    def test_no_success_of_a_generation_that_is_not_there_yet(self):
        world = born()
        desire(world, launchConfiguration=launch(world, extraKubeletArgs={"--max-pods": "200"}))
        seen = []

        def look(port, what):
            if world.signals and not seen:
                seen.append(world.disk[ARGS + "kubelet"])

        world.fault = look
        verdict(world)
        self.assertIn("--max-pods=200", seen[0])

    def test_names_of_the_certificate(self):
        world = born()
        desire(world, launchConfiguration=launch(world, extraSANs=["10.0.0.16", "10.0.0.99"]))
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertIn("10.0.0.99", world.names)


class Addons(unittest.TestCase):
    def test_are_on_from_birth(self):
        world = World()
        world.parameters["desired"]["addOns"] = ["cis-hardening", "ingress"]
        world.wait()
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(world.addons, ["cis-hardening", "ingress"])
        self.assertEqual(said(world)[3], "a1")

    def test_come_and_go(self):
        world = born()
        desire(world, "b2", addOns=["ingress"])
        verdict(world)
        self.assertEqual(world.addons, ["ingress"])
        world.signals.clear()
        desire(world, "c3", addOns=[])
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(world.addons, [])

    def test_hardening_survives_a_reboot_and_gives_arguments_back(self):
        world = born()
        extra = {"extraKubeAPIServerArgs": {"--audit-log-maxage": "7"}}
        desire(world, "b2", addOns=["cis-hardening"], launchConfiguration=launch(world, **extra))
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertIn("kernel.panic_on_oops = 1\n", world.disk["/etc/sysctl.d/90-mec-kubelet.conf"])
        world.signals.clear()
        world.takes_along = "--audit-log-maxage"
        desire(world, "c3", addOns=[])
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertIn("--audit-log-maxage=7\n", world.disk[ARGS + "kube-apiserver"])

    def test_one_that_cannot_be_leaves_the_others_as_they_were(self):
        world = born()
        world.refused_addons.add("ingress")
        desire(world, addOns=["metrics-server", "ingress"])
        self.assertEqual(verdict(world), ("FAILURE", "update: cannot enable ingress: Error: it cannot be; went back"[:56].rstrip()))
        self.assertEqual(world.addons, [])


class Channel(unittest.TestCase):
    def test_goes_up_by_one_minor_after_a_backup(self):
        world = born()
        desire(world, channel="1.36/stable")
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        order = [" ".join(argv[:3]) for argv in world.commands if argv[:3] in (["microk8s", "dbctl", "backup"], ["snap", "refresh", "microk8s"])]
        self.assertEqual(order[:2], ["microk8s dbctl backup", "snap refresh microk8s"])
        self.assertEqual(said(world), ("ready", "ready", "", "b2", "1.36/stable"))
        self.assertEqual(len(world.births), 1)

    def test_goes_back_with_its_data_where_the_node_does_not_get_ready(self):
        world = born()
        world.bad_minors.add("1.36")
        desire(world, channel="1.36/stable", launchConfiguration=launch(world, extraKubeletArgs={"--max-pods": "9"}))
        self.assertEqual(verdict(world), ("FAILURE", "update: node is not Ready: KubeletNotReady; went back"))
        self.assertEqual((world.snap["minor"], world.snap["channel"]), ("1.35", "1.35/stable"))
        self.assertNotIn("--max-pods", world.disk[ARGS + "kubelet"])
        self.assertEqual(said(world)[3:], ("a1", "1.35/stable"))

    def test_a_jump_and_a_downgrade_are_refused_untouched(self):
        for channel, text in (("1.37/stable", "update: 1.35 to 1.37 skips a minor version"), ("1.34/stable", "update: 1.35 to 1.34 is a downgrade")):
            with self.subTest(channel):
                world = born()
                desire(world, channel=channel)
                self.assertEqual(verdict(world), ("FAILURE", text))
                self.assertEqual(world.snap["minor"], "1.35")
                self.assertFalse([argv for argv in world.commands if argv[:2] == ["snap", "refresh"] and "--channel" in argv[-1]])

    def test_another_risk_of_the_same_minor(self):
        world = born()
        desire(world, channel="1.35/candidate")
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(world.snap["channel"], "1.35/candidate")

    def test_a_store_that_is_down_is_a_failure_that_changes_nothing(self):
        world = born()
        world.store_down = True
        desire(world, channel="1.36/stable")
        self.assertEqual(verdict(world), ("FAILURE", "update: cannot reach the snap store; went back"))
        self.assertEqual(said(world)[3:], ("a1", "1.35/stable"))


class Silence(unittest.TestCase):
    """What snapd does not say is not known: nothing is concluded from it."""

    def silent(self, world: World, times: int) -> None:
        left = [times]

        def hangs(argv):
            found = left[0] > 0 and argv[:2] == ["snap", "list"]
            left[0] -= 1 if found else 0
            return found

        world.hangs = hangs

    def test_a_failed_change_never_reverts_to_the_data_of_long_ago(self):
        world = born()
        desire(world, "b2", channel="1.36/stable")
        verdict(world)
        world.disk[CURRENT + "/var/kubernetes/backend/today"] = "data"
        for silent in range(1, 8):
            with self.subTest(silent):
                world.signals.clear()
                world.store_down = True
                desire(world, f"c{silent}", channel="1.37/stable")
                self.silent(world, silent)
                self.assertEqual(verdict(world)[0], "FAILURE")
                self.assertEqual((world.snap["minor"], world.snap["channel"]), ("1.36", "1.36/stable"))
                self.assertIn(CURRENT + "/var/kubernetes/backend/today", world.disk)

    def test_a_downgrade_is_refused_all_the_same(self):
        world = born()
        self.silent(world, 1)
        desire(world, channel="1.33/stable")
        self.silent(world, 3)
        self.assertEqual(verdict(world), ("FAILURE", "update: 1.35 to 1.33 is a downgrade"))
        self.assertEqual(world.snap["minor"], "1.35")

    def test_a_refresh_that_outlives_its_agent_is_waited_for_before_it_is_taken_back(self):
        world = born()
        world.slow_refresh = 200.0
        desire(world, "b2", channel="1.36/stable")
        start = world.calls
        self.assertTrue(run(world, lambda: world.snap_refresh is not None))
        self.assertGreater(world.calls, start)
        desire(world, "a1", channel="1.35/stable")
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        run(world, lambda: world.now > START + 3000, seed=2)
        self.assertEqual((world.snap["minor"], world.snap["channel"], said(world)[0]), ("1.35", "1.35/stable", "ready"))

    def test_a_reboot_while_snapd_exchanges_its_folders_is_no_other_cluster(self):
        world = born()
        desire(world, channel="1.36/stable")
        kept = world.disk.pop(CURRENT + "/certs/ca.crt")
        back = world.now + 90

        def link(port, what):
            if world.now > back:
                world.disk.setdefault(CURRENT + "/certs/ca.crt", kept)

        world.fault = link
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual(len(world.births), 1)


class NoRoom(unittest.TestCase):
    def full(self, world: World) -> None:
        def fault(port, what):
            if port == "files" and not what[1].startswith("/run/"):  # which is no disk
                raise OSError(28, "No space left on device")

        world.fault = fault

    def test_a_full_disk_is_a_reason_that_the_apply_hears(self):
        world = born()
        desire(world, launchConfiguration=launch(world, extraKubeletArgs={"--max-pods": "9"}), readySeconds=300)
        self.full(world)
        self.assertEqual(verdict(world)[0], "FAILURE")
        self.assertNotIn("--max-pods", world.disk[ARGS + "kubelet"])

    def test_a_node_goes_on_to_say_that_it_is_ready(self):
        world = born()
        world.wait()
        self.full(world)
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))


class SlowToGetWell(unittest.TestCase):
    def test_the_way_back_restarts_once_and_then_waits(self):
        world = born()
        world.bad_flags.add("--no-such-flag")
        desire(world, launchConfiguration=launch(world, extraKubeletArgs={"--no-such-flag": "1"}), readySeconds=90)
        until = world.now + 1500

        def slow(port, what):
            world.node_ready = world.now > until

        world.fault = slow
        run(world, lambda: world.now > until + 600, seconds=9000)
        self.assertLessEqual(len([argv for argv in world.commands if argv[:3] == ["snap", "restart", "microk8s.daemon-kubelite"]]), 4)
        self.assertNotIn("--no-such-flag", world.disk[ARGS + "kubelet"])


class Killed(unittest.TestCase):
    def changes(self):
        return {
            "arguments": dict(extra={"--max-pods": "200"}),
            "bad arguments": dict(extra={"--no-such-flag": "1"}),
            "channel": dict(channel="1.36/stable", extra={"--max-pods": "200"}),
            "bad channel": dict(channel="1.36/stable", extra={"--max-pods": "200"}, bad=True),
        }

    def test_at_any_call_of_a_change_it_is_what_was_desired_or_what_it_was(self):
        for name, change in self.changes().items():
            length = self._one(change, 0, False)
            for at in range(1, length, 9):
                with self.subTest(name, at=at):
                    self._one(change, at, at % 2 == 0)

    def _one(self, change, at: int, after: bool) -> int:
        world = born()
        world.bad_flags.add("--no-such-flag")
        if change.get("bad"):
            world.bad_minors.add("1.36")
        before, calls = world.disk[ARGS + "kubelet"], world.calls
        more = {"channel": change["channel"]} if "channel" in change else {}
        desire(world, launchConfiguration=launch(world, extraKubeletArgs=change["extra"]), **more)
        world.kill_at, world.kill_after_effect = (calls + at if at else 0), after
        if not run(world, lambda: bool(world.signals), seconds=5000):
            world.kill_at = 0
            self.assertTrue(run(world, lambda: bool(world.signals), seconds=5000, seed=2))
        good = "--no-such-flag" not in change["extra"] and not change.get("bad")
        self.assertEqual(world.signals[-1]["Status"], "SUCCESS" if good else "FAILURE", world.signals)
        self.assertTrue(world.api())
        if good:
            self.assertIn("--max-pods=200\n", world.disk[ARGS + "kubelet"])
            self.assertEqual((said(world)[3], world.snap["channel"]), ("b2", change.get("channel", "1.35/stable")))
        else:
            self.assertEqual(world.disk[ARGS + "kubelet"], before)
            self.assertEqual((said(world)[3], world.snap["channel"], world.snap["minor"]), ("a1", "1.35/stable", "1.35"))
        self.assertEqual(len(world.births), 1)
        return world.calls - calls


class OwnReplacement(unittest.TestCase):
    def born(self) -> World:
        world = World()
        world.disk["/opt/mec/agent.py"] = OLD.decode()
        world.parameters["desired"]["agent"] = {"bucket": "b", "key": "agent/old", "sha256": sha(OLD)}
        world.objects = {"agent/old": OLD, "agent/new": NEW}
        world.wait()
        assert run(world, lambda: bool(world.signals), agent=sha(OLD))
        world.signals.clear()
        return world

    def desire(self, world: World) -> None:
        desire(world, agent={"bucket": "b", "key": "agent/new", "sha256": sha(NEW)})

    def running(self, world: World) -> str:
        return sha(world.disk["/opt/mec/agent.py"].encode())

    def live(self, world: World, until, limit: int = 20, seconds: float = 7200.0) -> None:
        """Run whatever agent is on disk, again and again, as the supervisor does."""
        for seed in range(limit):
            if run(world, until, seed=seed + 1, agent=self.running(world), seconds=seconds):
                return
        raise AssertionError("no end")

    def test_takes_over_and_signals(self):
        world = self.born()
        self.desire(world)
        self.live(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")
        self.assertEqual((world.became, world.status()["agent"], said(world)[3]), ([NEW.decode()], sha(NEW), "b2"))
        self.assertEqual(len(world.births), 1)
        self.assertFalse([argv for argv in world.commands if argv[:2] == ["snap", "restart"] and "kubelite" in argv[-1]])

    def test_one_that_fails_its_trial_never_runs(self):
        world = self.born()
        world.trials[NEW] = "SyntaxError: invalid syntax"
        self.desire(world)
        self.live(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["UniqueId"].rpartition(" #")[0], "update: new agent: SyntaxError: invalid syntax")
        self.assertEqual((world.became, self.running(world), said(world)[0]), ([], sha(OLD), "failed"))

    def test_another_text_than_the_digest_says_never_runs(self):
        world = self.born()
        world.objects["agent/new"] = b"something else"
        world.parameters["desired"]["readySeconds"] = 300
        self.desire(world)
        self.live(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["UniqueId"].rpartition(" #")[0], "update: the new agent is not what its digest says")
        self.assertEqual(world.became, [])

    def test_goes_back_where_the_node_does_not_get_ready_with_it(self):
        world = self.born()
        self.desire(world)
        world.parameters["desired"]["readySeconds"] = 3000

        def sick(port, what):  # as long as the new one runs
            world.node_ready = self.running(world) == sha(OLD)

        world.fault = sick
        self.live(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "FAILURE")
        self.assertRegex(world.signals[0]["UniqueId"], "^update: new agent: .*not Ready")
        self.assertEqual((world.became, self.running(world)), ([NEW.decode(), OLD.decode()], sha(OLD)))
        self.live(world, lambda: world.now > START + 9000, seconds=9000)
        self.assertEqual(len(world.became), 2, "it is not taken again by itself")

    def test_one_that_crashes_in_a_circle_gives_way(self):
        world = self.born()
        self.desire(world)

        def crash(port, what):
            if self.running(world) == sha(NEW) and port == "aws":
                raise RuntimeError("a bug")

        world.fault = crash
        for seed in range(30):
            try:
                if run(world, lambda: bool(world.signals), seed=seed, agent=self.running(world), seconds=3000):
                    break
            except RuntimeError:
                continue
        self.assertEqual((world.signals[0]["Status"], self.running(world)), ("FAILURE", sha(OLD)))

    def test_killed_on_the_way_back_the_old_one_runs_in_the_end(self):
        for at in range(0, 12):
            with self.subTest(at):
                world = self.born()
                self.desire(world)
                world.parameters["desired"]["readySeconds"] = 3000
                armed = []

                def sick(port, what, world=world, armed=armed, at=at):
                    world.node_ready = self.running(world) == sha(OLD)
                    if not armed and "agent goes back" in world.output.getvalue():
                        armed.append(1)
                        world.kill_at = world.calls + at

                world.fault = sick
                self.live(world, lambda: bool(world.signals))
                self.assertEqual((world.signals[0]["Status"], self.running(world)), ("FAILURE", sha(OLD)))

    def test_one_whose_construction_fails_gives_way_too(self):
        world = self.born()
        swap = {"from": sha(OLD), "to": sha(NEW), "ready": True, "starts": 0}
        progress = agent.Progress(world.ports().files, world.ports().clock, INSTANCE)
        progress.set(swap=swap)
        world.disk.update({"/opt/mec/agent.py": NEW.decode(), "/opt/mec/previous.pyz": OLD.decode()})
        ends = []
        for _ in range(agent.STARTS + 2):  # what begins anew each time, and gets no further than this
            ports = world.ports()
            try:
                agent.SelfUpdate(ports, agent.Progress(ports.files, ports.clock, INSTANCE), sha(NEW))
            except Gone:
                ends.append(self.running(world))
                break
        self.assertEqual(ends, [sha(OLD)])

    def test_killed_at_any_call_the_new_one_takes_over(self):
        length = None
        for at in range(0, 400, 7):
            world = self.born()
            calls = world.calls
            self.desire(world)
            world.kill_at, world.kill_after_effect = (calls + at if at else 0), at % 2 == 0
            self.live(world, lambda: bool(world.signals))
            self.assertEqual((world.signals[0]["Status"], self.running(world)), ("SUCCESS", sha(NEW)), at)
            length = length or world.calls - calls
            if at > length:
                break

    def test_a_node_that_does_not_get_ready_takes_a_repaired_agent(self):
        world = World()
        world.disk["/opt/mec/agent.py"] = OLD.decode()
        world.objects = {"agent/old": OLD, "agent/new": NEW}
        world.parameters["desired"]["agent"] = {"bucket": "b", "key": "agent/old", "sha256": sha(OLD)}
        world.store_down = True
        world.wait()
        run(world, lambda: bool(world.signals), agent=sha(OLD))
        world.signals.clear()
        self.desire(world)

        def repaired(port, what):
            world.store_down = self.running(world) == sha(OLD)

        world.fault = repaired
        self.live(world, lambda: bool(world.signals))
        self.assertEqual((world.signals[0]["Status"], self.running(world)), ("SUCCESS", sha(NEW)))

    def test_another_protocol_is_for_another_agent(self):
        world = self.born()
        desire(world, protocol=3, agent={"bucket": "b", "key": "agent/new", "sha256": sha(NEW)})
        self.assertFalse(run(world, lambda: bool(world.signals), agent=sha(OLD)))
        self.assertEqual(world.became, [NEW.decode()])


class SecondBirth(unittest.TestCase):
    def lost(self) -> World:
        world = World()
        world.parameters["cluster"] = {"protocol": 2, "node": "cp-0", "instanceId": "i-0aaa", "caFingerprint": "ff", "bornAt": "x"}
        world.wait()
        return world

    def test_is_refused_within_a_minute_with_what_to_write(self):
        world = self.lost()
        self.assertEqual(verdict(world, seconds=60), ("FAILURE", "birth: born on i-0aaa; see reinitialise"))

    def test_happens_on_the_word_of_the_user_alone(self):
        world = self.lost()
        verdict(world)
        world.signals.clear()
        desire(world, "a1", reinitialise="i-0aaa")
        self.assertEqual(verdict(world), ("SUCCESS", "ready"))
        self.assertEqual([birth["instanceId"] for birth in world.births], [INSTANCE])

    def test_the_word_is_for_one_loss(self):
        world = self.lost()
        world.parameters["desired"]["reinitialise"] = "i-0bbb"
        self.assertEqual(verdict(world)[0], "FAILURE")
        self.assertEqual(world.births, [])

    def test_used_up_by_the_birth(self):
        world = self.lost()
        world.parameters["desired"]["reinitialise"] = "i-0aaa"
        verdict(world)
        world.signals.clear()
        world.disk.clear()
        world.installed = False
        world.wait()
        self.assertEqual(verdict(world), ("FAILURE", "birth: born here with another CA; replace this node"))
        self.assertEqual(len(world.births), 1)


if __name__ == "__main__":
    unittest.main()
