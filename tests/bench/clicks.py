"""What one interaction costs the server: the median over many, each read from outside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import mean, median

from tests.bench.served import Server
from tests.bench.visitor import Visitor

Act = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Pair:
    """What the same number of interactions cost in the bare app and in Glas, in CPU ms: medians; `average`: of Glas."""

    bare: float
    glas: float
    average: float

    @property
    def ratio(self) -> float:
        """Return how many times the bare app's cost Glas costs."""
        return self.glas / self.bare


@dataclass(frozen=True, slots=True)
class Side:
    """A server and what is done to it."""

    server: Server
    act: Act

    async def cost(self) -> float:
        """Act once and return the CPU milliseconds until the answer was there and the work behind it was done."""
        before = self.server.cpu()
        await self.act()
        last = self.server.cpu()
        while True:
            await asyncio.sleep(0.003)
            now = self.server.cpu()
            if now - last < 0.05:
                return last - before
            last = now


async def side_by_side(bare: Side, glas: Side, *, times: int, warm: int) -> Pair:
    """Return what both cost, measured in turns: a machine has moods, and both meet the same ones."""
    costs: list[tuple[float, float]] = [(await bare.cost(), await glas.cost()) for _ in range(warm + times)]
    ours = [cost for _, cost in costs[warm:]]
    return Pair(median(cost for cost, _ in costs[warm:]), median(ours), mean(ours))


def opening(server: Server, page: str = "", *, cookies: dict[str, str] | None = None, shows: str = "") -> Side:
    """Return the opening of a page: shell, websocket, first run.

    `shows` names a component that has to be there: a page that broke is quick.
    """

    async def visit() -> None:
        async with Visitor(server.base, cookies) as visitor:
            await visitor.open(page)
            if visitor.exceptions or (shows and shows not in visitor.components()):
                raise RuntimeError(f"/{page} does not show {shows!r}: {visitor.components()} {visitor.exceptions}")

    return Side(server, visit)
