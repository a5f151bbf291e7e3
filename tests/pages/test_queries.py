"""A page asks the database as often in a town of forty rounds as in one of three."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from sqlalchemy import event
from sqlmodel import select

from core.counting.allocation import Allocation, allocation_to_json
from core.permissions import Role
from core.phases import Phase
from db import engine, tables
from pages import menu
from pages.parts import visit
from tests.helpers import worlds
from tests.pages.conftest import Opener

PHASES = (Phase.ideas, Phase.review, Phase.voting, Phase.counting, Phase.results)
# Rounds in each phase, ideas of each kind in each of two rounds, residents, members of staff.
SMALL, LARGE = (1, 1, 3, 3), (8, 25, 60, 40)
ALLOCATION: dict[str, object] = json.loads(allocation_to_json(Allocation((), 0, rule="greedy")))
# What an idea is, and the verdict it has.
IDEAS = (("waiting", None), ("accepted", "accepted"), ("rejected", "rejected"), ("returned", "returned"))


def grow(town: worlds.Town, have: tuple[int, ...], want: tuple[int, ...]) -> None:
    """Let a town grow to `want` of everything: rounds, ideas, people, staff."""
    at = town.at
    with engine.transaction() as session:
        people = worlds.people(
            session, town.municipality, {f"r{have[2]}-{number}": frozenset() for number in range(have[2], want[2])}, at
        )
        worlds.people(
            session, town.municipality,
            {f"s{number}": frozenset({Role.reviewer}) for number in range(have[3], want[3])}, at,
        )  # fmt: skip
        authors = [*people.values()] or [town.neighbour]
        for phase in PHASES:
            for number in range(have[0], want[0]):
                round_ = worlds.round_in(session, town.municipality.id, phase, at, slug=f"{phase}-{number}")
                if phase is Phase.results:
                    counted = {
                        "allocation": ALLOCATION, "rule": "greedy", "ballots": 3, "fingerprint": "00", "counted_at": at,
                    }  # fmt: skip
                    session.add(tables.Result(round_id=round_.id, published_at=at, **counted))
        session.flush()
        rounds = [
            session.exec(select(tables.Round).where(tables.Round.slug == slug)).one()
            for slug in (town.round.slug, f"{Phase.ideas}-0")
        ]
        for round_row in rounds:
            for number in range(have[1], want[1]):
                for kind, (status, verdict) in enumerate(IDEAS):
                    row = tables.Idea(
                        round_id=tables.id_of(round_row), author_id=authors[number % len(authors)].person_id,
                        language="bg", title={"bg": f"Идея {kind}-{number}"}, problem={"bg": "Проблем"},
                        solution={"bg": "Решение"}, area_id=town.municipality.areas[0].id,
                        category_id=town.municipality.categories[0].id, cost=100_00, status=status, created_at=at,
                        updated_at=at, submitted_at=at - timedelta(days=1),
                    )  # fmt: skip
                    session.add(row)
                    session.flush()
                    if verdict:
                        session.add(tables.Review(
                            idea_id=tables.id_of(row), reviewer_id=town.reviewer.person_id, verdict=verdict,
                            reason={"bg": "Защото"}, created_at=at,
                        ))  # fmt: skip


def asked(open_app: Opener, entry: menu.Entry, town: worlds.Town, role: Role) -> list[str]:
    """Return what a page asks the database when it is drawn again, with what changes once in years read anew."""
    slug = OF_ROUND.get(entry.path, town.round.slug)
    query = {"round": slug} if slug else {}
    who = None if role is Role.guest else town.of(role)
    app = open_app("" if not entry.path else entry.file, who, **query)
    assert not app.exception, (entry.path, app.exception)
    seen: list[str] = []

    def hear(_connection, _cursor, said, *_more) -> None:
        # What is computed beside a page, for whoever comes next, is not asked by it.
        if "ScriptRunner" in threading.current_thread().name:
            seen.append(" ".join(said.split()))

    visit.forget_town()
    event.listen(engine.engine(), "before_cursor_execute", hear)
    try:
        app.run()
    finally:
        event.remove(engine.engine(), "before_cursor_execute", hear)
    assert not app.exception and seen, (entry.path, app.exception)
    return seen


# Which round a page is asked for; the others show the town's.
OF_ROUND = {"propose": "ideas-0", "review": "", "": "", "studio": "", "import": ""}
ROLES = (Role.guest, Role.resident, Role.organiser)


@pytest.mark.parametrize("role", ROLES)
def test_a_page_asks_as_often_in_a_large_town(town: worlds.Town, open_app: Opener, monkeypatch, role: Role):
    grow(town, (0, 0, 0, 0), SMALL)
    pages = [entry for entry in menu.ENTRIES if role in entry.roles]
    found = []
    for size in (SMALL, LARGE):
        grow(town, SMALL, size)
        found.append({entry.path: asked(open_app, entry, town, role) for entry in pages})

    few, many = found
    differ = {
        path: {said: by for said in {*few[path], *many[path]} if (by := many[path].count(said) - few[path].count(said))}
        for path in few
    }
    assert {path: len(few[path]) for path in few} == {path: len(many[path]) for path in few}, differ
