"""Opening: after the close every slot's ballot is opened and held against the board. What does not fit is named.

A ballot that does not fit is published as such and not dropped: dropping would be a way to make ballots vanish. Each
slot's last leaf is opened, a withdrawal's too, or any slot could be said to be empty. And the numbers are compared –
slots, revisions, leaves – since a ballot that is gone from the box leaves nothing to open.

Reading and writing are apart: fifty thousand ballots open in about ten seconds, for which no lock is held, so it can be
broken off and keeps nobody waiting; then a short transaction writes all of it down, in a drawn order. The openings
themselves go to the auditor only: published, they would turn every receipt into a proof of what was chosen.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nacl.public import PrivateKey
from sqlalchemy import Row, insert, text
from sqlmodel import Session

from core import journal, rounds
from core.ballots import forms
from core.closing import commission
from core.errors import BallotInvalid, LogBroken
from core.permissions import Action, Actor
from core.rounds import Round, steps
from core.rounds.steps import Step
from core.trust import board, keys, notes, sealing, verifying, voted_on
from core.trust.commitments import Opening
from core.trust.sealing import SealBroken
from db import tables
from db.engine import lock_round

Progress = Callable[[float], object]

PART = 500

_SLOTS = text("SELECT id, revision, sealed, commitment FROM slot WHERE round_id = :id ORDER BY id")
_COSTS = text("SELECT code, cost FROM project WHERE round_id = :id")
_NONE_LIVE = text("UPDATE leaf SET live = :live WHERE round_id = :id")
_LIVE = text("UPDATE leaf SET live = :live WHERE round_id = :id AND commitment = :commitment")
_CLEAR = tuple(text(f"DELETE FROM {name} WHERE round_id = :id") for name in ("open_ballot", "mismatch"))


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A ballot that is not what the board promised; without a commitment where only their number tells.

    `problem`: unlogged (no leaf), unreadable (broken seal), altered (something else than was committed to), invalid (no
    ballot by the round's rules), missing (the board has it, the box has not), rolled_back (an older ballot than the
    board's last).
    """

    commitment: bytes | None
    problem: str


@dataclass(frozen=True, slots=True)
class Unsealed:
    """All ballots of a round in the open, in no order that tells anything, and what did not fit."""

    round_id: int
    final_root: bytes
    ballots: tuple[str, ...]
    live: tuple[bytes, ...]
    mismatches: tuple[Mismatch, ...]


def unseal(
    session: Session, organiser: Actor, round_id: int, *, at: datetime, shares: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Unsealed:  # fmt: skip
    """Open every ballot in memory and return them; nothing changes, so it can be broken off and begun anew.

    A sealed round needs two `shares`. `progress` is told the share done, 0 to 1. Raises ShareRefused, WrongStep, and
    LogBroken if the board is not the one that was signed.
    """
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.open_ballots, round_, at)
    row = session.get_one(tables.Round, round_id)
    steps.require(row, Step.opening, at)
    key = key_of(session, round_, shares)
    voted_on.hold(session, round_id)
    signed = verifying.verify(session, round_id)
    if (signed.size, signed.root) != (row.final_size, row.final_root):
        raise LogBroken(slug=round_.slug)
    box = _Box(session, round_, key)
    found = session.connection().execute(_SLOTS, {"id": round_id}).all()
    for number, slot in enumerate(found):
        if progress and number % PART == 0:
            progress(number / len(found))
        box.take(slot)
    box.hold_against_the_board()
    if progress:
        progress(1.0)
    return Unsealed(round_id, signed.root, tuple(box.shuffled()), tuple(box.live), tuple(box.mismatches))


def write_opened(session: Session, organiser: Actor, round_id: int, unsealed: Unsealed, *, at: datetime) -> None:
    """Write down the opened ballots, which of the leaves count, and what did not fit; once, a second time nothing."""
    lock_round(session, round_id, exclusive=True)
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.open_ballots, round_, at)
    row = session.get_one(tables.Round, round_id)
    if row.opened_at is not None:
        return
    steps.require(row, Step.opening, at)
    if (unsealed.round_id, unsealed.final_root) != (round_id, row.final_root):
        raise LogBroken(slug=round_.slug)
    voted_on.hold(session, round_id)
    connection = session.connection()
    for statement in _CLEAR:
        connection.execute(statement, {"id": round_id})
    for start in range(0, len(unsealed.ballots), 5_000):
        part = unsealed.ballots[start : start + 5_000]
        written = [{"round_id": round_id, "choices": choices} for choices in part]
        connection.execute(insert(tables.table_of(tables.OpenBallot)), written)
    connection.execute(_NONE_LIVE, {"id": round_id, "live": False})
    if unsealed.live:
        connection.execute(_LIVE, [{"id": round_id, "live": True, "commitment": each} for each in unsealed.live])
    session.add_all(
        tables.Mismatch(round_id=round_id, commitment=each.commitment, problem=each.problem)
        for each in unsealed.mismatches
    )
    row.opened_at, row.version = at, row.version + 1
    session.flush()
    # Of what was opened and held against the board, not of what now lies in a table.
    mismatches = ((each.commitment, each.problem) for each in unsealed.mismatches)
    voted_on.note(session, round_id, "opened", notes.opened(Counter(unsealed.ballots), unsealed.live, mismatches))
    facts = {"ballots": len(unsealed.ballots), "mismatches": len(unsealed.mismatches)}
    journal.write(session, organiser, Action.open_ballots, round_id=round_id, at=at, **facts)


def openings(
    session: Session, auditor: Actor, round_id: int, *, shares: Sequence[str] | None = None
) -> Iterator[Opening]:
    """Yield the openings of all ballots that count and of all withdrawals, by slot, until the round is anonymised.

    For the auditor only.
    """
    round_ = rounds.get(session, auditor, round_id)
    rounds.require(auditor, Action.see_openings, round_, None)
    key = key_of(session, round_, shares)
    live = {leaf.commitment for leaf in board.leaves(session, round_id) if leaf.live}
    for slot in session.connection().execute(_SLOTS, {"id": round_id}).all():
        opening = opened_or_none(slot.sealed, key)
        if opening and (slot.commitment in live or not opening.choices):
            yield opening


def key_of(session: Session, round_: Round, shares: Sequence[str] | None) -> PrivateKey:
    """Return the key to a round's ballots: the server's, or the one that two shares make. Raises ShareRefused."""
    if round_.visibility == "sealed":
        return commission.joined(session, round_, shares or ())
    return keys.count_key(round_.id)


def opened_or_none(sealed: bytes | None, key: PrivateKey) -> Opening | None:
    """Return what is sealed in a slot, None where nothing is or it cannot be read."""
    try:
        return sealing.opened(sealed, key) if sealed else None
    except SealBroken:
        return None


class _Box:
    """The ballots of a round while they are taken out one by one."""

    def __init__(self, session: Session, round_: Round, key: PrivateKey) -> None:
        self.round, self.key = round_, key
        self.kinds = {leaf.commitment: leaf.kind for leaf in board.leaves(session, round_.id)}
        found = session.connection().execute(_COSTS, {"id": round_.id})
        self.costs: dict[str, int] = {row.code: row.cost for row in found}
        self.ballots: list[str] = []
        self.live: list[bytes] = []
        self.mismatches: list[Mismatch] = []
        self.slots = self.revisions = 0
        self.valid: set[str] = set()

    def take(self, slot: Row[Any]) -> None:
        """Take in one slot: its ballot counts, or what is wrong with it is noted."""
        self.revisions += slot.revision
        kind = self.kinds.get(slot.commitment)
        if kind is None:
            return self._note(slot.commitment, "unlogged")
        self.slots += kind != "withdraw"
        if slot.sealed is None:
            return self._note(slot.commitment, "missing")
        try:
            opening = sealing.opened(slot.sealed, self.key)
        except SealBroken:
            return self._note(slot.commitment, "unreadable")
        same = (opening.round, opening.slot, opening.revision) == (self.round.slug, slot.id, slot.revision)
        empty = not opening.choices
        # That a slot is empty is believed as little as that it holds a ballot: its withdrawal is opened too.
        if not same or opening.commitment() != slot.commitment or empty != (kind == "withdraw"):
            return self._note(slot.commitment, "altered")
        if empty:
            return None
        if not self._is_ballot(opening.choices):
            return self._note(slot.commitment, "invalid")
        self.ballots.append(opening.choices)
        self.live.append(slot.commitment)
        return None

    def hold_against_the_board(self) -> None:
        """Note what the board's numbers tell: how many ballots there must be, and how often any was cast."""
        kinds = list(self.kinds.values())
        missing = kinds.count("ballot") - kinds.count("withdraw") - self.slots
        self.mismatches += [Mismatch(None, "missing")] * missing
        # Every revision of a slot has written one leaf.
        if missing < 0 or (missing == 0 and self.revisions != len(kinds)):
            self.mismatches.append(Mismatch(None, "rolled_back"))

    def shuffled(self) -> list[str]:
        """Return the ballots in an order that is drawn."""
        return secrets.SystemRandom().sample(self.ballots, len(self.ballots))

    def _is_ballot(self, choices: str) -> bool:
        if choices in self.valid:
            return True
        try:
            form = forms.check(forms.from_text(choices), self.round.ballot, self.costs, self.round.budget)
        except (BallotInvalid, ValueError, TypeError):
            return False
        if forms.to_text(form) == choices:
            self.valid.add(choices)
        return choices in self.valid

    def _note(self, commitment: bytes | None, problem: str) -> None:
        self.mismatches.append(Mismatch(commitment, problem))
