"""Work that begins only when the response it belongs to has been sent, in order, one after the other."""

import queue
import threading
from typing import Callable, List, Optional

Work = Callable[[], None]


class Aftermath:
    """Collects work while a request is handled (per thread) and does it, in order, after the response."""

    def __init__(self, on_error: Callable[[BaseException], None]) -> None:
        self._local = threading.local()
        self._queue: "queue.Queue[Optional[Work]]" = queue.Queue()
        self._on_error = on_error
        threading.Thread(target=self._run, name="aftermath", daemon=True).start()

    def add(self, work: Work) -> None:
        """Have ``work`` done after the response of the request this thread handles."""
        self._pending().append(work)

    def begin(self) -> None:
        """A request begins in this thread."""
        self._pending().clear()

    def release(self) -> None:
        """The response of this thread's request has been sent."""
        pending = self._pending()
        for work in pending:
            self._queue.put(work)
        pending.clear()

    def drain(self, seconds: float) -> bool:
        """Wait at most ``seconds`` (s) until everything released so far is done; whether it is."""
        done = threading.Event()
        self._queue.put(done.set)
        return done.wait(seconds)

    def _pending(self) -> List[Work]:
        if not hasattr(self._local, "pending"):
            self._local.pending = []
        return self._local.pending  # type: ignore[no-any-return]

    def _run(self) -> None:
        while True:
            work = self._queue.get()
            if work is None:
                return
            try:
                work()
            except Exception as error:  # one failing machine must not keep the others from booting
                self._on_error(error)
