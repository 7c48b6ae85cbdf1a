"""Session Manager, by which people look at a node."""

import random
from typing import Any

from .basics import DAY, Backoff
from .microk8s import snap_reason


class Session:
    """Keeps the agent of Session Manager installed, which some images lack. A node is well without it.

    Source: https://docs.aws.amazon.com/systems-manager/latest/userguide/agent-install-ubuntu-64-snap.html
    """

    NAME, LIMIT = "amazon-ssm-agent", 300.0

    def __init__(self, shell: Any, log: Any, clock: Any, rng: random.Random) -> None:
        self._shell, self._log, self._clock = shell, log, clock
        self._backoff = Backoff(600.0, DAY / 4, rng, 300.0)
        self._next = float("-inf")

    def keep(self) -> None:
        """Look at its time, which is once a day, and install what is not there; never throws for that it does not work."""
        if self._clock.monotonic() < self._next:
            return
        wait = DAY
        if self._shell.run(["snap", "list", self.NAME], 60).code:
            result = self._shell.run(["snap", "install", self.NAME, "--classic"], self.LIMIT)
            if result.code:
                wait = self._backoff.next()
                why = "no end" if result.code == 124 else snap_reason(result.err or result.out)
                self._log.event("no Session Manager", error=why, again=round(wait))
            else:
                self._log.event("Session Manager is installed")
        self._next = self._clock.monotonic() + wait
