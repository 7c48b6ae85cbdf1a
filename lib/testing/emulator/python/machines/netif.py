"""The network of a machine as ``ip`` and ``ss`` show it: one interface, a default route, and what HAProxy listens on.

Source: https://manpages.ubuntu.com/manpages/noble/en/man8/ip-link.8.html and ss.8.html.
"""

import pathlib
from typing import List, Optional

from .answer import Answer

DEVICE = "ens5"
_DHCP_MTU = 9001  # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html


def boot(root: pathlib.Path) -> None:
    """What DHCP and networkd set: its drop-in's MTU, where there is one."""
    mtu = _DHCP_MTU
    for path in sorted((root / f"etc/systemd/network/10-netplan-{DEVICE}.network.d").glob("*.conf")):
        for line in path.read_text().splitlines():
            if line.startswith("MTUBytes="):
                mtu = int(line.partition("=")[2])
    _set(root, mtu)


def ip(root: pathlib.Path, argv: List[str]) -> Answer:
    """``ip argv``: the default route, and the MTU of the interface."""
    words = [word for word in argv if not word.startswith("-")]
    if words == ["route", "show", "default"]:
        return Answer(0, f"default via 10.0.0.1 dev {DEVICE} proto dhcp metric 100 \n")
    if words[:3] == ["link", "set", "dev"] and words[4:5] == ["mtu"] and len(words) == 6:
        if words[3] != DEVICE:
            return Answer(1, "", f'Cannot find device "{words[3]}"\n')
        if not words[5].isdigit() or not 68 <= int(words[5]) <= 9216:
            return Answer(2, "", "Error: mtu greater than device maximum.\n")
        _set(root, int(words[5]))
        return Answer()
    return Answer(255, "", f'Object "{" ".join(words)}" is unknown, try "ip help".\n')


def ss(argv: List[str], port: Optional[int], pid: Optional[int]) -> Answer:
    """``ss -H -l -t -n -p sport = :PORT`` for what HAProxy listens on."""
    wanted = argv[-1].lstrip(":")
    if port is None or pid is None or wanted != str(port):
        return Answer()
    return Answer(0, f'LISTEN 0 4096 0.0.0.0:{port} 0.0.0.0:* users:(("haproxy",pid={pid},fd=7))\n')


def _set(root: pathlib.Path, mtu: int) -> None:
    path = root / f"sys/class/net/{DEVICE}/mtu"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{mtu}\n")
