"""A cluster of simulated machines: one set of objects, quorum, nodes that come and go, and what openssl sees of them."""

import json
import unittest

from support import wait  # first: it puts the emulator on the path
from cluster import ClusterCase, data

LEASE = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "mec-coordinator", "namespace": "kube-system"}}


class Three(ClusterCase):
    """Three members of one cluster; the walk takes one park through a member's and a majority's loss."""

    def test_quorum_reboot_and_a_replaced_machine(self) -> None:
        cluster = self.make(3, joined=3)
        first, second, third = cluster.machines
        park = cluster.park

        with self.subTest("every member serves the same objects, by its own API server and certificate"):
            (first.root / "tmp/lease.json").write_text(json.dumps({**LEASE, "spec": {"holderIdentity": "cp-0"}}))
            done = cluster.cli(first, "kubectl", "create", "-f", "/tmp/lease.json")
            self.assertEqual((done.returncode, done.stdout), (0, "lease.coordination.k8s.io/mec-coordinator created\n"), done.stderr)
            get = ("kubectl", "get", "lease", "mec-coordinator", "-n", "kube-system", "-o", "json")
            lease = json.loads(cluster.cli(third, *get).stdout)
            self.assertEqual(lease["spec"]["holderIdentity"], "cp-0")
            self.assertEqual(len({machine.microk8s.api_port for machine in cluster.machines}), 3)
            self.assertEqual(len({(data(machine) / "certs/server.crt").read_bytes() for machine in cluster.machines}), 3)

        with self.subTest("of two who replace the same version, the second has a conflict"):
            for machine, holder in ((second, "cp-1"), (third, "cp-2")):
                (machine.root / "tmp/lease.json").write_text(json.dumps({**lease, "spec": {"holderIdentity": holder}}))
            self.assertEqual(cluster.cli(second, "kubectl", "replace", "-f", "/tmp/lease.json").returncode, 0)
            lost = cluster.cli(third, "kubectl", "replace", "-f", "/tmp/lease.json")
            self.assertEqual(lost.returncode, 1)
            self.assertIn("Error from server (Conflict): error when replacing", lost.stderr)
            self.assertIn("the object has been modified", lost.stderr)
            self.assertEqual(json.loads(cluster.cli(first, *get).stdout)["spec"]["holderIdentity"], "cp-1")
            twice = cluster.cli(first, "kubectl", "create", "-f", "/tmp/lease.json")
            self.assertIn("Error from server (AlreadyExists): error when creating", twice.stderr)
            gone = cluster.cli(first, "kubectl", "get", "lease", "nobody", "-n", "kube-system", "-o", "json")
            self.assertIn('(NotFound): leases.coordination.k8s.io "nobody" not found', gone.stderr)

        def asks(address: str, port: int) -> "tuple[int, str]":
            done = park.run(first, "openssl", "s_client", "-connect", f"{address}:{port}")
            return done.returncode, done.stdout.partition("\n")[0]

        with self.subTest("ports of a machine that lives"):
            for port in (25000, 16443, 19001):
                self.assertEqual(asks("10.0.0.18", port), (0, "CONNECTED(00000003)"), port)
            self.assertEqual(asks("10.0.0.18", 22000), (1, ""))

        with self.subTest("one of three loses power: the others go on, its Node is not Ready, and it comes back with all"):
            park.park.stop("i-2")
            self.assertEqual(asks("10.0.0.18", 25000), (1, ""))
            self.assertTrue(cluster.is_serving(first) and cluster.is_serving(second))
            wait(lambda: cluster.nodes(first)["ip-10-0-0-18"] == "Unknown", "the silent kubelet is noticed")
            self.assertEqual(cluster.nodes(first)["ip-10-0-0-17"], "True")
            self.assertEqual(cluster.cli(first, "kubectl", "create", "namespace", "meanwhile").returncode, 0)
            park.park.start("i-2")
            wait(lambda: cluster.is_serving(third) and cluster.nodes(third)["ip-10-0-0-18"] == "True", "back")
            self.assertEqual(cluster.cli(third, "kubectl", "get", "namespace", "meanwhile").returncode, 0)

        with self.subTest("two of three lose power: no quorum, and what was known is there afterwards"):
            park.park.stop("i-1")
            park.park.stop("i-2")
            ready = cluster.cli(first, "kubectl", "get", "--raw", "/readyz")
            self.assertEqual(ready.returncode, 1)
            self.assertIn("etcd failed", ready.stderr)
            status = cluster.cli(first, "status", "--format", "yaml")
            self.assertEqual(status.returncode, 1)
            self.assertIn("  enabled: True\n  nodes:\n  message: microk8s is not running.", status.stdout)
            failed = cluster.cli(first, "remove-node", "10.0.0.17", "--force")
            self.assertEqual(failed.returncode, 1)
            park.park.reboot("i-0")
            wait(lambda: park.row("i-0")["state"] == "running", "rebooted")
            park.park.start("i-1")
            wait(lambda: cluster.is_serving(first) and cluster.is_serving(second), "a majority again")
            self.assertEqual(cluster.cli(second, "kubectl", "get", "namespace", "meanwhile").returncode, 0)

        with self.subTest("a terminated machine is a ghost in dqlite and in Kubernetes, and keeps its address from a new one"):
            park.park.terminate("i-2")
            self.assertEqual(cluster.members(first)["10.0.0.18"], "voter")
            fresh = cluster.boot(2, "-new")
            park.install(fresh)
            known = cluster.join(fresh, first)
            self.assertEqual(known.returncode, 6)
            self.assertIn("the joining node (10.0.0.18) is already known to dqlite (500)", known.stdout)
            self.assertEqual(cluster.cli(first, "remove-node", "10.0.0.18").returncode, 1, "without --force")
            self.assertEqual(cluster.cli(first, "remove-node", "10.0.0.18", "--force").returncode, 0)
            self.assertEqual(sorted(cluster.nodes(first)), ["ip-10-0-0-16", "ip-10-0-0-17"])
            backend = data(first) / "var/kubernetes/backend/cluster.yaml"
            wait(lambda: "10.0.0.18" not in backend.read_text(), "cluster.yaml is refreshed")
            self.assertEqual(cluster.join(fresh, first).returncode, 0)
            wait(lambda: cluster.nodes(first).get("ip-10-0-0-18") == "True", "the replacement is Ready")
            wait(lambda: list(cluster.members(first).values()) == ["voter"] * 3, "three voters again")


class Gone(ClusterCase):
    def test_purge_leave_and_remove(self) -> None:
        cluster = self.make(3, joined=3)
        first, second, third = cluster.machines
        park = cluster.park

        with self.subTest("a purge leaves ghosts; an address that Kubernetes does not know is removed with exit code 1"):
            done = park.run(third, "snap", "remove", "--purge", "microk8s")
            self.assertEqual((done.returncode, done.stdout), (0, "microk8s removed\n"))
            self.assertEqual(park.run(third, "snap", "watch", "--last=remove-snap?").returncode, 0)
            self.assertIn("10.0.0.18", cluster.members(first))
            self.assertEqual(cluster.cli(first, "kubectl", "delete", "node", "ip-10-0-0-18").returncode, 0)
            odd = cluster.cli(first, "remove-node", "10.0.0.18", "--force")
            self.assertEqual(odd.returncode, 1)
            self.assertIn("does not exist in Kubernetes.\nAttempting to remove 10.0.0.18 from dqlite.\nRemoving node entry", odd.stdout)
            self.assertNotIn("10.0.0.18", cluster.members(first))
            wait(lambda: sorted(cluster.members(first).values()) == ["spare", "voter"], "one voter of two")

        with self.subTest("the only voter cannot leave, the other can, and stands alone then"):
            alone, other = (first, second) if cluster.members(first)["10.0.0.16"] == "voter" else (second, first)
            self.assertEqual(cluster.cli(alone, "leave").returncode, 3)
            refused = cluster.cli(alone, "remove-node", other.spec.hostname)
            self.assertEqual(refused.returncode, 1)
            self.assertIn("is registered with dqlite", refused.stdout)
            self.assertEqual(cluster.cli(other, "leave").returncode, 0)
            wait(lambda: cluster.is_serving(other), "it serves a cluster of its own")
            self.assertEqual(cluster.members(other), {"127.0.0.1": "voter"})
            self.assertEqual(list(cluster.members(alone)), [alone.spec.private_ip])
            self.assertEqual(cluster.cli(alone, "remove-node", other.spec.hostname).returncode, 0)
            self.assertEqual(list(cluster.nodes(alone)), [alone.spec.hostname])
            self.assertEqual(cluster.cli(other, "leave").returncode, 1, "no node of a cluster any more")
        self.assertEqual(cluster.cli(alone, "remove-node", "nobody").returncode, 1)
        self.assertEqual(cluster.cli(alone, "remove-node").stdout, "Please provide the node you want to remove.\n")

    def test_an_update_makes_a_node_the_only_member(self) -> None:
        cluster = self.make(2, joined=2)
        first, second = cluster.machines
        (data(first) / "var/kubernetes/backend/update.yaml").write_text("Address: 10.0.0.16:19001\n")
        cluster.park.run(first, "snap", "restart", "microk8s.daemon-k8s-dqlite")
        wait(lambda: cluster.members(first) == {"10.0.0.16": "voter"}, "alone")
        self.assertTrue(cluster.nodes(first), "with the objects it had")
        self.assertFalse(cluster.is_serving(second), "the other one has lost its voter")


class Services(ClusterCase):
    def test_disabled_services_stay_stopped_over_a_reboot(self) -> None:
        cluster = self.make(1)
        machine = cluster.machines[0]
        self.assertEqual(cluster.park.run(machine, "snap", "stop", "--disable", "microk8s").stdout, "Stopped.\n")
        cluster.park.park.reboot("i-0")
        wait(lambda: cluster.park.row("i-0")["state"] == "running", "rebooted")
        listed = cluster.park.run(machine, "snap", "services").stdout
        self.assertNotIn(" active", listed)
        self.assertRegex(listed, r"microk8s.daemon-kubelite\s+disabled\s+inactive")
        self.assertEqual(cluster.park.run(machine, "snap", "start", "--enable", "microk8s").stdout, "Started.\n")
        wait(lambda: cluster.is_serving(machine), "it serves again")
        self.assertNotIn("disabled", cluster.park.run(machine, "snap", "services").stdout)


if __name__ == "__main__":
    unittest.main()
