"""What a simulated machine reaches of the others: ports behind private addresses, and the datastore of its cluster."""

import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Optional

from .datastore import Datastores

if TYPE_CHECKING:
    from .microk8s import Microk8s


def _nobody(_: str) -> "Optional[Microk8s]":
    return None


@dataclass(frozen=True)
class Neighbours:
    """``at(address)`` is MicroK8s of the machine that has a private address and power; None when nothing answers there."""

    datastores: Datastores = field(default_factory=Datastores)
    at: "Callable[[str], Optional[Microk8s]]" = _nobody

    def listens(self, address: str, port: int) -> Optional[bool]:
        """Whether a TCP connection to ``address:port`` is taken; None when nothing answers at all: the machine is off."""
        found = self.at(address)
        return None if found is None else found.listens(port)


def is_address(text: str) -> bool:
    """Whether ``text`` is an IPv4 address."""
    try:
        return bool(socket.inet_aton(text)) and text.count(".") == 3
    except OSError:
        return False
