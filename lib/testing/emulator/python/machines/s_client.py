"""``openssl s_client -connect`` to the private address of a simulated machine: whether TCP connects.

Source: https://docs.openssl.org/3.0/man1/openssl-s_client/; "connect:errno=111" (ECONNREFUSED) and 110 (ETIMEDOUT) on failure.
"""

from typing import Callable, List

from . import client_gone
from .answer import Answer
from .neighbours import Neighbours
from .power import Power


def run(neighbours: Neighbours, argv: List[str], power: Power, timeout: float, is_gone: Callable[[], bool]) -> Answer:
    """Run ``openssl argv``; a machine without power lets the caller wait ``timeout`` (s). Throws PowerLost."""
    target = argv[argv.index("-connect") + 1] if "-connect" in argv[:-1] else ""
    address, _, port = target.rpartition(":")
    if not address or not port.isdigit():
        return Answer(1, "", "s_client: -connect argument or target parameter malformed or ambiguous\n")
    taken = neighbours.listens(address, int(port))
    if taken is None:
        try:
            client_gone.sleep(power, timeout, is_gone)
        except client_gone.Killed:
            return Answer(137)
    if not taken:
        return Answer(1, "", f"connect:errno={110 if taken is None else 111}\n")
    return Answer(0, "CONNECTED(00000003)\n---\nno peer certificate available\n---\n", "DONE\n")
