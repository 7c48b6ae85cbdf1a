"""``microk8s dbctl``: a backup of the datastore, one file for each key and one for its value, and its way back.

Sources: github.com/canonical/microk8s scripts/wrappers/dbctl.py, github.com/canonical/k8s-dqlite pkg/migrator/migrator.go (files;
a restored key replaces the present one, and keys that the backup lacks stay).
"""

import io
import json
import tarfile
from datetime import datetime
from typing import TYPE_CHECKING, Any, Dict, List, Mapping

from . import rootfs
from .answer import Answer

if TYPE_CHECKING:
    from .microk8s import Microk8s

_USAGE = "usage: microk8s dbctl [-h] [--debug] {restore,backup} ...\n"
_SUFFIX = ".tar.gz"


def run(microk8s: "Microk8s", argv: List[str]) -> Answer:
    """Run ``dbctl argv``."""
    store = microk8s.store
    if not microk8s.datastore_is_up or store is None:
        return Answer(10, "Please ensure the kubernetes apiserver is running and HA is enabled.\n")
    words = [word for word in argv if word != "--debug"]
    if words[:1] == ["backup"]:
        return _backup(microk8s, store.saved(), words[1:])
    if words[:1] == ["restore"]:
        if len(words) != 2:
            return Answer(2, "", "usage: microk8s dbctl restore [-h] backup-file\nmicrok8s dbctl restore: error: "
                          "the following arguments are required: backup-file\n")
        try:
            store.restore(_read(microk8s, words[1]))
        except (OSError, tarfile.TarError, ValueError, KeyError) as error:
            return Answer(1, f"Restoring from {words[1]}\n", f"{type(error).__name__}: {error}\n")
        return Answer(0, f"Restoring from {words[1]}\n")
    if not words:
        return Answer(0, _USAGE)
    return Answer(2, "", f"{_USAGE}microk8s dbctl: error: invalid choice: '{words[0]}' (choose from 'restore', 'backup')\n")


def _backup(microk8s: "Microk8s", objects: Mapping[str, Any], words: List[str]) -> Answer:
    name, rest = f"backup-{datetime.now():%Y-%m-%d-%H-%M-%S}", list(words)
    while rest:
        word = rest.pop(0)
        if word == "-o" and rest:
            name = rest.pop(0)
        elif word.startswith("-o") and len(word) > 2:
            name = word[2:]
        else:
            # The file is an option here, and no word of its own as it is for restore.
            return Answer(2, "", f"{_USAGE}microk8s dbctl: error: unrecognized arguments: {word}\n")
    name = name[: -len(_SUFFIX)] if name.endswith(_SUFFIX) else name
    file = rootfs.locate(microk8s.root, name + _SUFFIX if name.startswith("/") else f"/{name}{_SUFFIX}")
    folder = name.rpartition("/")[2]
    try:
        with tarfile.open(file, "w:gz") as tar:
            for index, (key, value) in enumerate(sorted(objects.items())):
                for kind, text in (("key", f"/registry/{key}"), ("data", json.dumps(value))):
                    data = text.encode("utf-8")
                    member = tarfile.TarInfo(f"{folder}/{index}.{kind}")
                    member.size, member.mode = len(data), 0o640
                    tar.addfile(member, io.BytesIO(data))
    except OSError as error:
        return Answer(1, "Backing up the datastore\n", f"{type(error).__name__}: {error}\n")
    return Answer(0, f"Backing up the datastore\nThe backup is: {name}{_SUFFIX}\n")


def _read(microk8s: "Microk8s", name: str) -> Dict[str, Dict[str, Any]]:
    file = rootfs.locate(microk8s.root, name if name.startswith("/") else f"/{name}")
    with tarfile.open(file, "r:gz") as tar:
        files = [(member.name, tar.extractfile(member)) for member in tar.getmembers() if member.isfile()]
        texts = {name: file.read().decode("utf-8") for name, file in files if file is not None}
    keys = {name: text for name, text in texts.items() if name.endswith(".key")}
    return {key.removeprefix("/registry/"): json.loads(texts[name[:-4] + ".data"]) for name, key in keys.items()}
