"""Pods are cut off from instance metadata."""

from typing import Any

from .basics import Trouble, clip

METADATA = "169.254.169.254/32"


class Guard:
    """A rule of the machine's firewall that drops what pods send to instance metadata; the machine itself is not met by it.

    Why it is asked for: the node's role is whoever reaches that address, and the hop limit of 1 alone is one setting away
    from open. https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
    Why raw PREROUTING: all that comes in from a pod passes it first, whatever accepts it later (Calico accepts in mangle and
    in FORWARD, and keeps its own jumps at the top there), and what the machine sends passes OUTPUT instead. Calico's own
    raw chain returns for pods, so the place behind it is as good as the first one, and it is not fought over; it removes
    no rules but its own. https://docs.tigera.io/calico/latest/reference/felix/configuration (ChainInsertMode)
    Pods on the host's network are the machine to every firewall: who may start those has the node's role.
    """

    CHAIN = ("iptables", "-w", "10", "-t", "raw")
    RULE = ("-d", METADATA, "!", "-i", "lo", "-j", "DROP")

    def __init__(self, shell: Any, log: Any) -> None:
        self._shell, self._log = shell, log

    def close(self) -> None:
        """Put the rule in its place unless it is there. Throws Trouble."""
        look = self._shell.run([*self.CHAIN, "-C", "PREROUTING", *self.RULE], 30)
        if look.code == 0:
            return
        # 1 says that there is none; anything else, that iptables does not know.
        made = look if look.code != 1 else self._shell.run([*self.CHAIN, "-I", "PREROUTING", "1", *self.RULE], 30)
        if made.code:
            why = (made.err or made.out).strip() or f"iptables ends with {made.code}"
            raise Trouble(f"pods reach instance metadata: {clip(why, 48)}")
        self._log.event("pods are cut off from instance metadata")
