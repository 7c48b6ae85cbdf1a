"""One stretch of electricity: everything a machine runs between a boot and the next power-off."""

import threading
import time
from typing import Callable, List


class PowerLost(Exception):
    """The machine lost power while something was being done on it."""


class Power:
    """Switches off once. Threads started through it end at power-off; waits through it are cut short."""

    def __init__(self) -> None:
        self.booted_at = time.time()
        self._off = threading.Event()
        self._threads: List[threading.Thread] = []
        self._lock = threading.Lock()

    @property
    def on(self) -> bool:
        """Whether there is still power."""
        return not self._off.is_set()

    def switch_off(self) -> None:
        """Cut the power: every wait of this boot ends now."""
        self._off.set()

    def sleep(self, seconds: float) -> bool:
        """Wait ``seconds`` (s); False when the power went off instead."""
        return not self._off.wait(max(0.0, seconds))

    def must_sleep(self, seconds: float) -> None:
        """Wait ``seconds`` (s). Throws PowerLost when the power goes off meanwhile."""
        if not self.sleep(seconds):
            raise PowerLost()

    def wait_for(self, condition: Callable[[], bool], seconds: float, every: float = 0.05) -> bool:
        """Poll ``condition`` for at most ``seconds`` (s). Throws PowerLost."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() >= deadline:
                return False
            self.must_sleep(every)
        return True

    def start(self, work: Callable[[], None], name: str) -> threading.Thread:
        """Run ``work`` in a thread of this boot; PowerLost ends it silently."""

        def guarded() -> None:
            try:
                work()
            except PowerLost:
                pass

        thread = threading.Thread(target=guarded, name=name, daemon=True)
        with self._lock:
            self._threads.append(thread)
        thread.start()
        return thread

    def join(self, seconds: float) -> bool:
        """Wait, at most ``seconds`` (s) in all, until the threads of this boot are gone; whether they are."""
        deadline = time.monotonic() + seconds
        with self._lock:
            threads = [thread for thread in self._threads if thread is not threading.current_thread()]
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in threads)
