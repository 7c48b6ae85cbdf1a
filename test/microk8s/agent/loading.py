"""Loads the node's two programs as modules, from the files that are shipped."""

import importlib.util
import pathlib
import sys
from types import ModuleType

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "lib" / "microk8s" / "agent"


def load(name: str) -> ModuleType:
    """The module of ``name``.py; the same one at each call."""
    key = "mec_" + name
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, FOLDER / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[key] = module
        kept, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            spec.loader.exec_module(module)
        finally:
            sys.dont_write_bytecode = kept
    return sys.modules[key]
