"""The real processes of a machine: started in sessions of their own, found again, and all ended.

A process belongs to a machine when its environment says ``MEC_ROOT=<root>``, or when it descends from one that does,
or shares its process group. Ids are never remembered: a remembered id may belong to somebody else by then.
"""

import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Dict, List, Set, Tuple

#: Process id → (parent, process group, whether its environment names the root).
_Table = Dict[int, Tuple[int, int, bool]]


def spawn(argv: List[str], env: Dict[str, str], cwd: pathlib.Path, log: pathlib.Path) -> "subprocess.Popen[bytes]":
    """Start ``argv`` in a session of its own, output appended to ``log``. Throws OSError."""
    with open(log, "ab") as out:
        return subprocess.Popen(
            argv, env=env, cwd=str(cwd), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
        )


def kill_group(pgid: int, how: int = signal.SIGKILL) -> None:
    """Send ``how`` to a whole process group; silent when it is gone."""
    try:
        os.killpg(pgid, how)
    except (ProcessLookupError, PermissionError):
        pass


def kill(pid: int, how: int = signal.SIGKILL) -> None:
    """Send ``how`` to one process; silent when it is gone."""
    try:
        os.kill(pid, how)
    except (ProcessLookupError, PermissionError):
        pass


def of_root(root: pathlib.Path, below: bool = False) -> Set[int]:
    """Ids of the live processes of the machine at ``root``; with ``below``, of every machine in that folder."""
    wanted = b"MEC_ROOT=" + os.fsencode(str(root)) + (b"/" if below else b"")
    table = _from_proc(wanted, below) if sys.platform.startswith("linux") else _from_ps(wanted, below)
    found = {pid for pid, (_, _, marked) in table.items() if marked}
    own_group = os.getpgid(0)
    while True:
        groups = {table[pid][1] for pid in found} - {own_group, 0}
        more = {pid for pid, (parent, group, _) in table.items() if parent in found or group in groups}
        if more <= found:
            return found - {os.getpid()}
        found |= more


def end_all(root: pathlib.Path, below: bool = False, seconds: float = 5.0) -> Set[int]:
    """Kill every process of ``root``; returns the ids still alive after ``seconds`` (s)."""
    deadline = time.monotonic() + seconds
    left = of_root(root, below)
    while left and time.monotonic() < deadline:
        for pid in left:
            kill(pid)
        time.sleep(0.02)
        left = of_root(root, below)
    return left


def _from_proc(wanted: bytes, below: bool) -> _Table:
    table: _Table = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                state, parent, group = file.read().rpartition(b")")[2].split()[:3]
        except OSError:
            continue
        if state in (b"Z", b"X"):
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                variables = file.read().split(b"\0")
        except OSError:
            variables = []
        marked = any(v.startswith(wanted) for v in variables) if below else wanted in variables
        table[int(entry)] = (int(parent), int(group), marked)
    return table


def _from_ps(wanted: bytes, below: bool) -> _Table:
    columns = "pid=,ppid=,pgid=,stat=,command="
    try:
        # -E appends the environment to the command (macOS).
        out = subprocess.run(["ps", "-axwwE", "-o", columns], capture_output=True, timeout=10, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return {}
    table: _Table = {}
    for line in out.splitlines():
        words = line.split(None, 4)
        if len(words) == 5 and words[0].isdigit() and not words[3].startswith(b"Z"):
            marked = wanted in words[4] if below else words[4].endswith(wanted) or wanted + b" " in words[4]
            table[int(words[0])] = (int(words[1]), int(words[2]), marked)
    return table
