"""Waiting in a command that ends with its client, as a script does that is killed in its middle."""

from typing import Callable

from .power import Power


class Killed(Exception):
    """The client of the command was killed: what it has done so far stays done."""


def sleep(power: Power, seconds: float, is_gone: Callable[[], bool]) -> None:
    """Wait ``seconds`` (s). Throws Killed or PowerLost."""
    left = seconds
    while True:
        if is_gone():
            raise Killed()
        if left <= 0:
            return
        power.must_sleep(min(left, 0.05))
        left -= 0.05


def wait_for(power: Power, condition: Callable[[], bool], seconds: float, is_gone: Callable[[], bool]) -> bool:
    """Wait for ``condition``, at most ``seconds`` (s). Throws Killed or PowerLost."""
    left = seconds
    while not condition():
        if left <= 0:
            return False
        sleep(power, 0.05, is_gone)
        left -= 0.05
    return True
