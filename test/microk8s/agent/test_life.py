"""The whole life of the first node: from nothing to ready, killed anywhere, refused, judged, repaired."""

import unittest

from world import ADDRESS, INSTANCE, START, SECRET_KEY, World, agent, digest, pem, ready, run


class FromNothing(unittest.TestCase):
    def test_reaches_ready_through_all_phases_in_order(self):
        world, seen = World(), []
        world.fault = lambda port, what: seen.append(world.status().get("phase")) if seen[-1:] != [world.status().get("phase")] else None
        world.wait()
        self.assertTrue(run(world, lambda: bool(world.signals)))
        self.assertEqual(tuple(phase for phase in seen if phase), (*agent.BIRTH, "ready"))
        self.assertEqual(world.status()["phase"], "ready")
        self.assertEqual([name for name in world.puts if "nodes" not in name], ["cluster", "credential"])
        self.assertEqual(len([name for name in world.puts if "nodes" in name]), len(agent.BIRTH) + 1)
        self.assertTrue(world.dns)
        self.assertIn(f"Address: {ADDRESS}:19001", world.disk[agent.BACKEND + "/info.yaml"])
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")

    def test_its_own_overhead_is_below_five_seconds(self):
        world = World()
        run(world, ready(world))
        waited_for_microk8s = 3 + 2 + 1 + 2 + 2  # API and node after the installation, dqlite, API and node after its restart
        status = world.status()
        self.assertLess(status["seconds"] - status["commandSeconds"], 5 + waited_for_microk8s)
        self.assertGreater(status["commandSeconds"], 30)

    def test_records_have_the_shape_of_the_protocol(self):
        world = World()
        run(world, ready(world))
        status, cluster, credential = world.status(), world.parameters["cluster"], world.parameters["credential"]
        self.assertEqual(
            list(status), ["protocol", "instanceId", "phase", "state", "reason", "at", "seconds", "commandSeconds", "agent", "generation", "channel", "keyId", "serverFingerprint",
                           "address", "hostname", "member", "wants", "refused", "tried", "tries"]  # fmt: skip
        )
        self.assertEqual((status["protocol"], status["reason"], status["serverFingerprint"]), (2, "", digest("server")))
        self.assertEqual(list(cluster), ["protocol", "node", "instanceId", "caFingerprint", "bornAt"])
        self.assertEqual((cluster["node"], cluster["instanceId"]), ("cp-0", INSTANCE))
        self.assertEqual(cluster["caFingerprint"], digest(f"ca-{INSTANCE}"))
        self.assertEqual(list(credential), ["protocol", "ca", "certificate", "key", "caFingerprint", "notAfter"])
        self.assertEqual((credential["ca"], credential["key"]), (pem(f"ca-{INSTANCE}"), SECRET_KEY))
        self.assertAlmostEqual(agent.from_iso(credential["notAfter"]), START + 365 * 86400, delta=600)
        self.assertLess(len(agent.compact(credential)), 4096)
        self.assertRegex(cluster["bornAt"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_configures_before_it_installs(self):
        world = World()
        run(world, lambda: any(argv[:2] == ["snap", "install"] for argv in world.commands))
        self.assertEqual(agent.json.loads(world.disk["/etc/microk8s.yaml"])["extraSANs"], [ADDRESS])

    def test_leaves_no_secret_on_disk_or_in_logs_or_arguments(self):
        world = World()
        run(world, ready(world))
        text = world.output.getvalue() + repr(world.commands) + repr({n: t for n, t in world.disk.items()})
        self.assertNotIn("TOPSECRETKEY", text)
        self.assertFalse([name for name in world.disk if name.startswith(agent.SECRETS)])
        self.assertIn("status", world.output.getvalue())

    def test_reads_of_parameters_keep_their_distance(self):
        world = World()
        run(world, lambda: world.now > START + 600)
        gaps = [b - a for a, b in zip(world.reads, world.reads[1:])]
        self.assertGreaterEqual(min(gaps), 10.0)
        self.assertLess(sorted(gaps)[len(gaps) // 2], 20.0)
        self.assertGreater(len({round(gap, 3) for gap in gaps}), 5)


class Killed(unittest.TestCase):
    def _all_calls(self):
        world = World()
        world.wait()
        run(world, lambda: bool(world.signals))
        return world.calls

    def test_killed_before_or_after_any_call_it_still_gets_ready(self):
        total = self._all_calls()
        self.assertGreater(total, 40)
        for after in (False, True):
            for number in range(1, total + 1):
                with self.subTest(call=number, after=after):
                    world = World()
                    world.wait()
                    world.kill_at, world.kill_after_effect = number, after
                    signalled = lambda: ready(world)() and bool(world.signals)  # noqa: E731
                    if not run(world, signalled):
                        world.now += 2
                        self.assertTrue(run(world, signalled, seed=2))
                    self._sound(world)

    def test_killed_again_and_again(self):
        for seed in range(1, 40):
            world, kills = World(), 0
            world.wait()
            world.kill_after_effect = bool(seed % 2)
            step = seed
            while True:
                world.kill_at = world.calls + step
                if run(world, lambda: ready(world)() and bool(world.signals), seconds=20000, seed=seed):
                    break
                world.now += 2
                step, kills = step + 1, kills + 1
                self.assertLess(kills, 200)
            self._sound(world)

    def _sound(self, world):
        self.assertEqual({birth["caFingerprint"] for birth in world.births}, {digest(f"ca-{INSTANCE}")})
        self.assertLess(world.puts.index("cluster"), world.puts.index("credential"))
        self.assertEqual(world.signals[-1]["Status"], "SUCCESS")
        self.assertFalse([name for name in world.disk if name.startswith(agent.SECRETS)])
        self.assertNotIn("TOPSECRETKEY", world.output.getvalue())
        credential = world.parameters["credential"]
        self.assertIn((credential["ca"], credential["certificate"], credential["key"]), world.trusted)

    def test_seconds_count_from_the_first_start_of_this_instance(self):
        world = World()
        world.kill_at = 30
        self.assertFalse(run(world, ready(world)))
        world.now += 100
        run(world, ready(world))
        self.assertAlmostEqual(world.status()["seconds"], world.now - START, delta=1.0)
        self.assertGreater(world.status()["seconds"], 130)

    def test_a_killed_predecessor_leaves_no_secret_behind(self):
        world = World()
        world.disk[agent.SECRETS + "/key.pem"] = SECRET_KEY
        agent.Agent(world.ports(), world.node())
        self.assertNotIn(agent.SECRETS + "/key.pem", world.disk)

    def test_progress_of_another_instance_does_not_count(self):
        world = World()
        world.disk[agent.Progress.PATH] = agent.compact({"instanceId": "i-other", "startedAt": 1.0, "commandSeconds": 9.0, "born": "x"})
        run(world, ready(world))
        self.assertLess(world.status()["seconds"], 200)


class Resumed(unittest.TestCase):
    def test_an_installation_that_snapd_goes_on_with_is_waited_for(self):
        for early in (False, True):
            world = World()
            world.listed_early = early

            def kill(port, what):
                if what == "install goes on":
                    world.kill_at = world.calls

            world.fault = kill
            self.assertFalse(run(world, ready(world)))
            self.assertIsNotNone(world.installing)
            world.fault, world.kill_at = (lambda port, what: None), 0
            world.now += 2
            world.commands.clear()
            self.assertTrue(run(world, ready(world), seed=2))
            names = [" ".join(argv) for argv in world.commands]
            self.assertLess(names.index("snap watch --last=install-snap?"), names.index("snap refresh --hold=forever microk8s"))
            self.assertEqual(len([name for name in names if name.startswith("snap install")]), 0 if early else 1)

    def test_a_ready_node_is_touched_no_more(self):
        world = World()
        run(world, ready(world))
        world.commands.clear()
        born, credential = dict(world.parameters["cluster"]), dict(world.parameters["credential"])
        world.parameters["nodes/cp-0"] = {"protocol": 2, "placeholder": True}
        run(world, ready(world), seed=2)
        self.assertFalse([argv for argv in world.commands if (argv[0] == "openssl" and "-enddate" not in argv) or argv[:2] in (["snap", "install"], ["snap", "restart"])])
        self.assertEqual((world.parameters["cluster"], world.parameters["credential"]), (born, credential))

    def test_the_address_of_a_datastore_with_members_is_never_changed(self):
        world = World()
        run(world, lambda: any(argv[:3] == ["microk8s", "kubectl", "get"] for argv in world.commands))
        info = "- Address: 10.0.0.16:19001\n  ID: 1\n  Role: 0\n- Address: 10.0.0.17:19001\n  ID: 2\n  Role: 0\n"
        world.disk[agent.BACKEND + "/cluster.yaml"] = info
        run(world, lambda: world.status()["reason"] != "", seed=2)
        self.assertEqual(world.status()["reason"], "bind: dqlite has members: its address stays")
        self.assertNotIn(["snap", "restart", "microk8s.daemon-k8s-dqlite"], world.commands)


class Birth(unittest.TestCase):
    def _refused(self, world, reason, **node):
        run(world, lambda: world.status().get("state") == "failed", **node)
        self.assertEqual(world.status()["reason"], reason)
        run(world, lambda: world.now > START + 300, **node)
        self.assertEqual(world.births, [])
        self.assertFalse([argv for argv in world.commands if argv[:2] == ["snap", "install"]])
        self.assertNotIn("credential", world.puts)

    def test_refuses_a_cluster_born_elsewhere_and_keeps_looking(self):
        world = World()
        born = {"protocol": 2, "node": "cp-0", "instanceId": "i-0aaa", "caFingerprint": "ff", "bornAt": "2026-01-01T00:00:00Z"}
        world.parameters["cluster"] = born
        self._refused(world, "birth: born on i-0aaa; see reinitialise")
        self.assertGreater(len(world.reads), 10)
        self.assertLess(len(world.puts), 4, "the status is not written again and again")
        world.parameters["cluster"] = {"protocol": 2, "placeholder": True}
        self.assertTrue(run(world, ready(world)))

    def test_refuses_when_another_control_plane_address_answers(self):
        for port in (16443, 25000):
            world = World()
            world.parameters["desired"]["nodes"].append({"name": "cp-1", "role": "control-plane", "privateIp": "10.0.0.17"})
            world.answering.add(("10.0.0.17", port))
            world.parameters["nodes/cp-1"] = {"protocol": 2, "instanceId": "i-0bbb", "phase": "ready", "member": "ff", "wants": ""}
            world.parameters["cluster"] = {"protocol": 2, "instanceId": "i-0ccc", "caFingerprint": "ee", "bornAt": "x"}
            world.parameters["desired"]["reinitialise"] = "i-0ccc"
            self._refused(world, f"birth: 10.0.0.17 answers on {port}; it is alive")

    def test_refuses_its_own_birth_with_another_ca(self):
        world = World()
        world.parameters["cluster"] = {"protocol": 2, "node": "cp-0", "instanceId": INSTANCE, "caFingerprint": "ff", "bornAt": "x"}
        self._refused(world, "birth: born here with another CA; replace this node")

    def test_never_initialises_when_the_record_cannot_be_read(self):
        world = World()
        del world.parameters["cluster"]
        run(world, lambda: world.now > START + 300)
        self.assertFalse([argv for argv in world.commands if argv[:2] == ["snap", "install"]])
        self.assertEqual(world.status()["reason"], "seed: the parameter cluster cannot be read")

    def test_a_node_that_is_not_desired_says_so(self):
        world = World()
        world.parameters["desired"]["nodes"].insert(0, {"name": "cp-9", "role": "control-plane", "privateIp": "10.0.0.9"})
        world.parameters["desired"]["nodes"].pop()
        self._refused(world, "leave: not among the desired nodes")

    def test_born_elsewhere_while_it_worked_is_seen_before_it_publishes(self):
        world = World()

        def stolen(port, what):
            if world.dns:
                world.parameters["cluster"] = {"protocol": 2, "instanceId": "i-0bbb", "caFingerprint": "ff", "bornAt": "x"}

        world.fault = stolen
        run(world, lambda: world.status().get("state") == "failed")
        self.assertEqual(world.births, [])
        self.assertNotIn("credential", world.puts)


class Verdicts(unittest.TestCase):
    def test_failure_after_ready_seconds_counted_from_the_stack_then_success_on_a_later_one(self):
        world = World()
        world.store_down = True
        world.wait(age=400)
        run(world, lambda: bool(world.signals))
        first = world.signals[0]
        self.assertEqual(first["Status"], "FAILURE")
        self.assertAlmostEqual(first["at"], START + 500, delta=20)
        self.assertRegex(first["UniqueId"], r"^install: cannot reach the snap store #[0-9a-f]{6}$")
        run(world, lambda: world.now > first["at"] + 1000, seed=3)
        self.assertEqual(len(world.signals), 1, "one verdict for one stack")
        self.assertEqual(world.status()["reason"], "install: cannot reach the snap store")
        world.store_down = False
        world.wait()
        began = world.now
        run(world, lambda: len(world.signals) == 2, seed=4)
        self.assertEqual((world.signals[1]["Status"], world.signals[1]["stack"]), ("SUCCESS", 2))
        self.assertLess(world.now - began, 200)
        self.assertNotEqual(world.signals[1]["UniqueId"], first["UniqueId"])

    def test_state_is_failed_after_the_verdict_and_it_goes_on_slowly(self):
        world = World()
        world.store_down = True
        world.parameters["desired"]["readySeconds"] = 60
        world.wait()
        run(world, lambda: world.now > START + 3000)
        self.assertEqual((world.status()["state"], len(world.signals)), ("failed", 1))
        tries = [at for argv, at in zip(world.commands, world.times) if argv[:2] == ["snap", "install"] and at > START + 100]
        self.assertGreater(len(tries), 50)
        self.assertGreaterEqual(min(b - a for a, b in zip(tries, tries[1:])), 30.0)
        self.assertLess(len(world.puts), 50)

    def test_one_verdict_even_while_the_stack_still_seems_to_wait(self):
        world = World()
        world.slow_stack, world.store_down = True, True
        world.parameters["desired"]["readySeconds"] = 60
        world.wait()
        run(world, lambda: world.now > START + 300)
        world.store_down = False
        run(world, ready(world), seed=2)
        run(world, lambda: world.now > START + 900, seed=3)
        self.assertEqual([s["Status"] for s in world.signals], ["FAILURE"])

    def test_unique_ids_are_short_and_unique(self):
        world = World()
        world.parameters["cluster"] = {"protocol": 2, "instanceId": "i-0fedcba9876543210", "caFingerprint": "ff", "bornAt": "x"}
        world.parameters["desired"]["readySeconds"] = 30
        world.wait()

        def again(port, what):
            if world.stack["status"] != "CREATE_IN_PROGRESS":
                world.wait()

        world.fault = again
        run(world, lambda: len(world.signals) == 4)
        ids = [s["UniqueId"] for s in world.signals]
        self.assertEqual(len(set(ids)), 4)
        for text in ids:
            self.assertLessEqual(len(text), 64)
            self.assertTrue(text.startswith("birth: born on i-0fedcba9876543210; see reinitialise"), text)

    def test_a_stack_that_is_seen_late_gets_a_try_first(self):
        world = World()
        world.store_down = True
        world.wait(age=5000)
        run(world, lambda: bool(world.signals))
        self.assertGreaterEqual(world.signals[0]["at"], START + 30)
        self.assertLess(world.signals[0]["at"], START + 60)

    def test_no_success_in_the_midst_of_readiness_while_the_api_is_silent(self):
        world = World()

        def ill(port, what):
            if world.now > START + 200 and world.stack is None:
                world.api_from = float("inf")
                world.wait()
            if world.now > START + 700:
                world.api_from = min(world.api_from, world.now)

        world.fault = ill
        run(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")
        self.assertGreater(world.signals[0]["at"], START + 700)

    def test_one_process_fails_repairs_and_succeeds(self):
        world, began = World(), []
        world.store_down = True
        world.parameters["desired"]["readySeconds"] = 60

        def repair(port, what):
            if world.now > START + 600 and not began:
                world.store_down = False
                world.wait()
                began.append(world.now)

        world.fault = repair
        world.wait()
        run(world, lambda: len(world.signals) == 2)
        self.assertEqual([s["Status"] for s in world.signals], ["FAILURE", "SUCCESS"])
        self.assertLess(world.now - began[0], 150)
        seen = min(at for at in world.looks if at >= began[0])
        tried = min(at for argv, at in zip(world.commands, world.times) if argv[:2] == ["snap", "list"] and at >= seen)
        self.assertLess(tried - seen, 2.0, "a new stack wakes a node that has failed")

    def test_looks_five_seconds_apart_and_sixty_after_a_verdict(self):
        world = World()
        run(world, lambda: world.now > START + 300)
        self.assertGreaterEqual(min(b - a for a, b in zip(world.looks, world.looks[1:])), 5.0)
        self.assertGreater(len(world.looks), 30)
        world.wait()
        run(world, lambda: bool(world.signals), seed=2)
        world.looks.clear()
        began = world.now
        run(world, lambda: world.now > began + 600, seed=3)
        self.assertGreaterEqual(min(b - a for a, b in zip(world.looks[1:], world.looks[2:])), 60.0)

    def test_a_clock_that_is_set_back_delays_nothing(self):
        world = World()

        def correct(port, what):
            world.skew = 0.0 if world.now > START + 20 else 7200.0

        world.fault = correct
        world.wait()
        self.assertTrue(run(world, lambda: bool(world.signals)))
        self.assertLess(world.now - START, 200)

    def test_a_ready_node_signals_a_stack_that_begins_to_wait_later(self):
        world = World()
        run(world, ready(world))

        def later(port, what):
            if world.stack is None and world.now > START + 400:
                world.wait()

        world.fault = later
        run(world, lambda: bool(world.signals), seed=2)
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")
        self.assertLess(world.signals[0]["at"] - world.stack["created"], 10)

    def test_no_success_while_the_node_is_not_well(self):
        world = World()
        run(world, ready(world))
        world.api_from = float("inf")

        def heal(port, what):
            if world.now > START + 900:
                world.api_from = min(world.api_from, world.now)

        world.fault = heal
        world.wait()
        run(world, lambda: bool(world.signals), seed=2)
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")
        self.assertGreater(world.signals[0]["at"], START + 900)


class Repair(unittest.TestCase):
    def test_snap_store_down_for_the_first_tries(self):
        world = World()
        world.store_failures = 4
        self.assertTrue(run(world, ready(world)))
        self.assertEqual(len([argv for argv in world.commands if argv[:2] == ["snap", "install"]]), 5)

    def test_publishes_again_when_placeholders_come_back(self):
        world = World()
        run(world, ready(world))
        credential = world.parameters["credential"]["certificate"]

        def wipe(port, what):
            if world.now > START + 300 and not wiped:
                wiped.append(1)
                for name in ("cluster", "credential", "nodes/cp-0"):
                    world.parameters[name] = {"protocol": 2, "placeholder": True, "ca": "", "certificate": "", "key": ""}

        wiped = []
        world.fault = wipe
        whole = lambda: bool(wiped) and not any(agent.placeholder(record) for record in world.parameters.values())  # noqa: E731
        run(world, whole, seed=2)
        self.assertEqual(len({birth["caFingerprint"] for birth in world.births}), 1)
        self.assertNotEqual(world.parameters["credential"]["certificate"], credential)
        self.assertEqual(world.status()["state"], "ready")

    def test_renews_a_credential_sixty_days_before_it_expires(self):
        world = World()
        run(world, ready(world))
        first = world.parameters["credential"]["certificate"]
        world.now += 304 * 86400
        began = world.now
        run(world, lambda: world.now > began + 120, seed=2)
        self.assertEqual(world.parameters["credential"]["certificate"], first)
        world.now += 86400 * 1.1
        run(world, lambda: world.parameters["credential"]["certificate"] != first, seed=3)

    def test_replaces_a_credential_that_the_api_does_not_accept(self):
        for harm in ({"key": "-----other-----"}, {"caFingerprint": "ff"}, {"notAfter": "never"}, {"certificate": None}):
            with self.subTest(harm=harm):
                world = World()
                run(world, ready(world))
                world.parameters["credential"].update(harm)
                before = world.minted
                run(world, lambda: ready(world)() and world.minted > before and "credential" in world.puts[-2:], seed=2)
                credential = world.parameters["credential"]
                self.assertIn((credential["ca"], credential["certificate"], credential["key"]), world.trusted)

    def test_publishes_nothing_the_api_does_not_answer_with(self):
        world = World()
        world.api_status = 403
        run(world, lambda: world.now > START + 600)
        self.assertNotIn("credential", world.puts)
        self.assertEqual(world.status()["reason"], "credential: the API does not accept the new certificate")

    def test_denied_is_kept_as_the_reason(self):
        world, denied = World(), []

        def deny(port, what):
            if what == ("PutParameter", "/mec/sandbox/cluster"):
                denied.append(1)
                raise agent.AwsError("AccessDeniedException", "PutParameter")

        world.fault = deny
        run(world, lambda: len(denied) > 2 and world.status()["reason"] != "")
        self.assertEqual(world.status()["reason"], "birth: PutParameter: AccessDeniedException")
        self.assertNotIn("credential", world.puts)

    def test_a_lost_status_is_written_later(self):
        world, lost = World(), []

        def lose(port, what):
            if what == ("PutParameter", "/mec/sandbox/nodes/cp-0") and START + 20 < world.now < START + 150:
                lost.append(1)
                raise agent.AwsError("ThrottlingException", "PutParameter")

        world.fault = lose
        self.assertTrue(run(world, ready(world)))
        self.assertTrue(lost)

    def test_a_node_that_is_not_ready_is_not_called_ready(self):
        world = World()
        world.node_ready = False
        run(world, lambda: world.status().get("reason", "") != "")
        self.assertEqual(world.status()["reason"], "start: node is not Ready: KubeletNotReady")
        self.assertEqual(world.births, [])
        world.node_ready = True
        self.assertTrue(run(world, ready(world), seed=2))

    def test_unexpected_errors_are_survived_and_not_quoted(self):
        world, raised = World(), []

        def odd(port, what):
            if what == ("microk8s", "enable", "dns") and len(raised) < 3:
                raised.append(1)
                raise RuntimeError("TOPSECRETKEY")

        world.fault = odd
        self.assertTrue(run(world, ready(world)))
        self.assertEqual(len(raised), 3)
        self.assertNotIn("TOPSECRETKEY", world.output.getvalue())


if __name__ == "__main__":
    unittest.main()
