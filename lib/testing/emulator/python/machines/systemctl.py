"""The ``systemctl`` command: texts and exit codes over ``systemd.Systemd``.

Source: https://www.freedesktop.org/software/systemd/man/latest/systemctl.html (exit status).
"""

from typing import Callable, List, Optional

from .answer import Answer
from .systemd import Systemd, Unit

#: State of a service of a snap by its unit's name; None when there is no such unit.
SnapState = Callable[[str], Optional[str]]


def run(systemd: Systemd, argv: List[str], snap_state: SnapState = lambda _: None) -> Answer:
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
        state = snap_state(name) if verb in ("is-active", "is-failed") else None
        one = _VERBS[verb](systemd, name, options) if state is None else _of_snap(verb, state)
        whole = Answer(max(whole.exit_code, one.exit_code), whole.stdout + one.stdout, whole.stderr + one.stderr)
    return whole if "--quiet" not in options and "-q" not in options else Answer(whole.exit_code)


def _of_snap(verb: str, state: str) -> Answer:
    return Answer((0 if state == "active" else 3) if verb == "is-active" else (0 if state == "failed" else 1), state + "\n")


def _missing(systemd: Systemd, name: str) -> bool:
    return not systemd.path_of(name).is_file()


def _enable(systemd: Systemd, name: str, options: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(1, "", f"Failed to enable unit: Unit file {name} does not exist.\n")
    text = ""
    if systemd.enable(name):
        text = f"Created symlink /etc/systemd/system/multi-user.target.wants/{name} → /etc/systemd/system/{name}.\n"
    if "--now" in options:
        started = _start(systemd, name, options)
        return Answer(started.exit_code, "", text + started.stderr)
    return Answer(0, "", text)


def _disable(systemd: Systemd, name: str, options: List[str]) -> Answer:
    text = f'Removed "/etc/systemd/system/multi-user.target.wants/{name}".\n' if systemd.disable(name) else ""
    if "--now" in options:
        systemd.unit(name).stop()
    return Answer(0, "", text)


def _start(systemd: Systemd, name: str, options: List[str]) -> Answer:
    if systemd.is_masked(name):
        return Answer(1, "", f"Failed to start {name}: Unit {name} is masked.\n")
    if _missing(systemd, name):
        return Answer(5, "", f"Failed to start {name}: Unit {name} not found.\n")
    unit = systemd.unit(name)
    unit.start()
    if "notify" in systemd.directives(name).get("Type", []) and "--no-block" not in options:
        before = unit.starts if unit.pid is None else unit.starts - 1
        systemd.power.wait_for(lambda: name in systemd.notified or _gave_up(unit, before), 30, 0.02)
        if name not in systemd.notified:
            return Answer(1, "", f"Job for {name} failed because the control process exited with error code.\n"
                          f'See "systemctl status {name}" and "journalctl -xeu {name}" for details.\n')
    return Answer()


def _gave_up(unit: Unit, before: int) -> bool:
    """Whether a start that was not there ``before`` has come to an end already."""
    return unit.state == "failed" or (unit.starts > before and unit.pid is None)


def _reload(systemd: Systemd, name: str, _: List[str]) -> Answer:
    if _missing(systemd, name):
        return Answer(5, "", f"Failed to reload {name}: Unit {name} not found.\n")
    if systemd.unit(name).state != "active":
        return Answer(1, "", f"{name} is not active, cannot reload.\n")
    if "ExecReload" not in systemd.directives(name):
        return Answer(3, "", f"Failed to reload {name}: Job type reload is not applicable for unit {name}.\n")
    if systemd.reload(name):
        return Answer()
    return Answer(1, "", f"Job for {name} failed.\nSee \"systemctl status {name}\" and \"journalctl -xeu {name}\" for details.\n")


def _reload_or_restart(systemd: Systemd, name: str, options: List[str]) -> Answer:
    can = "ExecReload" in systemd.directives(name) and systemd.unit(name).state == "active"
    return _reload(systemd, name, options) if can else _restart(systemd, name, options)


def _mask(systemd: Systemd, name: str, options: List[str]) -> Answer:
    if "--now" in options:
        systemd.unit(name).stop()
    systemd.mask(name, True)
    return Answer(0, "", f"Created symlink /etc/systemd/system/{name} → /dev/null.\n")


def _unmask(systemd: Systemd, name: str, _: List[str]) -> Answer:
    systemd.mask(name, False)
    return Answer()


def _stop(systemd: Systemd, name: str, _: List[str]) -> Answer:
    if _missing(systemd, name) and not systemd.is_masked(name):
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
    "enable": _enable, "disable": _disable, "start": _start, "stop": _stop, "restart": _restart, "reload": _reload,
    "reload-or-restart": _reload_or_restart, "mask": _mask, "unmask": _unmask, "reset-failed": lambda *_: Answer(),
    "is-active": _is_active, "is-failed": _is_failed, "is-enabled": _is_enabled, "status": _status,
}
