"""The ``microk8s`` command: kubectl, status, enable, refresh-certs, config, version.

Sources: github.com/canonical/microk8s microk8s-resources/wrappers, scripts/wrappers/status.py, refresh_certs.py.
"""

import time
from typing import List

from . import kubectl, layout, pki
from .addons import CORE
from .answer import Answer
from .dqlite import ROLES
from .microk8s import Microk8s


def run(microk8s: Microk8s, argv: List[str]) -> Answer:
    """Run ``microk8s argv``; blocks as long as it does. Throws PowerLost."""
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command not in _COMMANDS:
        return Answer(1, f"'{command}' is not a valid MicroK8s subcommand.\n")
    if command != "version" and not (microk8s.snap_data / "credentials/client.config").exists():
        return Answer(1, "", "Insufficient permissions to access MicroK8s.\n")
    return _COMMANDS[command](microk8s, rest)


def _kubectl(microk8s: Microk8s, argv: List[str]) -> Answer:
    return kubectl.run(microk8s, argv)


def _enable(microk8s: Microk8s, argv: List[str]) -> Answer:
    if not argv:
        return Answer(2, "", "Usage: microk8s enable [OPTIONS] ADDONS...\n\nError: Missing argument 'ADDONS...'.\n")
    return microk8s.addons.enable(argv)


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
    form = "yaml" if "--yaml" in argv else _option(argv, "--format") or "pretty"
    members = [(m["Address"], ROLES[int(m["Role"])]) for m in microk8s.dqlite.members()]
    enabled = microk8s.addons.enabled() if ready else []
    text = _status_yaml(ready, members, enabled) if form == "yaml" else _status_text(ready, members, enabled, form)
    return Answer(0 if ready else 1, text)


_NOT_RUNNING = "microk8s is not running. Use microk8s inspect for a deeper inspection."


def _status_yaml(ready: bool, members: "list[tuple[str, str]]", enabled: List[str]) -> str:
    lines = ["microk8s:", f"  running: {ready}", "high-availability:", "  enabled: True", "  nodes:"]
    for address, role in members:
        lines += [f"    - address: {address}", f"      role: {role}"]
    if not ready:
        return "\n".join([*lines, f"  message: {_NOT_RUNNING}", ""])
    lines.append("addons:")
    for name in sorted(CORE, key=lambda name: (name not in enabled, name)):
        description, version = CORE[name]
        state = "enabled" if name in enabled else "disabled"
        lines += [f"  - name: {name}", "    repository: core", f"    description: {description}",
                  f"    version: {version}", f"    status: {state}"]
    return "\n".join([*lines, ""])


def _status_text(ready: bool, members: "list[tuple[str, str]]", enabled: List[str], form: str) -> str:
    if not ready:
        return _NOT_RUNNING + "\n"
    lines = ["microk8s is running"]
    if form == "short":
        lines += ["addons:"] + [f"core/{n}: {'enabled' if n in enabled else 'disabled'}" for n in sorted(CORE)]
        return "\n".join([*lines, ""])
    voters = [address for address, role in members if role == "voter"]
    lines += [f"high-availability: {'yes' if len(voters) > 2 else 'no'}",
              f"  datastore master nodes: {' '.join(voters) or 'none'}", "  datastore standby nodes: none", "addons:"]
    for title, wanted in (("enabled", True), ("disabled", False)):
        names = [name for name in sorted(CORE) if (name in enabled) == wanted]
        lines += [f"  {title}:"] * bool(names) + [f"    {name:<20} # (core) {CORE[name][0]}" for name in names]
    return "\n".join([*lines, ""])


def _refresh_certs(microk8s: Microk8s, argv: List[str]) -> Answer:
    certificate = _option(argv, "--cert", "-e")
    if certificate not in ("server.crt", "front-proxy-client.crt"):
        return Answer(3, "Please use the '--cert' flag to select the certificate you need refreshed.\n")
    said = "Creating new certificates\n"
    if certificate == "server.crt":
        microk8s.reissue_server_certificate()
        return Answer(0, said + "Restarting service kubelite.\nRestarting service cluster-agent.\n")
    layout.refresh_csr(microk8s.snap_data, [microk8s.private_ip])
    pki.front_proxy_certificate(microk8s.snap_data / "certs")
    microk8s.control("restart", ["daemon-kubelite"])
    return Answer(0, said + "Restarting service kubelite.\n")


def _config(microk8s: Microk8s, argv: List[str]) -> Answer:
    text = (microk8s.snap_data / "credentials/client.config").read_text("utf-8")
    if "-l" not in argv and "--use-loopback" not in argv:
        text = text.replace("127.0.0.1", microk8s.private_ip)
    return Answer(0, text + "\n")


def _version(microk8s: Microk8s, _: List[str]) -> Answer:
    version = layout.version(microk8s.snap_data)
    return Answer(0, f"MicroK8s {version} revision {microk8s.snap_data.resolve().name}\n")


_COMMANDS = {
    "kubectl": _kubectl, "status": _status, "enable": _enable, "refresh-certs": _refresh_certs, "config": _config,
    "version": _version,
}
