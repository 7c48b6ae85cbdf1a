"""The ``microk8s`` command: kubectl, status, enable, disable, refresh-certs, dbctl, config, version, and those of clusters.

Sources: github.com/canonical/microk8s microk8s-resources/wrappers, scripts/wrappers/status.py.
"""

import time
from typing import Callable, Dict, List, Tuple

from . import add_node, dbctl, join, kubectl, layout, leave, refresh_certs, remove_node
from .answer import Answer
from .dqlite import ROLES
from .microk8s import Microk8s


def _never() -> bool:
    return False


def run(microk8s: Microk8s, argv: List[str], is_gone: Callable[[], bool] = _never) -> Answer:
    """Run ``microk8s argv``; blocks as long as it does. ``is_gone`` says whether its client was killed. Throws PowerLost."""
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command not in _COMMANDS and command not in _KILLABLE:
        return Answer(1, f"'{command}' is not a valid MicroK8s subcommand.\n")
    if command != "version" and not (microk8s.snap_data / "credentials/client.config").exists():
        return Answer(1, "", "Insufficient permissions to access MicroK8s.\n")
    if microk8s.is_worker and command in _OF_MASTER:
        code, text = _OF_MASTER[command]
        return Answer(code, f"This MicroK8s deployment is acting as a node in a cluster.{text}\n")
    if command in _KILLABLE:
        return _KILLABLE[command](microk8s, rest, is_gone)
    return _COMMANDS[command](microk8s, rest)


def _kubectl(microk8s: Microk8s, argv: List[str]) -> Answer:
    return kubectl.run(microk8s, argv, microk8s.root)


def _enable(microk8s: Microk8s, argv: List[str]) -> Answer:
    return microk8s.addons.enable(argv) if argv else _no_addons("enable")


def _disable(microk8s: Microk8s, argv: List[str]) -> Answer:
    return microk8s.addons.disable(argv) if argv else _no_addons("disable")


def _no_addons(action: str) -> Answer:
    return Answer(2, "", f"Usage: microk8s {action} [OPTIONS] ADDONS...\n\nError: Missing argument 'ADDONS...'.\n")


def _option(argv: List[str], *names: str) -> str:
    for at, word in enumerate(argv):
        name, given, value = word.partition("=")
        if name in names:
            return value if given else (argv[at + 1] if at + 1 < len(argv) else "")
    return ""


def _status(microk8s: Microk8s, argv: List[str]) -> Answer:
    ready = microk8s.is_ready()
    if "--wait-ready" in argv or "-w" in argv:
        # The default timeout 0 means for ever; one Ready node anywhere is enough.
        limit = float(_option(argv, "--timeout", "-t") or 0)
        deadline = time.monotonic() + limit
        while not ready and not (limit and time.monotonic() > deadline):
            microk8s.power.must_sleep(0.2)
            ready = microk8s.is_ready()
    form = _option(argv, "--format") or ("short-yaml" if "--yaml" in argv else "pretty")
    if form not in _FORMS:
        return Answer(2, "", f"usage: microk8s status [-h] [--format {{pretty,yaml,short}}] [-w] [-t TIMEOUT] [-a ADDON] [--yaml]\n"
                      f"microk8s status: error: argument --format: invalid choice: '{form}'\n")
    known = microk8s.addons.known()
    enabled = microk8s.addons.enabled() if ready else []
    addon = _option(argv, "-a", "--addon").rpartition("/")[2]
    if addon:
        return Answer(0 if ready else 1, "enabled\n" if addon in enabled else "disabled\n")
    # The leader's members; without one the list is empty, as get_dqlite_info leaves it after its tries.
    members = [(m["Address"], ROLES[int(m["Role"])]) for m in microk8s.members()]
    rows = [(name, "enabled" if name in enabled else "disabled", *known[name])
            for name in sorted(known, key=lambda name: (name not in enabled, name))]
    return Answer(0 if ready else 1, _FORMS[form](ready, members, rows))


_NOT_RUNNING = "microk8s is not running. Use microk8s inspect for a deeper inspection."
Members = List[Tuple[str, str]]
#: Name, state, description, version.
Rows = List[Tuple[str, str, str, str]]


def _yaml(ready: bool, members: Members, rows: Rows) -> str:
    lines = ["microk8s:", f"  running: {ready}", "high-availability:", "  enabled: True", "  nodes:"]
    for address, role in members:
        lines += [f"    - address: {address}", f"      role: {role}"]
    if not ready:
        return "\n".join([*lines, f"  message: {_NOT_RUNNING}", ""])
    lines.append("addons:")
    for name, state, description, version in rows:
        lines += [f"  - name: {name}", "    repository: core", f"    description: {description}",
                  f"    version: {version}", f"    status: {state}"]
    return "\n".join([*lines, ""])


def _short_yaml(ready: bool, _: Members, rows: Rows) -> str:
    lines = ["microk8s:", f"  running: {ready}"]
    lines += ["addons:", *(f"  core/{name}: {state}" for name, state, *_rest in rows)] if ready else [f"  message: {_NOT_RUNNING}"]
    return "\n".join([*lines, ""])


def _short(ready: bool, _: Members, rows: Rows) -> str:
    if not ready:
        return _NOT_RUNNING + "\n"
    return "\n".join(["microk8s is running", "addons:", *(f"core/{name}: {state}" for name, state, *_rest in rows), ""])


def _pretty(ready: bool, members: Members, rows: Rows) -> str:
    if not ready:
        return _NOT_RUNNING + "\n"
    voters = [address for address, role in members if role == "voter"]
    standbys = [address for address, role in members if role == "standby"]
    lines = ["microk8s is running", f"high-availability: {'yes' if len(voters) > 2 else 'no'}",
             f"  datastore master nodes: {' '.join(voters) or 'none'}",
             f"  datastore standby nodes: {' '.join(standbys) or 'none'}", "addons:"]
    for wanted in ("enabled", "disabled"):
        shown = [f"    {name:<20} # (core) {description}" for name, state, description, _version in rows if state == wanted]
        lines += [f"  {wanted}:", *shown] if shown else []
    return "\n".join([*lines, ""])


_FORMS: Dict[str, Callable[[bool, Members, Rows], str]] = {
    "yaml": _yaml, "short-yaml": _short_yaml, "short": _short, "pretty": _pretty,
}


def _config(microk8s: Microk8s, argv: List[str]) -> Answer:
    text = (microk8s.snap_data / "credentials/client.config").read_text("utf-8")
    if "-l" not in argv and "--use-loopback" not in argv:
        text = text.replace("127.0.0.1", microk8s.private_ip)
    return Answer(0, text + "\n")


def _version(microk8s: Microk8s, _: List[str]) -> Answer:
    version = layout.version(microk8s.snap_data)
    return Answer(0, f"MicroK8s {version} revision {microk8s.snap_data.resolve().name}\n")


_COMMANDS = {
    "kubectl": _kubectl, "status": _status, "enable": _enable, "disable": _disable, "refresh-certs": refresh_certs.run,
    "dbctl": dbctl.run, "config": _config, "version": _version, "add-node": add_node.run, "remove-node": remove_node.run,
}
#: Scripts that end in their middle when they are killed; of the others only the client does.
_KILLABLE = {"join": join.run, "leave": leave.run}
_MASTER = " Please use the microk8s {} on the master."
#: Commands that a worker refuses, with exit code and words (microk8s-resources/wrappers, is_cluster_locked).
_OF_MASTER = {
    "kubectl": (0, _MASTER.format("kubectl")), "config": (0, _MASTER.format("config")),
    "refresh-certs": (0, " Please use the microk8s refresh-certs command on the master\n"
                      "and then return to this node to perform a microk8s leave and re-join."),
    "status": (0, "\nPlease use the control plane node."),
    **{name: (1, "\nPlease use the master node.") for name in ("enable", "disable", "dbctl")},
}
