"""Journals: signed heads of the chain of lines, so that whoever can write to the database cannot rewrite the past.

A chain shows that a line was altered, but not to somebody who computed it anew from there on. So beside each checkpoint
of a board stands a note of its own, in the same form and by the same key, under the name `<origin>/journal`: how many
lines the journal of the municipality had, and the hash of the last one. The checkpoint itself says nothing of it, so
that whoever watches a board reads what she has always read. Newer lines are covered by a head that the server keeps
beside its keys and moves on every minute. Rounds from before have no heads: of their lines only the chain is known.
"""

import logging
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from core import chain, journal
from core.trust import checkpoints, keys, notes
from core.trust.checkpoints import Checkpoint, CheckpointWrong
from db import tables

_SIGN = text("INSERT INTO journal_head (round_id, size, note) VALUES (:round_id, :size, :note)")
_TOWN = text("SELECT municipality_id FROM round WHERE id = :id")
_HEADLESS = text(
    "SELECT 1 FROM checkpoint LEFT JOIN journal_head ON journal_head.round_id = checkpoint.round_id"
    " AND journal_head.size = checkpoint.size WHERE checkpoint.round_id = :id AND journal_head.note IS NULL"
)
_KEPT, _KEPT_IN = "glas/journal", "journal"

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a municipality's journal.

    missing: a line is not there; altered: one is not what it was, or where it was, or was put in; behind: there are
    fewer lines than were signed; other_line: another line stands where this one was signed; unsigned: a head is not by
    the log's key; headless: a checkpoint of a round that was begun since journals are chained has none beside it.
    `number`: the first line that it concerns. `file`: the head that is kept beside the keys, where that
    is what disagrees.
    """

    town: str
    problem: str
    number: int
    file: str = ""


def sign(session: Session, round_id: int, made: Checkpoint) -> str:
    """Put the journal's head beside a checkpoint that has just been signed, and return its note."""
    connection = session.connection()
    town = connection.execute(_TOWN, {"id": round_id}).scalar_one()
    head = Checkpoint(made.origin + chain.OF_HEAD, *journal.head(session, town))
    note = checkpoints.sign(head, keys.log_key())
    connection.execute(_SIGN, {"round_id": round_id, "size": made.size, "note": note})
    return note


def heads_of(session: Session, round_id: int) -> tuple[str, ...]:
    """Return the signed heads that stand beside a round's checkpoints, oldest first."""
    asked = select(tables.JournalHead.note).where(tables.JournalHead.round_id == round_id)
    return tuple(session.exec(asked.order_by(col(tables.JournalHead.size))))


def headless(session: Session, round_id: int) -> bool:
    """Return whether a checkpoint of a round has no head beside it."""
    return session.connection().execute(_HEADLESS, {"id": round_id}).first() is not None


def faults(session: Session) -> tuple[Fault, ...]:
    """Return what is wrong with the journals, of each municipality the first thing: the lines, then what was signed."""
    found = []
    for town in session.exec(select(tables.Municipality).order_by(col(tables.Municipality.id))).all():
        if fault := _fault(session, town):
            found.append(fault)
    return tuple(found)


def keep(session: Session) -> None:
    """Keep the head of every journal beside the keys, unless its lines are not those that were kept before."""
    for town in session.exec(select(tables.Municipality)).all():
        if town.demo:
            continue
        number, last = journal.head(session, tables.id_of(town))
        if number and _may_keep(session, town, number, last):
            keys.keep(_KEPT_IN, str(town.id), checkpoints.sign(Checkpoint(_name(town), number, last), keys.log_key()))


def _may_keep(session: Session, town: tables.Municipality, number: int, last: bytes) -> bool:
    """Return whether this head is newer than the one that is kept, and comes after it."""
    try:
        kept = _kept(town)
        if kept is None or (kept.size, kept.root) == (number, last):
            return kept is None
        good = kept.size < number and _follows(session, tables.id_of(town), kept)
    except CheckpointWrong:
        good = False
    if not good:
        _log.error("The journal of %s is not the one that was signed: run `glas doctor`.", town.slug)
    return good


def _name(town: tables.Municipality) -> str:
    return f"{_KEPT}/{town.slug}"


def _kept(town: tables.Municipality) -> Checkpoint | None:
    """Return the head that is kept beside the keys. Raises CheckpointWrong."""
    note = keys.kept(_KEPT_IN, str(town.id))
    return None if note is None else checkpoints.open_note(note, _name(town), keys.log_key().verify_key)


def _follows(session: Session, municipality_id: int, kept: Checkpoint) -> bool:
    """Return whether the lines after the kept head are chained to it."""
    own = tables.Journal.municipality_id == municipality_id
    asked = select(tables.Journal).where(own, col(tables.Journal.number) > kept.size)
    number, former = kept.size, kept.root
    for row in session.exec(asked.order_by(col(tables.Journal.number))):
        number += 1
        if row.number != number or bytes(row.hash) != chain.link(former, chain.content(row)):
            return False
        former = bytes(row.hash)
    return True


def _fault(session: Session, town: tables.Municipality) -> Fault | None:
    municipality_id = tables.id_of(town)
    expected, unlooked = _signed(session, municipality_id)
    if unlooked is not None:
        return Fault(town.slug, "unsigned", unlooked)
    number, former = 0, chain.START
    for line in journal.lines(session, municipality_id):
        number += 1
        if line.number != number:
            return Fault(town.slug, "missing" if line.number > number else "altered", number)
        if line.hash != chain.link(former, chain.content(line)):
            return Fault(town.slug, "altered", number)
        if line.number in expected and expected[line.number] != line.hash:
            return Fault(town.slug, "other_line", number)
        former = line.hash
    if any(each > number for each in expected):
        return Fault(town.slug, "behind", number + 1)
    if _headless(session, municipality_id):
        return Fault(town.slug, "headless", number)
    return None if town.demo else _against_kept(session, town, number)


def _headless(session: Session, municipality_id: int) -> bool:
    """Return whether heads were removed: of a round whose notes say that they were there from the first ballot on."""
    asked = (
        select(tables.Round.id, tables.Round.origin, tables.VotedOn.note)
        .join(tables.VotedOn, col(tables.VotedOn.round_id) == col(tables.Round.id))
        .where(tables.Round.municipality_id == municipality_id, tables.VotedOn.number == 0)
    )
    for round_id, origin, note in session.exec(asked).all():
        # That a note is another one is told before anything is made of it.
        with suppress(CheckpointWrong):
            (first,) = notes.read((note,), origin or "", keys.log_key().verify_key)
            if notes.early(first) and headless(session, round_id or 0):
                return True
    return False


def _against_kept(session: Session, town: tables.Municipality, number: int) -> Fault | None:
    """Hold the journal against the head that is kept beside the keys."""
    file = str(keys.kept_file(_KEPT_IN, str(town.id)))
    try:
        kept = _kept(town)
    except CheckpointWrong:
        return Fault(town.slug, "unsigned", number, file)
    if kept is None or kept.size == 0:
        return None
    if kept.size > number:
        return Fault(town.slug, "behind", number + 1, file)
    own = tables.Journal.municipality_id == tables.id_of(town), tables.Journal.number == kept.size
    found = session.exec(select(tables.Journal.hash).where(*own)).one()
    return None if bytes(found) == kept.root else Fault(town.slug, "other_line", kept.size, file)


def _signed(session: Session, municipality_id: int) -> tuple[dict[int, bytes], int | None]:
    """Return the hashes that heads of the municipality's rounds name, by number; and that of a head nobody signed."""
    found: dict[int, bytes] = {}
    asked = (
        select(tables.Round.origin, tables.JournalHead.note)
        .join(tables.Round, col(tables.Round.id) == col(tables.JournalHead.round_id))
        .where(tables.Round.municipality_id == municipality_id)
    )
    for origin, note in session.exec(asked):
        try:
            head = checkpoints.open_note(note, f"{origin}{chain.OF_HEAD}", keys.log_key().verify_key)
        except CheckpointWrong:
            return found, 0
        if found.setdefault(head.size, head.root) != head.root:
            return found, head.size
    found.pop(0, None)
    return found, None
