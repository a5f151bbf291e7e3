"""Turns: whoever waits for heavy work is served in order, and a crowd in one lane keeps only its own lane waiting."""

from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeVar

from core.errors import TooManyTries

T = TypeVar("T")


class Turns:
    """Works on few things at a time, always on the same threads; lanes take turns, and in a lane who came first."""

    def __init__(self, name: str, *, at_once: int, most: int, most_of_one: int, patience: float) -> None:
        """Work on `at_once` things; at most `most` wait, `most_of_one` in a lane, and nobody longer than `patience`."""
        self._most, self._most_of_one, self._patience = most, most_of_one, patience
        self._workers = ThreadPoolExecutor(at_once, thread_name_prefix=name)
        self._lanes: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._waiting, self._lock = 0, Lock()

    def take(self, lane: str, work: Callable[[], T]) -> T:
        """Return what `work` gives once it is its turn. Raises TooManyTries where too many wait, or for too long."""
        future: Future[T] = Future()
        with self._lock:
            line = self._lanes.get(lane, deque())
            if self._waiting >= self._most or len(line) >= self._most_of_one:
                raise self._busy()
            line.append((future, work))
            self._lanes[lane] = line
            self._waiting += 1
        self._workers.submit(self._next)
        try:
            return future.result(self._patience)
        except TimeoutError:
            if future.cancel():
                raise self._busy() from None
            return future.result()

    def _busy(self) -> TooManyTries:
        return TooManyTries(seconds=max(1, round(self._patience)), busy=True)

    def _next(self) -> None:
        """Do the first thing of the lane whose turn it is."""
        with self._lock:
            lane, line = self._lanes.popitem(last=False)
            future, work = line.popleft()
            self._waiting -= 1
            if line:
                self._lanes[lane] = line
        # Whoever has lost patience has taken it back.
        if not future.set_running_or_notify_cancel():
            return
        try:
            future.set_result(work())
        except BaseException as trouble:  # noqa: BLE001 – handed on to whoever waits for it
            future.set_exception(trouble)
