"""Preparing: a round gets its count key and the name of its log, before the first ballot and never again."""

from urllib.parse import urlsplit

from sqlalchemy import Connection, text
from sqlmodel import Session

from core.errors import DatabaseReplaced, KeyMissing, RehearsalMissing, SettingWrong
from core.settings import settings
from core.trust import keys, serving, slots, verifying, waiting
from core.trust.checkpoints import CheckpointWrong, open_note
from core.trust.shares import PEOPLE
from db import engine
from db.engine import lock_round

_READY = text(
    "SELECT count_public IS NOT NULL AND origin IS NOT NULL AS made,"
    " closed_at IS NOT NULL OR voided_at IS NOT NULL OR parted_at IS NOT NULL AS over,"
    " EXISTS (SELECT 1 FROM mark WHERE name = 'link/' || round.id) AS marked FROM round WHERE id = :id"
)

_FACTS = text(
    "SELECT slug, visibility, count_public, origin FROM round"
    " WHERE id = :id AND published_at IS NOT NULL AND NOT imported"
)

_SET = text("UPDATE round SET count_public = :count_public, origin = :origin WHERE id = :id")

_SIGNED = text(
    "SELECT visibility, count_public, origin, (SELECT note FROM checkpoint WHERE round_id = round.id"
    " ORDER BY size DESC LIMIT 1) AS note FROM round WHERE id = :id"
)

_REHEARSED = text(
    "SELECT seat FROM commission_member JOIN round ON round.id = round_id"
    " WHERE round_id = :id AND rehearsed_at IS NOT NULL AND count_public IS NOT NULL"
)


# Rounds whose keys were found to be right; asked at every vote.
_kept: set[tuple[str, int, bytes | None, bytes]] = set()


_OPEN = text(
    "SELECT id, slug FROM round WHERE closed_at IS NULL AND voided_at IS NULL AND NOT imported"
    " AND count_public IS NOT NULL AND parted_at IS NULL"
)


def prepare(session: Session, round_id: int) -> None:
    """See to it that ballots can be sealed and logged; nothing changes where all is there.

    Call it before any other lock on the round. Raises RehearsalMissing for a sealed round whose shares are untried.
    """
    connection = session.connection()
    ready = connection.execute(_READY, {"id": round_id}).first()
    # A round that is over gets no link again.
    if ready is None or (ready.made and (ready.over or (ready.marked and slots.is_known(connection, round_id)))):
        return
    lock_round(session, round_id, exclusive=True)
    facts = connection.execute(_FACTS, {"id": round_id}).first()
    if facts is None:
        return
    public = facts.count_public
    if facts.visibility == "sealed":
        refuse_unrehearsed(connection, round_id)
    else:
        if not keys.has_count_key(round_id) and slots.any_in(connection, round_id):
            raise KeyMissing(round_id=round_id, key="count")
        public = bytes(keys.make_count_key(round_id).public_key)
    origin = facts.origin or f"{urlsplit(settings().url).netloc}/log/{facts.slug}"
    connection.execute(_SET, {"id": round_id, "count_public": public, "origin": origin})
    slots.put_mark(connection, round_id)


def refuse_without_keys(connection: Connection, round_id: int) -> None:
    """Raise KeyMissing where ballots could not be counted, or the board not go on, with the keys that are here.

    What is sealed to a key that is gone nobody can open; of another log key nobody would believe a signature.
    """
    kept = (str(connection.engine.url), round_id, keys.count_public(round_id), bytes(keys.log_key().verify_key))
    if kept in _kept:
        return
    facts = connection.execute(_SIGNED, {"id": round_id}).one()
    if facts.visibility != "sealed" and keys.count_public(round_id) != facts.count_public:
        raise KeyMissing(round_id=round_id, key="count")
    try:
        if facts.note is not None:
            open_note(facts.note, facts.origin, keys.log_key().verify_key)
    except CheckpointWrong:
        raise KeyMissing(round_id=round_id, key="log") from None
    _kept.add(kept)


def refuse_unrehearsed(connection: Connection, round_id: int) -> None:
    """Raise RehearsalMissing unless the holders of all shares have tried them."""
    done = set(connection.execute(_REHEARSED, {"id": round_id}).scalars())
    missing = tuple(seat for seat in range(1, PEOPLE + 1) if seat not in done)
    if missing:
        raise RehearsalMissing(seats=missing)


def refuse_unsafe(session: Session) -> None:
    """Refuse a key folder that others can read, a database that forgets or lies in a shared folder, and one that is
    behind the board.

    Raises SettingWrong, LogRolledBack or LogBroken.
    """
    keys.check_folder()
    if problem := engine.unsafe_place(session):
        address = engine.normal(settings().database_url).render_as_string(hide_password=True)
        raise SettingWrong(name="GLAS_DATABASE_URL", value=address, problem=problem)
    if not engine.is_durable(session):
        address = engine.normal(settings().database_url).render_as_string(hide_password=True)
        raise SettingWrong(name="GLAS_DATABASE_URL", value=address, problem="not_durable")
    verifying.refuse_stale(session)


def resting(session: Session) -> tuple[str, ...]:
    """Return the slugs of the open rounds that take no ballot, because a key of theirs is missing."""
    return tuple(row.slug for row in session.connection().execute(_OPEN).all() if refusal(session, row.id))


def refusal(session: Session, round_id: int) -> KeyMissing | DatabaseReplaced | None:
    """Return why a round takes no ballot – a key is missing, or the database is another one –; None if it takes one."""
    connection = session.connection()
    try:
        serving.refuse_replaced(connection)
        slots.refuse_without_link(connection, round_id)
        refuse_without_keys(connection, round_id)
        waiting.opened(connection, round_id)
    except (KeyMissing, DatabaseReplaced) as rests:
        return rests
    return None
