"""Importing: a real election from a .pb file becomes a read-only round, whole or not at all."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from core import journal, municipalities, rounds
from core.ballots.forms import to_text
from core.ballots.types import type_of
from core.counting import pabulib
from core.counting.election import POINTED, Project, canonical
from core.counting.pabulib import PabulibFile
from core.errors import AlreadyImported, NotFound
from core.letters import slug as slug_of
from core.permissions import Action, Actor, require
from core.rounds import Round
from core.texts import ENGLISH, Texts
from db import tables
from db.engine import lock_round

Progress = Callable[[float], object]

CHUNK = 5_000
REPLAY_DAYS = 60
# Letters that are no other letter with an accent.
PLAIN = str.maketrans("łŁøØđĐß", "lLoOdDs")

# Ballots of a replay that have not been sent yet, in this process only.
_waiting: dict[int, tuple[str, ...]] = {}


def import_election(
    session: Session,
    actor: Actor,
    source: str | Path | bytes,
    *,
    home: Texts,
    at: datetime,
    again: bool = False,
    progress: Progress | None = None,
    replay: bool = False,
) -> Round:
    """Make a round of the election in a .pb file – its path or bytes – and return it, ready to count and to show.

    `home`: what the town of all imported elections is called, when this is the first of them.
    With `replay` voting opens now and the ballots wait for `replay()`. `progress` is told the share done, 0 to 1.
    Raises AlreadyImported for the same bytes unless `again`; FileWrong, and then nothing has changed.
    """
    require(actor, Action.import_election)
    tell = progress or _nobody
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    digest = ("replay:" if replay else "") + hashlib.sha256(data).hexdigest()
    known = session.exec(select(tables.Round.slug).where(tables.Round.source_digest == digest)).first()
    if known is not None and not again:
        raise AlreadyImported(slug=known)
    # No cell of a readable file holds a zero byte, and no database takes one in a text.
    file = pabulib.read(data.replace(b"\0", b""), _part(tell, 0.0))
    town = municipalities.imported_elections(session, home, at=at).id
    row = _round(session, town, file, at, replay)
    row.source_digest = digest
    session.add(row)
    session.flush()
    round_id = tables.id_of(row)
    _add_projects(session, town, round_id, file)
    texts = tuple(_written(file))
    if replay:
        _waiting[round_id] = texts
    else:
        _add_ballots(session, round_id, texts, _part(tell, 0.5))
    journal.write(
        session, actor, Action.import_election, round_id=round_id, at=at, ballots=len(texts), digest=digest,
    )  # fmt: skip
    tell(1.0)
    return rounds.get(session, actor, round_id)


def replay(round_id: int, seconds: int) -> Iterator[tuple[str, ...]]:
    """Yield the waiting ballots of a replay in as many batches as seconds, each to be handed to `append`."""
    texts = _waiting.pop(round_id, ())
    if not texts:
        raise NotFound(thing="replay", key=round_id)
    for second in range(seconds):
        yield texts[len(texts) * second // seconds : len(texts) * (second + 1) // seconds]


def append(session: Session, actor: Actor, round_id: int, batch: Sequence[str], *, at: datetime) -> None:
    """Add a batch of a replay to its round and to the turnout of the day."""
    row = _open_replay(session, actor, round_id)
    _add_ballots(session, round_id, batch, _nobody)
    day = session.get(tables.TurnoutDay, (round_id, at.astimezone(UTC).date()))
    if day is None:
        day = tables.TurnoutDay(round_id=round_id, day=at.astimezone(UTC).date())
        session.add(day)
    day.ballots += len(batch)
    row.version += 1
    session.flush()


def close_replay(session: Session, actor: Actor, round_id: int, *, at: datetime) -> Round:
    """End the voting of a replay, so that it can be counted, and return the round."""
    row = _open_replay(session, actor, round_id)
    row.voting_until = row.results_on = at
    row.version += 1
    session.flush()
    return rounds.get(session, actor, round_id)


def _open_replay(session: Session, actor: Actor, round_id: int) -> tables.Round:
    require(actor, Action.import_election)
    lock_round(session, round_id, exclusive=True)
    row = session.get(tables.Round, round_id)
    if row is None or not (row.source_digest or "").startswith("replay:"):
        raise NotFound(thing="replay", key=round_id)
    return row


def _round(session: Session, home: int, file: PabulibFile, at: datetime, replay: bool) -> tables.Round:
    meta = file.meta
    begin, end = (at, at + timedelta(days=REPLAY_DAYS)) if replay else period(file, at)
    title, speaks = title_of(file), language_of(file)
    rule, settings = file.declared
    return tables.Round(
        slug=_free_slug(session, " ".join((meta.get("country", ""), title)) + (" replay" if replay else "")),
        municipality_id=home, titles={speaks: title},
        intro=Texts({speaks: meta.get("description", "")}).words,
        budget=file.instance.budget, currency=(file.currency or "EUR").upper(), timezone="UTC",
        age_on=begin.date(), ballot_type=type_of(file.profile.kind), min_choices=_number(meta.get("min_length")),
        max_choices=1 if file.vote_type == "choose-1" else _number(meta.get("max_length")),
        rule=rule or "", rule_settings=dict(settings), visibility="live", tally_step=1, code_required=False,
        voting_from=begin, voting_until=end, results_on=end, published_at=begin, imported=True, created_at=at,
        source=_source(file),
    )  # fmt: skip


def title_of(file: PabulibFile) -> str:
    """Return what the election is called: the place, the part of it, the year."""
    parts = (file.meta.get(key, "").strip() for key in ("unit", "subunit", "district", "instance"))
    # A part is named once, although files repeat the unit as its own district.
    return " ".join(dict.fromkeys(part for part in parts if part)) or file.meta.get("description", "")[:80] or "?"


def language_of(file: PabulibFile) -> str:
    """Return the language that a file says its words are in; English where it says none."""
    said = file.meta.get("language", "").strip().lower()
    return said if re.fullmatch(r"[a-z]{2,3}", said) else ENGLISH


def period(file: PabulibFile, at: datetime) -> tuple[datetime, datetime]:
    """Return when voting began and ended, in UTC, the end excluded; never later than now, for it is over."""
    first, last = file.period
    year = _number(file.meta.get("instance", "")[:4])
    if first is None and last is None and year and 1900 < year < 2200:
        first, last = date(year, 1, 1), date(year, 12, 31)
    first, last = first or last or at.date(), last or first or at.date()
    begin = datetime.combine(min(first, last), time.min, UTC)
    end = datetime.combine(max(first, last), time.min, UTC) + timedelta(days=1)
    end = min(end, at)
    return (begin, end) if begin < end else (end - timedelta(days=1), end)


def _source(file: PabulibFile) -> dict[str, Any]:
    """Return what the round itself has no place for."""
    return {
        "meta": dict(file.meta),
        "kind": file.profile.kind,
        "unit": file.instance.unit,
        "notes": [[note.kind, note.line, note.column, note.value] for note in file.notes[:1_000]],
        "projects": {project.id: _further(project) for project in file.instance.projects},
    }


def _further(project: Project) -> dict[str, Any]:
    facts = {
        "categories": list(project.categories),
        "targets": list(project.targets),
        "withdrawn": project.withdrawn,
        "more": [list(pair) for pair in project.more],
    }
    return {name: value for name, value in facts.items() if value}


def _add_projects(session: Session, home: int, round_id: int, file: PabulibFile) -> None:
    speaks = language_of(file)
    categories = _categories(session, home, {each.categories[0] for each in file.instance.projects if each.categories})
    for position, each in enumerate(file.instance.projects):
        session.add(tables.Project(
            round_id=round_id, code=each.id, title={speaks: each.name or each.id}, cost=each.cost,
            category_id=categories[each.categories[0]] if each.categories else None, place=each.area,
            lat=each.latitude, lon=each.longitude, position=position,
            published_score=None if each.score is None else str(each.score), selected=file.selected.get(each.id),
            conflicts=sorted(each.conflicts) or None,
        ))  # fmt: skip
    session.flush()


def _categories(session: Session, home: int, names: set[str]) -> dict[str, int]:
    """Return the ids of these categories; they all live in the home of imported elections."""
    rows = {
        row.code: row for row in session.exec(select(tables.Category).where(tables.Category.municipality_id == home))
    }
    for name in sorted(names - rows.keys()):
        rows[name] = tables.Category(
            municipality_id=home, code=name, names={ENGLISH: name.capitalize()}, position=len(rows)
        )
        session.add(rows[name])
    session.flush()
    return {name: tables.id_of(rows[name]) for name in names}


def _written(file: PabulibFile) -> Iterator[str]:
    """Yield each ballot as it is written, in the order of the file."""
    profile = file.profile
    texts: list[str] = []
    for number in range(profile.classes):
        form = canonical(profile.kind, profile.choices(number))
        texts.append(to_text(dict(form) if profile.kind in POINTED else form))
    return map(texts.__getitem__, file.ballot_classes.tolist())


def _add_ballots(session: Session, round_id: int, texts: Sequence[str], tell: Progress) -> None:
    statement = insert(tables.table_of(tables.OpenBallot))
    connection = session.connection()
    for start in range(0, len(texts), CHUNK):
        part = texts[start : start + CHUNK]
        connection.execute(statement, [{"round_id": round_id, "choices": each} for each in part])
        tell((start + len(part)) / len(texts))


def _free_slug(session: Session, text: str) -> str:
    base = slug_of(text.translate(PLAIN)) or "election"
    taken = set(session.exec(select(tables.Round.slug).where(col(tables.Round.slug).startswith(base))))
    return next(each for each in _numbered(base) if each not in taken)


def _numbered(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _part(tell: Progress, begin: float) -> Callable[[float], None]:
    """Return the progress of one half of the work."""

    def half(share: float) -> None:
        tell(begin + share / 2)

    return half


def _nobody(_share: float) -> None:
    """Tell nobody."""
