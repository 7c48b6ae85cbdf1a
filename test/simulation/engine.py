"""Virtual time, and blocking programs in it: each runs in a thread of its own, one at a time, handed over by locks.

Whoever waits looks itself for what comes next, by (time, a number of the seed, order of asking), and hands over only when that
is another program's: so a world is the same at each run of its seed, and a wait that nothing interrupts costs a comparison.
"""

import heapq
import random
import threading
from typing import Any, Callable, List, Optional, Tuple


class Killed(BaseException):
    """kill -9, or the end of the world: no handler of a program may catch it."""


class Task:
    """A program."""

    def __init__(self, name: str) -> None:
        self.name, self.lock, self.dead, self.wake = name, threading.Lock(), False, 0
        self.lock.acquire()
        self.thread: Optional[threading.Thread] = None


class Engine:
    """The order of everything."""

    def __init__(self, seed: int) -> None:
        self.now, self.over, self.steps = 0.0, False, 0
        self._ties = random.Random(seed ^ 0x5EED)
        self._heap: List[Tuple[float, float, int, Any, int]] = []
        self._order = 0
        self._main = Task("main")
        self._current = self._main
        self._tasks: List[Task] = []
        self.failure: Optional[BaseException] = None

    def at(self, moment: float, what: Callable[[], None]) -> None:
        """Have something happen at a moment; it must not wait."""
        self._push(moment, what, 0)

    def after(self, seconds: float, what: Callable[[], None]) -> None:
        """Have something happen later."""
        self._push(self.now + seconds, what, 0)

    def start(self, name: str, program: Callable[[], None]) -> Task:
        """Start a program now."""
        task = Task(name)

        def body() -> None:
            task.lock.acquire()
            try:
                if not (task.dead or self.over):
                    program()
            except Killed:
                pass
            except BaseException as error:  # the simulation's own fault
                self.failure = self.failure or error
                self.over = True
            task.dead = True
            self._tasks.remove(task)
            self._hand_over(task)

        task.thread = threading.Thread(target=body, name=name, daemon=True)
        self._tasks.append(task)
        task.thread.start()
        self._push(self.now, task, task.wake)
        return task

    def kill(self, task: Task) -> None:
        """End a program at the next thing it does, which has no effect any more."""
        if not task.dead:
            task.dead = True
            if task is not self._current:
                task.wake += 1
                self._push(self.now, task, task.wake)

    def sleep(self, seconds: float) -> None:
        """Let time pass for the program that calls. Throws Killed when it does not live to see the end."""
        me, end = self._current, self.now + seconds
        if me.dead or self.over:
            raise Killed()
        if not self._heap or self._heap[0][0] > end:
            self.now = end
            return
        me.wake += 1
        self._push(end, me, me.wake)
        self._switch(me)
        if me.dead or self.over:
            raise Killed()

    def run(self) -> None:
        """Run until somebody says that it is over."""
        self._switch(self._main)
        self.over = True
        for task in list(self._tasks):  # unwind: nothing has an effect now
            self._current = task
            task.lock.release()
            self._main.lock.acquire()
        if self.failure:
            raise self.failure

    def stop(self) -> None:
        """The world ends."""
        self.over = True

    def _push(self, moment: float, what: Any, wake: int) -> None:
        self._order += 1
        heapq.heappush(self._heap, (moment, self._ties.random(), self._order, what, wake))

    def _hand_over(self, me: Task) -> None:
        """Let the next go on; the caller does not come back."""
        other = self._main if self.over else self._next()
        self._current = other
        other.lock.release()

    def _switch(self, me: Task) -> None:
        if self.over and me is self._main:
            return
        other = self._next()
        if other is me:
            return
        self._current = other
        other.lock.release()
        me.lock.acquire()

    def _next(self) -> Task:
        heap = self._heap
        while heap and not self.over:
            moment, _, _, what, wake = heapq.heappop(heap)
            if isinstance(what, Task):
                if what.wake == wake and (not what.dead or what in self._tasks):
                    self.now = max(self.now, moment)
                    self.steps += 1
                    return what
            else:
                self.now = max(self.now, moment)
                what()
        self.over = True
        return self._main
