"""Loads the node's two programs as modules, from the files that are shipped."""

import importlib
import importlib.util
import pathlib
import sys
from types import ModuleType

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "lib" / "microk8s" / "agent"
ARCHIVE = FOLDER / "archive"
sys.dont_write_bytecode = True
sys.path.insert(0, str(ARCHIVE))


def load(name: str) -> ModuleType:
    """The bootstrap by ``bootstrap``, and by ``agent`` every name of the agent's modules; the same one at each call."""
    key = "mec_" + name
    if key not in sys.modules:
        sys.modules[key] = _agent(key) if name == "agent" else _file(key, FOLDER / f"{name}.py")
    return sys.modules[key]


def _agent(key: str) -> ModuleType:
    whole = ModuleType(key)
    for file in sorted((ARCHIVE / "mec").glob("*.py")):
        if file.stem != "__init__":
            whole.__dict__.update({n: v for n, v in vars(importlib.import_module(f"mec.{file.stem}")).items() if n[:2] != "__"})
    return whole


def _file(key: str, path: pathlib.Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(key, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[key] = module
    spec.loader.exec_module(module)
    return module
