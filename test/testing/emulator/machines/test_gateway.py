"""What a gateway's machine has: apt with its lists, HAProxy and its reloads, the interface and its MTU."""

import pathlib
import socket
import tempfile
import threading
import unittest

import support  # noqa: F401  (puts the emulator on the path)
from machines import netif
from machines.apt import Apt
from machines.haproxy import CONFIG, ConfigError, HaProxy, parse

SERVERS = "backend b\n    server a 10.0.0.17:16443\n    server b 10.0.0.16:16443\n"
TEXT = "defaults\n    mode tcp\nfrontend api\n    bind *:{port}\n" + SERVERS


class OnDisk(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)


class Packages(OnDisk):
    def test_are_found_once_the_lists_are_there_and_installed_once(self) -> None:
        installed, way = [], [False]
        apt = Apt(self.root, {"haproxy": lambda: installed.append(1)}, lambda: way[0])
        install = ["-q", "-y", "-o", "Acquire::Retries=3", "install", "--no-install-recommends", "haproxy"]
        self.assertIn("Failed to fetch", apt.run(["update"]).stderr)
        self.assertEqual((apt.run(install).exit_code, apt.installed("haproxy")), (100, False))
        way[0] = True
        self.assertEqual(apt.run(["update"]).exit_code, 0)
        way[0] = False
        self.assertIn("Could not connect", apt.run(install).stderr)
        way[0] = True
        self.assertEqual([apt.run(install).exit_code for _ in range(2)], [0, 0])
        self.assertEqual((installed, apt.installed("haproxy")), ([1], True))
        self.assertIn("Unable to locate package nginx", apt.run(["install", "nginx"]).stderr)


class Proxy(OnDisk):
    def setUp(self) -> None:
        super().setUp()
        self.api = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.api.close)
        threading.Thread(target=self._echo, daemon=True).start()
        ports = {"10.0.0.16": self.api.getsockname()[1]}
        self.proxy = HaProxy(self.root, ports.get, lambda text: None)
        self.addCleanup(self.proxy.stop)
        self.proxy.install()

    def _echo(self) -> None:
        while True:
            try:
                client, _ = self.api.accept()
            except OSError:
                return
            with client:
                client.sendall(client.recv(100).upper())

    def _say(self) -> bytes:
        with socket.create_connection(("127.0.0.1", self.proxy.loopback_port), timeout=5) as client:
            client.sendall(b"hello")
            return client.recv(100)

    def _write(self, text: str) -> None:
        (self.root / CONFIG).write_text(text)

    def test_listens_nowhere_as_packaged_and_passes_on_to_a_server_that_answers_once_reloaded(self) -> None:
        self.assertEqual((self.proxy.systemctl("is-active").exit_code, self.proxy.loopback_port), (0, None))
        self._write(TEXT.format(port=16443))
        before = self.proxy.pid
        self.assertEqual(self.proxy.systemctl("reload").exit_code, 0)
        self.assertNotEqual(self.proxy.pid, before)
        self.assertEqual(self._say(), b"HELLO")
        self.assertIn(f"pid={self.proxy.pid}", netif.ss(["sport", "=", ":16443"], self.proxy.port, self.proxy.pid).stdout)
        self.assertEqual(netif.ss(["sport", "=", ":443"], self.proxy.port, self.proxy.pid).stdout, "")

    def test_a_reload_of_nonsense_fails_and_leaves_the_running_one(self) -> None:
        self._write(TEXT.format(port=16443))
        self.proxy.systemctl("reload")
        pid = self.proxy.pid
        self._write(TEXT.format(port=0))
        self.assertEqual((self.proxy.systemctl("reload").exit_code, self.proxy.pid), (1, pid))
        self.assertEqual(self._say(), b"HELLO")
        check = self.proxy.run(["-c", "-f", str(self.root / CONFIG)])
        self.assertEqual(check.exit_code, 1)
        self.assertIn("[ALERT]", check.stderr)
        self.assertEqual(self.proxy.systemctl("restart").exit_code, 1)
        self.assertEqual(self.proxy.systemctl("is-active").exit_code, 3)

    def test_starts_at_boot_where_it_is_enabled(self) -> None:
        for verb, runs in (("disable", False), ("enable", True)):
            self.proxy.systemctl(verb)
            self.proxy.stop()
            self.proxy.boot()
            self.assertEqual(self.proxy.pid is not None, runs)

    def test_a_server_is_an_address_and_a_port(self) -> None:
        for bad in ("    server a nobody:16443\n", "    server a\n", "nonsense\n"):
            with self.assertRaises(ConfigError):
                parse("backend b\n" + bad, "/x")


class Interface(OnDisk):
    def test_has_the_mtu_of_dhcp_until_it_is_set_and_keeps_what_networkd_is_told(self) -> None:
        path = self.root / "sys/class/net/ens5/mtu"
        netif.boot(self.root)
        self.assertEqual(path.read_text(), "9001\n")
        self.assertIn("dev ens5", netif.ip(self.root, ["-4", "-o", "route", "show", "default"]).stdout)
        self.assertEqual(netif.ip(self.root, ["link", "set", "dev", "ens5", "mtu", "1300"]).exit_code, 0)
        self.assertEqual(path.read_text(), "1300\n")
        for bad in (["link", "set", "dev", "eth9", "mtu", "1300"], ["link", "set", "dev", "ens5", "mtu", "9"], ["addr"]):
            self.assertNotEqual(netif.ip(self.root, bad).exit_code, 0)
        folder = self.root / "etc/systemd/network/10-netplan-ens5.network.d"
        folder.mkdir(parents=True)
        (folder / "60-mec.conf").write_text("[Link]\nMTUBytes=1400\n")
        netif.boot(self.root)
        self.assertEqual(path.read_text(), "1400\n")


if __name__ == "__main__":
    unittest.main()
