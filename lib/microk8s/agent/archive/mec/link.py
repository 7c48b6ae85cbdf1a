"""The machine's way to the network: its primary interface, and how large its packets are."""

import re
from typing import Any

from .basics import Trouble, clip


class Link:
    """The interface of the default route; each method is one look or one idempotent act. Acts throw Trouble."""

    def __init__(self, shell: Any, files: Any) -> None:
        self._shell, self._files = shell, files

    def set_mtu(self, mtu: int) -> None:
        """Have the interface send packets of ``mtu`` bytes at most, now and after a reboot.

        The path to a Wavelength Zone takes 1,300:
        https://docs.aws.amazon.com/wavelength/latest/developerguide/how-wavelengths-work.html
        """
        device = self._device()
        self._keep(device, mtu)
        if self._mtu(device) == str(mtu):
            return
        result = self._shell.run(["ip", "link", "set", "dev", device, "mtu", str(mtu)], 10)
        if result.code:
            raise Trouble("the MTU cannot be set: " + clip(result.err or result.out or f"exit code {result.code}", 30))
        if self._mtu(device) not in ("", str(mtu)):
            raise Trouble(f"{device} did not take the MTU {mtu}")

    def _device(self) -> str:
        result = self._shell.run(["ip", "-4", "-o", "route", "show", "default"], 10)
        found = re.search(r"\bdev ([A-Za-z0-9._-]{1,15})(?:\s|$)", result.out)
        if result.code or not found or ".." in found[1]:
            raise Trouble("there is no default route")
        return found[1]

    def _mtu(self, device: str) -> str:
        """What the kernel says; empty where it does not."""
        return (self._files.read(f"/sys/class/net/{device}/mtu") or "").strip()

    def _keep(self, device: str, mtu: int) -> None:
        """A drop-in to what netplan makes of cloud-init's settings: the DHCP server's MTU, 9001, would come back with each lease.

        Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.network.html (MTUBytes=, UseMTU=, drop-ins)
        """
        path = f"/etc/systemd/network/10-netplan-{device}.network.d/60-mec.conf"
        text = f"[Link]\nMTUBytes={mtu}\n[DHCPv4]\nUseMTU=no\n"
        if self._files.read(path) != text:
            self._files.write(path, text)
