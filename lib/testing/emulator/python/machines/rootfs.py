"""The root folder of a simulated Ubuntu machine: its folders, its few tools, and its stand-ins."""

import os
import pathlib
import shlex
import shutil
import sys
import uuid
from typing import Dict, List

from . import atomic

#: Tools of the host that a machine may use; nothing else of the host is on its PATH, so a real
#: snap or microk8s of the person running the tests can never be reached.
HOST_TOOLS = (
    "openssl sh bash env true false test echo printf cat cp mv rm ln ls mkdir rmdir mktemp touch chmod chown "
    "head tail cut sort uniq wc tr tee sed awk grep find xargs date sleep timeout stat readlink realpath dirname "
    "basename id whoami uname ps kill df du tar gzip base64 sha256sum shasum sync"
).split()

#: Commands that the emulator answers from the start; haproxy and microk8s come with their packages.
STAND_INS = ("snap", "systemctl", "journalctl", "iptables", "ip6tables", "ip", "ss", "apt-get", "sysctl")
#: Units of the image that node code may look at or switch, and whether they start at boot; no process stands behind them.
_UNITS = {
    "unattended-upgrades.service": True, "apt-daily.timer": True, "apt-daily-upgrade.timer": True,
    "systemd-networkd.service": True, "systemd-resolved.service": True, "systemd-sysctl.service": True, "ssh.service": True,
}
_CLIENT = pathlib.Path(__file__).parent / "standins" / "client.py"
_FOLDERS = (
    "etc/systemd/system/multi-user.target.wants etc/sysctl.d etc/apt/apt.conf.d usr/lib/systemd/system usr/bin usr/sbin usr/local/bin "
    "usr/local/sbin snap/bin opt root run tmp var/lib/cloud/instance/sem var/lib/snapd var/lib/apt/lists var/log "
    "proc/sys/kernel/random"
).split()
_BIN = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin", "/snap/bin")


def build(root: pathlib.Path, identity: pathlib.Path, hostname: str, private_ip: str) -> None:
    """Make the folders and commands of a fresh machine."""
    for folder in _FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "etc/hostname").write_text(hostname + "\n")
    (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n{private_ip} {hostname}\n")
    (root / "etc/os-release").write_text(
        'PRETTY_NAME="Ubuntu 24.04 LTS (simulated)"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nID=ubuntu\n'
    )
    for tool in HOST_TOOLS:
        found = shutil.which(tool)
        if found and not (root / "usr/bin" / tool).exists():
            (root / "usr/bin" / tool).symlink_to(found)
    _script(root / "usr/bin/python3", f'exec {_interpreter()} "$@"')
    short = shlex.quote(hostname.split(".")[0])
    _script(
        root / "usr/bin/hostname",
        f'case "$1" in -I) echo {shlex.quote(private_ip)} ;; -s) echo {short} ;; *) echo {shlex.quote(hostname)} ;; esac',
    )
    _openssl(root, identity)
    for command in STAND_INS:
        stand_in(root / "usr/bin" / command, identity, command)
    for unit, is_enabled in _UNITS.items():
        (root / "usr/lib/systemd/system" / unit).write_text(f"[Unit]\nDescription={unit}\n[Install]\nWantedBy=multi-user.target\n")
        if is_enabled:
            (root / "etc/systemd/system/multi-user.target.wants" / unit).symlink_to(f"/usr/lib/systemd/system/{unit}")


def begin_boot(root: pathlib.Path) -> str:
    """What a boot renews: /run and /tmp are empty, the boot id, which it returns, is new."""
    for folder in ("run", "tmp"):
        shutil.rmtree(root / folder, ignore_errors=True)
        (root / folder).mkdir()
    boot_id = str(uuid.uuid4())
    (root / "proc/sys/kernel/random/boot_id").write_text(boot_id + "\n")
    return boot_id


def stand_in(path: pathlib.Path, identity: pathlib.Path, command: str) -> None:
    """Install a thin client of the emulator as ``command``."""
    line = " ".join(shlex.quote(str(word)) for word in (_CLIENT, identity, command))
    _script(path, f'exec {_interpreter()} -I -S {line} "$@"')


def _openssl(root: pathlib.Path, identity: pathlib.Path) -> None:
    """openssl of the host, but for ``s_client`` to other addresses than loopback: those are simulated machines, or nobody."""
    path = root / "usr/bin/openssl"
    if not path.is_symlink():
        return
    line = " ".join(shlex.quote(str(word)) for word in (_CLIENT, identity, "openssl"))
    host = shlex.quote(os.readlink(path))
    _script(
        path, 'if [ "$1" = s_client ]; then\n  case "$*" in *127.0.0.1*|*localhost*) ;; '
        f'*) exec {_interpreter()} -I -S {line} "$@" ;; esac\nfi\nexec {host} "$@"',
    )


def write_identity(path: pathlib.Path, host: str, port: int, url_path: str, secret: str) -> None:
    """The stand-ins' own file: where the emulator is, and the machine's secret, a line each."""
    atomic.write(path, "\n".join((host, str(port), url_path, secret)), 0o600)


def search_path(root: pathlib.Path, given: str = ":".join(_BIN)) -> str:
    """``given`` (a PATH of the machine) as a PATH of folders under ``root``."""
    return ":".join(str(root) + entry for entry in given.split(":") if entry.startswith("/"))


def map_path(root: pathlib.Path, word: str) -> str:
    """An absolute path that exists under ``root`` becomes that path; anything else stays as it is."""
    if word.startswith("/") and (root / word.lstrip("/")).exists():
        return str(root) + word
    return word


def locate(root: pathlib.Path, word: str) -> pathlib.Path:
    """Where a path that a program of the machine names is: below ``root``, whether the word says so already or not."""
    if pathlib.PurePath(word).is_relative_to(root):
        return pathlib.Path(word)
    return root / os.path.normpath("/" + word).lstrip("/")


def find_command(root: pathlib.Path, argv: List[str], path: str) -> List[str]:
    """``argv`` with its command looked up on ``path`` and its paths mapped. Throws FileNotFoundError."""
    mapped = [map_path(root, word) for word in argv]
    if "/" not in mapped[0]:
        found = shutil.which(mapped[0], path=path)
        if not found:
            raise FileNotFoundError(f"{mapped[0]}: not found")
        mapped[0] = found
    return mapped


def environment(root: pathlib.Path, endpoint_url: str, imds_url: str) -> Dict[str, str]:
    """Exactly the environment that a machine's processes get."""
    return {
        "PATH": search_path(root),
        "HOME": str(root / "root"),
        "MEC_ROOT": str(root),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": imds_url,
    }


def _interpreter() -> str:
    # Some interpreters (hosted CI) find their own library only through these.
    keep = [f"{name}={shlex.quote(os.environ[name])}" for name in ("LD_LIBRARY_PATH",) if os.environ.get(name)]
    return " ".join(["env", *keep, shlex.quote(sys.executable)]) if keep else shlex.quote(sys.executable)


def _script(path: pathlib.Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
