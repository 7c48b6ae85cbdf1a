"""MicroK8s: launch configurations, certificates, the API server, dqlite's address, dns."""

import datetime
import json
import pathlib
import stat
import unittest

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from support import ApiClient, TimedCase, user_data, wait  # first: it puts the emulator on the path

from machines import launchconfig

RBAC = {"version": "0.2.0", "extraKubeAPIServerArgs": {"--authorization-mode": "RBAC,Node"},
        "extraKubeletArgs": {"--cluster-dns": "10.152.183.10", "--cluster-domain": "cluster.local", "--node-labels": "site=a,x=y"},
        "extraSANs": ["203.0.113.9", "api.example.com"]}
SNAP_DATA = "var/snap/microk8s/current"


def with_config(config: object, path: str = "/etc/microk8s.yaml") -> bytes:
    text = config if isinstance(config, str) else json.dumps(config)
    return user_data(files=[{"path": path, "permissions": "0600", "content": text}])


def mint(machine, folder: pathlib.Path, organisation: str):
    """An EC client certificate signed by the cluster's CA."""
    certs = machine.root / SNAP_DATA / "certs"
    authority = x509.load_pem_x509_certificate((certs / "ca.crt").read_bytes())
    ca_key = serialization.load_pem_private_key((certs / "ca.key").read_bytes(), None)
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mec-deployer"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]))
        .issuer_name(authority.subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    crt, pem = folder / f"{organisation}.crt", folder / f"{organisation}.key"
    crt.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    pem.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return crt, pem


class Api(TimedCase):
    def test_authentication_authorisation_and_namespaces(self) -> None:
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        anonymous = ApiClient(machine)
        self.assertEqual(anonymous.request("GET", "/readyz")[0], 401)
        other = ApiClient(machine, *mint(machine, park.folder, "viewers"))
        self.assertEqual(other.request("GET", "/api/v1/nodes")[0], 403)
        admin = ApiClient(machine, *mint(machine, park.folder, "system:masters"))
        self.assertEqual(admin.request("GET", "/readyz"), (200, "ok"))
        self.assertEqual(admin.request("GET", "/livez"), (200, "ok"))
        self.assertEqual(admin.request("GET", "/version")[1]["minor"], "35")
        self.assertEqual(admin.request("GET", "/api/v1/nodes/ip-10-0-0-16")[1]["metadata"]["labels"]["site"], "a")

        code, made = admin.request("POST", "/api/v1/namespaces", {"metadata": {"name": "smoke", "labels": {"a": "1"}}})
        self.assertEqual((code, made["status"]["phase"]), (201, "Active"))
        self.assertEqual(admin.request("POST", "/api/v1/namespaces", {"metadata": {"name": "smoke"}})[0], 409)
        patch = {"metadata": {"labels": {"a": None, "b": "2"}}}
        code, _ = admin.request("PATCH", "/api/v1/namespaces/smoke", patch, "application/merge-patch+json")
        self.assertEqual(code, 200)
        steps = [{"op": "add", "path": "/metadata/labels/c~1d", "value": "3"}]
        self.assertEqual(admin.request("PATCH", "/api/v1/namespaces/smoke", steps, "application/json-patch+json")[0], 200)
        labels = admin.request("GET", "/api/v1/namespaces/smoke")[1]["metadata"]["labels"]
        self.assertEqual((labels.get("a"), labels["b"], labels["c/d"]), (None, "2", "3"))

        park.park.reboot("i-1")
        wait(lambda: machine.state == "running" and machine.microk8s.is_ready(), "ready after a reboot")
        self.assertEqual(admin.request("GET", "/api/v1/namespaces/smoke")[0], 200)
        self.assertEqual(admin.request("DELETE", "/api/v1/namespaces/smoke")[0], 200)
        self.assertEqual(admin.request("GET", "/api/v1/namespaces/smoke")[0], 404)
        self.assertEqual(admin.request("DELETE", "/api/v1/namespaces/default")[0], 403)

    def test_always_allow_lets_any_certificate_do_all(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        other = ApiClient(machine, *mint(machine, park.folder, "viewers"))
        self.assertEqual(other.request("GET", "/api/v1/nodes")[0], 200)

    def test_names_in_the_server_certificate_and_their_reissue(self) -> None:
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        certs = machine.root / SNAP_DATA / "certs"

        def names() -> set:
            certificate = x509.load_pem_x509_certificate((certs / "server.crt").read_bytes())
            found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            return {str(name.value) for name in found}

        expected = {"kubernetes", "api.example.com", "203.0.113.9", "10.0.0.16", "127.0.0.1", "10.152.183.1"}
        self.assertEqual(expected - names(), set())
        launcher = machine.root / "var/snap/microk8s/common/etc/launcher/install.yaml.applied"
        wait(launcher.exists, "the launch configuration's own names are there: it would write the template anew")
        before = (certs / "server.crt").read_bytes()
        template = certs / "csr.conf.template"
        template.write_text(template.read_text().replace("api.example.com", "new.example.com"))
        wait(lambda: "new.example.com" in names(), "the kicker reissues within its interval")
        self.assertNotEqual((certs / "server.crt").read_bytes(), before)
        admin = ApiClient(machine, certs / "client.crt", certs / "client.key")

        def served() -> bool:
            try:
                admin.request("GET", "/readyz")
            except OSError:
                return False
            return ("DNS", "new.example.com") in admin.peer.get("subjectAltName", ())

        wait(served, "the restarted API server shows it")
        done = park.run(machine, "microk8s", "refresh-certs", "--cert", "server.crt")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_ca_has_key_usage_from_1_34_on(self) -> None:
        for channel, expected in (("1.35/stable", True), ("1.33/stable", False)):
            park = self.make_park()
            machine = park.boot()
            park.run(machine, "snap", "wait", "system", "seed.loaded")
            self.assertEqual(park.run(machine, "snap", "install", "microk8s", "--classic", f"--channel={channel}").returncode, 0)
            authority = x509.load_pem_x509_certificate((machine.root / SNAP_DATA / "certs/ca.crt").read_bytes())
            found = any(isinstance(extension.value, x509.KeyUsage) for extension in authority.extensions)
            self.assertEqual(found, expected, channel)


class Launch(TimedCase):
    def install(self, data: bytes):
        park = self.make_park()
        machine = park.boot(data)
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        return park, machine, park.run(machine, "snap", "install", "microk8s", "--classic", "--channel=1.35/stable")

    def test_arguments_are_applied_and_the_file_becomes_applied(self) -> None:
        park, machine, done = self.install(with_config({**RBAC, "madeUpField": 1, "extraConfigFiles": {"ha-conf": "failure-domain=42\n"}}))
        self.assertEqual(done.returncode, 0, done.stderr)
        args = machine.root / SNAP_DATA / "args"
        self.assertEqual(launchconfig.argument(args / "kube-apiserver", "--authorization-mode"), "RBAC,Node")
        self.assertIn("field madeUpField not found", (machine.folder / "journal.log").read_text())
        launcher = machine.root / "var/snap/microk8s/common/etc/launcher"
        wait(lambda: (launcher / "install.yaml.applied").exists(), "post-init applied it")
        wait(lambda: (machine.root / SNAP_DATA / "var/kubernetes/backend/failure-domain").exists(), "failure domain")
        wait(lambda: machine.microk8s.is_ready(), "ready")
        self.assertEqual(machine.microk8s.addons.enabled(), ["rbac"], "a file of one's own replaces the default that enables dns")

    def test_applying_the_same_file_after_the_installation_changes_nothing(self) -> None:
        park = self.make_park(kickerSeconds=0.002, launcherSeconds=0.2)
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        certificate = machine.root / SNAP_DATA / "certs/server.crt"
        before = certificate.read_bytes()
        launcher = machine.root / "var/snap/microk8s/common/etc/launcher"
        for number in range(20):
            (launcher / f"{number}.yaml").write_text(json.dumps(RBAC))
        wait(lambda: (launcher / "19.yaml.applied").exists() and not list(launcher.glob("*.yaml")), "all applied")
        self.assertEqual(certificate.read_bytes(), before)

    def test_registries_are_laid_down_for_containerd_and_closed_to_others(self) -> None:
        texts = {"docker.io": '[host."https://m.example.com"]\n', "r.example.com:5000": "[header]\n"}
        park, machine, done = self.install(with_config({**RBAC, "containerdRegistryConfigs": texts}))
        self.assertEqual(done.returncode, 0, done.stderr)
        folder = machine.root / SNAP_DATA / "args/certs.d"
        launcher = machine.root / "var/snap/microk8s/common/etc/launcher"
        files = {str(file.parent.relative_to(folder)): file.read_text() for file in folder.rglob("hosts.toml")}
        self.assertEqual({**files, **texts}, files)
        self.assertEqual(set(files) - set(texts), {"localhost:32000"}, "what microk8s brings itself")
        # A file of root's own keeps its permissions when the cluster-agent writes it once more.
        own = folder / "r.example.com:5000/hosts.toml"
        wait(lambda: (launcher / "install.yaml.applied").exists(), "post-init applied it")
        self.assertEqual([oct(stat.S_IMODE((folder / name / "hosts.toml").stat().st_mode) & 0o667) for name in files], ["0o660"] * 3)
        own.chmod(0o600)
        own.write_text("other")
        (launcher / "again.yaml").write_text(json.dumps({"version": "0.2.0", "containerdRegistryConfigs": texts}))
        wait(lambda: (launcher / "again.yaml.applied").exists(), "applied again")
        self.assertEqual((own.read_text(), stat.S_IMODE(own.stat().st_mode)), ("[header]\n", 0o600))

    def test_the_copy_of_the_launch_configuration_is_as_closed_as_the_file(self) -> None:
        _, machine, done = self.install(with_config(RBAC))
        self.assertEqual(done.returncode, 0, done.stderr)
        launcher = machine.root / "var/snap/microk8s/common/etc/launcher"
        wait(lambda: (launcher / "install.yaml.applied").exists(), "post-init applied it")
        self.assertEqual(stat.S_IMODE((launcher / "install.yaml.applied").stat().st_mode), 0o600)

    def test_the_default_configuration_enables_dns(self) -> None:
        park, machine, done = self.install(user_data())
        self.assertEqual(done.returncode, 0, done.stderr)
        wait(lambda: machine.microk8s.is_ready() and machine.microk8s.addons.enabled() == ["dns"], "dns by default")

    def test_only_the_first_file_counts(self) -> None:
        park, machine, done = self.install(with_config({"version": "9.9.9"}, "/var/snap/microk8s/common/.microk8s.yaml").replace(
            b'"runcmd"', b'"ignored": 1, "runcmd"'))
        self.assertEqual(done.returncode, 1)
        (machine.root / "var/snap/microk8s/common").mkdir(parents=True, exist_ok=True)
        (machine.root / "var/snap/microk8s/common/.microk8s.yaml").write_text('{"version": "9.9.9"}')
        (machine.root / "etc/microk8s.yaml").write_text(json.dumps(RBAC))
        done = park.run(machine, "snap", "install", "microk8s", "--classic", "--channel=1.35/stable")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_a_bad_configuration_fails_the_installation(self) -> None:
        for bad, text in (
            ({"version": "0.3.0"}, "config file version is 0.3.0 but the maximum version supported is 0.2.0"),
            ({"extraKubeletArgs": {"--x": "y"}}, 'could not parse config file version ""'),
            ({"version": "0.2.0", "extraSANs": "one"}, "cannot unmarshal extraSANs"),
            ({"version": "0.2.0", "containerdRegistryConfigs": {"../../x": ""}}, "possible path-traversal prevented"),
        ):
            park, machine, done = self.install(with_config(bad))
            self.assertEqual(done.returncode, 1)
            self.assertIn(text, done.stderr)
            self.assertEqual(park.run(machine, "snap", "list", "microk8s").returncode, 1)
            self.assertFalse((machine.root / "var/snap/microk8s").exists())

    def test_null_removes_an_argument(self) -> None:
        parts, _ = launchconfig.parse('{"version": "0.2.0", "extraKubeletArgs": {"--read-only-port": null}}', 35)
        self.assertEqual(parts[0]["extraKubeletArgs"], {"--read-only-port": None})
        with self.assertRaises(launchconfig.LaunchError):
            launchconfig.parse('{"version": "0.2.0"}', 27)


class Dqlite(TimedCase):
    def test_rebind_on_restart(self) -> None:
        park = self.make_park(dqliteSeconds=0.5)
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        backend = machine.root / SNAP_DATA / "var/kubernetes/backend"
        self.assertIn("Address: 127.0.0.1:19001", (backend / "info.yaml").read_text())
        (backend / "update.yaml").write_text("Address: 10.0.0.16:19001\n")
        self.assertIn("127.0.0.1", (backend / "info.yaml").read_text())
        done = park.run(machine, "snap", "restart", "microk8s.daemon-k8s-dqlite")
        self.assertEqual((done.returncode, done.stdout), (0, "Restarted.\n"))
        # The command returns before the datastore answers again, so the API is not ready yet.
        ready = park.run(machine, "microk8s", "kubectl", "get", "--raw", "/readyz")
        self.assertEqual(ready.returncode, 1)
        self.assertIn("etcd failed", ready.stderr)
        wait(lambda: park.run(machine, "microk8s", "kubectl", "get", "--raw", "/readyz").stdout == "ok", "ready again")
        self.assertIn("Address: 10.0.0.16:19001", (backend / "info.yaml").read_text())
        self.assertIn("- Address: 10.0.0.16:19001", (backend / "cluster.yaml").read_text())
        self.assertFalse((backend / "update.yaml").exists())
        self.assertIn("address: 10.0.0.16:19001", park.run(machine, "microk8s", "status", "--format", "yaml").stdout)

    def test_an_address_that_is_not_the_machines_keeps_the_datastore_down(self) -> None:
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        backend = machine.root / SNAP_DATA / "var/kubernetes/backend"
        (backend / "update.yaml").write_text("Address: 10.0.0.99:19001\n")
        park.run(machine, "snap", "restart", "microk8s.daemon-k8s-dqlite")
        journal = machine.folder / "journal.log"
        wait(lambda: journal.exists() and "cannot assign requested address" in journal.read_text(), "bind fails")
        self.assertFalse(machine.microk8s.is_ready())
        (backend / "update.yaml").write_text("Address: 10.0.0.16:19001\n")
        wait(lambda: machine.microk8s.is_ready(), "repaired")


class Commands(TimedCase):
    def test_kubectl_status_and_dns(self) -> None:
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        nodes = json.loads(park.run(machine, "microk8s", "kubectl", "get", "nodes", "-o", "json").stdout)
        self.assertEqual(nodes["items"][0]["metadata"]["name"], "ip-10-0-0-16")
        node = json.loads(park.run(machine, "microk8s", "kubectl", "get", "node", "ip-10-0-0-16", "-ojson").stdout)
        self.assertEqual(node["status"]["addresses"][0]["address"], "10.0.0.16")
        missing = park.run(machine, "microk8s", "kubectl", "get", "node", "nobody")
        self.assertEqual((missing.returncode, missing.stderr), (1, 'Error from server (NotFound): nodes "nobody" not found\n'))
        first = park.run(machine, "microk8s", "enable", "dns")
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertTrue(first.stdout.endswith("DNS is enabled\n"))
        self.assertNotIn("Restarting kubelet", first.stdout)
        second = park.run(machine, "microk8s", "enable", "dns")
        self.assertEqual((second.returncode, second.stdout), (0, "Addon core/dns is already enabled\n"))
        status = park.run(machine, "microk8s", "status", "--format", "yaml", "--wait-ready", "--timeout", "5")
        self.assertEqual(status.returncode, 0)
        self.assertRegex(status.stdout, r"name: dns\n.*\n.*\n.*\n    status: enabled")

    def test_kubectl_before_the_api_listens(self) -> None:
        park = self.make_park(apiSeconds=2)
        machine = park.boot(with_config(RBAC))
        park.run(machine, "snap", "wait", "system", "seed.loaded")
        park.run(machine, "snap", "install", "microk8s", "--classic", "--channel=1.35/stable")
        early = park.run(machine, "microk8s", "kubectl", "get", "--raw", "/readyz")
        self.assertEqual(early.returncode, 1)
        self.assertIn("was refused - did you specify the right host or port?", early.stderr)
        self.assertEqual(park.run(machine, "microk8s", "status", "--wait-ready", "--timeout", "1").returncode, 1)
        wait(lambda: machine.microk8s.is_ready(), "ready in the end")

    def test_openssl_of_the_host_reads_the_certificates(self) -> None:
        park = self.make_park()
        machine = park.boot(with_config(RBAC))
        park.install(machine)
        certs = machine.root / SNAP_DATA / "certs"
        done = park.run(machine, "openssl", "verify", "-CAfile", str(certs / "ca.crt"), str(certs / "server.crt"))
        self.assertIn("OK", done.stdout, done.stderr)
        done = park.run(machine, "openssl", "rsa", "-in", str(certs / "ca.key"), "-check", "-noout")
        self.assertEqual(done.returncode, 0, done.stderr)


if __name__ == "__main__":
    unittest.main()
