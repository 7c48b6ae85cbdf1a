"""The real agent's modules, from the files that are shipped, as the agent's own tests load them."""

import pathlib
import sys

sys.dont_write_bytecode = True
sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "microk8s" / "agent"))

from loading import load  # noqa: E402

agent = load("agent")
