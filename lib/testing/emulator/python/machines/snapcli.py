"""The ``snap`` command: arguments, texts and exit codes over ``snapd.Snapd``.

Source: github.com/canonical/snapd cmd/snapd/cli (cmd_snap_op.go, cmd_changes.go, cmd_wait.go, cmd_watch.go, cmd_list.go,
cmd_services.go, error.go; exit codes in main.go).
"""

import textwrap
from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Tuple

from . import store
from .answer import Answer
from .microk8s import SERVICES
from .snapd import Snapd, SnapdError

_TAKE_VALUE = ("channel", "last", "revision")
_SHORT_KINDS = ("install", "refresh", "remove", "switch", "enable", "disable", "revert")


def run(snapd: Snapd, argv: List[str]) -> Answer:
    """Run ``snap argv``; blocks as long as snap does. Throws PowerLost."""
    words, options = _split(argv)
    command = words[0] if words else "help"
    if command not in _COMMANDS:
        return Answer(64, "", f'error: unknown command "{command}", see \'snap help\'.\n')
    try:
        return _COMMANDS[command](snapd, words[1:], options)
    except SnapdError as error:
        return Answer(error.exit_code, "", f"error: {error}\n")


def _split(argv: List[str]) -> Tuple[List[str], Dict[str, str]]:
    words: List[str] = []
    options: Dict[str, str] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            words.append(word)
            continue
        name, given, value = word[2:].partition("=")
        options[name] = rest.pop(0) if name in _TAKE_VALUE and not given and rest else value
    return words, options


def _filled(text: str) -> str:
    # Errors of the daemon are wrapped at 80 columns and indented under "error: ".
    return textwrap.fill(text, 72, break_long_words=False, break_on_hyphens=False).replace("\n", "\n       ")


def _named(words: List[str]) -> None:
    if not words:
        raise SnapdError("the required argument `<snap> (at least 1 argument)` was not provided", 64)


def _need_microk8s(words: List[str]) -> None:
    _named(words)
    if words[0] != "microk8s":
        raise SnapdError(f'snap "{words[0]}" not found')


def _need_installed(snapd: Snapd, words: List[str]) -> None:
    _named(words)
    if words[0] not in snapd.others and not (words[0] == "microk8s" and snapd.snap):
        raise SnapdError(f'snap "{words[0]}" is not installed')


def _fetched(snapd: Snapd, action: str, channel: str, options: Dict[str, str]) -> Tuple[store.Release, str]:
    """What the store has in a channel, and the error that its download will end with. Throws SnapdError."""
    failure, broken = snapd.store_failure(), ""
    if failure is not None:
        snapd.power.must_sleep(0.2)
        text = store.UNUSABLE[failure % len(store.UNUSABLE)]
        if text:
            raise SnapdError(_filled(text.format(action=action)))
        broken = store.BROKEN_DOWNLOAD
    release = store.look_up(channel)
    if release is None:
        raise SnapdError(_filled(f'snap "microk8s" not available on channel "{channel}" (see \'snap info microk8s\')'))
    if release.classic and "classic" not in options and not (snapd.snap and snapd.snap["classic"]):
        raise SnapdError(_NEEDS_CLASSIC)
    return release, broken


def _full(channel: str) -> str:
    return channel if "/" in channel else f"{channel}/stable"


def _done(snapd: Snapd, action: str) -> str:
    """What snap says of the microk8s that is there now, as it would of a channel other than latest/stable."""
    snap = snapd.snap or {}
    track = "" if snap["channel"] in ("stable", "latest/stable") else f" ({snap['channel']})"
    return f"microk8s{track} {snap['version']} from Canonical** {action}\n"


def _install(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    _named(words)
    name = words[0]
    already = Answer(0, "", f"snap \"{name}\" is already installed, see 'snap help refresh'\n")
    if name != "microk8s":
        return already if name in snapd.others else _install_other(snapd, name, options)
    if snapd.snap and not any(change["status"] == "Doing" for change in snapd.changes()):
        return already
    snapd.check_free()
    channel = _full(options.get("channel", "latest/stable"))
    release, broken = _fetched(snapd, "install", options.get("channel", channel), options)
    change = snapd.install(release, channel, broken)
    if "no-wait" in options:
        return Answer(0, change + "\n")
    snapd.wait(change)
    return Answer(0, _done(snapd, "installed"))


def _install_other(snapd: Snapd, name: str, options: Dict[str, str]) -> Answer:
    if not snapd.seeded:
        snapd.check_free()
    if snapd.store_failure() is not None:
        raise SnapdError(store.UNUSABLE[0])
    if name == "amazon-ssm-agent" and "classic" not in options:
        raise SnapdError(_NEEDS_CLASSIC.replace("microk8s", name))
    if not snapd.install_other(name):
        raise SnapdError(f'snap "{name}" not found')
    snapd.record("install-snap", f'Install "{name}" snap', lambda: None)
    return Answer(0, f"{name} {snapd.others[name]['version']} from Amazon Web Services (aws**) installed\n")


_NEEDS_CLASSIC = """This revision of snap "microk8s" was published using classic confinement
       and thus may perform arbitrary system changes outside of the security
       sandbox that snaps are usually confined to, which may put your system at
       risk.

       If you understand and want to proceed repeat the command including
       --classic."""


def _refresh(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    if "hold" in options or "unhold" in options:
        return _hold(snapd, words, options)
    _need_installed(snapd, words)
    no_update = Answer(0, "", f'snap "{words[0]}" has no updates available\n')
    if words[0] != "microk8s" or snapd.snap is None:
        return no_update
    snapd.check_free()
    # A snap that is named is refreshed whatever holds it: holds count for general and automatic refreshes.
    channel = _full(options.get("channel", snapd.snap["channel"]))
    release, broken = _fetched(snapd, "refresh", options.get("channel", channel), options)
    if release.revision == snapd.snap["revision"]:
        old = snapd.snap["channel"]
        if channel == old:
            return no_update
        snapd.switch("refresh-snap", f'Refresh "microk8s" snap from "{channel}" channel', channel)
        return Answer(0, _done(snapd, "refreshed"))
    change = snapd.refresh(release, channel, broken)
    if "no-wait" in options:
        return Answer(0, change + "\n")
    snapd.wait(change)
    return Answer(0, _done(snapd, "refreshed"))


def _hold(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    if {"channel", "revision"} & set(options):
        raise SnapdError(f"cannot use --{'hold' if 'hold' in options else 'unhold'} with other flags")
    _need_microk8s(words)
    if "hold" in options:
        until = options["hold"] or "forever"
        snapd.record("hold-snap", 'Hold general refreshes for "microk8s"', lambda: snapd.hold(True))
        shown = "indefinitely" if until == "forever" else f"until {until}"
        return Answer(0, f'General refreshes of "microk8s" held {shown}\n')
    snapd.record("unhold-snap", 'Remove refresh hold on "microk8s"', lambda: snapd.hold(False))
    return Answer(0, 'Removed general refresh hold of "microk8s"\n')


def _revert(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    _need_installed(snapd, words)
    if words[0] != "microk8s":
        raise SnapdError(f'cannot revert "{words[0]}": no revision to revert to')
    snapd.check_free()
    change = snapd.revert()
    if "no-wait" in options:
        return Answer(0, change + "\n")
    snapd.wait(change)
    return Answer(0, f"microk8s reverted to {(snapd.snap or {})['version']}\n")


def _switch(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    if not options.get("channel"):
        raise SnapdError("nothing to switch; specify --channel (and/or one of --cohort/--leave-cohort)")
    _need_installed(snapd, words)
    _need_microk8s(words)
    snapd.check_free()
    channel = _full(options["channel"])
    snapd.switch("switch-snap", f'Switch "microk8s" snap to channel "{channel}"', channel)
    return Answer(0, f'"microk8s" switched to the "{channel}" channel\n')


def _list(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    rows: Dict[str, List[List[str]]] = {
        name: [[name, one["version"], str(one["revision"]), one["channel"], one["publisher"], one["notes"]]]
        for name, one in snapd.others.items()
    }
    if snapd.snap is not None:
        rows["microk8s"] = _microk8s_rows(snapd.snap, snapd.sequence if "all" in options else [])
    shown = [row for name in sorted(rows) if not words or name in words for row in rows[name]]
    if not shown and words:
        raise SnapdError("no matching snaps installed")
    if not shown:
        return Answer(0, "", "No snaps are installed yet. Try 'snap install hello-world'.\n")
    return Answer(0, _table([["Name", "Version", "Rev", "Tracking", "Publisher", "Notes"], *shown]))


def _microk8s_rows(snap: Dict[str, Any], sequence: List[Dict[str, Any]]) -> List[List[str]]:
    rows = []
    for one in sequence or [snap]:
        current = one["revision"] == snap["revision"]
        said = (("disabled", not (current and snap["active"])), ("classic", one["classic"]), ("held", snap["held"]))
        notes = ",".join(note for note, on in said if on) or "-"
        rows.append(["microk8s", one["version"], str(one["revision"]), snap["channel"], "canonical**", notes])
    return rows


def _changes(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    changes = [one for one in snapd.changes() if not words or f'"{words[0]}"' in one["summary"]]
    if not changes:
        return Answer(0, "", "no changes found\n")
    rows = [["ID", "Status", "Spawn", "Ready", "Summary"]]
    for one in changes:
        rows.append([one["id"], one["status"], _when(one["spawn"], options), _when(one["ready"], options), one["summary"]])
    return Answer(0, _table(rows) + "\n")


def _tasks(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    change = snapd.change(_change_id(snapd, words, options) or "")
    rows = [["Status", "Spawn", "Ready", "Summary"]]
    for task in change["tasks"]:
        rows.append([task["status"], _when(change["spawn"], options), _when(change["ready"], options), task["summary"]])
    return Answer(0, _table(rows) + "\n")


def _watch(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    change_id = _change_id(snapd, words, options)
    if change_id is not None:
        snapd.wait(change_id)
    return Answer()


def _change_id(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Optional[str]:
    last = options.get("last", "")
    if not words and not last:
        raise SnapdError("please provide change ID or type with --last=<type>")
    if words:
        return words[0]
    kind, optional = last.rstrip("?"), last.endswith("?")
    wanted = f"{kind}-snap" if kind in _SHORT_KINDS else kind
    found = [change["id"] for change in snapd.changes() if change["kind"] == wanted]
    if not found and not optional:
        raise SnapdError(f'no changes of type "{last}" found')
    return found[-1] if found else None


def _wait(snapd: Snapd, words: List[str], _: Dict[str, str]) -> Answer:
    if len(words) < 2:
        raise SnapdError("the required argument `<key>` was not provided")
    while not (words[0] == "system" and words[1] == "seed.loaded" and snapd.seeded):
        snapd.power.must_sleep(0.1)
    return Answer()


def _service(action: str, said: str) -> Any:
    def command(snapd: Snapd, words: List[str], _: Dict[str, str]) -> Answer:
        _named(words)
        name = words[0].partition(".")[0]
        if name in snapd.others:
            return Answer(0, said + "\n")
        _need_microk8s([name])
        if snapd.snap is None:
            raise SnapdError('snap "microk8s" not found')
        snapd.check_free()
        names = [word.partition(".")[2] for word in words if "." in word] or list(SERVICES)
        for name in names:
            if name not in SERVICES:
                raise SnapdError(f'snap "microk8s" has no service "{name}"')
        summary = f'Run service command "{action}" for services {names!r} of snap "microk8s"'.replace("'", '"')
        snapd.record("service-control", summary, lambda: snapd.microk8s.control(action, names))
        return Answer(0, said + "\n")

    return command


def _services(snapd: Snapd, _: List[str], __: Dict[str, str]) -> Answer:
    if snapd.snap is None:
        return Answer(0, "", "There are no services provided by installed snaps.\n")
    rows = [["Service", "Startup", "Current", "Notes"]]
    for name in SERVICES:
        rows.append([f"microk8s.{name}", "enabled", "active" if snapd.microk8s.is_active(name) else "inactive", "-"])
    return Answer(0, _table(rows))


def _remove(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    _named(words)
    if words[0] in snapd.others:
        snapd.remove_other(words[0])
        return Answer(0, f"{words[0]} removed\n")
    _need_microk8s(words)
    if snapd.snap is None:
        return Answer(0, "", 'snap "microk8s" is not installed\n')
    snapd.check_free()
    snapd.record("remove-snap", 'Remove "microk8s" snap', snapd.remove)
    return Answer(0, "microk8s removed\n" if "purge" in options else "microk8s removed (snap data snapshot saved)\n")


def _version(*_: Any) -> Answer:
    return Answer(0, "snap    2.70\nsnapd   2.70\nseries  16\nubuntu  24.04\n")


def _when(iso: Optional[str], options: Dict[str, str]) -> str:
    if not iso:
        return "-"
    if "abs-time" in options:
        return iso[:19] + "Z"
    at = datetime.fromisoformat(iso).astimezone(timezone.utc)
    days = (datetime.now(timezone.utc).date() - at.date()).days
    day = {0: "today", 1: "yesterday"}.get(days, f"{days} days ago,")
    return f"{day} at {at:%H:%M} UTC"


def _table(rows: List[List[str]]) -> str:
    widths = [max(max(len(row[i]) for row in rows) + 2, 5) for i in range(len(rows[0]))]
    lines = ["".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join(lines) + "\n"


_COMMANDS = {
    "install": _install, "refresh": _refresh, "revert": _revert, "switch": _switch, "list": _list, "changes": _changes,
    "tasks": _tasks, "change": _tasks, "watch": _watch, "wait": _wait, "restart": _service("restart", "Restarted."), "start": _service("start", "Started."),
    "stop": _service("stop", "Stopped."), "services": _services, "remove": _remove, "version": _version,
}
