"""Arguments as the programs inside kubelite take them: what ends it with which words.

Sources: github.com/canonical/microk8s build-scripts/components/kubernetes/patches (ReadArgsFromFile, "API Server exited"),
microk8s-resources/actions/common/utils.sh (sanitise_args_*), github.com/spf13/pflag (texts), Go's time.ParseDuration.
"""

import pathlib
import re
from typing import Dict, List, Optional

from . import atomic
from .flags import KNOWN, SANITISED

#: Program → the name that kubelite gives it in its last words.
_NAMES = {
    "kube-apiserver": "API Server", "kube-controller-manager": "Controller Manager", "kube-scheduler": "Scheduler",
    "kube-proxy": "Proxy", "kubelet": "Kubelet",
}
_DURATION = re.compile(r"^[+-]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))*)$")
_BOOL = ("1", "t", "T", "true", "TRUE", "True", "0", "f", "F", "false", "FALSE", "False")
_TRUE = _BOOL[:6]


def read(file: pathlib.Path, snap_data: str, snap_common: str) -> List[str]:
    """The words of an argument file: no comments, no quotes, split at spaces, variables filled in. Throws OSError."""
    words: List[str] = []
    for line in file.read_text("utf-8").splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            filled = line.replace('"', "").replace("'", "")
            for name, value in (("SNAP_DATA", snap_data), ("SNAP_COMMON", snap_common), ("SNAP", "/snap/microk8s/current")):
                filled = re.sub(rf"\$\{{{name}\}}|\${name}\b", lambda _, value=value: value, filled)  # type: ignore[misc]
            words += filled.split(" ")
    return words


def values(words: List[str]) -> Dict[str, str]:
    """Flag (without hyphens) → its last value; ``true`` for one without a value."""
    found: Dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, given, value = word.lstrip("-").partition("=")
        if word.startswith("-") and name:
            takes = not given and rest and not rest[0].startswith("-")
            found[name] = value if given else rest.pop(0) if takes else "true"
    return found


def is_true(text: Optional[str]) -> bool:
    """Whether a flag's value means true."""
    return text in _TRUE


def problem(program: str, words: List[str]) -> str:
    """What ``program`` refuses its arguments with; empty when it takes them."""
    wrong = _problem(program, words)
    if wrong and program == "kubelet" and not wrong.startswith("unknown command"):
        wrong = f"failed to parse kubelet flag: {wrong}"
    return ended(program, wrong) if wrong else ""


def ended(program: str, why: str) -> str:
    """kubelite's last words when one of its programs ends."""
    return f"{_NAMES[program]} exited {why}"


def _problem(program: str, words: List[str]) -> str:
    known, rest = KNOWN[program], [word for word in words if word]
    while rest:
        word = rest.pop(0)
        if not word.startswith("-"):
            return f"unknown command {word}" if program == "kubelet" else f'"{program}" does not take any arguments, got ["{word}"]'
        name, given, value = word.lstrip("-").partition("=")
        # https://github.com/kubernetes/component-base/blob/master/cli/flag/flags.go (WordSepNormalizeFunc)
        name = name.replace("_", "-")
        if not word.startswith("--"):
            if name != "v":
                return f"unknown shorthand flag: '{name[:1]}' in {word}"
        elif name not in known:
            return f"unknown flag: --{name}"
        kind = known[name]
        if not given:
            if kind == "bool" or name == "version":
                continue
            if not rest:
                return f"flag needs an argument: --{name}"
            value = rest.pop(0)
        wrong = _wrong(kind, value)
        if wrong:
            return f'invalid argument "{value}" for "--{name}" flag: {wrong}'
    return ""


def _wrong(kind: str, value: str) -> str:
    if kind == "bool" and value not in _BOOL:
        return f'strconv.ParseBool: parsing "{value}": invalid syntax'
    if kind == "int" and not re.match(r"^[+-]?\d+$", value):
        return f'strconv.ParseInt: parsing "{value}": invalid syntax'
    if kind == "float" and not re.match(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$", value):
        return f'strconv.ParseFloat: parsing "{value}": invalid syntax'
    if kind == "duration" and not _DURATION.match(value):
        if re.match(r"^[+-]?\d+(\.\d*)?$", value):
            return f'time: missing unit in duration "{value}"'
        return f'time: invalid duration "{value}"'
    return ""


def sanitise(program: str, file: pathlib.Path) -> List[str]:
    """Remove flags of old releases from a file, as MicroK8s does whenever kubelite starts; returns their names."""
    lines = file.read_text("utf-8").splitlines()
    removed = [name for name in sorted(SANITISED[program]) if any(re.search(rf"--{name}[= ]", line) for line in lines)]
    if removed:
        kept = [line for line in lines if not any(re.search(rf"--{name}[= ]", line) for name in removed)]
        atomic.write(file, "\n".join(kept) + "\n", file.stat().st_mode & 0o777)
    return removed
