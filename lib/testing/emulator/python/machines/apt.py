"""The ``apt-get`` and ``dpkg`` of a machine: lists that must be fetched first, and the packages that the emulator knows.

Source: https://manpages.ubuntu.com/manpages/noble/en/man8/apt-get.8.html (exit code 100), texts as apt prints them.
"""

import pathlib
from typing import Callable, Dict, List

from .answer import Answer

_ARCHIVE = "http://archive.ubuntu.com/ubuntu"
_NO_CONNECTION = "Could not connect to archive.ubuntu.com:80"
_LISTS = "var/lib/apt/lists/archive.ubuntu.com_ubuntu_dists_noble_InRelease"
_STATUS = "var/lib/dpkg/info/{}.list"
#: Options that take a value of their own.
_WITH_VALUE = ("-o", "--option", "-t", "-c")


class Apt:
    """The packages of one machine; ``packages`` are what can be installed, each with what its installation does."""

    def __init__(self, root: pathlib.Path, packages: Dict[str, Callable[[], None]], reachable: Callable[[], bool]) -> None:
        self._root, self._packages, self._reachable = root, packages, reachable

    def installed(self, package: str) -> bool:
        """Whether a package is installed."""
        return (self._root / _STATUS.format(package)).exists()

    def run(self, argv: List[str]) -> Answer:
        """``apt-get argv``."""
        words: List[str] = []
        rest = list(argv)
        while rest:
            word = rest.pop(0)
            if word in _WITH_VALUE and rest:
                rest.pop(0)
            elif not word.startswith("-"):
                words.append(word)
        verb, names = (words or [""])[0], words[1:]
        if verb == "update":
            return self._update()
        if verb == "install" and names:
            return self._install(names)
        return Answer(100, "", f"E: Invalid operation {verb}\n")

    def _update(self) -> Answer:
        if not self._reachable():
            # A failed update is a warning to apt, and no error.
            return Answer(0, "", f"W: Failed to fetch {_ARCHIVE}/dists/noble/InRelease  {_NO_CONNECTION}\n")
        self._write(_LISTS, "Origin: Ubuntu\n")
        return Answer(0, f"Hit:1 {_ARCHIVE} noble InRelease\nReading package lists...\n")

    def _install(self, names: List[str]) -> Answer:
        known = (self._root / _LISTS).exists()
        for name in names:
            if not known or name not in self._packages:
                return Answer(100, "Reading package lists...\n", f"E: Unable to locate package {name}\n")
        for name in [name for name in names if not self.installed(name)]:
            if not self._reachable():
                return Answer(100, "", f"E: Failed to fetch {_ARCHIVE}/pool/main/{name}.deb  {_NO_CONNECTION}\n")
            self._packages[name]()
            self._write(_STATUS.format(name), "/.\n")
        return Answer(0, "".join(f"Setting up {name} ...\n" for name in names))

    def _write(self, path: str, text: str) -> None:
        (self._root / path).parent.mkdir(parents=True, exist_ok=True)
        (self._root / path).write_text(text)
