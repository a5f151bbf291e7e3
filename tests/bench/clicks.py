"""What one interaction costs the server: the median over many, each read from outside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from statistics import median

from tests.bench.served import Server
from tests.bench.visitor import Visitor


async def each(server: Server, act: Callable[[], Awaitable[object]], *, times: int, warm: int) -> float:
    """Return the median CPU milliseconds of `act`; work that goes on after an answer counts for the next one."""
    for _ in range(warm):
        await act()
    costs, last = [], server.cpu()
    for _ in range(times):
        await act()
        now = server.cpu()
        costs.append(now - last)
        last = now
    return median(costs)


async def rerun(server: Server, *, label: str = "Go") -> float:
    """Return the cost of a click on a button: 200 clicks after 50 to warm up."""
    async with Visitor(server.base) as visitor:
        await visitor.open()
        return await each(server, lambda: visitor.click(label), times=200, warm=50)


async def opening(server: Server, page: str = "", *, cookies: dict[str, str] | None = None, shows: str = "") -> float:
    """Return the cost of opening a page: shell, websocket, first run; 60 visitors after 15 to warm up.

    `shows` names a component that has to be there: a page that broke is quick.
    """

    async def visit() -> None:
        async with Visitor(server.base, cookies) as visitor:
            await visitor.open(page)
            if visitor.exceptions or (shows and shows not in visitor.components()):
                raise RuntimeError(f"/{page} does not show {shows!r}: {visitor.components()} {visitor.exceptions}")

    return await each(server, visit, times=60, warm=15)
