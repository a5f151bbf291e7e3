"""Closing a round, step by step: close, randomness, opening, turnout, count, publication – and after the objections,
forgetting who is who. Each step can be asked for again without harm, and each is taken up where the last one ended.

The order is the guarantee. How ties will be drawn is fixed at the close, before anybody knows the final root; the root
is published before the draw; and the draw comes before a ballot is opened. From the root alone a server could try out
leaves until a friend wins, from dice alone whoever types them could: the seed is SHA-256 of both. Turnout by age and
area is counted while the way from a person to a slot still exists, which is destroyed two weeks after publication.

What is done follows from what is stored (`steps`), not from a state that could go another way. Close, draw, count
and publication take two people. Counting and publishing are in `results`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, select

from core import journal, rounds
from core.closing import _opening, _turnout
from core.closing._opening import Mismatch, Progress, Unsealed, unseal
from core.codes import holders
from core.errors import WrongPhase
from core.permissions import Action, Actor, may
from core.phases import Phase
from core.rounds import Round, second_person, steps
from core.rounds.second_person import Pending
from core.rounds.steps import Step, step_of
from core.trust import board, lots, notes, readiness, verifying, voted_on
from core.trust.lots import DICE, Source, read_source
from db import tables
from db.engine import database_now, hold_log, lock_round

_AGREED = {
    Step.close: Action.close_vote, Step.randomness: Action.draw_ties, Step.count: Action.count,
    Step.publish: Action.publish_result,
}  # fmt: skip
_CODES = text("SELECT code FROM project WHERE round_id = :id ORDER BY position, id")
_LOT = text("UPDATE project SET lot = :lot WHERE round_id = :id AND code = :code")
_BALLOTS = text("SELECT count(*) FROM open_ballot WHERE round_id = :id")


@dataclass(frozen=True, slots=True)
class Closing:
    """Where the closing stands. `step`: what comes next; `pending`: the first of two people has asked for it.

    `source`: where the randomness comes from, fixed at the close. `typed`: what waits for a second person, told to the
    one who typed it only. `order`: project codes, the first one wins a tie.
    """

    step: Step
    pending: Pending | None
    closed_at: datetime | None
    final_size: int | None
    final_root: bytes | None
    note: str | None
    source: Source | None
    typed: str | None
    randomness: str | None
    seed: bytes | None
    order: tuple[str, ...]
    opened_at: datetime | None
    ballots: int | None
    mismatches: tuple[Mismatch, ...]
    turnout: dict[str, Any] | None
    counted_at: datetime | None
    published_at: datetime | None
    keep_until: datetime | None
    anonymised_at: datetime | None


def state(session: Session, actor: Actor, round_id: int, *, at: datetime) -> Closing:
    """Return where the closing stands: for those who may read the journal, after publication for everyone."""
    round_ = rounds.get(session, actor, round_id)
    row = session.get_one(tables.Round, round_id)
    step, connection = step_of(row, at), session.connection()
    pending: dict[Action, Pending] = {}
    if row.result_published_at is None or may(actor, Action.read_journal):
        rounds.require(actor, Action.read_journal, round_, None)
        waits = second_person.pending(session, actor, round_id)
        pending = {each.action: each for each in waits if not each.ended}
    typed = pending.get(Action.draw_ties)
    seed = lots.seed(row.final_root, row.randomness) if row.final_root and row.randomness is not None else None
    codes = connection.execute(_CODES, {"id": round_id}).scalars().all() if seed else ()
    notes = session.exec(select(tables.Mismatch).where(tables.Mismatch.round_id == round_id))
    return Closing(
        step, pending.get(_AGREED[step]) if step in _AGREED else None, row.closed_at, row.final_size, row.final_root,
        board.latest(session, round_id), _source(row) if row.closed_at else None,
        typed.reason if typed and typed.mine else None, row.randomness, seed, lots.order(seed, codes) if seed else (),
        row.opened_at,
        connection.execute(_BALLOTS, {"id": round_id}).scalar_one() if row.opened_at else None,
        tuple(Mismatch(each.commitment, each.problem) for each in notes), row.turnout, row.counted_at,
        row.result_published_at, row.keep_until, row.anonymised_at,
    )  # fmt: skip


def close(
    session: Session, organiser: Actor, round_id: int, source: Source = DICE, *, at: datetime,
    consent: str | None = None,
) -> Pending | Closing:  # fmt: skip
    """Ask that the vote be closed, or agree to it: the last leaves are appended, the final checkpoint is signed.

    No ballot can commit after it, and ties can be drawn from this `source` only. Raises WrongPhase before the end of
    voting by the database's clock, SamePerson, Invalid("source", "differs") unless both people choose the same.
    """
    hold_log(session, round_id, wait=True)
    round_ = locked_round(session, organiser, round_id)
    rounds.require(organiser, Action.close_vote, round_, at)
    if round_.closed_at is not None:
        return state(session, organiser, round_id, at=at)
    if database_now(session) < round_.dates.voting_until:
        raise WrongPhase(action=Action.close_vote, phase=Phase.voting, allowed=(Phase.counting,))
    chosen = lots.named(source).text
    agreed = second_person.ask(
        session, organiser, round_id, Action.close_vote, at=at, reason=chosen, same="source", consent=consent
    )  # fmt: skip
    if isinstance(agreed, Pending):
        return agreed
    _finish_board(session, organiser, round_id, chosen, at)
    return state(session, organiser, round_id, at=at)


def _finish_board(session: Session, organiser: Actor, round_id: int, chosen: str, at: datetime) -> None:
    """Append what still waits, sign the final checkpoint, and note both with the chosen source of randomness."""
    readiness.prepare(session, round_id)
    voted_on.begin(session, round_id)
    voted_on.hold(session, round_id)
    board.batch(session, round_id, final=True)
    session.expire_all()
    final = verifying.verify(session, round_id)
    row = session.get_one(tables.Round, round_id)
    row.closed_at, row.final_size, row.final_root, row.version = at, final.size, final.root, row.version + 1
    row.randomness_source = chosen
    session.flush()
    told = {"size": final.size, "root": final.root.hex(), "source": chosen}
    voted_on.note(session, round_id, "closed", told)
    _turnout.keep_codes(session, round_id)
    holders.forget(session, round_id)
    journal.write(
        session, organiser, Action.close_vote, round_id=round_id, at=at, size=final.size, root=final.root.hex(),
        source=chosen,
    )  # fmt: skip


def draw(session: Session, organiser: Actor, round_id: int, randomness: str, *, at: datetime) -> Pending | Closing:
    """Type in what came up, or confirm it by typing the same: then the order of ties is drawn from it.

    It is brought to the one form that the source demands. Raises SamePerson; Invalid of "randomness" for what has no
    such form, and "differs" for something else than the first person typed.
    """
    round_ = locked_round(session, organiser, round_id)
    rounds.require(organiser, Action.draw_ties, round_, at)
    row = session.get_one(tables.Round, round_id)
    if row.randomness is not None:
        return state(session, organiser, round_id, at=at)
    steps.require(row, Step.randomness, at)
    voted_on.hold(session, round_id)
    source = _source(row)
    drawn = lots.reduced(source, randomness)
    agreed = second_person.ask(session, organiser, round_id, Action.draw_ties, at=at, reason=drawn, same="randomness")
    if isinstance(agreed, Pending):
        return agreed
    row.randomness, row.randomness_source, row.version = drawn, source.text, row.version + 1
    connection = session.connection()
    order = lots.order(lots.seed(row.final_root or b"", drawn), _codes(session, round_id))
    if order:
        connection.execute(_LOT, [{"id": round_id, "code": code, "lot": lot} for lot, code in enumerate(order, 1)])
    session.flush()
    session.expire_all()
    voted_on.note(session, round_id, "drawn", {"randomness": drawn, "order": list(order)})
    journal.write(session, organiser, Action.draw_ties, round_id=round_id, at=at, randomness=drawn, source=source.text)
    return state(session, organiser, round_id, at=at)


def keep_opened(session: Session, organiser: Actor, round_id: int, unsealed: Unsealed, *, at: datetime) -> Closing:
    """Write down what `unseal` has opened, in a short transaction."""
    _opening.write_opened(session, organiser, round_id, unsealed, at=at)
    return state(session, organiser, round_id, at=at)


def open_ballots(
    session: Session, organiser: Actor, round_id: int, *, at: datetime, shares: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Closing:  # fmt: skip
    """Open all ballots and write them down, in one transaction; `unseal` and `keep_opened` hold other votes up less."""
    round_ = rounds.get(session, organiser, round_id)
    rounds.require(organiser, Action.open_ballots, round_, at)
    if round_.opened_at is None:
        found = unseal(session, organiser, round_id, at=at, shares=shares, progress=progress)
        _opening.write_opened(session, organiser, round_id, found, at=at)
    return state(session, organiser, round_id, at=at)


def keep_turnout(session: Session, organiser: Actor, round_id: int, *, at: datetime) -> Closing:
    """Count once, while that can still be known, how many of which age and area voted."""
    round_ = locked_round(session, organiser, round_id)
    rounds.require(organiser, Action.open_ballots, round_, at)
    row = session.get_one(tables.Round, round_id)
    if row.turnout is None:
        steps.require(row, Step.turnout, at)
        voted_on.hold(session, round_id)
        row.turnout, row.version = _turnout.margins(session, round_), row.version + 1
        session.flush()
        voted_on.note(session, round_id, "turnout", {"sha256": notes.digest(row.turnout)})
        journal.write(session, organiser, "keep_turnout", round_id=round_id, at=at)
    return state(session, organiser, round_id, at=at)


def locked_round(session: Session, organiser: Actor, round_id: int) -> Round:
    """Return the round, which no ballot and no other step changes until the transaction ends. Raises NotFound."""
    lock_round(session, round_id, exclusive=True)
    return rounds.get(session, organiser, round_id)


def _codes(session: Session, round_id: int) -> Sequence[str]:
    return session.connection().execute(_CODES, {"id": round_id}).scalars().all()


def _source(row: tables.Round) -> Source:
    """Return the source that a closed round has fixed; where none was asked for at its close, it is dice."""
    return read_source(row.randomness_source) if row.randomness_source else DICE
