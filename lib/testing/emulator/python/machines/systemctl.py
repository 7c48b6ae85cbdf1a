"""The ``systemctl`` command: texts and exit codes over ``systemd.Systemd``.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemctl.html (exit status).
"""

from typing import List

from .answer import Answer
from .systemd import Systemd


def run(systemd: Systemd, argv: List[str]) -> Answer:
    """Run ``systemctl argv``; never throws for a wrong call, but answers as systemctl does."""
    options = [word for word in argv if word.startswith("-")]
    words = [word for word in argv if not word.startswith("-")]
    if not words:
        return Answer(1, "", "Too few arguments.\n")
    verb, names = words[0], [name if "." in name else f"{name}.service" for name in words[1:]]
    if verb == "daemon-reload":
        return Answer()
    if verb not in _VERBS:
        return Answer(1, "", f"Unknown command verb '{verb}'.\n")
    if not names:
        return Answer(1, "", "Too few arguments.\n")
    whole = Answer()
    for name in names:
        one = _VERBS[verb](systemd, name, options)
        whole = Answer(max(whole.exit_code, one.exit_code), whole.stdout + one.stdout, whole.stderr + one.stderr)
    return whole if "--quiet" not in options and "-q" not in options else Answer(whole.exit_code)


def _missing(systemd: Systemd, name: str) -> bool:
    return not systemd.path_of(name).is_file()


def _enable(systemd: Systemd, name: str, options: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(1, "", f"Failed to enable unit: Unit file {name} does not exist.\n")
    text = ""
    if systemd.enable(name):
        text = f"Created symlink /etc/systemd/system/multi-user.target.wants/{name} → /etc/systemd/system/{name}.\n"
    if "--now" in options:
        systemd.unit(name).start()
    return Answer(0, "", text)


def _disable(systemd: Systemd, name: str, options: List[str]) -> Answer:
    text = f'Removed "/etc/systemd/system/multi-user.target.wants/{name}".\n' if systemd.disable(name) else ""
    if "--now" in options:
        systemd.unit(name).stop()
    return Answer(0, "", text)


def _start(systemd: Systemd, name: str, _: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(5, "", f"Failed to start {name}: Unit {name} not found.\n")
    systemd.unit(name).start()
    return Answer()


def _stop(systemd: Systemd, name: str, _: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(5, "", f"Failed to stop {name}: Unit {name} not loaded.\n")
    systemd.unit(name).stop()
    return Answer()


def _restart(systemd: Systemd, name: str, options: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(5, "", f"Failed to restart {name}: Unit {name} not found.\n")
    systemd.unit(name).stop()
    return _start(systemd, name, options)


def _is_active(systemd: Systemd, name: str, _: List[str]) -> Answer:
    state = systemd.unit(name).state
    return Answer(0 if state == "active" else 3, state + "\n")


def _is_failed(systemd: Systemd, name: str, _: List[str]) -> Answer:
    state = systemd.unit(name).state
    return Answer(0 if state == "failed" else 1, state + "\n")


def _is_enabled(systemd: Systemd, name: str, _: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(1, "", f"Failed to get unit file state for {name}: No such file or directory\n")
    return Answer(0, "enabled\n") if systemd.is_enabled(name) else Answer(1, "disabled\n")


def _status(systemd: Systemd, name: str, _: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(4, "", f"Unit {name} could not be found.\n")
    unit, enabled = systemd.unit(name), "enabled" if systemd.is_enabled(name) else "disabled"
    shown = {"active": "active (running)", "activating": "activating (auto-restart)", "inactive": "inactive (dead)"}
    lines = [
        f"● {name}",
        f"     Loaded: loaded (/etc/systemd/system/{name}; {enabled}; preset: enabled)",
        f"     Active: {shown.get(unit.state, unit.state)}",
    ]
    if unit.pid is not None:
        lines.append(f"   Main PID: {unit.pid}")
    return Answer(0 if unit.state == "active" else 3, "\n".join(lines) + "\n")


_VERBS = {
    "enable": _enable, "disable": _disable, "start": _start, "stop": _stop, "restart": _restart,
    "is-active": _is_active, "is-failed": _is_failed, "is-enabled": _is_enabled, "status": _status,
}
