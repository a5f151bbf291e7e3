"""Rounds for tests in a database: voted in, closed by two people step by step, counted, published."""

from __future__ import annotations

import random
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from core import clock, closing, voting
from core.permissions import Actor
from core.store import reading, transaction
from core.voting import receipts
from db.engine import database_now
from tests.helpers import boxes, worlds
from tests.helpers.voters import Promises

CHOICES = ("p01", "p02", "p03", "p04", "p05")


def voters(town: worlds.Town, number: int, first: int = 0) -> list[Actor]:
    """Add residents."""
    with transaction() as session:
        return [
            worlds.person(session, town.municipality, f"voter{each}", frozenset(), town.at)
            for each in range(first, first + number)
        ]


def vote(town: worlds.Town, people: list[Actor], seed: int = 1, again: float = 0.2) -> None:
    """Have everyone vote, some of them twice."""
    chance = random.Random(seed)
    for person in people:
        cast(town, person, chance.sample(CHOICES, chance.randint(1, 3)), 0)
        if chance.random() < again:
            cast(town, person, chance.sample(CHOICES, chance.randint(1, 3)), 1)


def cast(town: worlds.Town, person: Actor, choices: list[str], replaces: int) -> receipts.Receipt:
    with transaction() as session:
        return voting.cast_ballot(
            session, person, town.round.id, choices, at=town.at, replaces=replaces,
            request_id=f"request-{person.person_id}-{replaces}",
        )  # fmt: skip


def cast_all(town: worlds.Town, people: list[Actor], promises: Promises, *, lying: bool = False) -> int:
    """Cast a ballot for everyone; return how many were refused for want of room."""
    refused = 0
    for person in people:
        try:
            receipt = cast(town, person, ["p01", "p02", "p03"], 0)
        except SQLAlchemyError:
            refused += 1
            if lying:
                promises.note(person.person_id, {"number": "47-НЯМА-100-НЯМА", "revision": 1})
        else:
            promises.note(person.person_id, {"number": receipt.number, "revision": receipt.revision})
    return refused


def end(town: worlds.Town) -> None:
    """Let voting be over."""
    with transaction() as session:
        boxes.ends(session, town.round.id, database_now(session) - timedelta(seconds=1))


def close(town: worlds.Town) -> None:
    """Close, draw, open, count and publish."""
    end(town)
    at, round_id = clock.now() + timedelta(seconds=1), town.round.id
    both = (town.organiser, town.second_organiser)
    for organiser in both:
        with transaction() as session:
            closing.close(session, organiser, round_id, at=at)
    for organiser in both:
        with transaction() as session:
            closing.draw(session, organiser, round_id, "62413 62415", at=at)
    with transaction() as session:
        closing.open_ballots(session, town.organiser, round_id, at=at)
    with transaction() as session:
        closing.keep_turnout(session, town.organiser, round_id, at=at)
    boxes.count(town, round_id, at)
    boxes.publish(town, round_id, at)


def root(town: worlds.Town) -> str:
    """Return the newest signed checkpoint."""
    with reading() as session:
        from core.trust import board

        return board.latest(session, town.round.id) or ""
