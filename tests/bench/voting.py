"""What a vote costs: the ballot page opened, the ballot cast over HTTP."""

from __future__ import annotations

import httpx

from tests.bench import clicks
from tests.bench.served import Server
from tests.bench.town import COOKIE, Town, ballot

HEADERS = {"sec-fetch-site": "same-origin"}


async def opening(server: Server, town: Town) -> float:
    """Return the cost of opening the ballot page by somebody who is signed in."""
    return await clicks.opening(server, "vote", cookies={COOKIE: town.voters[-1]}, shows="glas_ballot")


async def casting(server: Server, town: Town) -> float:
    """Return the cost of a ballot cast over HTTP: 200 voters after 50 to warm up, each with a first ballot."""
    voters = iter(enumerate(town.voters))
    async with httpx.AsyncClient(base_url=server.base, trust_env=False, headers=HEADERS, timeout=30) as client:

        async def cast() -> None:
            number, token = next(voters)
            answer = await client.post(
                f"/api/rounds/{town.round.slug}/ballot", json=ballot(number), headers={"cookie": f"{COOKIE}={token}"}
            )
            if answer.status_code != 201:
                raise RuntimeError(f"the ballot was refused: {answer.status_code} {answer.text[:300]}")

        return await clicks.each(server, cast, times=200, warm=50)
