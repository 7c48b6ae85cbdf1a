"""The ``snap`` command: arguments, texts and exit codes over ``snapd.Snapd``.

Source: github.com/canonical/snapd cmd/snapd/cli (cmd_snap_op.go, cmd_changes.go, cmd_wait.go, cmd_watch.go, cmd_list.go,
cmd_services.go, error.go; exit codes in main.go).
"""

from datetime import datetime, timezone
from typing import Any, Dict, List, Optional, Tuple

from . import snapops
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
    def command(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
        snapops.named(words)
        name = words[0].partition(".")[0]
        if name in snapd.others:
            return Answer(0, said + "\n")
        snapops.need_microk8s([name])
        if snapd.snap is None:
            raise SnapdError('snap "microk8s" not found')
        snapd.check_free()
        names = [word.partition(".")[2] for word in words if "." in word] or list(SERVICES)
        for name in names:
            if name not in SERVICES:
                raise SnapdError(f'snap "microk8s" has no service "{name}"')
        summary = f'Run service command "{action}" for services {names!r} of snap "microk8s"'.replace("'", '"')
        if action == "stop" and "disable" in options:
            snapd.disable(names, True)
        if action == "start" and "enable" in options:
            snapd.disable(names, False)
        snapd.record("service-control", summary, lambda: snapd.microk8s.control(action, names))
        return Answer(0, said + "\n")

    return command


def _services(snapd: Snapd, _: List[str], __: Dict[str, str]) -> Answer:
    if snapd.snap is None:
        return Answer(0, "", "There are no services provided by installed snaps.\n")
    rows = [["Service", "Startup", "Current", "Notes"]]
    for name in SERVICES:
        startup = "disabled" if name in snapd.microk8s.disabled else "enabled"
        rows.append([f"microk8s.{name}", startup, "active" if snapd.microk8s.is_active(name) else "inactive", "-"])
    return Answer(0, _table(rows))


def _remove(snapd: Snapd, words: List[str], options: Dict[str, str]) -> Answer:
    snapops.named(words)
    if words[0] in snapd.others:
        snapd.remove_other(words[0])
        return Answer(0, f"{words[0]} removed\n")
    snapops.need_microk8s(words)
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
    "install": snapops.install, "refresh": snapops.refresh, "revert": snapops.revert, "switch": snapops.switch, "list": _list,
    "changes": _changes, "tasks": _tasks, "change": _tasks, "watch": _watch, "wait": _wait,
    "restart": _service("restart", "Restarted."), "start": _service("start", "Started."), "stop": _service("stop", "Stopped."),
    "services": _services, "remove": _remove, "version": _version,
}
