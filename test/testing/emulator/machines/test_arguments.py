"""Arguments count: what kubelite refuses, what MicroK8s takes away, and the audit log."""

import json
import pathlib
import tempfile
import unittest
from datetime import datetime, timezone

from support import ApiClient, TimedCase, wait  # first: it puts the emulator on the path

from machines import arguments, audit, defaults
from machines.kubelite import PROGRAMS

SNAP_DATA = "var/snap/microk8s/current"
POLICY = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n  - level: Metadata\n"


class Flags(unittest.TestCase):
    def test_the_defaults_of_every_track_are_taken(self) -> None:
        for minor in (28, 32, 33, 35, 36):
            files = defaults.default_arguments(minor)
            with tempfile.TemporaryDirectory() as folder:
                for program in PROGRAMS:
                    file = pathlib.Path(folder, program)
                    file.write_text(files[program])
                    words = arguments.read(file, "/var/snap/microk8s/8035", "/var/snap/microk8s/common")
                    self.assertEqual(arguments.problem(program, words), "", (minor, program))
                    self.assertEqual(arguments.sanitise(program, file), [])

    def test_what_is_refused_and_with_which_words(self) -> None:
        for program, words, text in (
            ("kube-apiserver", ["--no-such-flag=1"], "API Server exited unknown flag: --no-such-flag"),
            ("kubelet", ["--no-such-flag=1"], "Kubelet exited failed to parse kubelet flag: unknown flag: --no-such-flag"),
            ("kubelet", ["--max-pods=many"], 'invalid argument "many" for "--max-pods" flag: strconv.ParseInt: parsing "many"'),
            ("kube-proxy", ["--conntrack-min", "1.5"], 'invalid argument "1.5" for "--conntrack-min" flag: strconv.ParseInt'),
            ("kube-apiserver", ["--profiling=no"], 'invalid argument "no" for "--profiling" flag: strconv.ParseBool'),
            ("kube-apiserver", ["--profiling", "false"], '"kube-apiserver" does not take any arguments, got ["false"]'),
            ("kube-scheduler", ["--leader-elect-lease-duration=60"], 'time: missing unit in duration "60"'),
            ("kube-controller-manager", ["--node-monitor-period=5 s"], 'time: invalid duration "5 s"'),
            ("kube-controller-manager", ["--node-eviction-rate=x"], "strconv.ParseFloat"),
            ("kubelet", ["--cluster-dns"], "flag needs an argument: --cluster-dns"),
            ("kubelet", ["-x"], "unknown shorthand flag: 'x' in -x"),
        ):
            self.assertIn(text, arguments.problem(program, words), words)
        for program, words in (
            ("kubelet", ["--max-pods=110", "--event-qps", "0", "--node-labels=a=b,c=d", "-v=2"]),
            ("kube-apiserver", ["--audit_log_maxage=30", "--request-timeout=1m30s", "--enable-admission-plugins=A,B", "--watch-cache"]),
        ):
            self.assertEqual(arguments.problem(program, words), "", words)

    def test_flags_of_old_releases_are_taken_away(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "kubelet")
            file.write_text("--container-runtime=remote\n--container-runtime-endpoint=/x\n--logtostderr=true\n")
            self.assertEqual(arguments.sanitise("kubelet", file), ["container-runtime", "logtostderr"])
            self.assertEqual(file.read_text(), "--container-runtime-endpoint=/x\n")


class Policies(unittest.TestCase):
    def test_the_first_rule_that_fits_counts(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file, log = pathlib.Path(folder, "policy.yaml"), pathlib.Path(folder, "logs/audit.log")
            file.write_text(
                "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n"
                "- {level: None, nonResourceURLs: [/readyz, '/healthz*']}\n- {level: None, users: ['system:kube-proxy']}\n"
                "- {level: None, verbs: [get, list], resources: [{group: '', resources: [configmaps]}]}\n- {level: Metadata}\n"
            )
            written = audit.AuditLog(log, audit.load_policy(file, "/p"), {})
            for user, method, target in (
                ("a", "GET", "/readyz"), ("a", "GET", "/healthz/x"), ("system:kube-proxy", "GET", "/api/v1/nodes"),
                ("a", "GET", "/api/v1/configmaps"), ("a", "POST", "/api/v1/namespaces/x/configmaps"),
                ("a", "GET", "/apis/apps/v1/namespaces/x/deployments/y?watch=1"),
            ):
                written.write(user, ["g"], method, target, 200, "test", datetime.now(timezone.utc))
            events = [json.loads(line) for line in log.read_text().splitlines()]
            self.assertEqual([(event["verb"], event["objectRef"]) for event in events], [
                ("create", {"apiVersion": "v1", "namespace": "x", "resource": "configmaps"}),
                ("get", {"apiVersion": "v1", "apiGroup": "apps", "namespace": "x", "resource": "deployments", "name": "y"}),
            ])
            self.assertEqual(log.stat().st_mode & 0o777, 0o600)

    def test_what_is_no_policy_and_the_size_at_which_the_log_is_rotated(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "policy.yaml")
            for text, why in (
                ("a: [", "error converting YAML to JSON"), ("kind: Policy\n", "failed decoding"), (POLICY.replace("Metadata", "Most"), "Unsupported value"),
                ("apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: []\n", "illegal policy with 0 rules"),
            ):
                file.write_text(text)
                with self.assertRaisesRegex(audit.PolicyError, why):
                    audit.load_policy(file, "/p")
            file.write_text(POLICY)
            log = pathlib.Path(folder, "audit.log")
            log.write_text("x" * 1024 * 1024)
            written = audit.AuditLog(log, audit.load_policy(file, "/p"), {"audit-log-maxsize": "1", "audit-log-maxbackup": "1"})
            written.write("a", [], "GET", "/", 200, "test", datetime.now(timezone.utc))
            self.assertEqual(len(log.read_text().splitlines()), 1)
            self.assertEqual(len(list(log.parent.glob("audit-*.log"))), 1)


class Kubelite(TimedCase):
    def test_a_wrong_argument_keeps_it_restarting_until_it_is_right(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        args = machine.root / SNAP_DATA / "args"
        for name, line, words in (
            ("kubelet", "--no-such-flag=1", "Kubelet exited failed to parse kubelet flag: unknown flag: --no-such-flag"),
            ("kube-apiserver", "--audit-policy-file=${SNAP_DATA}/args/none.yaml", "open /var/snap/microk8s/8035/args/none.yaml: no such file"),
            ("kube-apiserver", "--authorization-mode=Nobody", 'authorization-mode "Nobody" is not a valid mode'),
        ):
            text = (args / name).read_text()
            (args / name).write_text(text + line + "\n")
            self.assertEqual(park.run(machine, "snap", "restart", "microk8s.daemon-kubelite").returncode, 0)
            said = lambda: park.run(machine, "journalctl", "-o", "cat", "-u", "snap.microk8s.daemon-kubelite").stdout  # noqa: E731
            wait(lambda: said().count(words) >= 2, f"restarts with {words}")
            self.assertIn("Scheduled restart job, restart counter is at", said())
            self.assertFalse(machine.microk8s.is_ready(with_node=False))
            (args / name).write_text(text)
            wait(lambda: machine.microk8s.is_ready(), "ready once the file is right")

    def test_the_audit_log_has_a_line_for_each_request(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.install(machine)
        args, log = machine.root / SNAP_DATA / "args", machine.root / "var/log/mec-audit/audit.log"
        (args / "audit.yaml").write_text(POLICY)
        with open(args / "kube-apiserver", "a", encoding="utf-8") as file:
            file.write("--audit-policy-file=${SNAP_DATA}/args/audit.yaml\n--audit-log-path=/var/log/mec-audit/audit.log\n")
        park.run(machine, "snap", "restart", "microk8s.daemon-kubelite")
        wait(lambda: machine.microk8s.is_ready(), "ready with an audit log")
        certs = machine.root / SNAP_DATA / "certs"
        ApiClient(machine, certs / "client.crt", certs / "client.key").request("POST", "/api/v1/namespaces", {"metadata": {"name": "x"}})
        events = [json.loads(line) for line in log.read_text().splitlines()]
        made = next(event for event in events if event["verb"] == "create" and event["requestURI"] == "/api/v1/namespaces")
        self.assertEqual((made["kind"], made["level"], made["stage"]), ("Event", "Metadata", "ResponseComplete"))
        self.assertEqual((made["user"]["username"], made["responseStatus"]["code"]), ("admin", 201))


if __name__ == "__main__":
    unittest.main()
