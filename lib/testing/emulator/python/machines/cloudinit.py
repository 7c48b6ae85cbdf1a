"""cloud-init of one machine: its modules write_files and runcmd, each once in the life of the instance, and its two logs.

Source: https://docs.cloud-init.io/en/latest/reference/user_files.html (/var/log/cloud-init.log, cloud-init-output.log).
"""

import json
import pathlib
import time
from typing import Callable, Dict, Optional, Tuple

from . import cloudconfig, processes, rootfs
from .power import Power

_SEMAPHORES = "var/lib/cloud/instance/sem"


class CloudInit:
    """Applies ``user_data`` to ``root``; ``log`` takes what the commands print, ``note`` what went wrong."""

    def __init__(self, root: pathlib.Path, user_data: bytes, log: pathlib.Path, note: Callable[[str], None]) -> None:
        self._root, self._log, self._note = root, log, note
        self._config, self._problem = cloudconfig.CloudConfig(), ""
        try:
            self._config = cloudconfig.parse(user_data)
        except (ValueError, TypeError) as error:
            self._problem = str(error)

    def names(self) -> Tuple[Optional[str], Optional[str]]:
        """Cluster and node as /etc/mec/node.json of the document names them; None where it does not."""
        for entry in self._config.write_files:
            if isinstance(entry, dict) and entry.get("path") == "/etc/mec/node.json":
                try:
                    node = json.loads(entry["content"])
                    return node.get("cluster"), node.get("node")
                except (ValueError, KeyError, AttributeError, TypeError):
                    return None, None
        return None, None

    def write_files(self) -> None:
        """Lay the files out, on the first boot only."""
        self._open_logs()
        if not self._take("config_write_files"):
            return
        self._say("util.py[DEBUG]: Running module write_files")
        if self._problem:
            self._note(f"cloud-init: failed to read the user data: {self._problem}")
            self._say(f"util.py[WARNING]: Failed loading yaml blob: {self._problem}")
            return
        try:
            cloudconfig.lay_out(self._config, self._root)
        except (OSError, ValueError, KeyError) as error:
            self._note(f"cloud-init: write_files failed: {error!r}")

    def run_commands(self, env: Dict[str, str], power: Power) -> None:
        """Run the commands one after another, on the first boot only; one that fails stops no other."""
        if not self._take("config_scripts_user"):
            return
        for command in self._config.runcmd:
            if not power.on:
                return
            self._say(f"cc_runcmd.py[DEBUG]: {command!r}")
            argv = ["sh", "-c", command] if isinstance(command, str) else [str(word) for word in command]
            try:
                words = rootfs.find_command(self._root, argv, env["PATH"])
                process = processes.spawn(words, env, self._root, self._log)
            except (OSError, IndexError) as error:
                self._note(f"cloud-init: runcmd {argv!r}: {error}")
                continue
            code = process.wait()
            if code != 0 and power.on:
                self._note(f"cloud-init: runcmd {argv!r} failed with exit code {code}")

    def _open_logs(self) -> None:
        output = self._root / "var/log/cloud-init-output.log"
        self._log.touch()
        if not output.is_symlink():
            output.symlink_to(self._log)
        self._say("util.py[DEBUG]: Cloud-init v. 24.4 running 'init'")

    def _say(self, text: str) -> None:
        with open(self._root / "var/log/cloud-init.log", "a", encoding="utf-8") as log:
            log.write(f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime())},000 - {text}\n")

    def _take(self, name: str) -> bool:
        # cloud-init takes its semaphore before it works, so a crash in between is not repeated.
        semaphore = self._root / _SEMAPHORES / name
        if semaphore.exists():
            return False
        semaphore.touch()
        return True
