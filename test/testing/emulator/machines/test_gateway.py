"""What a gateway's machine shows beside apt and HAProxy: the interface and its MTU, and who listens."""

import pathlib
import tempfile
import unittest

import support  # noqa: F401  (puts the emulator on the path)
from machines import sockets
from machines.network import Network


class Interface(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        self.path = self.root / "sys/class/net/ens5/mtu"

    def test_has_the_mtu_of_dhcp_until_it_is_set(self) -> None:
        network = Network(self.root, "10.0.1.5")
        self.assertEqual(self.path.read_text(), "9001\n")
        self.assertIn("dev ens5", network.run(["-4", "-o", "route", "show", "default"]).stdout)
        self.assertEqual(network.run(["link", "set", "dev", "ens5", "mtu", "1300"]).exit_code, 0)
        self.assertEqual(self.path.read_text(), "1300\n")
        for bad in (["link", "set", "dev", "eth9", "mtu", "1300"], ["link", "set", "dev", "ens5", "mtu", "9"]):
            self.assertNotEqual(network.run(bad).exit_code, 0)

    def test_a_boot_keeps_what_networkd_is_told(self) -> None:
        folder = self.root / "etc/systemd/network/10-netplan-ens5.network.d"
        folder.mkdir(parents=True)
        (folder / "60-mec.conf").write_text("[Link]\nMTUBytes=1400\n")
        self.assertEqual(Network(self.root, "10.0.1.5").mtu, 1400)


class Sockets(unittest.TestCase):
    def test_show_who_listens_on_a_port(self) -> None:
        query = ["-H", "-l", "-t", "-n", "-p", "sport", "=", ":16443"]
        self.assertIn('("haproxy",pid=77,', sockets.run(query, [16443], 77).stdout)
        self.assertEqual(sockets.run(query, [443], 77).stdout, "")
        self.assertEqual(sockets.run(query, [16443], None).stdout, "")


if __name__ == "__main__":
    unittest.main()
