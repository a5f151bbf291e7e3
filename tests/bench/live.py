"""What a live tally costs: after each ballot that arrives, twenty spectators fetch the new figures."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from statistics import median

import httpx

from core import clock, store
from core.imports import elections
from core.permissions import OPERATOR
from core.texts import Texts
from tests.bench.served import Server

PROJECTS, UPDATES, SPECTATORS = 24, 25, 20
# Figures are made at most once a second, however many look on.
A_SECOND = 1.05


def election(ballots: int) -> bytes:
    """Return an election file in which everyone approves of three to five projects, the same at every run."""
    draw = random.Random(2026)
    meta = {
        "description": f"Bench {ballots}",
        "country": "Bulgaria",
        "unit": f"Bench {ballots}",
        "instance": "2026",
        "num_projects": PROJECTS,
        "num_votes": ballots,
        "budget": 60_000,
        "vote_type": "approval",
        "rule": "greedy",
    }
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost;name", *(f"{n};{4_000 + 250 * n};Project {n}" for n in range(PROJECTS))]
    lines += ["VOTES", "voter_id;vote"]
    for voter in range(ballots):
        chosen = draw.sample(range(PROJECTS), draw.randint(3, 5))
        lines.append(f"{voter};{','.join(map(str, chosen))}")
    return "\n".join(lines).encode() + b"\n"


def arriving(ballots: int) -> tuple[int, str, tuple[str, ...]]:
    """Open a replay, let all but a few of its ballots arrive, and return its round's id and slug and the few."""
    made = elections.import_election(
        store.transaction, OPERATOR, election(ballots), home=Texts(en="Imported elections"), at=clock.now(), replay=True
    )
    (texts,) = elections.replay(made.id, 1)
    with store.transaction() as session:
        elections.append(session, OPERATOR, made.id, texts[:-UPDATES], at=clock.now())
    return made.id, made.slug, texts[-UPDATES:]


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU ms: `made` for the first spectator after a ballot, for whom the figures are made; `each` over all of them."""

    made: float
    each: float


def updates(server: Server, ballots: int) -> Cost:
    """Return the median cost of new figures after one more ballot, in a round of about so many."""
    round_id, slug, last = arriving(ballots)
    made, each = [], []
    with httpx.Client(base_url=server.base, trust_env=False, timeout=60) as client:
        old = client.get(f"/api/rounds/{slug}/live").headers["etag"]
        for text in last:
            with store.transaction() as session:
                elections.append(session, OPERATOR, round_id, (text,), at=clock.now())
            time.sleep(A_SECOND)
            begun = server.cpu()
            new = look(client, slug, old)
            made.append(server.cpu() - begun)
            for _ in range(SPECTATORS - 1):
                look(client, slug, old)
            each.append((server.cpu() - begun) / SPECTATORS)
            old = new
    # The first ones still warm up.
    return Cost(median(made[5:]), median(each[5:]))


def look(client: httpx.Client, slug: str, old: str) -> str:
    """Fetch figures that must have changed, as the page of a spectator does, and return their tag."""
    answer = client.get(f"/api/rounds/{slug}/live", headers={"if-none-match": old})
    if answer.status_code != 200:
        raise RuntimeError(f"no new figures: {answer.status_code} {answer.text[:200]}")
    return answer.headers["etag"]
