"""cloud-init, as far as our user data goes: ``#cloud-config`` over JSON with write_files and runcmd.

Source: https://docs.cloud-init.io/en/latest/reference/modules.html (write files, runcmd).
"""

import base64
import gzip
import json
import os
import pathlib
import posixpath
from dataclasses import dataclass, field
from typing import Any, Dict, List, Union

_WRITERS = {"": lambda b: b, "text/plain": lambda b: b}
for _name in ("b64", "base64"):
    _WRITERS[_name] = base64.b64decode
for _name in ("gz+b64", "gz+base64", "gzip+b64", "gzip+base64"):
    _WRITERS[_name] = lambda b: gzip.decompress(base64.b64decode(b))


@dataclass
class CloudConfig:
    """A parsed user-data document."""

    write_files: List[Dict[str, Any]] = field(default_factory=list)
    runcmd: List[Union[str, List[str]]] = field(default_factory=list)


def parse(user_data: bytes) -> CloudConfig:
    """Parse user data; empty user data is an empty document. Throws ValueError when it is no cloud-config of ours."""
    if not user_data.strip():
        return CloudConfig()
    first, _, rest = user_data.decode("utf-8").partition("\n")
    if first.strip() != "#cloud-config":
        raise ValueError(f"user data does not start with '#cloud-config' but with {first[:40]!r}")
    document = json.loads(rest)
    if not isinstance(document, dict):
        raise ValueError("user data is not a mapping")
    return CloudConfig(list(document.get("write_files") or []), list(document.get("runcmd") or []))


def inside(root: pathlib.Path, path: str) -> pathlib.Path:
    """Where the machine's absolute ``path`` lies under ``root``; never outside it."""
    return root / posixpath.normpath("/" + path).lstrip("/")


def lay_out(config: CloudConfig, root: pathlib.Path) -> None:
    """Write the files of the document under ``root`` with their permissions. Throws ValueError or OSError."""
    for entry in config.write_files:
        target = inside(root, str(entry["path"]))
        decode = _WRITERS.get(str(entry.get("encoding", "")).lower())
        if decode is None:
            raise ValueError(f"write_files: unknown encoding {entry.get('encoding')!r}")
        content = decode(str(entry.get("content", "")).encode("utf-8"))
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(target, "ab" if entry.get("append") else "wb") as file:
            file.write(content)
        os.chmod(target, int(str(entry.get("permissions", "0644")), 8))
