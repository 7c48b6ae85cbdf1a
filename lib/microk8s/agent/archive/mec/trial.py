"""What an agent proves before it takes over from another: that it runs here, understands what is desired, and sees the node well."""

from typing import Any

from .basics import PROTOCOL, Trouble
from .gateway import Gateway
from .membership import Membership
from .microk8s import Microk8s
from .ports import Ports
from .records import Parameters
from .reporter import Node

SIGHT_SECONDS = 30.0  # a node that is well may be unwell for a moment


def trial(ports: Ports, node: Node, was_ready: bool) -> str:
    """Why this agent should not take over; empty when nothing speaks against it. It changes nothing. Throws Trouble."""
    if node.role == "gateway":
        return Gateway(ports, node).trial()
    desired: Any = Parameters(ports.aws, ports.clock, ports.rng, node.cluster, node.name, ("desired",)).read().get("desired")
    if not isinstance(desired, dict) or "nodes" not in desired:
        raise Trouble("the parameter desired cannot be read")
    if desired.get("protocol") != PROTOCOL:
        return f"it does not speak protocol {desired.get('protocol')}"
    end = ports.clock.monotonic() + SIGHT_SECONDS
    missing = sight(ports, node) if was_ready else ""
    while missing and ports.clock.monotonic() < end:
        ports.clock.sleep(2.0)
        missing = sight(ports, node)
    return missing


def sight(ports: Ports, node: Node) -> str:
    """What is missing until this node works, whatever it is of its cluster; empty when nothing is."""
    members = Membership(ports.shell, ports.files)
    if not members.is_worker():
        return Microk8s(ports.shell, ports.files).unready(node.address, node.hostname)
    try:
        return "" if members.own_node(node.hostname).ready else "node is not Ready"
    except Trouble as trouble:
        return str(trouble)
