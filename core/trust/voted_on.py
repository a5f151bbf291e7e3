"""What is voted on is fixed by a signed note when voting opens; whatever the database says later is held against it.

Whoever can write to the database, but has no key, could otherwise alter a cost, the rule or the opened ballots between
two steps of the closing, and the server would sign what comes of it. So each step signs what it has found, and the next
one – the opening, the count, the publication, a bundle – begins by holding the rows against all that was signed.

The notes lie in the database, and beside the keys, like the newest checkpoint: there nobody takes them away with SQL.
Those of a demo are not kept. Of words only the hash is fixed: what is hidden later can still be checked by whoever has
it, and is told to nobody by a note.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

from sqlalchemy import Connection, bindparam, event, text
from sqlmodel import Session

from core.errors import GlasError, Invalid, NotFound, VotedOnAltered
from core.trust import journals, keys, notes, rows, waiting
from core.trust.checkpoints import CheckpointWrong
from core.trust.notes import Change, Facts, Note, Path
from db import tables
from db.engine import database_now, lock_round

FILE = "voted-on"
EARLY = "before the first ballot"

_NOTES = text("SELECT note FROM voted_on WHERE round_id = :id ORDER BY number")
_PUBLISHED = text("SELECT 1 FROM round WHERE id = :id AND result_published_at IS NOT NULL")
_ADD = text("INSERT INTO voted_on (round_id, number, note) VALUES (:id, :number, :note)")
_BEGUN = text(
    "SELECT EXISTS (SELECT 1 FROM voted_on WHERE round_id = :id) AS fixed,"
    " EXISTS (SELECT 1 FROM slot WHERE round_id = :id) OR EXISTS (SELECT 1 FROM leaf WHERE round_id = :id)"
    " OR EXISTS (SELECT 1 FROM waiting_box WHERE round_id = :id AND length(sealed) > 0) AS cast"
)
_LEAVES = text(
    "SELECT (SELECT count(*) FROM leaf WHERE round_id = :id) + (SELECT count(*) FROM pending_leaf WHERE round_id = :id)"
)
_OPEN = text(
    "SELECT id FROM round WHERE published_at IS NOT NULL AND voided_at IS NULL AND closed_at IS NULL AND NOT imported"
    " AND voting_from <= :now AND voting_until > :now"
    " AND NOT EXISTS (SELECT 1 FROM voted_on WHERE round_id = round.id) ORDER BY id"
).bindparams(bindparam("now", type_=tables.Moment))
_ALL = text("SELECT id FROM round WHERE origin IS NOT NULL AND NOT demo ORDER BY id")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """A round whose rows were held against its notes: what is voted on, and the notes themselves."""

    slug: str
    facts: Facts
    chain: tuple[Note, ...]

    def of(self, kind: str) -> Facts | None:
        """Return what the newest note of a kind says, None while there is none."""
        return notes.newest(self.chain, kind)

    def require(self, kind: str, found: Facts) -> None:
        """Refuse what is not as the newest note of a kind says, or what none says. Raises VotedOnAltered."""
        told = self.of(kind)
        wrong = (kind,) if told is None else tuple(each.path[0] for each in notes.differences(told, found))
        if wrong:
            raise VotedOnAltered(slug=self.slug, what=wrong)


# Fixing: when voting opens, and no later than in the transaction of the first ballot


def fix(session: Session, round_id: int, town: int | None = None) -> None:
    """Fix what is voted on once voting is open. What was changed before the first ballot is amended by it.

    Nothing is fixed for a voter of another `town`. Call it before any other lock on the round. Raises VotedOnAltered
    where the notes that are kept say otherwise.
    """
    connection = session.connection()
    state = connection.execute(_BEGUN, {"id": round_id}).one()
    if state.fixed and state.cast:
        return
    row = rows.round_of(connection, round_id)
    if row is None or row.origin is None or row.published_at is None or row.imported or row.voided_at is not None:
        return
    if town not in (None, row.municipality_id):
        return
    if not row.voting_from <= database_now(session) < row.voting_until or row.closed_at is not None:
        return
    if state.fixed and not notes.differences(_voted_on(connection, round_id, row), rows.said(connection, round_id)):
        return
    lock_round(session, round_id, exclusive=True)
    begin(session, round_id)


def begin(session: Session, round_id: int) -> None:
    """Fix what is voted on, whatever the time; the round is held exclusively.

    Where ballots are in already – of a round that was begun before there were such notes –, the note says how many.
    """
    session.flush()
    connection = session.connection()
    row = rows.round_of(connection, round_id)
    if row is None or row.origin is None:
        raise NotFound(thing="log", key=round_id)
    chain = _chain(connection, round_id, row)
    found = rows.said(connection, round_id)
    if not chain:
        chain = _put_back(session, round_id, row)
    if not chain:
        waits = len(waiting.opened(connection, round_id).entries)
        ballots = waits + connection.execute(_LEAVES, {"id": round_id}).scalar_one()
        _append(session, round_id, row, (), [("begun", {**found, "ballots": ballots})])
    elif not connection.execute(_BEGUN, {"id": round_id}).one().cast:
        changed = notes.differences(_fixed(chain), found)
        if changed:
            _append(session, round_id, row, chain, [(notes.AMENDED, notes.amendment(changed, EARLY))])


def require_fixed(connection: Connection, round_id: int) -> None:
    """Refuse a ballot for something that nobody could prove later. Raises VotedOnAltered."""
    state = connection.execute(_BEGUN, {"id": round_id}).one()
    if not state.fixed:
        raise VotedOnAltered(slug=str(round_id), what=("notes",))


def amend(session: Session, round_id: int, changes: Iterable[Path], reason: str, at: datetime) -> tuple[Change, ...]:
    """Sign that what the rows of a round now say was changed on purpose, and return what.

    `changes`: the paths that may differ, each with all below it, like ("dates", "voting_until") or ("projects", "p03",
    "title"); call it when the rows are changed, and the round is held exclusively. A round without notes has none to
    amend. Raises Invalid without a reason, VotedOnAltered where anything else differs.
    """
    connection = session.connection()
    session.flush()
    row = rows.round_of(connection, round_id)
    chain = _chain(connection, round_id, row) if row is not None and row.origin is not None else ()
    if not chain or row is None:
        return ()
    allowed = tuple(changes)
    changed = notes.differences(_fixed(chain), rows.said(connection, round_id))
    if foreign := tuple(each for each in changed if not any(each.path[: len(one)] == one for one in allowed)):
        raise VotedOnAltered(slug=row.slug, what=_names(foreign))
    if changed:
        if not reason.strip():
            raise Invalid("reason", "required")
        told = notes.amendment(changed, reason.strip(), at.astimezone(UTC).isoformat())
        _append(session, round_id, row, chain, [(notes.AMENDED, told)])
    return changed


def note(session: Session, round_id: int, kind: str, facts: Facts) -> None:
    """Sign what came of a step of the closing. A round that was closed without notes gets none."""
    connection = session.connection()
    row = rows.round_of(connection, round_id)
    if row is None or row.origin is None:
        return
    chain = _chain(connection, round_id, row)
    if chain:
        _append(session, round_id, row, chain, [(kind, facts)])


# Holding: before anything is made of the rows


def hold(session: Session, round_id: int) -> Held | None:
    """Hold all rows of a round against its notes, and return these; None for one that was closed without notes.

    Raises VotedOnAltered.
    """
    session.flush()
    connection = session.connection()
    row = rows.round_of(connection, round_id)
    if row is None:
        raise NotFound(thing="round", key=round_id)
    chain = _chain(connection, round_id, row)
    if not chain:
        if keys.remembered(round_id, FILE) is not None:
            raise VotedOnAltered(slug=row.slug, what=("notes",))
        return None
    wrong = [each.path for each in notes.differences(_fixed(chain), rows.said(connection, round_id))]
    if notes.early(chain[0]) and journals.headless(session, round_id):
        wrong.append(("heads",))
    wrong += _other_reasons(chain, rows.reasons(connection, round_id))
    for kind, what in rows.CLOSING.items():
        told = notes.newest(chain, kind)
        # What is signed so is what was stored, and neither may be without the other.
        found = what(connection, round_id, row)
        if told is None and found is not None:
            wrong.append((kind,))
        elif told is not None:
            wrong += [(kind, *each.path) for each in notes.differences(told, found or {})]
    if wrong:
        raise VotedOnAltered(slug=row.slug, what=_names([Change(path, None, None) for path in wrong]))
    return Held(row.slug, _fixed(chain), chain)


def _other_reasons(chain: Sequence[Note], found: Mapping[str, str]) -> list[Path]:
    """Return for which projects the rows give another reason of their withdrawal than the one that was signed."""
    signed = {code: notes.reason_of(chain, ("projects", code, "withdrawn")) for code in found}
    return [("projects", code, "reason") for code, reason in found.items() if signed[code] not in (None, reason)]


def of(session: Session, round_id: int) -> tuple[str, ...]:
    """Return all notes of a round, oldest first."""
    return tuple(session.connection().execute(_NOTES, {"id": round_id}).scalars())


def public(session: Session, round_id: int) -> tuple[str, ...]:
    """Return the notes of a round, oldest first, as everyone may have them.

    What is noted of the opened ballots comes with the result: from their hash, whoever knows all but a few of them
    could find those by trying.
    """
    found = of(session, round_id)
    if session.connection().execute(_PUBLISHED, {"id": round_id}).first() is not None:
        return found
    return tuple(takewhile(lambda note: notes.kind_of(note) not in notes.OF_BALLOTS, found))


# Keeping: in the database and beside the keys


def told(session: Session, round_id: int) -> tuple[Note, ...]:
    """Return the notes of a round, read and checked; none of one that has none. Raises VotedOnAltered."""
    connection = session.connection()
    row = rows.round_of(connection, round_id)
    return () if row is None else _chain(connection, round_id, row)


def to_fix(session: Session) -> tuple[int, ...]:
    """Return the rounds that are open and have no note yet."""
    return tuple(session.connection().execute(_OPEN, {"now": database_now(session)}).scalars())


def catch_up(session: Session) -> None:
    """Keep beside the keys what a crash has kept from there; only what continues what is kept."""
    connection = session.connection()
    for round_id in connection.execute(_ALL).scalars().all():
        stored, kept = of(session, round_id), _kept(round_id)
        if len(stored) > len(kept) and stored[: len(kept)] == kept:
            try:
                row = rows.round_of(connection, round_id)
                notes.read(stored, row.origin, keys.log_key().verify_key)
                keys.remember(round_id, FILE, "\n".join(stored))
            except CheckpointWrong:
                _log.error("The notes of round %s are not kept: they are not what was signed.", round_id)


def single(joined: str) -> tuple[str, ...]:
    """Return the notes of a file of them: each is its lines, an empty line and its signature."""
    parts = joined.split("\n\n")
    pairs = zip(parts[::2], parts[1::2], strict=len(parts) % 2 == 0)
    return tuple(f"{lines}\n\n{signature.rstrip(chr(10))}\n" for lines, signature in pairs)


def _kept(round_id: int) -> tuple[str, ...]:
    joined = keys.remembered(round_id, FILE)
    return single(joined) if joined else ()


def _voted_on(connection: Connection, round_id: int, row: Any) -> dict[str, Any]:
    return _fixed(_chain(connection, round_id, row))


def _fixed(chain: Sequence[Note]) -> dict[str, Any]:
    """Return what is voted on, without how many ballots were in already."""
    found = notes.voted_on(chain)
    found.pop("ballots", None)
    return found


def _chain(connection: Connection, round_id: int, row: Any) -> tuple[Note, ...]:
    """Return the notes of a round, which begin with those that are kept beside the keys. Raises VotedOnAltered."""
    stored = tuple(connection.execute(_NOTES, {"id": round_id}).scalars())
    if not stored:
        return ()
    kept = _kept(round_id)
    try:
        chain = notes.read(stored, row.origin or "", keys.log_key().verify_key)
    except CheckpointWrong as wrong:
        raise VotedOnAltered(slug=row.slug, what=("notes",)) from wrong
    if stored[: len(kept)] != kept:
        raise VotedOnAltered(slug=row.slug, what=("notes",))
    return chain


def _put_back(session: Session, round_id: int, row: Any) -> tuple[Note, ...]:
    """Put kept notes back into a database that was restored from before them. Raises VotedOnAltered if they differ."""
    kept, connection = _kept(round_id), session.connection()
    if not kept:
        return ()
    try:
        chain = notes.read(kept, row.origin, keys.log_key().verify_key)
    except CheckpointWrong as wrong:
        raise VotedOnAltered(slug=row.slug, what=("notes",)) from wrong
    changed = notes.differences(_fixed(chain), rows.said(connection, round_id))
    if changed or any(each.kind not in (notes.STEPS[0], notes.AMENDED) for each in chain):
        raise VotedOnAltered(slug=row.slug, what=_names(changed) or ("notes",))
    connection.execute(_ADD, [{"id": round_id, "number": number, "note": each} for number, each in enumerate(kept)])
    return chain


def _append(
    session: Session, round_id: int, row: Any, chain: Sequence[Note], further: Iterable[tuple[str, Facts]]
) -> None:
    made = list(chain)
    for kind, facts in further:
        new = notes.following(made, row.origin, kind, facts)
        signed = notes.sign(new, keys.log_key())
        made.append(new)
        session.connection().execute(_ADD, {"id": round_id, "number": new.number, "note": signed})
    if not row.demo:
        stored = of(session, round_id)
        event.listen(session, "after_commit", lambda _session: _remember(round_id, row.slug, stored), once=True)


def _remember(round_id: int, slug: str, stored: tuple[str, ...]) -> None:
    """Keep the notes out of reach of whoever writes to the database."""
    try:
        with keys.alone():
            if len(_kept(round_id)) < len(stored):
                keys.remember(round_id, FILE, "\n".join(stored))
    except (GlasError, OSError):
        # What it is about is committed; `catch_up` tries again.
        _log.exception("the notes of %s could not be kept beside the keys", slug)


def _names(found: Iterable[Change]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(".".join(each.path) for each in found))
