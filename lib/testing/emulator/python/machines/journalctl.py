"""The ``journalctl`` command over ``journal.Journal``.

Source: https://www.freedesktop.org/software/systemd/man/latest/journalctl.html (options, outputs).
"""

import json
import re
import time
from datetime import datetime, timezone
from typing import Dict, List, Optional

from .answer import Answer
from .journal import Entry, Journal, identifier

_TAKE_VALUE = {
    "-u": "unit", "--unit": "unit", "-o": "output", "--output": "output", "-n": "lines", "--lines": "lines", "-c": "cursor",
    "--cursor": "cursor", "--after-cursor": "after-cursor", "-S": "since", "--since": "since", "-U": "until", "--until": "until",
    "--output-fields": "output-fields",
}
_ALONE = {"--no-pager", "-q", "--quiet", "-r", "--reverse", "-b", "--boot", "--show-cursor", "-a", "--all", "--utc", "--no-hostname"}
_OUTPUTS = ("short", "short-iso", "json", "cat")
_ALWAYS_SHOWN = {"__CURSOR", "__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP", "_BOOT_ID"}
_UNITS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600, "hour": 3600, "hours": 3600, "d": 86400, "day": 86400, "days": 86400}


class _Wrong(Exception):
    """The call is refused with this text."""


def run(journal: Journal, argv: List[str], hostname: str) -> Answer:
    """Run ``journalctl argv``."""
    try:
        options = _options(argv)
        shown = _chosen(journal, options)
        return Answer(0, _written(journal, shown, options, hostname))
    except _Wrong as wrong:
        return Answer(1, "", f"{wrong}\n")


def _options(argv: List[str]) -> Dict[str, List[str]]:
    options: Dict[str, List[str]] = {}
    rest = list(argv)
    while rest:
        word = rest.pop(0)
        name, given, value = word.partition("=")
        if not word.startswith("--") and len(word) > 2 and word[:2] in _TAKE_VALUE:
            name, given, value = word[:2], "=", word[2:]
        if name in _TAKE_VALUE:
            if not given and not rest:
                raise _Wrong(f"journalctl: option '{name}' requires an argument")
            options.setdefault(_TAKE_VALUE[name], []).append(value if given else rest.pop(0))
        elif name in _ALONE:
            options[name] = [value]
        elif name in ("-f", "--follow"):
            raise _Wrong("journalctl --follow is not part of the simulated machine")
        elif name.startswith("-"):
            raise _Wrong(f"journalctl: unrecognized option '{word}'")
        else:
            raise _Wrong(f"Failed to add match '{word}': Invalid argument")
    return options


def _last(options: Dict[str, List[str]], name: str) -> str:
    return options.get(name, [""])[-1]


def _chosen(journal: Journal, options: Dict[str, List[str]]) -> List[Entry]:
    entries = journal.entries()
    for name, first in (("cursor", 0), ("after-cursor", 1)):
        if name in options:
            try:
                number = journal.number_of(_last(options, name))
            except ValueError:
                raise _Wrong("Failed to seek to cursor: Invalid argument") from None
            entries = [entry for entry in entries if entry.number >= number + first]
    if "since" in options:
        since = _moment(_last(options, "since"))
        entries = [entry for entry in entries if entry.at >= since]
    if "until" in options:
        until = _moment(_last(options, "until"))
        entries = [entry for entry in entries if entry.at <= until]
    if "-b" in options or "--boot" in options:
        entries = [entry for entry in entries if entry.boot == journal.boot]
    if "unit" in options:
        patterns = [unit if re.search(r"\.\w+$", unit) or "*" in unit else f"{unit}.service" for unit in options["unit"]]
        entries = [entry for entry in entries if entry.is_of(patterns)]
    if "lines" in options:
        text = _last(options, "lines")
        if not re.fullmatch(r"\+?\d+|all", text):
            raise _Wrong(f"Failed to parse lines '{text}'")
        if text != "all":
            count = int(text)
            entries = entries[:count] if text.startswith("+") else entries[-count:] if count else []
    return entries[::-1] if "-r" in options or "--reverse" in options else entries


def _moment(text: str) -> int:
    """A point in time (µs since 1970): @seconds, -1h, today, YYYY-MM-DD [HH:MM[:SS]], ISO 8601."""
    relative = re.fullmatch(r"-\s*(\d+)\s*([a-z]+)|(\d+)\s*([a-z]+) ago", text.strip())
    try:
        if text.startswith("@"):
            return int(float(text[1:]) * 1e6)
        if relative:
            number, unit = relative.group(1) or relative.group(3), relative.group(2) or relative.group(4)
            return int((time.time() - int(number) * _UNITS[unit]) * 1e6)
        if text in ("now", "today"):
            day = datetime.now(timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
            return int((time.time() if text == "now" else day) * 1e6)
        plain = text.replace(" UTC", "").replace("Z", "+00:00")
        at = datetime.fromisoformat(plain)
        return int((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() * 1e6)
    except (ValueError, KeyError):
        raise _Wrong(f"Failed to parse timestamp: {text}") from None


def _written(journal: Journal, entries: List[Entry], options: Dict[str, List[str]], hostname: str) -> str:
    form = _last(options, "output") or "short"
    if form not in _OUTPUTS:
        raise _Wrong(f"Unknown output '{form}' (of those of the simulated machine: {', '.join(_OUTPUTS)}).")
    fields = _last(options, "output-fields")
    lines = [_line(journal, entry, form, hostname, fields.split(",") if fields else None) for entry in entries]
    if not entries and "-q" not in options and "--quiet" not in options:
        lines.append("-- No entries --")
    if "--show-cursor" in options and entries:
        lines.append(f"-- cursor: {journal.cursor(entries[-1])}")
    return "".join(line + "\n" for line in lines)


def _line(journal: Journal, entry: Entry, form: str, hostname: str, fields: Optional[List[str]]) -> str:
    if form == "cat":
        return entry.message
    if form == "json":
        row = {
            "__CURSOR": journal.cursor(entry), "__REALTIME_TIMESTAMP": str(entry.at), "__MONOTONIC_TIMESTAMP": str(entry.at),
            "_BOOT_ID": entry.boot, "_HOSTNAME": hostname, "PRIORITY": "6", "_TRANSPORT": "stdout" if entry.pid else "journal",
            "SYSLOG_IDENTIFIER": identifier(entry.unit), "MESSAGE": entry.message,
        }
        if entry.unit:
            row["_SYSTEMD_UNIT"] = entry.unit
        if entry.about:
            row["UNIT"] = entry.about
        if entry.pid:
            row["_PID"] = str(entry.pid)
        chosen = {key: value for key, value in row.items() if fields is None or key in fields or key in _ALWAYS_SHOWN}
        return json.dumps(chosen)
    at = datetime.fromtimestamp(entry.at / 1e6, timezone.utc)
    stamp = f"{at:%b %d %H:%M:%S}" if form == "short" else f"{at:%Y-%m-%dT%H:%M:%S+0000}"
    return f"{stamp} {hostname} {identifier(entry.unit)}[{entry.pid or 1}]: {entry.message}"
