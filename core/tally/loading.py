"""Elections: a round's rows become the values that rules count. Here, and nowhere else."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, col, select

from core import hidden
from core.ballots.types import TYPES
from core.counting.election import Instance, Profile, Project, profile_of
from core.currencies import digits
from core.hidden import Reasons
from core.rounds import Round
from core.texts import Texts
from db import tables

_CLASSES = text("SELECT choices, count(*) FROM open_ballot WHERE round_id = :id GROUP BY choices")


def load_election(session: Session, round_: Round) -> tuple[Instance, Profile]:
    """Return the round's projects and all its ballots, as values; none before they are opened."""
    return load_instance(session, round_), profile_of(kind_of(round_), load_classes(session, round_))


def kind_of(round_: Round) -> str:
    """Return what rules call the kind of the round's ballots."""
    imported: str | None = (round_.source or {}).get("kind")
    return imported or TYPES[round_.ballot.type].kind


def load_classes(session: Session, round_: Round) -> dict[str, int]:
    """Return the round's open ballots as they are written, each with the number of people who cast it."""
    found = session.connection().execute(_CLASSES, {"id": round_.id})
    return {choices: number for choices, number in found}  # noqa: C416 – dict() takes no rows


def load_instance(session: Session, round_: Round) -> Instance:
    """Return the round's projects and budget, with the order of ties where it is drawn."""
    rows = session.exec(
        select(tables.Project)
        .where(tables.Project.round_id == round_.id)
        .order_by(col(tables.Project.position), col(tables.Project.id))
    ).all()
    speaks = session.get_one(tables.Municipality, round_.municipality_id).languages[0]
    further, why = (round_.source or {}).get("projects", {}), hidden.of_projects(session, round_.id)
    drawn = sorted((row for row in rows if row.lot is not None), key=lambda row: row.lot or 0)
    return Instance(
        tuple(_project(row, speaks, further.get(row.code, {}), why.get(row.code, {})) for row in rows),
        round_.budget,
        (round_.source or {}).get("unit") or 10 ** digits(round_.currency),
        tuple(row.code for row in drawn),
    )


def _project(row: tables.Project, speaks: str, further: Mapping[str, Any], why: Reasons) -> Project:
    title = Texts(row.title).in_(speaks)
    return Project(
        id=row.code,
        cost=row.cost,
        # A project without a name of its own is shown by its code, and so is one whose name is hidden.
        name="" if title == row.code or "title" in why else title,
        score=None if row.published_score is None else Fraction(row.published_score),
        categories=tuple(further.get("categories", ())),
        targets=tuple(further.get("targets", ())),
        area="" if "place" in why else row.place,
        conflicts=frozenset(row.conflicts or ()),
        latitude=row.lat,
        longitude=row.lon,
        withdrawn=row.withdrawn_at is not None or bool(further.get("withdrawn", False)),
        # What else a file said of it may say the hidden words again.
        more=() if why else tuple((name, value) for name, value in further.get("more", ())),
    )
