"""Importing: a real election from a .pb file becomes a read-only round, whole or not at all.

Three steps, so that people vote meanwhile: `_reading` takes the file apart outside of the server, `_staging` writes it
in pieces that nobody sees, and one short transaction shows it.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, col, select

from core import journal, municipalities, rounds
from core.ballots.types import type_of
from core.counting.election import Project
from core.counting.pabulib import PabulibFile
from core.counting.pabulib.notes import Note, from_stored, stored
from core.currencies import digits
from core.errors import AlreadyImported, FileWrong, NotFound
from core.imports import _reading, _staging
from core.imports._reading import Reading
from core.letters import slug as slug_of
from core.permissions import Action, Actor, require
from core.rounds import Round
from core.store import Opener
from core.texts import ENGLISH, Texts
from db import tables
from db.engine import lock_round

Progress = Callable[[float], object]

REPLAY_DAYS = 60
MOST, MOST_MONEY = 2**31, 10**14  # a limit or a mark; minor units, of which the sum of all projects still is a number
LONGEST_TITLE = 300  # letters
# Letters that are no other letter with an accent.
PLAIN = str.maketrans("łŁøØđĐß", "lLoOdDs")

# Ballots of a replay that have not been sent yet, in this process only.
_waiting: dict[int, tuple[str, ...]] = {}


def import_election(
    transaction: Opener,
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

    It is read outside of any transaction and written in short ones, so that people vote meanwhile; nobody sees any of
    it before all is there. `home`: what the town of all imported elections is called, when this is the first of them.
    With `replay` voting opens now and the ballots wait for `replay()`. `progress` is told the share done, 0 to 1.
    Raises AlreadyImported for the same bytes unless `again`; FileWrong, and then nothing has changed.
    """
    require(actor, Action.import_election)
    tell = progress or _nobody
    digest = ("replay:" if replay else "") + _digest(source)
    with transaction() as session:
        _refuse_known(session, digest, again)
    with _reading.reading(source, _part(tell, 0.0)) as file:
        _refuse_beyond(file.election)
        round_id = _hidden_round(transaction, file.election, home, at, replay)
        try:
            texts = _stage(transaction, round_id, file, replay, _part(tell, 0.5))
            with transaction() as session:
                _refuse_known(session, digest, again)
                slug = _free_slug(session, _named(file.election, replay))
                _staging.show(session, round_id, slug=slug, digest=digest, begins=_period(file.election, at, replay)[0])
                journal.write(
                    session, actor, Action.import_election, round_id=round_id, at=at, ballots=file.number,
                    digest=digest,
                )  # fmt: skip
                made = rounds.get(session, actor, round_id)
        except BaseException:
            # Also where the page is left, or the command broken off.
            _staging.discard(transaction, round_id)
            raise
    if replay:
        _waiting[round_id] = texts
    tell(1.0)
    return made


def sweep(transaction: Opener, *, at: datetime) -> int:
    """Remove what imports have left that a crash has broken off an hour ago or earlier; return how many those were."""
    return _staging.sweep(transaction, at=at)


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
    _add_ballots(session, round_id, batch)
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


def _digest(source: str | Path | bytes) -> str:
    if isinstance(source, bytes):
        return hashlib.sha256(source).hexdigest()
    with Path(source).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _refuse_known(session: Session, digest: str, again: bool) -> None:
    known = session.exec(select(tables.Round.slug).where(tables.Round.source_digest == digest)).first()
    if known is not None and not again:
        raise AlreadyImported(slug=known)


def _hidden_round(transaction: Opener, file: PabulibFile, home: Texts, at: datetime, replay: bool) -> int:
    """Add the round, where nobody sees it, and return its id."""

    def add(session: Session) -> int:
        town = municipalities.imported_elections(session, home, at=at).id
        return _staging.begin(session, _round(town, file, at, replay), at)

    return int(_staging.alone(transaction, add))


def _stage(transaction: Opener, round_id: int, file: Reading, replay: bool, tell: Progress) -> tuple[str, ...]:
    """Write projects and ballots in pieces; return the ballots of a replay, which are not written yet."""
    _staging.write(transaction, tables.table_of(tables.Project), _projects(transaction, round_id, file.election))
    later: list[str] = []
    done, ballots = 0, tables.table_of(tables.OpenBallot)
    for piece in file.ballots:
        done += len(piece)
        if replay:
            later += piece
        else:
            _staging.write(transaction, ballots, [{"round_id": round_id, "choices": each} for each in piece])
        tell(done / file.number)
    return tuple(later)


def _named(file: PabulibFile, replay: bool) -> str:
    return " ".join((file.meta.get("country", ""), title_of(file))) + (" replay" if replay else "")


def _period(file: PabulibFile, at: datetime, replay: bool) -> tuple[datetime, datetime]:
    return (at, at + timedelta(days=REPLAY_DAYS)) if replay else period(file, at)


def _round(home: int, file: PabulibFile, at: datetime, replay: bool) -> tables.Round:
    meta = file.meta
    begin, end = _period(file, at, replay)
    title, speaks = title_of(file), language_of(file)
    rule, settings = file.declared
    return tables.Round(
        slug="", municipality_id=home, titles={speaks: title},
        intro=Texts({speaks: meta.get("description", "")}).words,
        budget=file.instance.budget, currency=(file.currency or "EUR").upper(), timezone="UTC",
        age_on=begin.date(), ballot_type=type_of(file.profile.kind), min_choices=_number(meta.get("min_length")),
        max_choices=1 if file.vote_type == "choose-1" else _number(meta.get("max_length")),
        rule=rule or "", rule_settings=dict(settings), visibility="live", tally_step=1, code_required=False,
        voting_from=begin, voting_until=end, results_on=end, imported=True, source=_source(file),
    )  # fmt: skip


def title_of(file: PabulibFile) -> str:
    """Return what the election is called: the place, the part of it, the year."""
    parts = (file.meta.get(key, "").strip() for key in ("unit", "subunit", "district", "instance"))
    # A part is named once, although files repeat the unit as its own district.
    return (
        " ".join(dict.fromkeys(part[:LONGEST_TITLE] for part in parts if part))
        or file.meta.get("description", "")[:80]
        or "?"
    )


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
        "notes": stored(file.notes),
        "projects": {project.id: _further(project) for project in file.instance.projects},
    }


def notes(round_: Round) -> tuple[Note, ...]:
    """Return what is odd in the file of an imported round, one note of each kind; of another round nothing."""
    return from_stored((round_.source or {}).get("notes", ())) if round_.imported else ()


def _further(project: Project) -> dict[str, Any]:
    facts = {
        "categories": list(project.categories),
        "targets": list(project.targets),
        "withdrawn": project.withdrawn,
        "more": [list(pair) for pair in project.more],
    }
    return {name: value for name, value in facts.items() if value}


def _projects(transaction: Opener, round_id: int, file: PabulibFile) -> list[dict[str, Any]]:
    """Return the rows of the projects, whose categories are there then."""
    speaks = language_of(file)
    names = {each.categories[0] for each in file.instance.projects if each.categories}
    categories = _categories(transaction, round_id, names)
    return [
        {
            "round_id": round_id, "code": each.id, "title": {speaks: each.name or each.id}, "text": {},
            "cost": each.cost, "category_id": categories[each.categories[0]] if each.categories else None,
            "place": each.area, "lat": each.latitude, "lon": each.longitude, "position": position,
            "published_score": None if each.score is None else str(each.score),
            "selected": file.selected.get(each.id), "conflicts": sorted(each.conflicts) or None,
        }
        for position, each in enumerate(file.instance.projects)
    ]  # fmt: skip


def _categories(transaction: Opener, round_id: int, names: set[str]) -> dict[str, int]:
    """Return the ids of these categories; they all live in the home of imported elections."""

    def known(session: Session) -> tuple[int, dict[str, int]]:
        home = session.get_one(tables.Round, round_id).municipality_id
        rows = session.exec(select(tables.Category).where(tables.Category.municipality_id == home))
        return home, {row.code: tables.id_of(row) for row in rows}

    home, ids = _staging.alone(transaction, known)
    missing = [
        {"municipality_id": home, "code": name, "names": {ENGLISH: name.capitalize()}, "position": position}
        for position, name in enumerate(sorted(names - ids.keys()), len(ids))
    ]
    _staging.write(transaction, tables.table_of(tables.Category), missing)
    return dict(_staging.alone(transaction, known)[1])


def _add_ballots(session: Session, round_id: int, texts: Sequence[str]) -> None:
    rows = [{"round_id": round_id, "choices": each} for each in texts]
    if rows:
        session.connection().execute(insert(tables.table_of(tables.OpenBallot)), rows)


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
    """Return the number, None where there is none, or one that limits nothing."""
    try:
        found = int(text or "")
    except ValueError:
        return None
    return found if abs(found) < MOST else None


def _refuse_beyond(file: PabulibFile) -> None:
    """Refuse amounts, and marks of what was funded, that no election has and no database keeps.

    Sums of a round are in the minor units of its currency, so an amount with more decimals than that has no place.
    """
    if file.instance.unit > 10 ** digits(file.meta.get("currency", "")):
        raise FileWrong(reason="decimals", column="cost")
    costs = max((each.cost for each in file.instance.projects), default=0)
    marks = max(map(abs, file.selected.values()), default=0)
    found = {"budget": (file.instance.budget, MOST_MONEY), "cost": (costs, MOST_MONEY), "selected": (marks, MOST)}
    for column, (number, most) in found.items():
        if number >= most:
            raise FileWrong(reason="range", column=column)


def _part(tell: Progress, begin: float) -> Callable[[float], None]:
    """Return the progress of one half of the work."""

    def half(share: float) -> None:
        tell(begin + share / 2)

    return half


def _nobody(_share: float) -> None:
    """Tell nobody."""
