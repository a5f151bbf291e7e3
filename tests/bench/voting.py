"""What a vote costs: the ballot page opened, the ballot cast over HTTP, each next to the bare app."""

from __future__ import annotations

import httpx

from tests.bench.clicks import Pair, Side, opening, side_by_side
from tests.bench.served import Server
from tests.bench.town import COOKIE, Town, ballot
from tests.bench.visitor import Visitor

HEADERS = {"sec-fetch-site": "same-origin"}


async def opened(bare: Server, glas: Server, town: Town) -> Pair:
    """Return the cost of opening the ballot page by somebody who is signed in and has not voted: 60 after 15."""
    page = opening(glas, "vote", cookies={COOKIE: town.voters[-1]}, shows="glas_ballot")
    return await side_by_side(opening(bare), page, times=60, warm=15)


async def cast(bare: Server, glas: Server, town: Town) -> Pair:
    """Return the cost of a first ballot next to a click: 200 voters, five whole batches, after 40 to warm up."""
    voters = iter(enumerate(town.voters[:-1]))
    async with (
        Visitor(bare.base) as visitor,
        httpx.AsyncClient(base_url=glas.base, trust_env=False, headers=HEADERS, timeout=30) as client,
    ):
        await visitor.open()

        async def post() -> None:
            number, token = next(voters)
            answer = await client.post(
                f"/api/rounds/{town.round.slug}/ballot", json=ballot(number), headers={"cookie": f"{COOKIE}={token}"}
            )
            if answer.status_code != 201:
                raise RuntimeError(f"the ballot was refused: {answer.status_code} {answer.text[:300]}")

        return await side_by_side(Side(bare, lambda: visitor.click("Go")), Side(glas, post), times=200, warm=40)
