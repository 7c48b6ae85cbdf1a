"""``apt-get`` of a simulated Ubuntu: package lists, haproxy, and what it says when an archive cannot be reached.

Sources: https://manpages.ubuntu.com/manpages/noble/man8/apt-get.8.html (exit code 100 on error; lists that cannot be fetched are
a warning unless APT::Update::Error-Mode is "any"), https://packages.ubuntu.com/noble/haproxy (files, unit, default configuration).
"""

import pathlib
import shutil
import threading
from typing import Callable, Dict, List, Optional, Tuple

from . import rootfs
from .answer import Answer
from .power import Power

_MIRROR = "http://us-east-1.ec2.archive.ubuntu.com/ubuntu"
_LISTS = "var/lib/apt/lists/us-east-1.ec2.archive.ubuntu.com_ubuntu_dists_noble_InRelease"
#: Packages by name; those of the image are installed from the start.
_VERSIONS = {"haproxy": "2.8.5-1ubuntu3.4", "unattended-upgrades": "2.9.1+nmu4ubuntu1", "iptables": "1.8.10-3ubuntu2",
             "ca-certificates": "20240203", "openssl": "3.0.13-0ubuntu3.6", "curl": "8.5.0-2ubuntu10.6"}
_IMAGE = tuple(name for name in _VERSIONS if name != "haproxy")
_TAKE_VALUE = ("-o", "--option", "-t", "--target-release", "-c", "--config-file")
UNIT = """[Unit]
Description=HAProxy Load Balancer
After=network-online.target rsyslog.service
Wants=network-online.target

[Service]
Environment="CONFIG=/etc/haproxy/haproxy.cfg" "PIDFILE=/run/haproxy.pid" "EXTRAOPTS=-S /run/haproxy-master.sock"
ExecStart=/usr/sbin/haproxy -Ws -f $CONFIG -p $PIDFILE $EXTRAOPTS
ExecReload=/usr/sbin/haproxy -Ws -f $CONFIG -c -q $EXTRAOPTS
ExecReload=/bin/kill -USR2 $MAINPID
KillMode=mixed
Restart=always
SuccessExitStatus=143
Type=notify

[Install]
WantedBy=multi-user.target
"""
CONFIG = """global
\tlog /dev/log\tlocal0
\tlog /dev/log\tlocal1 notice
\tchroot /var/lib/haproxy
\tstats socket /run/haproxy/admin.sock mode 660 level admin
\tstats timeout 30s
\tuser haproxy
\tgroup haproxy
\tdaemon

defaults
\tlog\tglobal
\tmode\thttp
\toption\thttplog
\toption\tdontlognull
\ttimeout connect 5000
\ttimeout client  50000
\ttimeout server  50000
"""


class Apt:
    """dpkg's and apt's state of the machine at ``root``; one call at a time, as their lock has it."""

    def __init__(
        self, root: pathlib.Path, power: Power, identity: pathlib.Path, seconds: Callable[[], float], is_online: Callable[[], bool],
        take_failure: Callable[[], Optional[int]], start_unit: Callable[[str], None], stop_unit: Callable[[str], None],
    ) -> None:
        self._root, self._power, self._identity, self._seconds = root, power, identity, seconds
        self._is_online, self._take_failure = is_online, take_failure
        self._start_unit, self._stop_unit = start_unit, stop_unit
        self._lock = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether a call is under way."""
        return self._lock.locked()

    def run(self, argv: List[str]) -> Answer:
        """Run ``apt-get argv``. Throws PowerLost."""
        words, options = _split(argv)
        if words[:1] and words[0] not in ("update", "install", "remove", "purge", "upgrade", "dist-upgrade", "clean", "autoremove"):
            return Answer(100, "", f"E: Invalid operation {words[0]}\n")
        if not words:
            return Answer(0, "apt 2.7.14 (amd64)\n")
        with self._lock:
            if words[0] == "update":
                return self._update(options)
            if words[0] == "install":
                return self._install(words[1:])
            if words[0] in ("remove", "purge"):
                return self._remove(words[1:])
            return Answer(0, "Reading package lists...\n0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")

    def _update(self, options: Dict[str, str]) -> Answer:
        self._power.must_sleep(self._seconds() / 2)
        if self._is_online():
            (self._root / _LISTS).parent.mkdir(parents=True, exist_ok=True)
            (self._root / _LISTS).write_text("Origin: Ubuntu\nSuite: noble\n", "utf-8")
            return Answer(0, f"Get:1 {_MIRROR} noble InRelease [256 kB]\nReading package lists...\n")
        host = _MIRROR.split("/")[2]
        failed = f"Could not connect to {host}:80 (185.125.190.39), connection timed out"
        strict = options.get("APT::Update::Error-Mode") == "any" or options.get("--error-on") == "any"
        mark = "E" if strict else "W"
        err = (
            f"{mark}: Failed to fetch {_MIRROR}/dists/noble/InRelease  {failed}\n"
            f"{mark}: Some index files failed to download. They have been ignored, or old ones used instead.\n"
        )
        return Answer(100 if strict else 0, f"Err:1 {_MIRROR} noble InRelease\n  {failed}\nReading package lists...\n", err)

    def _install(self, names: List[str]) -> Answer:
        out = "Reading package lists...\nBuilding dependency tree...\nReading state information...\n"
        has_lists = (self._root / _LISTS).exists()
        for name in names:
            if name not in _VERSIONS or not (has_lists or self.has(name)):
                return Answer(100, out, f"E: Unable to locate package {name}\n")
        present = [name for name in names if self.has(name)]
        out += "".join(f"{name} is already the newest version ({_VERSIONS[name]}).\n" for name in present)
        new = [name for name in names if name not in present]
        if not new:
            return Answer(0, out + "0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
        out += f"The following NEW packages will be installed:\n  {' '.join(new)}\n"
        wrong = self._unfetched(new[0])
        if wrong:
            return Answer(100, out, wrong)
        self._power.must_sleep(self._seconds())
        for name in new:
            out += f"Get:1 {_MIRROR} noble/main amd64 {name} amd64 {_VERSIONS[name]}\nSetting up {name} ({_VERSIONS[name]}) ...\n"
            (self._root / "var/lib/dpkg/info").mkdir(parents=True, exist_ok=True)
            if name == "haproxy":
                self._unpack_haproxy()
            (self._root / f"var/lib/dpkg/info/{name}.list").write_text("", "utf-8")
            if name == "haproxy":
                self._start_unit("haproxy.service")
        return Answer(0, out)

    def _unfetched(self, name: str) -> str:
        """Why a package's file cannot be had; empty when it can."""
        file = f"{_MIRROR}/pool/main/{name[0]}/{name}/{name}_{_VERSIONS[name]}_amd64.deb"
        last = "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n"
        if not self._is_online():
            host = _MIRROR.split("/")[2]
            return f"E: Failed to fetch {file}  Could not connect to {host}:80 (185.125.190.39), connection timed out\n{last}"
        failure = self._take_failure()
        if failure is None:
            return ""
        why = ("503  Service Unavailable", "Hash Sum mismatch", "404  Not Found")[failure % 3]
        return f"E: Failed to fetch {file}  {why} [IP: 185.125.190.39 80]\n{last}"

    def has(self, name: str) -> bool:
        """Whether a package is installed."""
        return name in _IMAGE or (self._root / f"var/lib/dpkg/info/{name}.list").exists()

    def _remove(self, names: List[str]) -> Answer:
        out = "Reading package lists...\n"
        for name in names:
            if name not in _VERSIONS:
                return Answer(100, out, f"E: Unable to locate package {name}\n")
            if name == "haproxy" and self.has(name):
                self._stop_unit("haproxy.service")
                for path in ("usr/sbin/haproxy", "usr/lib/systemd/system/haproxy.service", "var/lib/dpkg/info/haproxy.list"):
                    (self._root / path).unlink(missing_ok=True)
                out += f"Removing {name} ({_VERSIONS[name]}) ...\n"
            elif name != "haproxy":
                return Answer(100, out, f"E: Removing {name} is not part of the simulated machine\n")
        return Answer(0, out)

    def _unpack_haproxy(self) -> None:
        files: List[Tuple[str, str]] = [("usr/lib/systemd/system/haproxy.service", UNIT), ("etc/haproxy/haproxy.cfg", CONFIG)]
        for name, text in files:
            file = self._root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            # A configuration that somebody wrote is kept, as dpkg keeps it when nobody can be asked.
            if name.startswith("usr/") or not file.exists():
                file.write_text(text, "utf-8")
        for folder in ("var/lib/haproxy", "run/haproxy"):
            (self._root / folder).mkdir(parents=True, exist_ok=True)
        rootfs.stand_in(self._root / "usr/sbin/haproxy", self._identity, "haproxy")


def host_program() -> Optional[str]:
    """The host's own haproxy, None when it has none."""
    return shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin")


def _split(argv: List[str]) -> Tuple[List[str], Dict[str, str]]:
    words: List[str] = []
    options: Dict[str, str] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if word.startswith("-o") and len(word) > 2 and not word.startswith("--"):
            key, _, setting = word[2:].partition("=")
            options[key] = setting
        elif name in _TAKE_VALUE:
            setting = value if given else rest.pop(0) if rest else ""
            key, _, text = setting.partition("=")
            options[key] = text
        elif word.startswith("-"):
            options[name] = value
        else:
            words.append(word)
    return words, options
