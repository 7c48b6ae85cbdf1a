"""Workers: what a join makes of a node, how its kubelet reaches the cluster, what it refuses; and what kubectl changes on nodes."""

import json
import unittest

from support import wait  # first: it puts the emulator on the path
from cluster import KUBECTL, ClusterCase, data

from machines import launchconfig

CONFIG = "--kubeconfig=/var/snap/microk8s/current/credentials/kubelet.config"


class Workers(ClusterCase):
    def test_a_worker_in_its_cluster(self) -> None:
        cluster = self.make(3, joined=1)
        first, second, worker = cluster.machines
        park = cluster.park
        done = cluster.join(worker, first, "--worker")
        self.assertEqual((done.returncode, done.stdout.splitlines()[-1]), (0, "Successfully joined the cluster."))

        def bare(*argv: str) -> "tuple[int, str, str]":
            # The agent calls it by its path.
            ran = park.run(worker, "env", str(worker.root / KUBECTL), CONFIG, *argv)
            return ran.returncode, ran.stdout, ran.stderr

        with self.subTest("what the join leaves"):
            locks = data(worker) / "var/lock"
            self.assertTrue((locks / "clustered.lock").exists() and (locks / "no-k8s-dqlite").exists())
            self.assertFalse((locks / "no-apiserver-proxy").exists())
            self.assertEqual((data(worker) / "certs/ca.remote.crt").read_bytes(), (data(first) / "certs/ca.crt").read_bytes())
            self.assertNotEqual((data(worker) / "certs/ca.crt").read_bytes(), (data(first) / "certs/ca.crt").read_bytes(), "its own stays")
            labels = launchconfig.argument(data(worker) / "args/kubelet", "--node-labels")
            self.assertIn("node.kubernetes.io/microk8s-worker=microk8s-worker", labels)
            services = park.run(worker, "snap", "services").stdout
            for name, state in (("k8s-dqlite", "inactive"), ("apiserver-proxy", "active"), ("apiserver-kicker", "inactive")):
                self.assertRegex(services, rf"microk8s.daemon-{name}\s+enabled\s+{state}")
            self.assertIsNone(park.row("i-2")["apiPort"])
        with self.subTest("its Node, by the control plane and by itself, which may see no other"):
            wait(lambda: cluster.nodes(first).get("ip-10-0-0-18") == "True", "the worker is Ready")
            self.assertNotIn("10.0.0.18", cluster.members(first))
            code, out, _ = bare("get", "node", "ip-10-0-0-18", "-o", "json")
            self.assertEqual((code, json.loads(out)["metadata"]["name"]), (0, "ip-10-0-0-18"))
            self.assertIn("only its own Node object", bare("get", "node", "ip-10-0-0-16", "-o", "json")[2])
            self.assertIn("cannot list resource", bare("get", "nodes", "-o", "json")[2])
            own = park.run(first, "env", str(first.root / KUBECTL), CONFIG, "get", "node", "ip-10-0-0-16", "-o", "name")
            self.assertEqual(own.stdout, "node/ip-10-0-0-16\n", "a control-plane node's kubelet may too")
        with self.subTest("what it refuses"):
            said = cluster.cli(worker, "kubectl", "get", "nodes")
            self.assertEqual(said.returncode, 0)
            self.assertIn("Please use the microk8s kubectl on the master.", said.stdout)
            self.assertEqual(cluster.cli(worker, "add-node").returncode, 1)
            self.assertEqual(cluster.cli(worker, "remove-node", "x").returncode, 1)
            self.assertEqual(cluster.cli(worker, "status").returncode, 0)
            before = (data(worker) / "certs/server.crt").read_bytes()
            self.assertIn("on the master", cluster.cli(worker, "refresh-certs", "-e", "server.crt").stdout)
            self.assertEqual((data(worker) / "certs/server.crt").read_bytes(), before)
        with self.subTest("a control-plane node that joins later becomes known to its proxy; it survives a reboot and the first one's loss"):
            self.assertEqual(cluster.join(second, first).returncode, 0)
            provider = data(worker) / "args/traefik/provider.yaml"
            wait(lambda: "10.0.0.17:16443" in provider.read_text(), "the proxy learns")
            park.park.reboot("i-2")
            wait(lambda: bare("get", "node", "ip-10-0-0-18", "-o", "name")[0] == 0, "after a reboot")
            park.park.stop("i-0")
            self.assertIn("was refused", bare("get", "node", "ip-10-0-0-18")[2], "the second is a spare: no quorum")
            park.park.start("i-0")
            wait(lambda: bare("get", "node", "ip-10-0-0-18", "-o", "name")[0] == 0, "and back")
        with self.subTest("a Node that is deleted under its kubelet stays away"):
            wait(lambda: cluster.nodes(first).get("ip-10-0-0-18") == "True", "its kubelet has said so")
            self.assertEqual(cluster.cli(first, "remove-node", "ip-10-0-0-18").returncode, 0, "no --force: it is not in dqlite")
            wait(lambda: "NotFound" in bare("get", "node", "ip-10-0-0-18")[2], "gone")
            park.run(worker, "snap", "restart", "microk8s.daemon-kubelite")
            wait(lambda: cluster.nodes(first).get("ip-10-0-0-18") == "True", "until kubelet starts again")
        with self.subTest("leave"):
            self.assertEqual(cluster.cli(worker, "leave").returncode, 0)
            wait(lambda: cluster.nodes(worker) == {"ip-10-0-0-18": "True"}, "a cluster of its own")


class NodeCommands(ClusterCase):
    def test_label_annotate_taint_cordon_drain(self) -> None:
        cluster = self.make(1)
        machine = cluster.machines[0]
        name = "ip-10-0-0-16"

        def kubectl(*argv: str) -> "tuple[int, str]":
            done = cluster.cli(machine, "kubectl", *argv)
            return done.returncode, done.stdout + done.stderr

        def node() -> "dict[str, object]":
            return json.loads(cluster.cli(machine, "kubectl", "get", "node", name, "-o", "json").stdout)

        self.assertEqual(kubectl("label", "node", name, "a=1", "b=2", "--overwrite"), (0, f"node/{name} labeled\n"))
        self.assertEqual(kubectl("label", "node", name, "a=1", "--overwrite"), (0, f"node/{name} not labeled\n"))
        self.assertEqual(kubectl("label", "node", name, "a=2"), (1, "error: 'a' already has a value (1), and --overwrite is false\n"))
        self.assertEqual(kubectl("label", "node", name, "a-", "b=3", "--overwrite")[0], 0)
        labels = node()["metadata"]["labels"]
        self.assertEqual((labels.get("a"), labels["b"]), (None, "3"))
        applied = 'wavelength-mec/applied={"labels":{"x":"y"}}'
        self.assertEqual(kubectl("annotate", "node", name, applied, "--overwrite"), (0, f"node/{name} annotated\n"))
        self.assertEqual(node()["metadata"]["annotations"]["wavelength-mec/applied"], '{"labels":{"x":"y"}}')
        self.assertEqual(kubectl("taint", "node", name, "k=v:NoSchedule", "g:NoExecute", "--overwrite"), (0, f"node/{name} tainted\n"))
        self.assertEqual(node()["spec"]["taints"][0], {"key": "k", "value": "v", "effect": "NoSchedule"})
        self.assertEqual(kubectl("taint", "node", name, "k:NoSchedule-"), (0, f"node/{name} untainted\n"))
        self.assertEqual(node()["spec"]["taints"], [{"key": "g", "effect": "NoExecute"}])
        self.assertEqual(kubectl("taint", "node", name, "k:NoSchedule-"), (1, 'error: taint "k:NoSchedule" not found\n'))
        self.assertIn("invalid taint effect", kubectl("taint", "node", name, "k=v:Never")[1])
        self.assertEqual(kubectl("cordon", name), (0, f"node/{name} cordoned\n"))
        self.assertEqual(kubectl("cordon", name), (0, f"node/{name} already cordoned\n"))
        self.assertTrue(node()["spec"]["unschedulable"])
        self.assertEqual(kubectl("uncordon", name), (0, f"node/{name} uncordoned\n"))
        self.assertNotIn("unschedulable", node()["spec"])
        store = machine.microk8s.store
        store.put("pods", "default", {"metadata": {"name": "mine"}, "spec": {"nodeName": name}})
        store.put("pods", "default", {"metadata": {"name": "daemon", "ownerReferences": [{"kind": "DaemonSet"}]}, "spec": {"nodeName": name}})
        store.put("pods", "default", {"metadata": {"name": "other"}, "spec": {"nodeName": "elsewhere"}})
        self.assertEqual(kubectl("drain", name)[0], 1, "a DaemonSet's pod")
        code, out = kubectl("drain", name, "--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=120s")
        self.assertEqual(code, 0, out)
        self.assertIn("evicting pod default/mine", out)
        self.assertTrue(out.endswith(f"node/{name} drained\n"))
        self.assertEqual([pod["metadata"]["name"] for pod in store.all("pods", "default")], ["daemon", "other"])
        self.assertIn("NotFound", kubectl("drain", "nobody")[1])


if __name__ == "__main__":
    unittest.main()
