"""Patches of the operating system, which Ubuntu installs by itself."""

import re
from typing import Any, Mapping

from .basics import Trouble


class Patches:
    """What Ubuntu's unattended-upgrades is told, in a file of its own that is read after Ubuntu's.

    Which packages: Ubuntu's own list, which is its security pocket and ESM. The time of a reboot is the machine's local one,
    which is UTC on Ubuntu's cloud images; the machine restarts only when a patch asks for it.
    Source: https://documentation.ubuntu.com/server/how-to/software/automatic-updates/
    """

    PATH = "/etc/apt/apt.conf.d/99mec-os-patches"
    TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")

    def __init__(self, files: Any, log: Any) -> None:
        self._files, self._log = files, log

    def apply(self, desired: Mapping[str, Any]) -> None:
        """Make the file what desired says, or remove it when desired says nothing. Throws Trouble or OSError."""
        wanted = desired.get("osPatches")
        text = None if wanted is None else self._text(wanted)
        if self._files.read(self.PATH) == text:
            return
        if text is None:
            self._files.forget(self.PATH)
        else:
            self._files.write(self.PATH, text)
        self._log.event("patches", mode="as the image has it" if wanted is None else wanted["mode"])

    def _text(self, wanted: Mapping[str, Any]) -> str:
        mode, at = wanted.get("mode"), wanted.get("rebootAt")
        if mode not in ("security", "none"):
            raise Trouble("osPatches: no such mode")
        if at is not None and not self.TIME.fullmatch(str(at)):
            raise Trouble("osPatches: rebootAt is no time of day")
        every = "1" if mode == "security" else "0"
        reboot = "true" if at is not None and mode == "security" else "false"
        lines = [
            "// By the node agent, which undoes changes.",
            f'APT::Periodic::Update-Package-Lists "{every}";',
            f'APT::Periodic::Unattended-Upgrade "{every}";',
            f'Unattended-Upgrade::Automatic-Reboot "{reboot}";',
        ]
        if reboot == "true":
            lines.append(f'Unattended-Upgrade::Automatic-Reboot-Time "{at}";')
        return "\n".join(lines) + "\n"
