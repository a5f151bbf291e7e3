"""The town under test: a database of its own with a round in voting, 24 projects and people who are signed in."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass
from pathlib import Path

from core import clock, municipalities, rounds, store
from core.ballots.types import BallotRules
from core.municipalities import Place
from core.people import sessions
from core.permissions import OPERATOR, Role
from core.phases import Phase
from core.rounds import Round
from core.settings import settings
from core.texts import Texts
from db import tables
from tests.helpers import worlds

PROJECTS, VOTERS = 24, 420
COOKIE = "glas"
TEXT = Texts(
    bg="Осветление, пейки и място за игра, достъпно за всички. " * 4,
    en="Lights, benches and room to play, for all. " * 4,
)


@dataclass(frozen=True, slots=True)
class Town:
    """What the measures need to know: where it lies, the round, tokens of voters and of an organiser."""

    environment: dict[str, str]
    round: Round
    voters: tuple[str, ...]
    organiser: str
    pupils: tuple[str, ...] = ()


def build(folder: Path, port: int) -> Town:
    """Fill a new database in `folder` and return the town; this process then works with it too."""
    environment = {
        "GLAS_DATA_DIR": str(folder / "data"),
        "GLAS_KEY_DIR": str(folder / "keys"),
        "GLAS_DATABASE_URL": "",
        "GLAS_URL": "",
        "PORT": str(port),
        "DEMO": "0",
    }
    os.environ.update(environment)
    settings.cache_clear()
    store.upgrade()
    at = clock.now()
    with store.transaction() as session:
        municipality = municipalities.create(
            session,
            OPERATOR,
            slug="bench",
            names=Texts(bg="Община", en="Municipality"),
            contact_email="budget@example.org",
            areas=[Place("center", Texts(bg="Център", en="Centre"), 42.28, 22.69)],
            categories=[Place("sport", Texts(bg="Спорт", en="Sport"))],
            at=at,
        )
        made = worlds.round_in(
            session,
            municipality.id,
            Phase.voting,
            at,
            projects=False,
            budget=60_000_00,
            ballot=BallotRules("approval", 1, 5),
            tally_step=20,
        )
        for number in range(PROJECTS):
            session.add(project(made.id, municipality, number))
        people = [
            worlds.person(session, municipality, f"voter{number}", frozenset(), at, password_hash=None)
            for number in range(VOTERS)
        ]
        organiser = worlds.person(
            session, municipality, "organiser", frozenset({Role.organiser}), at, password_hash=None, language="en"
        )
        tokens = [sessions.open_session(session, who, at=at, second_step=True) for who in (*people, organiser)]
        # A class whose members know their passwords.
        pupils = [worlds.person(session, municipality, f"pupil{number}", frozenset(), at) for number in range(30)]
        known = tuple(sessions.open_session(session, who, at=at) for who in pupils)
    with store.reading() as session:
        made = rounds.get(session, OPERATOR, made.id)
    return Town(environment, made, tuple(tokens[:-1]), tokens[-1], known)


def project(round_id: int, municipality: municipalities.Municipality, number: int) -> tables.Project:
    """Return a row of the ballot."""
    return tables.Project(
        round_id=round_id,
        code=f"p{number + 1:02}",
        title={"bg": f"Площадка за движение {number + 1}", "en": f"Outdoor gym {number + 1}"},
        text={"bg": TEXT.exactly("bg"), "en": TEXT.exactly("en")},
        cost=(4_000 + 250 * number) * 100,
        area_id=municipality.areas[0].id,
        category_id=municipality.categories[0].id,
        position=number,
        lot=number,
    )


def ballot(number: int) -> dict[str, object]:
    """Return the body of a first ballot with three to five choices."""
    choices = [f"p{(number * 7 + step * 5) % PROJECTS + 1:02}" for step in range(3 + number % 3)]
    return {"request_id": str(uuid.uuid4()), "choices": choices, "replaces": 0}
