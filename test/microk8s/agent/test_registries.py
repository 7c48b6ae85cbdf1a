"""Registries: credentials are read, written for containerd alone, rotated, and never told."""

import base64
import json
import unittest

from world import CURRENT, START, World, agent, ready, run

NAME, PASSWORD = "/team/registry", "TOPSECRETPASSWORD"
MIRROR = '[host."https://m.example.com"]\ncapabilities = ["pull", "resolve"]\n'
PRIVATE = '[header]\nAuthorization = ["Basic @credential@"]\n'


def basic(password=PASSWORD, username="edge"):
    return base64.b64encode(f"{username}:{password}".encode()).decode()


def hosts(registry):
    return f"{CURRENT}/args/certs.d/{registry}/hosts.toml"


def secret(**value):
    return {"Type": "SecureString", "Value": json.dumps(value)}


def world_with_registries():
    world = World()
    desired = world.parameters["desired"]
    desired["launchConfiguration"]["containerdRegistryConfigs"] = {"docker.io": MIRROR, "r.example.com:5000": PRIVATE}
    desired["registryCredentials"] = {"r.example.com:5000": NAME}
    world.secrets[NAME] = secret(username="edge", password=PASSWORD)
    return world


def after(world, seconds):
    """The agent has watched for that long."""
    until = world.now + seconds
    run(world, lambda: world.now > until, seed=2)


class Configured(unittest.TestCase):
    def test_the_launch_configuration_has_the_header_and_is_for_root_alone(self):
        world = world_with_registries()
        run(world, lambda: world.installing is not None)
        launch = json.loads(world.disk["/etc/microk8s.yaml"])
        self.assertEqual(launch["containerdRegistryConfigs"]["docker.io"], MIRROR)
        self.assertEqual(launch["containerdRegistryConfigs"]["r.example.com:5000"], f'[header]\nAuthorization = ["Basic {basic()}"]\n')
        self.assertEqual(launch["extraSANs"], ["10.0.0.16"])
        self.assertEqual(world.modes["/etc/microk8s.yaml"], 0o600)

    def test_each_registry_has_its_own_credentials_in_all_its_places(self):
        world = world_with_registries()
        desired = world.parameters["desired"]
        desired["launchConfiguration"]["containerdRegistryConfigs"]["docker.io"] = PRIVATE + PRIVATE
        desired["registryCredentials"]["docker.io"] = "/team/mirror"
        world.secrets["/team/mirror"] = secret(username="ä b", password='"\\:€')
        run(world, ready(world))
        text = world.disk[hosts("docker.io")]
        self.assertEqual(text.count(f"Basic {basic(chr(34) + chr(92) + ':€', 'ä b')}"), 2)
        self.assertIn(basic(), world.disk[hosts("r.example.com:5000")])

    def test_without_registries_nothing_is_read_or_written(self):
        world = World()
        run(world, ready(world))
        after(world, 1000)
        self.assertEqual(world.secret_reads, [])
        self.assertFalse([path for path in world.disk if "certs.d" in path])
        self.assertNotIn("containerdRegistryConfigs", world.disk["/etc/microk8s.yaml"])
        self.assertNotIn("registries", json.loads(world.disk[agent.Progress.PATH]))

    def test_mirrors_alone_ask_for_no_parameter(self):
        world = world_with_registries()
        del world.parameters["desired"]["registryCredentials"]
        run(world, ready(world))
        after(world, 1000)
        self.assertEqual(world.secret_reads, [])
        self.assertEqual(world.disk[hosts("docker.io")], MIRROR)

    def test_killed_before_or_after_any_call_it_still_gets_there(self):
        whole = world_with_registries()
        configured = lambda world: lambda: basic() in world.disk.get(hosts("r.example.com:5000"), "") and ready(world)()  # noqa: E731
        run(whole, configured(whole))
        for number in range(1, whole.calls + 1, 3):
            with self.subTest(call=number):
                world = world_with_registries()
                world.kill_at, world.kill_after_effect = number, bool(number % 2)
                if not run(world, configured(world)):
                    world.now += 2
                    self.assertTrue(run(world, configured(world), seed=2))


class Refused(unittest.TestCase):
    WRONG = {
        "text": "TOPSECRETPASSWORD", "list": "[]", "null": "null", "user alone": '{"username": "TOPSECRETPASSWORD"}',
        "number": '{"username": "TOPSECRETPASSWORD", "password": 1}', "empty": '{"username": "TOPSECRETPASSWORD", "password": ""}',
        "colon": '{"username": "TOP:SECRETPASSWORD", "password": "x"}', "control": '{"username": "a", "password": "TOPSECRETPASSWORD\\n"}',
        "too deep": "[" * 2000,
        "surrogate": '{"username": "a", "password": "TOPSECRETPASSWORD\\ud800"}',
    }  # fmt: skip

    def _cured(self, world, reason, cure):
        world.wait()
        run(world, lambda: world.status().get("reason") == reason)
        self.assertEqual((world.status()["phase"], world.status()["state"]), ("configure", "working"))
        self.assertFalse([argv for argv in world.commands if argv[:2] == ["snap", "install"]])
        cure(world)
        self.assertTrue(run(world, lambda: bool(world.signals), seed=2))
        self.assertEqual(world.signals[0]["Status"], "SUCCESS")
        self.assertIn(basic(), world.disk[hosts("r.example.com:5000")])
        self.assertNotIn("SECRETPASSWORD", world.output.getvalue())

    def _give(self, world):
        world.secrets[NAME] = secret(username="edge", password=PASSWORD)

    def test_a_missing_parameter_is_named_and_taken_when_it_appears(self):
        world = world_with_registries()
        del world.secrets[NAME]
        self._cured(world, "configure: missing parameter /team/registry", self._give)

    def test_a_forbidden_parameter(self):
        world = world_with_registries()
        world.forbidden.add(NAME)
        self._cured(world, "configure: may not read parameter /team/registry", lambda world: world.forbidden.clear())

    def test_a_malformed_parameter_is_never_quoted(self):
        for name, value in self.WRONG.items():
            with self.subTest(name):
                world = world_with_registries()
                world.secrets[NAME] = {"Type": "SecureString", "Value": value}
                self._cured(world, 'configure: malformed parameter /team/registry: no JSON with "username" and "password"', self._give)

    def test_a_parameter_in_the_clear(self):
        world = world_with_registries()
        world.secrets[NAME]["Type"] = "String"
        self._cured(world, "configure: unencrypted parameter /team/registry: no SecureString", self._give)

    def test_another_error_of_aws_is_said(self):
        world = world_with_registries()

        def invalid(port, what):
            if port == "aws" and what == ("GetParameters", "") and not healed and world.status().get("phase") == "configure":
                raise agent.AwsError("InvalidKeyId", "GetParameters", "key is disabled")

        healed = []
        world.fault = invalid
        reason = "configure: cannot read parameter /team/registry: InvalidKeyId"
        self._cured(world, reason, lambda world: healed.append(1))

    def test_the_verdict_names_the_parameter(self):
        world = world_with_registries()
        del world.secrets[NAME]
        world.wait()
        run(world, lambda: bool(world.signals))
        self.assertEqual(world.signals[0]["Status"], "FAILURE")
        self.assertRegex(world.signals[0]["UniqueId"], r"^configure: missing parameter /team/registry #")
        self._give(world)
        world.wait()
        run(world, lambda: len(world.signals) == 2, seed=2)
        self.assertEqual(world.signals[1]["Status"], "SUCCESS")


class Watched(unittest.TestCase):
    def setUp(self):
        self.world = world_with_registries()
        run(self.world, ready(self.world))

    def test_reads_are_five_minutes_apart(self):
        self.world.secret_reads.clear()
        after(self.world, 3600)
        # The first is of the phase configure, which a restarted agent goes through.
        gaps = [b - a for a, b in zip(self.world.secret_reads[1:], self.world.secret_reads[2:])]
        self.assertGreaterEqual(min(gaps), 300.0)
        self.assertGreaterEqual(len(gaps), 9)

    def test_a_changed_value_reaches_containerd_without_a_restart(self):
        self.world.secrets[NAME] = secret(username="edge", password="NEWSECRETPASSWORD")
        rotated = lambda: basic("NEWSECRETPASSWORD") in self.world.disk[hosts("r.example.com:5000")]  # noqa: E731
        run(self.world, lambda: self.world.now > START + 300)
        self.world.commands.clear()
        self.assertTrue(run(self.world, rotated, seconds=360, seed=3))
        self.assertEqual(self.world.modes[hosts("r.example.com:5000")], 0o600)
        self.assertFalse([argv for argv in self.world.commands if argv[:2] == ["snap", "restart"]])
        self.assertEqual(self.world.disk[hosts("docker.io")], MIRROR)
        self.assertNotIn("SECRETPASSWORD", self.world.output.getvalue())

    def test_what_microk8s_wrote_over_it_is_set_right(self):
        after(self.world, 30)
        self.world.disk[hosts("r.example.com:5000")] = "old"
        self.assertTrue(run(self.world, lambda: basic() in self.world.disk[hosts("r.example.com:5000")], seconds=400, seed=3))

    def test_a_parameter_that_is_gone_leaves_all_as_it_is_and_the_node_ready(self):
        del self.world.secrets[NAME]
        after(self.world, 1000)  # with the restart of the agent in it
        self.assertEqual(self.world.status()["state"], "ready")
        self.assertIn(basic(), self.world.disk[hosts("r.example.com:5000")])
        self.assertIn("missing parameter /team/registry", self.world.output.getvalue())

    def test_registries_come_and_go(self):
        after(self.world, 30)
        self.world.disk[hosts("localhost:32000")] = "microk8s' own"
        texts = self.world.parameters["desired"]["launchConfiguration"]["containerdRegistryConfigs"]
        texts["ghcr.io"] = texts.pop("docker.io")
        done = lambda: self.world.disk.get(hosts("ghcr.io")) == MIRROR and hosts("docker.io") not in self.world.disk  # noqa: E731
        self.assertTrue(run(self.world, done, seconds=400, seed=3))
        del self.world.parameters["desired"]["launchConfiguration"]["containerdRegistryConfigs"]
        del self.world.parameters["desired"]["registryCredentials"]
        gone = lambda: not any(path.startswith(CURRENT + "/args/certs.d") and "localhost" not in path for path in self.world.disk)  # noqa: E731
        self.assertTrue(run(self.world, gone, seconds=400, seed=4))
        after(self.world, 400)
        self.assertEqual(self.world.disk[hosts("localhost:32000")], "microk8s' own")

    def test_a_disk_that_cannot_be_written_is_no_reason_to_start_over(self):
        def full(port, what):
            if port == "files" and "certs.d" in str(what):
                raise OSError(28, PASSWORD)

        self.world.fault = full
        self.world.secrets[NAME] = secret(username="edge", password="NEWSECRETPASSWORD")
        after(self.world, 400)
        self.assertEqual(self.world.status()["state"], "ready")
        self.assertIn("OSError 28", self.world.output.getvalue())
        self.assertNotIn("SECRETPASSWORD", self.world.output.getvalue())


if __name__ == "__main__":
    unittest.main()
