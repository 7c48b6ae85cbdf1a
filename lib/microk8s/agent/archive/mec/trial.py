"""What an agent proves before it takes over from another: that it runs here, understands what is desired, and sees the node well."""

from typing import Any

from .basics import PROTOCOL, Trouble
from .gateway import Gateway
from .microk8s import Microk8s
from .ports import Ports
from .records import Parameters
from .reporter import Node

SIGHT_SECONDS = 30.0  # a node that is well may be unwell for a moment


def trial(ports: Ports, node: Node, was_ready: bool) -> str:
    """Why this agent should not take over; empty when nothing speaks against it. It changes nothing. Throws Trouble."""
    if node.role == "gateway":
        return Gateway(ports, node).trial()
    desired: Any = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name).read().get("desired")
    if not isinstance(desired, dict) or "nodes" not in desired:
        raise Trouble("the parameter desired cannot be read")
    if desired.get("protocol") != PROTOCOL:
        return f"it does not speak protocol {desired.get('protocol')}"
    microk8s, end = Microk8s(ports.shell, ports.files), ports.clock.monotonic() + SIGHT_SECONDS
    missing = microk8s.unready(node.address, node.hostname) if was_ready else ""
    while missing and ports.clock.monotonic() < end:
        ports.clock.sleep(2.0)
        missing = microk8s.unready(node.address, node.hostname)
    return missing
