"""``ip``, and what the kernel shows of the machine's one interface: MTU and default route; nothing is routed by it.

Sources: https://man7.org/linux/man-pages/man8/ip-link.8.html, ip-route.8.html (exit codes 0, 1, 2; 255 for a wrong value),
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html (9001 by DHCP),
https://www.freedesktop.org/software/systemd/man/latest/systemd.network.html (drop-ins, MTUBytes=, UseMTU=).
"""

import ipaddress
import json
import pathlib
import socket
import struct
from typing import Any, Dict, List, Tuple

from .answer import Answer

DEVICE = "ens5"
DEFAULT_MTU = 9001
_LEAST, _MOST = 128, 9216


class Network:
    """The network of one boot, which begins with the MTU of the DHCP server, or of networkd's drop-ins where they have one."""

    def __init__(self, root: pathlib.Path, private_ip: str) -> None:
        self._root, self._ip = root, private_ip
        # The router of a subnet is its first address; the subnet itself is not known to the machine's half.
        self._router = str(ipaddress.ip_network(f"{private_ip}/24", strict=False).network_address + 1)
        seed = ipaddress.ip_address(private_ip).packed
        self._mac = "02:00:" + ":".join(f"{byte:02x}" for byte in seed)
        self.mtu = self._configured()
        self._show()

    def _configured(self) -> int:
        mtu = DEFAULT_MTU
        for file in sorted((self._root / f"etc/systemd/network/10-netplan-{DEVICE}.network.d").glob("*.conf")):
            for line in file.read_text("utf-8").splitlines():
                name, _, value = line.partition("=")
                if name.strip() == "MTUBytes" and value.strip().isdigit():
                    mtu = int(value.strip())
        return mtu

    def run(self, argv: List[str]) -> Answer:
        """Run ``ip argv``."""
        options = [word for word in argv if word.startswith("-")]
        words = [word for word in argv if not word.startswith("-")]
        as_json = any(option in ("-j", "-json", "--json") for option in options)
        kind, rest = (words[0], words[1:]) if words else ("", [])
        if not kind:
            return Answer(255, "", "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n")
        if "link".startswith(kind):
            return self._link(rest, as_json)
        if "route".startswith(kind):
            return self._route(rest, as_json)
        if "address".startswith(kind):
            return self._address(rest, as_json)
        return Answer(1, "", f'Object "{kind}" is unknown, try "ip help".\n')

    def _link(self, words: List[str], as_json: bool) -> Answer:
        if words[:1] == ["set"]:
            return self._set(words[1:])
        names = [word for word in words if word not in ("show", "list", "ls", "dev")]
        if names and names[0] not in (DEVICE, "lo"):
            return Answer(1, "", f'Device "{names[0]}" does not exist.\n')
        rows = [row for row in self._links() if not names or row["ifname"] == names[0]]
        if as_json:
            return Answer(0, json.dumps(rows) + "\n")
        return Answer(0, "".join(_link_text(row) for row in rows))

    def _set(self, words: List[str]) -> Answer:
        words = words[1:] if words[:1] == ["dev"] else words
        device, rest = (words[0], words[1:]) if words else ("", [])
        if not device:
            return Answer(255, "", 'Not enough information: "dev" argument is required.\n')
        while rest:
            name = rest.pop(0)
            if name in ("up", "down"):
                continue
            if name != "mtu":
                return Answer(255, "", f'Error: either "dev" is duplicate, or "{name}" is a garbage.\n')
            text = rest.pop(0) if rest else ""
            if not text.isdigit():
                return Answer(255, "", f'Error: argument "{text}" is wrong: Invalid "mtu" value\n\n')
            if device not in (DEVICE, "lo"):
                return Answer(1, "", f'Cannot find device "{device}"\n')
            if not _LEAST <= int(text) <= (_MOST if device == DEVICE else 65536):
                return Answer(2, "", f"Error: mtu {'greater' if int(text) > _LEAST else 'less'} than device "
                              f"{'maximum' if int(text) > _LEAST else 'minimum'}.\n")
            if device == DEVICE:
                self.mtu = int(text)
                self._show()
        return Answer() if device in (DEVICE, "lo") else Answer(1, "", f'Cannot find device "{device}"\n')

    def _route(self, words: List[str], as_json: bool) -> Answer:
        if words[:1] == ["get"]:
            to = words[1] if len(words) > 1 else ""
            row: Dict[str, Any] = {"dst": to, "gateway": self._router, "dev": DEVICE, "prefsrc": self._ip}
            text = f"{row['dst']} via {self._router} dev {DEVICE} src {self._ip} uid 0 \n    cache \n"
            return Answer(0, json.dumps([{**row, "flags": [], "uid": 0, "cache": []}]) + "\n" if as_json else text)
        if [word for word in words if word not in ("show", "list", "ls", "default")]:
            return Answer(255, "", f'Command "{" ".join(words)}" is not part of the simulated machine\n')
        common = {"dev": DEVICE, "prefsrc": self._ip, "metric": 100, "flags": []}
        default = {"dst": "default", "gateway": self._router, "protocol": "dhcp", **common}
        network = str(ipaddress.ip_network(f"{self._ip}/24", strict=False))
        local = {"dst": network, "protocol": "kernel", "scope": "link", **common}
        rows = [default] if "default" in words else [default, local]
        if as_json:
            return Answer(0, json.dumps(rows) + "\n")
        lines = [f"default via {self._router} dev {DEVICE} proto dhcp src {self._ip} metric 100 \n",
                 f"{network} dev {DEVICE} proto kernel scope link src {self._ip} metric 100 \n"]
        return Answer(0, "".join(lines[: len(rows)]))

    def _address(self, words: List[str], as_json: bool) -> Answer:
        names = [word for word in words if word not in ("show", "list", "ls", "dev")]
        rows = [{**row, "addr_info": [{"family": "inet", "local": local, "prefixlen": length, "scope": scope}]}
                for row, (local, length, scope) in zip(self._links(), (("127.0.0.1", 8, "host"), (self._ip, 24, "global")))
                if not names or row["ifname"] == names[0]]
        if not rows:
            return Answer(1, "", f'Device "{names[0]}" does not exist.\n')
        if as_json:
            return Answer(0, json.dumps(rows) + "\n")
        return Answer(0, "".join(
            _link_text(row) + f"    inet {row['addr_info'][0]['local']}/{row['addr_info'][0]['prefixlen']} "
            f"scope {row['addr_info'][0]['scope']} {row['ifname']}\n" for row in rows
        ))

    def _links(self) -> List[Dict[str, Any]]:
        return [
            {"ifindex": 1, "ifname": "lo", "flags": ["LOOPBACK", "UP", "LOWER_UP"], "mtu": 65536, "qdisc": "noqueue",
             "operstate": "UNKNOWN", "link_type": "loopback", "address": "00:00:00:00:00:00"},
            {"ifindex": 2, "ifname": DEVICE, "flags": ["BROADCAST", "MULTICAST", "UP", "LOWER_UP"], "mtu": self.mtu, "qdisc": "mq",
             "operstate": "UP", "link_type": "ether", "address": self._mac},
        ]

    def _show(self) -> None:
        """What programs read in /sys and /proc instead of asking ``ip``."""
        shown: List[Tuple[str, str]] = [
            (f"sys/class/net/{DEVICE}/mtu", f"{self.mtu}\n"), (f"sys/class/net/{DEVICE}/address", f"{self._mac}\n"),
            (f"sys/class/net/{DEVICE}/operstate", "up\n"), ("sys/class/net/lo/mtu", "65536\n"), ("proc/net/route", self._routes()),
        ]
        for name, text in shown:
            file = self._root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")

    def _routes(self) -> str:
        gateway = struct.unpack("<I", socket.inet_aton(self._router))[0]
        return (
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
            f"{DEVICE}\t00000000\t{gateway:08X}\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
        )


def _link_text(row: Dict[str, Any]) -> str:
    return (
        f"{row['ifindex']}: {row['ifname']}: <{','.join(row['flags'])}> mtu {row['mtu']} qdisc {row['qdisc']} state "
        f"{row['operstate']} mode DEFAULT group default qlen 1000\n    link/{row['link_type']} {row['address']} brd ff:ff:ff:ff:ff:ff\n"
    )
