"""Work that begins only when the response it belongs to has been sent, in order, one after the other."""

import queue
import threading
from typing import Callable, List

Work = Callable[[], None]


class Aftermath:
    """Collects work while a request is handled (per thread) and does it, in order, after the response."""

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self._local = threading.local()
        self._queue: "queue.Queue[Work]" = queue.Queue()
        self._on_error = on_error
        self._idle = threading.Condition()
        self._requests = 0
        threading.Thread(target=self._run, name="aftermath", daemon=True).start()

    def add(self, work: Work) -> None:
        """Have ``work`` done after the response of the request this thread handles."""
        self._pending().append(work)

    def begin(self) -> None:
        """A request begins in this thread."""
        self._pending().clear()
        with self._idle:
            self._requests += 1

    def release(self) -> None:
        """The response of this thread's request has been sent, or there will be none."""
        pending = self._pending()
        for work in pending:
            self._queue.put(work)
        pending.clear()
        with self._idle:
            self._requests -= 1
            self._idle.notify_all()

    def drain(self, seconds: float) -> bool:
        """Wait at most ``seconds`` (s) until every request so far is through and what follows it is done; whether it is."""
        done = threading.Event()
        with self._idle:
            if not self._idle.wait_for(lambda: self._requests == 0, seconds):
                return False
        self._queue.put(done.set)
        return done.wait(seconds)

    def _pending(self) -> List[Work]:
        if not hasattr(self._local, "pending"):
            self._local.pending = []
        return self._local.pending  # type: ignore[no-any-return]

    def _run(self) -> None:
        while True:
            work = self._queue.get()
            try:
                work()
            except Exception as error:  # one failing machine must not keep the others from booting
                self._on_error(error)
