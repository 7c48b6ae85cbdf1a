"""add-node and join: tokens, what is refused and how, what a join replaces, and what it leaves when it fails."""

import json
import time
import unittest

from support import wait  # first: it puts the emulator on the path
from cluster import ClusterCase, data

from machines import add_node, launchconfig, pki

TOKEN = "0" * 32


class ConnectionString(unittest.TestCase):
    def test_parts(self) -> None:
        self.assertEqual(add_node.split(f"10.0.0.16:25000/{TOKEN}"), ("10.0.0.16", 25000, TOKEN, ""))
        self.assertEqual(add_node.split(f"10.0.0.16:25000/{TOKEN}/0123456789ab")[3], "0123456789ab")

    def test_what_is_refused(self) -> None:
        for text, wrong in (
            ("10.0.0.16:25000", "Expected format"), (f"10.0.0.16/{TOKEN}", "Expected format"), (f"host:25000/{TOKEN}", "master IP"),
            (f"10.0.0.16:x/{TOKEN}", "not a number"), (f"10.0.0.16:0/{TOKEN}", "not in range"), ("10.0.0.16:1/short", "at least 32"),
            (f"10.0.0.16:25000/{TOKEN}/0123", "at least 12"),
        ):
            with self.assertRaisesRegex(ValueError, wrong):
                add_node.split(text)


class Refused(ClusterCase):
    """What fails changes nothing but the lock that it leaves: one park serves all."""

    def test_tokens_and_refusals(self) -> None:
        cluster = self.make(2)
        host, other = cluster.machines
        file, lock = data(host) / "credentials/cluster-tokens.txt", data(other) / "var/lock/join-in-progress"
        fingerprint = pki.fingerprint(data(host) / "certs/server.crt")

        with self.subTest("formats of add-node"):
            token = cluster.token(host)
            self.assertRegex(token, r"^[0-9a-f]{32}$")
            line = file.read_text().splitlines()[-1]
            self.assertEqual(line.split("|")[0], token)
            self.assertAlmostEqual(int(line.split("|")[1]), time.time() + 600, delta=30)
            short = cluster.cli(host, "add-node", "--format=short", "--token", "a" * 32).stdout
            self.assertEqual(short, f"microk8s join 10.0.0.16:25000/{'a' * 32}/{fingerprint[:12]}\n")
            shown = json.loads(cluster.cli(host, "add-node", "--format", "json").stdout)
            self.assertEqual(shown["urls"], [f"10.0.0.16:25000/{shown['token']}"])
            self.assertEqual(cluster.cli(host, "add-node", "--token", "short").returncode, 1)
            self.assertEqual(cluster.cli(host, "add-node", "--format", "xml").returncode, 2)

        with self.subTest("a fingerprint of another node"):
            done = cluster.join(other, host, check="0" * 12)
            self.assertEqual(done.returncode, 4)
            self.assertIn("Could not verify the identity of 10.0.0.16", done.stdout)
            self.assertTrue(lock.exists(), "what fails leaves the lock")
        with self.subTest("a token that the node does not know, whatever others do"):
            foreign = cluster.token(other)
            done = cluster.join(other, host, token=foreign)
            self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (6, "Connection failed. Invalid token (500)."))
        with self.subTest("a token that has expired"):
            expired = cluster.token(host, ttl=0)
            time.sleep(2)  # both ends round to seconds
            self.assertEqual(cluster.join(other, host, token=expired).returncode, 6)
        with self.subTest("a token without expiry serves once, even for a join that is refused"):
            once = cluster.token(host, ttl=-1)
            self.assertIn("(503)", cluster.join(host, host, token=once).stdout)
            self.assertIn("Invalid token", cluster.join(host, host, token=once).stdout)
        with self.subTest("the node itself"):
            done = cluster.join(host, host)
            self.assertEqual(done.returncode, 6)
            self.assertIn("has the same IP (10.0.0.16) as the node we contact (503)", done.stdout)
        with self.subTest("a connection string of no use"):
            self.assertEqual(cluster.cli(other, "join", "10.0.0.16:25000/short").returncode, 1)
        with self.subTest("nobody at the address"):
            done = cluster.cli(other, "join", f"10.0.0.99:25000/{TOKEN}")
            self.assertEqual((done.returncode, done.stderr.splitlines()[-1]), (1, "TimeoutError: [Errno 110] Connection timed out"))
        with self.subTest("a cluster-agent that is down"):
            cluster.park.run(host, "snap", "stop", "microk8s.daemon-cluster-agent")
            done = cluster.join(other, host)
            self.assertEqual(done.returncode, 1)
            self.assertIn("ConnectionRefusedError: [Errno 111]", done.stderr)
            cluster.park.run(host, "snap", "start", "microk8s.daemon-cluster-agent")
        self.assertEqual(list(cluster.nodes(other)), ["ip-10-0-0-17"], "nothing has joined")

        with self.subTest("no token needs no fingerprint"):
            self.assertEqual(cluster.join(other, host, check="").returncode, 0)


class Joined(ClusterCase):
    def test_what_a_join_changes(self) -> None:
        cluster = self.make(2)
        host, other = cluster.machines
        launchconfig.update_arguments(data(host) / "args/kubelet", {"--node-ip": "10.0.0.16", "--max-pods": "77"})
        launchconfig.update_arguments(data(other) / "args/kubelet", {"--max-pods": "11"})
        old = {name: (data(other) / "certs" / name).read_bytes() for name in ("ca.crt", "server.crt")}
        self.assertIn("127.0.0.1:19001", (data(host) / "var/kubernetes/backend/info.yaml").read_text())
        done = cluster.join(other, host)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "Successfully joined the cluster."))
        self.assertIn("10.0.0.16:19001", (data(host) / "var/kubernetes/backend/info.yaml").read_text(), "the first join rebinds")
        for name in ("certs/ca.crt", "certs/ca.key", "certs/serviceaccount.key", "var/kubernetes/backend/cluster.key"):
            self.assertEqual((data(other) / name).read_bytes(), (data(host) / name).read_bytes(), name)
        self.assertNotEqual((data(other) / "certs/server.crt").read_bytes(), old["server.crt"], "signed by the new CA")
        self.assertEqual((data(other) / "certs/ca.crt.backup").read_bytes(), old["ca.crt"])
        self.assertEqual(launchconfig.argument(data(other) / "args/kubelet", "--max-pods"), "77", "the contacted node's arguments")
        self.assertEqual(launchconfig.argument(data(other) / "args/kubelet", "--node-ip"), "10.0.0.17", "but its own address")
        self.assertTrue((data(other) / "var/kubernetes/backend.backup/info.yaml").exists())
        for machine in cluster.machines:
            self.assertTrue((data(machine) / "var/lock/no-cert-reissue").exists())
        self.assertFalse((data(other) / "var/lock/join-in-progress").exists())
        wait(lambda: cluster.nodes(other) == {"ip-10-0-0-16": "True", "ip-10-0-0-17": "True"}, "both Nodes, seen by the joiner")
        self.assertEqual(cluster.members(other), {"10.0.0.16": "voter", "10.0.0.17": "spare"}, "below three: one voter")
        again = cluster.cli(other, "kubectl", "label", "node", "ip-10-0-0-16", "a=b")
        self.assertEqual((again.returncode, again.stdout), (0, "node/ip-10-0-0-16 labeled\n"), again.stderr)
        self.assertIn('"a": "b"', cluster.cli(host, "kubectl", "get", "node", "ip-10-0-0-16", "-o", "json").stdout)

    def test_a_join_that_lies_fails_or_is_killed(self) -> None:
        cluster = self.make(2, lyingJoin=1, failJoin=1, joinSeconds=4.0)
        host, other = cluster.machines
        lock = data(other) / "var/lock/join-in-progress"
        self.assertEqual(cluster.join(other, host).returncode, 6, "failJoin")
        self.assertTrue(lock.exists())
        lie = cluster.join(other, host)
        self.assertEqual((lie.returncode, lie.stdout.splitlines()[-1]), (0, "Successfully joined the cluster."))
        self.assertEqual(list(cluster.nodes(host)), ["ip-10-0-0-16"])
        killed = cluster.park.run(
            other, "timeout", "2", str(other.root / "snap/bin/microk8s"), "join", f"10.0.0.16:25000/{cluster.token(host)}",
        )
        self.assertEqual(killed.returncode, 124)
        wait(lock.exists, "a join that is killed leaves its lock")
        time.sleep(2.5)
        self.assertFalse(cluster.is_serving(other), "and services that nobody starts again")
        self.assertEqual(list(cluster.members(host)), ["10.0.0.16"])

    def test_without_dqlite_behind_the_voters_it_says_success_all_the_same(self) -> None:
        cluster = self.make(2, joined=1, joinWaitSeconds=0.3)
        host, other = cluster.machines
        token = cluster.token(host)
        (data(host) / "var/kubernetes/backend/update.yaml").write_text("Address: 10.0.0.16:19001\n")
        cluster.park.run(host, "snap", "restart", "microk8s.daemon-k8s-dqlite")
        wait(lambda: cluster.is_serving(host), "bound before")
        cluster.park.run(host, "snap", "stop", "microk8s.daemon-k8s-dqlite")
        done = cluster.join(other, host, token=token)
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "Successfully joined the cluster."))
        self.assertFalse(cluster.is_serving(other))
        cluster.park.run(host, "snap", "start", "microk8s.daemon-k8s-dqlite")
        wait(lambda: "10.0.0.17" in cluster.members(host), "it goes on trying, and is added once a leader answers")


if __name__ == "__main__":
    unittest.main()
