"""Files that are replaced whole, so that no reader ever sees half of one."""

import os
import pathlib
import threading
from typing import Union


def write(path: pathlib.Path, content: Union[str, bytes], mode: int = 0o644) -> None:
    """Replace ``path`` by ``content`` (text as UTF-8) in one step, with these permissions. Throws OSError."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    fresh = path.with_name(f".{path.name}.{threading.get_ident()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(data)
    os.replace(fresh, path)
