"""What MicroK8s has to offer to a node that lives: certificates, backups, add-ons, and a release that is bad."""

import json
import tarfile
import unittest

from support import ApiClient, TimedCase, wait  # first: it puts the emulator on the path

from machines import pki
from test_microk8s import RBAC, SNAP_DATA, with_config


class Certificates(TimedCase):
    def test_short_lives_end_and_are_renewed(self) -> None:
        park = self.make_park(leafDays=2.5 / 86400)
        machine = park.boot()
        park.install(machine)
        certs = machine.root / SNAP_DATA / "certs"
        kubectl = ("microk8s", "kubectl", "get", "--raw", "/readyz")
        wait(lambda: "certificate has expired" in park.run(machine, *kubectl).stderr, "the certificate has ended")
        park.faults.load({"clusters": {"c1": {"apiSeconds": 0.1, "nodeReadySeconds": 0.1}}})
        before = pki.expiry(certs / "front-proxy-client.crt")
        for form in (("--cert", "server.crt"), ("--cert=front-proxy-client.crt",)):
            done = park.run(machine, "microk8s", "refresh-certs", *form)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("Taking a backup of the current certificates under /var/snap/microk8s/8035/certs-backup/\n", done.stdout)
            self.assertIn("Restarting service kubelite.\n", done.stdout)
        self.assertGreater(pki.expiry(certs / "front-proxy-client.crt"), before)
        wait(lambda: park.run(machine, *kubectl).stdout == "ok", "the API can be asked again")
        checked = park.run(machine, "microk8s", "refresh-certs", "--check").stdout
        self.assertIn("The server certificate will expire in 364 days.\n", checked)
        self.assertIn("The front proxy client certificate will expire in 364 days.\n", checked)

    def test_forms_that_are_refused_undo_and_another_ca(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        refresh = ("microk8s", "refresh-certs")
        for words, code, text in (
            ((), 3, "Please use the '--cert' flag"), (("-c", "-u"), 2, "Please select only one"), (("-e", "other.crt"), 2, "is not one of"),
            (("/root", "-c"), 1, "in combination with the CA_DIR"), (("-u",), 1, "No previous backup found"), (("/root",), 30, "Could not find ca.crt"),
        ):
            done = park.run(machine, *refresh, *words)
            self.assertEqual(done.returncode, code, words)
            self.assertIn(text, done.stdout + done.stderr)
        certs = machine.root / SNAP_DATA / "certs"
        old = (certs / "server.crt").read_bytes()
        self.assertEqual(park.run(machine, *refresh, "-e", "server.crt").returncode, 0)
        self.assertNotEqual((certs / "server.crt").read_bytes(), old)
        self.assertEqual(park.run(machine, *refresh, "-u").returncode, 0)
        self.assertEqual((certs / "server.crt").read_bytes(), old)
        ca = (certs / "ca.crt").read_bytes()
        self.assertEqual(park.run(machine, *refresh, "--cert", "ca.crt").returncode, 0)
        self.assertNotEqual((certs / "ca.crt").read_bytes(), ca)
        wait(lambda: machine.microk8s.is_ready(), "ready with the new CA")
        admin = ApiClient(machine, certs / "client.crt", certs / "client.key")
        self.assertEqual(admin.request("GET", "/readyz"), (200, "ok"))


class Datastore(TimedCase):
    def test_backup_and_restore(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        park.run(machine, "microk8s", "kubectl", "create", "namespace", "kept")
        (machine.root / "var/lib/mec").mkdir()
        name = str(machine.root / "var/lib/mec/backup.tar.gz")
        done = park.run(machine, "microk8s", "dbctl", "backup", "-o", name)
        self.assertEqual((done.returncode, done.stdout), (0, f"Backing up the datastore\nThe backup is: {name}\n"), done.stderr)
        with tarfile.open(name) as tar:
            self.assertIn("backup/0.key", tar.getnames())
        wrong = park.run(machine, "microk8s", "dbctl", "backup", "/var/lib/mec/other")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("unrecognized arguments: /var/lib/mec/other", wrong.stderr)
        park.run(machine, "microk8s", "kubectl", "delete", "namespace", "kept")
        park.run(machine, "microk8s", "kubectl", "create", "namespace", "later")
        self.assertEqual(park.run(machine, "microk8s", "dbctl", "restore", "/var/lib/mec/backup.tar.gz").returncode, 0)
        names = park.run(machine, "microk8s", "kubectl", "get", "namespaces", "-o", "name").stdout
        self.assertIn("namespace/kept\n", names)
        self.assertIn("namespace/later\n", names, "what the backup lacks stays")
        park.run(machine, "snap", "stop", "microk8s.daemon-k8s-dqlite")
        self.assertEqual(park.run(machine, "microk8s", "dbctl", "backup").returncode, 10)


class Ingress(TimedCase):
    def ingress(self, channel: str):
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        park.run(machine, "snap", "install", "microk8s", "--classic", f"--channel={channel}")
        wait(lambda: machine.microk8s.is_ready(), "ready")
        done = park.run(machine, "microk8s", "enable", "ingress")
        self.assertEqual(done.returncode, 0, done.stderr)
        listed = park.run(machine, "microk8s", "kubectl", "get", "ingressclasses", "-o", "json").stdout
        classes = {item["metadata"]["name"]: item["spec"]["controller"] for item in json.loads(listed)["items"]}
        pods = json.loads(park.run(machine, "microk8s", "kubectl", "get", "pods", "-n", "ingress", "-o", "json").stdout)["items"]
        ports = [port.get("hostPort") for port in pods[0]["spec"]["containers"][0]["ports"]]
        return park, machine, classes, ports

    def test_is_nginx_before_1_35_and_stays_after_a_refresh_until_it_is_disabled(self) -> None:
        park, machine, classes, ports = self.ingress("1.34/stable")
        self.assertEqual(classes, {"public": "k8s.io/ingress-nginx", "nginx": "k8s.io/ingress-nginx"})
        self.assertEqual(ports, [80, 443, 10254])
        again = park.run(machine, "microk8s", "enable", "ingress")
        self.assertEqual((again.returncode, again.stdout), (0, "Addon core/ingress is already enabled\n"))
        self.assertRegex(park.run(machine, "microk8s", "status", "--format", "yaml").stdout, r"name: ingress\n.*\n.*\n    version: 1\.13\.1\n    status: enabled")
        park.run(machine, "snap", "refresh", "microk8s", "--channel=1.35/stable")
        wait(lambda: machine.microk8s.is_ready(), "ready with 1.35")
        # Its class of the same name has 1.35 take it for its own.
        self.assertEqual(park.run(machine, "microk8s", "status", "-a", "ingress").stdout, "enabled\n")
        self.assertEqual(park.run(machine, "microk8s", "disable", "ingress").returncode, 0)
        self.assertEqual(json.loads(park.run(machine, "microk8s", "kubectl", "get", "ingressclasses", "-o", "json").stdout)["items"], [])

    def test_is_traefik_from_1_35_on(self) -> None:
        park, machine, classes, ports = self.ingress("1.35/stable")
        self.assertEqual(set(classes), {"public", "nginx", "traefik"})
        self.assertEqual(set(classes.values()), {"traefik.io/ingress-controller"})
        self.assertEqual(ports, [80, 443])
        self.assertEqual(park.run(machine, "microk8s", "status", "-a", "ingress").stdout, "enabled\n")
        self.assertIn("core/ingress: enabled\n", park.run(machine, "microk8s", "status", "--format", "short").stdout)
        gone = park.run(machine, "microk8s", "disable", "ingress")
        self.assertTrue(gone.stdout.endswith("Ingress is disabled\n"), gone.stdout)
        self.assertIn("Error from server (NotFound)", park.run(machine, "microk8s", "kubectl", "get", "namespace", "ingress").stderr)
        off = park.run(machine, "microk8s", "disable", "ingress")
        self.assertEqual(off.stdout, "Addon core/ingress is already disabled\n")


class Hardening(TimedCase):
    def test_cis_hardening_sets_arguments_modes_and_kernel_guards(self) -> None:
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        data = machine.root / SNAP_DATA
        done = park.run(machine, "microk8s", "enable", "cis-hardening", "--skip-kubebench-installation")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("Downloading kube-bench", done.stdout)
        wait(lambda: machine.microk8s.is_ready(), "ready when hardened")
        server, kubelet = (data / "args/kube-apiserver").read_text(), (data / "args/kubelet").read_text()
        self.assertIn("--audit-log-path=/var/log/apiserver/audit.log\n", server)
        self.assertIn("--enable-admission-plugins=EventRateLimit,AlwaysPullImages,NodeRestriction\n", server)
        self.assertIn("--protect-kernel-defaults=true\n", kubelet)
        self.assertEqual((data / "credentials/client.config").stat().st_mode & 0o077, 0)
        self.assertTrue((machine.root / "var/log/apiserver/audit.log").exists())
        self.assertIn("cis-hardening", machine.microk8s.addons.enabled())

        # What an earlier kubelet had set is gone after a reboot, and a hardened one does not set it.
        park.park.reboot("i-1")
        said = lambda: park.run(machine, "journalctl", "-o", "cat", "-b", "-u", "snap.microk8s.daemon-kubelite").stdout  # noqa: E731
        wait(lambda: machine.state == "running" and "invalid kernel flag: vm/overcommit_memory, expected value: 1, actual value: 0" in said(), "refuses")
        (machine.root / "etc/sysctl.d/90-kubelet.conf").write_text("vm.overcommit_memory = 1\nkernel.panic=10\nkernel.panic_on_oops=1\n")
        park.park.reboot("i-1")
        wait(lambda: machine.state == "running" and machine.microk8s.is_ready(), "ready with the values in a file")

        off = park.run(machine, "microk8s", "disable", "cis-hardening")
        self.assertEqual(off.returncode, 0, off.stderr)
        wait(lambda: machine.microk8s.is_ready(), "ready without")
        server = (data / "args/kube-apiserver").read_text()
        self.assertNotIn("--audit", server)
        self.assertNotIn("--tls-cipher-suites", server)
        self.assertIn("--enable-admission-plugins=EventRateLimit\n", server)
        self.assertIn("--authorization-mode=RBAC,Node\n", server, "RBAC stays on")
        self.assertNotIn("cis-hardening", machine.microk8s.addons.enabled())

    def test_an_option_that_does_not_exist(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        done = park.run(machine, "microk8s", "enable", "cis-hardening", "--skip-everything")
        self.assertEqual(done.returncode, 2)
        self.assertIn("No such option: --skip-everything", done.stderr)


class BadRelease(TimedCase):
    def test_its_node_never_becomes_ready_until_the_snap_is_reverted(self) -> None:
        park = self.make_park(badRelease="1.36", installSeconds=0.1)
        machine = park.boot()
        park.install(machine)
        park.run(machine, "snap", "refresh", "microk8s", "--channel=1.36/stable")
        wait(lambda: park.run(machine, "microk8s", "kubectl", "get", "--raw", "/readyz").stdout == "ok", "its API answers")
        wait(lambda: "NotReady" in park.run(machine, "microk8s", "kubectl", "get", "nodes").stdout, "its node is not Ready")
        self.assertEqual(park.run(machine, "microk8s", "status", "--wait-ready", "--timeout", "1").returncode, 1)
        park.run(machine, "snap", "revert", "microk8s")
        wait(lambda: machine.microk8s.is_ready(), "ready with the release before")


if __name__ == "__main__":
    unittest.main()
