"""What nodes and gateway have in common: they try phases until they work, say what hinders them, and never end."""

from typing import Any, Callable, Dict, Tuple

from .basics import READ_GAP, Backoff, Refused, Trouble
from .ports import Ports
from .reporter import Reporter
from .selfupdate import SelfUpdate

PAUSE = 2.5  # at most between two looks at what goes on while a machine waits
SLOW = 30.0  # between tries of a machine that has failed


class Worker:
    """A machine's agent: the waiting and trying; what to do is its children's."""

    PHASES: Tuple[str, ...] = ()
    TRIES_BEFORE_RESTART, TRIES_BEFORE_SWAP = 10, 3

    def __init__(self, ports: Ports, reporter: Reporter, swap: SelfUpdate) -> None:
        self._ports, self._reporter, self._swap = ports, reporter, swap
        self._backoffs: Dict[str, Backoff] = {}

    def _records(self) -> Dict[str, Any]:
        """The records, with those that make sense told to the reporter. Throws Trouble, or Refused."""
        raise NotImplementedError

    def bring_up(self) -> None:
        """Go through all phases once. Throws Refused, or Trouble when one does not get on."""
        raise NotImplementedError

    def watch(self) -> None:
        """Stay well. Throws Trouble when the machine is not well any more, Refused when only a person can help."""
        raise NotImplementedError

    def _live(self) -> None:
        """Work for ever."""
        while True:
            try:
                self.bring_up()
                self.watch()
            except Refused as refused:
                self._refuse(str(refused))
                self._pause(READ_GAP)
            except Exception as error:
                self._fail(self._reporter.phase, error)

    def _change_agent(self) -> None:
        """Let another agent try where this one does not get on; if it cannot be had, this one goes on."""
        desired = self._reporter.desired
        if not self._swap.rejected(desired):
            try:
                self._swap.take(desired, was_ready=False)
            except (Refused, Trouble) as error:
                self._ports.log.event("agent stays", error=str(error))

    def _attempt(self, phase: str, work: Callable[[], None]) -> None:
        """Do a phase until it works. Throws Refused; Trouble after so many tries that one should look from the start."""
        for number in range(self.TRIES_BEFORE_RESTART):
            try:
                work()
                self._backoffs.pop(phase, None)
                return
            except Refused:
                raise
            except Exception as error:
                self._fail(phase, error)
                try:
                    self._records()  # what was corrected counts at once
                    if number + 1 >= self.TRIES_BEFORE_SWAP and phase != "update":
                        self._change_agent()
                except Trouble:
                    pass
        raise Trouble(self._reporter.reason.partition(": ")[2])

    def _refuse(self, text: str) -> None:
        """Say that only a person can help."""
        self._ports.log.event("refused", error=text)
        phase = text.partition(":")[0]
        self._reporter.refuse(phase if phase in self.PHASES else "birth", text, tried=phase == "update")

    def _fail(self, phase: str, error: Exception) -> None:
        """Say what went wrong and wait; longer each time, and not at all once a new stack waits."""
        text = self._text(error)
        self._ports.log.event("trouble", error=text)
        self._reporter.fresh = False
        self._reporter.trouble(phase, f"{phase}: {text}")
        self._swap.give_back(text)
        backoff = self._backoffs.setdefault(phase, Backoff(1.0, 30.0, self._ports.rng, 0.5))
        self._pause(SLOW if self._reporter.failed else backoff.next())

    @staticmethod
    def _text(error: Exception) -> str:
        """What to say of an error; the message of one that is not ours could quote what it met."""
        if isinstance(error, Trouble):
            return str(error)
        return type(error).__name__ + (f" {error.errno}" if isinstance(error, OSError) else "")

    def _until(self, missing: Callable[[], str], seconds: float) -> None:
        """Wait until nothing is missing, looking often at first. Throws Trouble with what is missing at the end."""
        end, wait = self._ports.clock.monotonic() + seconds, 0.2
        while True:
            what = missing()
            if not what:
                return
            if self._ports.clock.monotonic() > end:
                raise Trouble(what)
            self._pause(wait)
            wait = min(3.0, wait * 1.4)

    def _pause(self, seconds: float) -> None:
        """Wait while the reporter goes on; a stack that begins to wait cuts it short."""
        end = self._ports.clock.monotonic() + seconds
        self._reporter.tick()
        if self._reporter.fresh and self._reporter.state == "failed":  # whoever waits in a circle does not spin
            self._ports.clock.sleep(min(0.2, seconds))
        while self._ports.clock.monotonic() < end and not (self._reporter.fresh and self._reporter.state == "failed"):
            self._ports.clock.sleep(max(0.01, min(PAUSE, end - self._ports.clock.monotonic())))
            self._reporter.tick()
