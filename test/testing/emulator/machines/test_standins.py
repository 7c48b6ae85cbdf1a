"""The programs of the operating system that node code calls: journalctl, iptables, ip, sysctl, apt-get, haproxy, systemctl."""

import json
import shutil
import socket
import ssl
import unittest
from unittest import mock

from support import TimedCase, user_data, wait  # first: it puts the emulator on the path

from machines import haproxy_config
from machines.iptables import Iptables
from machines.network import Network

CONFIG = """global
    log /dev/log local0
    chroot /var/lib/haproxy
    user haproxy
    group haproxy
defaults
    mode tcp
    timeout connect 4s
    timeout client 1h
    timeout server 1h
frontend api
    bind *:16443
    default_backend control-plane
backend control-plane
    balance roundrobin
    default-server check inter 200ms fall 2 rise 1
    server one 10.0.0.16:16443
    server two 10.0.0.99:16443
"""


class Journalctl(TimedCase):
    AGENT = "import time\nfor n in range(3): print(f'line {n}', flush=True)\ntime.sleep(600)\n"

    def test_entries_of_units_by_cursor_and_time(self) -> None:
        park = self.make_park()
        machine = park.boot(user_data(self.AGENT))

        def read(*words: str) -> list:
            done = park.run(machine, "journalctl", "-q", "--no-pager", "-o", "json", *words)
            self.assertEqual(done.returncode, 0, done.stderr)
            return [json.loads(line) for line in done.stdout.splitlines()]

        wait(lambda: len(read("-u", "mec-agent.service")) >= 3, "the agent has spoken")
        rows = read("-u", "mec-agent")
        self.assertEqual([row["MESSAGE"] for row in rows], ["line 0", "line 1", "line 2"])
        self.assertEqual({row["_SYSTEMD_UNIT"] for row in rows}, {"mec-agent.service"})
        self.assertLess(int(rows[0]["__REALTIME_TIMESTAMP"]), int(rows[1]["__REALTIME_TIMESTAMP"]))
        self.assertEqual([row["MESSAGE"] for row in read("-u", "mec-agent", f"--after-cursor={rows[0]['__CURSOR']}")], ["line 1", "line 2"])
        self.assertEqual([row["MESSAGE"] for row in read("-umec-agent", "-n", "1")], ["line 2"])
        seconds = int(rows[2]["__REALTIME_TIMESTAMP"]) / 1e6
        self.assertEqual([row["MESSAGE"] for row in read("-u", "mec-agent", f"--since=@{seconds}")], ["line 2"])
        self.assertEqual(set(read("-u", "mec-agent", "--output-fields=MESSAGE")[0]) & {"_SYSTEMD_UNIT", "_PID"}, set())

        park.install(machine)
        snap = read("-u", "snap.microk8s.*", "-u", "snapd.service")
        self.assertIn(("microk8s.daemon-kubelite", "Starting API Server"), [(row["SYSLOG_IDENTIFIER"], row["MESSAGE"]) for row in snap])
        self.assertTrue(all(row["_SYSTEMD_UNIT"] in ("init.scope", "snapd.service") or row["_SYSTEMD_UNIT"].startswith("snap.") for row in snap))
        last = read()[-1]["__CURSOR"]
        park.park.reboot("i-1")
        wait(lambda: len(read("-u", "mec-agent")) == 6, "the agent speaks after the reboot, and the journal outlives a boot")
        self.assertEqual(len(read("-b", "-u", "mec-agent")), 3)
        self.assertEqual(len(read("-u", "mec-agent", f"--after-cursor={last}")), 3)

    def test_what_it_refuses(self) -> None:
        park = self.make_park()
        machine = park.boot()
        for words, text in (
            (("--after-cursor=nonsense",), "Failed to seek to cursor: Invalid argument\n"), (("--no-such",), "unrecognized option '--no-such'"),
            (("--since=someday",), "Failed to parse timestamp: someday\n"), (("-u",), "requires an argument"),
        ):
            done = park.run(machine, "journalctl", *words)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn(text, done.stderr)
        self.assertEqual(park.run(machine, "journalctl", "-u", "nobody.service").stdout, "-- No entries --\n")

    def test_cloud_init_has_its_logs(self) -> None:
        park = self.make_park()
        machine = park.boot(user_data().replace(b'"runcmd": [', b'"runcmd": [["sh", "-c", "echo hello"], '))
        output = machine.root / "var/log/cloud-init-output.log"
        wait(lambda: output.exists() and output.read_text() == "hello\n", "output")
        self.assertIn("cc_runcmd.py", (machine.root / "var/log/cloud-init.log").read_text())


class Firewall(unittest.TestCase):
    RULE = ("-d", "169.254.169.254", "!", "-i", "lo", "-j", "DROP")

    def test_rules_are_one_however_they_are_written(self) -> None:
        tables = Iptables()
        run = lambda *words: tables.run(list(words))  # noqa: E731
        check = run("-w", "10", "-t", "raw", "-C", "PREROUTING", *self.RULE)
        self.assertEqual((check.exit_code, check.stderr), (1, "iptables: Bad rule (does a matching rule exist in that chain?).\n"))
        self.assertEqual(run("-t", "raw", "-I", "PREROUTING", "1", *self.RULE).exit_code, 0)
        self.assertEqual(run("--table=raw", "--check", "PREROUTING", "--destination", "169.254.169.254/32", "!", "-i", "lo", "--jump", "DROP").exit_code, 0)
        self.assertEqual(tables.rules("raw"), ["-A PREROUTING -d 169.254.169.254/32 ! -i lo -j DROP"])
        clamp = ("-p", "tcp", "--tcp-flags", "SYN,RST", "SYN", "-j", "TCPMSS", "--set-mss", "1210")
        self.assertEqual(run("-t", "mangle", "-A", "FORWARD", *clamp).exit_code, 0)
        self.assertEqual(tables.rules("mangle"), ["-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --set-mss 1210"])
        run("-A", "INPUT", "-p", "tcp", "-m", "tcp", "--dport", "22", "-m", "comment", "--comment", "for people", "-j", "ACCEPT")
        self.assertIn('-A INPUT -p tcp -m tcp --dport 22 -m comment --comment "for people" -j ACCEPT\n', run("-S", "INPUT").stdout)
        run("-N", "MINE")
        self.assertEqual(run("-I", "FORWARD", "-j", "MINE").exit_code, 0)
        self.assertEqual(run("-D", "FORWARD", "-j", "MINE").exit_code, 0)
        self.assertEqual(run("-D", "FORWARD", "-j", "MINE").exit_code, 1)
        self.assertIn("Chain INPUT (policy ACCEPT)", run("-L", "-n").stdout)

    def test_exit_codes_of_wrong_calls(self) -> None:
        tables = Iptables()
        for code, words in (
            (3, "-t nothing -S"), (1, "-A NOWHERE -j DROP"), (2, "-A INPUT -j NOWHERE"), (2, "-A INPUT --strange 1 -j DROP"), (2, ""),
            (2, "-A INPUT -d 300.1.1.1 -j DROP"), (2, "-A INPUT --dport 22 -j DROP"), (2, "-A INPUT -d ::1 -j DROP"),
            (4, "-t nat -A POSTROUTING -p tcp -j TCPMSS --set-mss 1200"), (4, "-A INPUT -j MASQUERADE"), (1, "-D INPUT 3"),
        ):
            self.assertEqual(tables.run(words.split()).exit_code, code, words)
            self.assertTrue(tables.run(words.split()).stderr)

    def test_a_boot_begins_without_rules(self) -> None:
        case = TimedCase()
        case.setUp()
        self.addCleanup(case.doCleanups)
        park = case.make_park()
        machine = park.boot()
        self.assertEqual(park.run(machine, "iptables", "-t", "raw", "-A", "PREROUTING", *self.RULE).returncode, 0)
        self.assertIn("-A PREROUTING -d 169.254.169.254/32", (machine.folder / "iptables.rules").read_text())
        park.park.reboot("i-1")
        wait(lambda: machine.state == "running", "booted")
        self.assertEqual(park.run(machine, "iptables", "-t", "raw", "-C", "PREROUTING", *self.RULE).returncode, 1)


class Interface(TimedCase):
    def test_mtu_route_and_what_a_boot_makes_of_them(self) -> None:
        park = self.make_park()
        machine = park.boot()
        link = json.loads(park.run(machine, "ip", "-j", "link", "show", "dev", "ens5").stdout)[0]
        self.assertEqual((link["ifname"], link["mtu"]), ("ens5", 9001))
        route = json.loads(park.run(machine, "ip", "-j", "route", "show", "default").stdout)
        self.assertEqual([(one["dst"], one["dev"], one["gateway"]) for one in route], [("default", "ens5", "10.0.0.1")])
        self.assertRegex(park.run(machine, "ip", "-4", "-o", "route", "show", "default").stdout, r"^default via 10\.0\.0\.1 dev ens5 ")
        self.assertEqual(park.run(machine, "ip", "link", "set", "dev", "ens5", "mtu", "1300").returncode, 0)
        self.assertEqual(((machine.root / "sys/class/net/ens5/mtu").read_text(), park.row()["mtu"]), ("1300\n", 1300))
        for code, words in ((1, "link set dev eth9 mtu 1300"), (2, "link set ens5 mtu 9999"), (255, "link set ens5 mtu x"), (1, "link show eth9")):
            self.assertEqual(park.run(machine, "ip", *words.split()).returncode, code, words)
        park.park.reboot("i-1")
        wait(lambda: machine.state == "running", "booted")
        self.assertEqual(park.row()["mtu"], 9001)
        drop_in = machine.root / "etc/systemd/network/10-netplan-ens5.network.d/60-mec.conf"
        drop_in.parent.mkdir(parents=True)
        drop_in.write_text("[Link]\nMTUBytes=1300\n[DHCPv4]\nUseMTU=no\n")
        self.assertEqual(Network(machine.root, "10.0.0.16").mtu, 1300)

    def test_kernel_parameters(self) -> None:
        park = self.make_park()
        machine = park.boot()
        run = lambda *words: park.run(machine, "sysctl", *words)  # noqa: E731
        self.assertEqual(run("-n", "vm.overcommit_memory").stdout, "0\n")
        self.assertEqual(run("-w", "vm.overcommit_memory=1").stdout, "vm.overcommit_memory = 1\n")
        self.assertEqual((machine.root / "proc/sys/vm/overcommit_memory").read_text(), "1\n")
        (machine.root / "etc/sysctl.d/90-x.conf").write_text("# mine\nkernel.panic = 10\nno.such.thing = 1\n")
        self.assertEqual(run("--system").stdout, "kernel.panic = 10\n")
        self.assertEqual(run("-p", "/etc/none.conf").returncode, 255)
        self.assertEqual(run("no.such.thing").returncode, 255)


class Packages(TimedCase):
    def test_lists_come_first_and_archives_fail_with_their_own_words(self) -> None:
        park = self.make_park(aptFailures=2)
        machine = park.boot()
        install = ("apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=120", "install", "--no-install-recommends", "haproxy")
        self.assertIn("E: Unable to locate package haproxy\n", park.run(machine, *install).stderr)
        park.online = False
        update = park.run(machine, "apt-get", "update")
        self.assertEqual(update.returncode, 0)
        self.assertIn("W: Failed to fetch", update.stderr)
        self.assertEqual(park.run(machine, "apt-get", "-o", "APT::Update::Error-Mode=any", "update").returncode, 100)
        park.online = True
        self.assertEqual(park.run(machine, "apt-get", "update").stderr, "")
        park.online = False
        self.assertIn("Could not connect to", park.run(machine, *install).stderr)
        park.online = True
        tries = [park.run(machine, *install) for _ in range(3)]
        self.assertEqual([one.returncode for one in tries], [100, 100, 0])
        self.assertIn("503  Service Unavailable", tries[0].stderr)
        self.assertIn("Hash Sum mismatch", tries[1].stderr)
        self.assertIn("haproxy is already the newest version", park.run(machine, *install).stdout)
        self.assertEqual(park.run(machine, "systemctl", "is-active", "haproxy").stdout, "active\n")
        self.assertEqual(park.run(machine, "systemctl", "is-enabled", "haproxy").stdout, "enabled\n")
        self.assertEqual(park.run(machine, "apt-get", "frobnicate").returncode, 100)


class Proxying(TimedCase):
    def proxied(self) -> None:
        park = self.make_park()
        machine = park.boot()
        park.run(machine, "apt-get", "update")
        self.assertEqual(park.run(machine, "apt-get", "install", "-y", "haproxy").returncode, 0)
        config = machine.root / "etc/haproxy/haproxy.cfg"
        listeners = ("ss", "-H", "-l", "-t", "-n", "-p", "sport", "=", ":16443")
        self.assertEqual((park.row()["proxyPort"], park.run(machine, *listeners).stdout), (None, ""))
        config.write_text(CONFIG)
        done = park.run(machine, "systemctl", "reload", "haproxy")
        self.assertEqual(done.returncode, 0, done.stderr)
        wait(lambda: park.row()["proxyPort"], "listens")
        first = park.run(machine, *listeners).stdout
        self.assertRegex(first, r'0\.0\.0\.0:16443 .*"haproxy",pid=\d+')
        port = park.row()["proxyPort"]
        park.install(machine)
        context = ssl.create_default_context(cafile=str(machine.root / "var/snap/microk8s/current/certs/ca.crt"))

        def answers() -> str:
            try:
                raw = socket.create_connection(("127.0.0.1", port), 5)
                with raw, context.wrap_socket(raw, server_hostname="kubernetes") as connection:
                    return str(connection.version())
            except OSError:
                return ""

        wait(answers, "the API behind 10.0.0.16 answers through the proxy")
        self.assertEqual(park.run(machine, "systemctl", "reload", "haproxy.service").returncode, 0)
        wait(lambda: park.run(machine, *listeners).stdout not in ("", first), "another worker listens")
        self.assertEqual(park.row()["proxyPort"], port)
        wait(answers, "still there")

        config.write_text(CONFIG.replace("bind", "bnd"))
        self.assertEqual(park.run(machine, "systemctl", "reload", "haproxy").returncode, 1)
        self.assertTrue(answers(), "the old workers go on")
        broken = park.run(machine, "systemctl", "restart", "haproxy")
        self.assertEqual(broken.returncode, 1)
        self.assertIn("Job for haproxy.service failed because the control process exited with error code.", broken.stderr)
        wait(lambda: park.row()["proxyPort"] is None, "nothing listens")
        config.write_text(CONFIG)
        park.run(machine, "systemctl", "stop", "haproxy")
        self.assertEqual(park.run(machine, "systemctl", "start", "haproxy").returncode, 0)
        wait(answers, "works again")
        pids = park.park.pids()
        park.park.terminate("i-1")
        self.assertEqual((park.park.pids(), bool(pids)), ([], True))

    @unittest.skipUnless(shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin"), "this host has no haproxy")
    def test_with_the_hosts_haproxy(self) -> None:
        self.proxied()

    def test_without_a_haproxy_on_the_host(self) -> None:
        with mock.patch("machines.apt.host_program", lambda: None):
            self.proxied()

    def test_what_the_own_checks_find(self) -> None:
        for text, problem in (
            ("frontend x\n bnd *:1\n", "unknown keyword 'bnd' in 'frontend' section"), ("bind *:1\n", "unknown keyword 'bind' out of section."),
            ("backend x\n server a 10.0.0.1\n", "invalid address '10.0.0.1'"), ("frontend x\n bind *:99999\n", "invalid address"),
            ("frontend x\n bind *:1\n default_backend y\n", "unable to find required default_backend: 'y'"), ("defaults\n mode udp\n", "unknown proxy mode 'udp'"),
            ("backend x\n server a 10.0.0.1:1\n server a 10.0.0.2:1\n", "is there already"), ("defaults\n timeout connect soon\n", "'timeout connect'"),
        ):
            self.assertIn(problem, " ".join(text for _, text in haproxy_config.parse(text).problems))
        self.assertEqual(haproxy_config.parse(CONFIG).problems, [])


class Units(TimedCase):
    def test_masks_drop_ins_and_units_of_the_image(self) -> None:
        park = self.make_park()
        machine = park.boot()
        run = lambda *words: park.run(machine, "systemctl", *words)  # noqa: E731
        self.assertEqual(run("is-active", "apt-daily-upgrade.timer").stdout, "active\n")
        self.assertEqual(run("disable", "--now", "apt-daily-upgrade.timer").returncode, 0)
        self.assertEqual(run("is-active", "apt-daily-upgrade.timer").stdout, "inactive\n")
        self.assertEqual(run("mask", "--now", "unattended-upgrades").returncode, 0)
        self.assertIn("is masked", run("start", "unattended-upgrades").stderr)
        self.assertEqual(run("unmask", "unattended-upgrades").returncode, 0)
        self.assertEqual(run("start", "unattended-upgrades").returncode, 0)
        self.assertEqual(run("reload", "mec-agent").returncode, 3)
        folder = machine.root / "etc/systemd/system/mec-agent.service.d"
        folder.mkdir()
        (folder / "more.conf").write_text("[Service]\nRestartSec=7\nEnvironment=A=1\n")
        self.assertEqual(machine._systemd.directives("mec-agent.service")["RestartSec"], ["0.3", "7"])


if __name__ == "__main__":
    unittest.main()
