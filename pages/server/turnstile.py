"""The turnstile before the pages: few are made at once, so that a vote finds a processor, whoever else clicks.

A page is made by a thread that keeps all others waiting whenever it computes. Two at once take the processor that
there is; a third one would only slow down a vote, which has threads of its own (`lanes`) but the same processor.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable

# Seconds after which a page that is still being made gives its turn away: it waits for something, and may go on.
LONGEST = 1.0
# … and after which that of somebody who has hung up does: nobody hears when it has finished.
HUNG_UP = 0.25


class Turn:
    """One page's turn: asked for, had, and over."""

    def __init__(self, lane: str, begin: Callable[[], None], ended: Callable[[], None]) -> None:
        self.lane, self.begin, self.ended = lane, begin, ended
        self.timer: asyncio.TimerHandle | None = None
        self.waits = True


class Turnstile:
    """Lets so many pages be made at once; lanes take turns, and in a lane who came first. For one event loop."""

    def __init__(self, at_once: int) -> None:
        """Let `at_once` pages be made at once."""
        self.at_once = at_once
        self.had: set[Turn] = set()
        self._lanes: OrderedDict[str, deque[Turn]] = OrderedDict()

    def ask(self, lane: str, begin: Callable[[], None], ended: Callable[[], None]) -> Turn:
        """Call `begin` as soon as it is the turn of this lane – at once, where nobody waits.

        `ended` is called where the turn has lasted too long and is given away.
        """
        turn = Turn(lane, begin, ended)
        self._lanes.setdefault(lane, deque()).append(turn)
        self._next()
        return turn

    def over(self, turn: Turn, *, after: float = 0.0) -> None:
        """Give the turn to the next – `after` so many seconds –, or let go of one that still waits."""
        if turn.waits:
            turn.waits = False
            line = self._lanes[turn.lane]
            line.remove(turn)
            if not line:
                del self._lanes[turn.lane]
            return
        if turn in self.had and after:
            self._until(turn, after)
            return
        if turn.timer is not None:
            turn.timer.cancel()
        self.had.discard(turn)
        self._next()

    def waiting(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._lanes.values()))

    def _until(self, turn: Turn, seconds: float) -> None:
        if turn.timer is not None:
            turn.timer.cancel()
        turn.timer = asyncio.get_running_loop().call_later(seconds, self._give_away, turn)

    def _give_away(self, turn: Turn) -> None:
        self.over(turn)
        turn.ended()

    def _next(self) -> None:
        while self._lanes and len(self.had) < self.at_once:
            lane, line = self._lanes.popitem(last=False)
            turn = line.popleft()
            if line:
                self._lanes[lane] = line
            turn.waits = False
            self.had.add(turn)
            self._until(turn, LONGEST)
            turn.begin()
