"""Kernel parameters below /proc/sys: defaults of a boot, files in /etc/sysctl.d, the ``sysctl`` command, and what kubelet wants.

Sources: https://man7.org/linux/man-pages/man5/sysctl.d.5.html, https://man7.org/linux/man-pages/man8/sysctl.8.html,
https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/ (--protect-kernel-defaults), and for the values that
kubelet sets or asks for: github.com/kubernetes/kubernetes pkg/kubelet/cm/container_manager_linux.go (setupKernelTunables).
"""

import pathlib
import re
from typing import Dict, Iterator, List, Tuple

from .answer import Answer

#: What a boot of Ubuntu begins with.
_DEFAULTS = {
    "vm.overcommit_memory": "0", "vm.panic_on_oom": "0", "kernel.panic": "0", "kernel.panic_on_oops": "0",
    "kernel.keys.root_maxkeys": "1000000", "kernel.keys.root_maxbytes": "25000000", "net.ipv4.ip_forward": "0",
    "net.ipv4.tcp_mtu_probing": "0", "fs.inotify.max_user_instances": "128", "fs.inotify.max_user_watches": "65536",
    "fs.aio-max-nr": "65536",
}
_KUBELET = {
    "vm.overcommit_memory": "1", "vm.panic_on_oom": "0", "kernel.panic": "10", "kernel.panic_on_oops": "1",
    "kernel.keys.root_maxkeys": "1000000", "kernel.keys.root_maxbytes": "25000000",
}
_FOLDERS = ("usr/lib/sysctl.d", "run/sysctl.d", "etc/sysctl.d")


class Kernel:
    """The parameters of the machine at ``root``; they are files, so that programs can read and write them there too."""

    def __init__(self, root: pathlib.Path) -> None:
        self._root = root

    def boot(self) -> None:
        """The kernel's own values, then those of the files, as systemd-sysctl.service sets them."""
        for name, value in _DEFAULTS.items():
            self._set(name, value)
        self._apply_files()

    def get(self, name: str) -> str:
        """A value; empty when there is no such parameter."""
        file = self._file(name)
        return file.read_text("utf-8").strip() if file.is_file() else ""

    def tune_for_kubelet(self, protect: bool) -> str:
        """What kubelet does when it starts: set its values, or with --protect-kernel-defaults refuse others, and why; empty otherwise."""
        wrong = {name: value for name, value in _KUBELET.items() if self.get(name) != value}
        if protect:
            texts = [
                f"invalid kernel flag: {name.replace('.', '/')}, expected value: {value}, actual value: {self.get(name)}"
                for name, value in wrong.items()
            ]
            return f"[{', '.join(texts)}]" if len(texts) > 1 else "".join(texts)
        for name, value in wrong.items():
            self._set(name, value)
        return ""

    def run(self, argv: List[str]) -> Answer:
        """Run ``sysctl argv``."""
        options = {word for word in argv if word.startswith("-")}
        words = [word for word in argv if not word.startswith("-")]
        quiet = bool(options & {"-q", "--quiet"})
        if "--system" in options:
            return Answer(0, "" if quiet else "".join(f"{name} = {value}\n" for name, value in self._apply_files()))
        if options & {"-p", "--load"} or any(option.startswith(("--load=", "-p")) for option in options):
            given = [option.partition("=")[2] for option in options if option.startswith("--load=")]
            return self._load((words + given)[:1] or ["/etc/sysctl.conf"], quiet)
        whole = Answer()
        for word in words:
            one = self._one(word, options)
            whole = Answer(max(whole.exit_code, one.exit_code), whole.stdout + ("" if quiet else one.stdout), whole.stderr + one.stderr)
        return whole

    def _one(self, word: str, options: "set[str]") -> Answer:
        name, given, value = word.partition("=")
        name = name.strip().replace("/", ".")
        if not self._file(name).is_file():
            return Answer(255, "", f"sysctl: cannot stat /proc/sys/{name.replace('.', '/')}: No such file or directory\n")
        if given:
            self._set(name, value.strip())
        shown = self.get(name)
        return Answer(0, f"{shown}\n" if options & {"-n", "--values"} else f"{name} = {shown}\n")

    def _load(self, paths: List[str], quiet: bool) -> Answer:
        path = paths[0]
        file = pathlib.Path(path) if path.startswith(str(self._root)) else self._root / path.lstrip("/")
        if not file.is_file():
            return Answer(255, "", f'sysctl: cannot open "{path}": No such file or directory\n')
        done = list(self._apply(file))
        return Answer(0, "" if quiet else "".join(f"{name} = {value}\n" for name, value in done))

    def _apply_files(self) -> List[Tuple[str, str]]:
        files: Dict[str, pathlib.Path] = {}
        for folder in _FOLDERS:
            # A name in a later folder hides the same name in an earlier one.
            files.update({file.name: file for file in (self._root / folder).glob("*.conf")})
        last = self._root / "etc/sysctl.conf"
        ordered = [files[name] for name in sorted(files)] + ([last] if last.is_file() else [])
        return [pair for file in ordered for pair in self._apply(file)]

    def _apply(self, file: pathlib.Path) -> Iterator[Tuple[str, str]]:
        for line in file.read_text("utf-8").splitlines():
            match = re.match(r"^\s*-?([A-Za-z0-9_./-]+)\s*=\s*(.*?)\s*$", line)
            if match and not line.lstrip().startswith(("#", ";")):
                name = match.group(1).replace("/", ".")
                if self._file(name).is_file():
                    self._set(name, match.group(2))
                    yield name, match.group(2)

    def _set(self, name: str, value: str) -> None:
        file = self._file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(value + "\n", "utf-8")

    def _file(self, name: str) -> pathlib.Path:
        return self._root / "proc/sys" / name.replace("..", "").replace(".", "/")
