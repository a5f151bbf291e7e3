"""Second persons: what decides a vote is never done by one. One asks, another agrees – to a hash of what she saw.

A request is of a kind (an action), says what it would change line by line, and rests on the state of the round
(`_covered`). Who agrees, declines or takes back hands in the hash that was on her screen. Whatever of that changes in
between, also if it is changed back, ends the request, and both people are told; of a decline the one who asked is.

The hash has no key. So a request counts only while the chained journal has the line in which just this person asked for
just this, and none in which it ended: who alters or puts back its row alone asks for nothing. It ends, too, with the
role of who asked.

A kind of its own: an action in ACTIONS; `ask` with the lines that it would change; `agree`, which returns them, and
then whoever called it carries them out.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core import hidden, journal, letters, permissions
from core.errors import ConsentDiffers, Invalid, RequestWaits, SamePerson
from core.permissions import Action, Actor
from core.rounds import _asking, _covered, _finding
from core.rounds._values import Round
from core.rounds.terms import Line, line_of
from core.trust import keys
from db import engine, tables

ACTIONS = frozenset(
    {
        Action.publish_round,
        Action.change_round,
        Action.change_list,
        Action.withdraw_project,
        Action.correct_words,
        Action.close_vote,
        Action.draw_ties,
        Action.count,
        Action.publish_result,
        Action.void_round,
        Action.release_codes,
        Action.stop_codes,
    }
)
# What the first one hands in, the second must bring along, not read: neither a wish nor the journal tells it.
UNSAID = frozenset({Action.draw_ties})
# Whoever has asked may ask for something else in its place.
_AMENDED = frozenset({Action.change_round, Action.change_list, Action.withdraw_project, Action.correct_words})
# How many signs a public reason has at least, of those that can be seen, and at most.
REASON = (10, 500)


@dataclass(frozen=True, slots=True)
class Pending:
    """Somebody has asked and a second person must agree. `mine`: the reader is the one who asked.

    `reason`: what the first one said to it; of a draw only that person is told. `lines`: what it would change.
    `subject`: which of several it is about, like the number of a batch of codes. `consent`: the hash that the second
    one hands in. `ended`: nobody can agree to it any more: what it rests on has changed, or somebody has declined it
    (`declined_by`, `declined_at`).
    """

    action: Action
    asked_by: str
    asked_at: datetime
    reason: str
    mine: bool
    subject: str = ""
    lines: tuple[Line, ...] = ()
    consent: str = ""
    ended: bool = False
    declined_by: str = ""
    declined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Two people have agreed; the caller now does it. `reason` is the first one's, `lines` what she asked for."""

    action: Action
    reason: str
    lines: tuple[Line, ...] = ()
    consent: str = ""


def ask(
    session: Session, actor: Actor, round_id: int, action: Action, *, at: datetime, reason: str = "", subject: str = "",
    same: str = "", lines: Sequence[Line] = (), consent: str | None = None,
) -> Pending | Done:  # fmt: skip
    """Note the first person's request, or – with the `consent` to it – agree to it; return how things stand.

    `same`: what the `reason` tells, where the second person must give the same one. Raises RequestWaits without a
    consent where another's request waits, ConsentDiffers for the consent to anything else than what waits, SamePerson
    when the one who asked asks again or agrees, Invalid(`same`, "differs") with the `places` of the signs that differ,
    and what permissions refuse.
    """
    if action not in ACTIONS:
        raise Invalid("action", "choice")
    engine.lock_round(session, round_id, exclusive=True)
    session.flush()
    round_ = _finding.get(session, actor, round_id)
    _finding.require(actor, action, round_, at)
    waiting = _row(session, round_id, action, subject)
    if _alone(round_):
        journal.write(session, actor, f"agree_{action}", round_id=round_id, at=at, first=None)
        return Done(action, reason, tuple(lines))
    if waiting is not None and consent is None:
        waiting = _making_room(session, actor, round_, waiting, reason, lines, at)
    if waiting is not None and waiting.asked_by == actor.pseudonym:
        raise SamePerson(action=action)
    if waiting is not None and same and waiting.reason != reason:
        raise Invalid(same, "differs", places=letters.apart(waiting.reason, reason))
    if consent is None and waiting is None:
        return _asked(session, actor, round_, action, subject, reason, lines, at)
    if consent is None and not same:
        raise RequestWaits(action=action)
    # Who brings the same thing along has it on her screen.
    given = waiting.consent if consent is None and waiting is not None else consent or ""
    return _agreed(session, actor, round_, waiting, action, given, at)


def agree(
    session: Session, actor: Actor, round_id: int, action: Action, *, at: datetime, consent: str, subject: str = ""
) -> Done:
    """Agree to what waits, by the hash that was shown, and return it to be carried out.

    Raises ConsentDiffers if anything else waits, or nothing; SamePerson; what permissions refuse.
    """
    done = ask(session, actor, round_id, action, at=at, subject=subject, consent=consent)
    if isinstance(done, Pending):
        raise ConsentDiffers(action=action)
    return done


def pending(session: Session, actor: Actor, round_id: int) -> tuple[Pending, ...]:
    """Return what waits for a second person, and what has `ended` while it did, for those who may read the journal.

    What was declined is told to the one who asked, and to nobody else.
    """
    return pending_in(session, actor, (_finding.get(session, actor, round_id),))[round_id]


def pending_in(session: Session, actor: Actor, wanted: Collection[Round]) -> dict[int, tuple[Pending, ...]]:
    """Return the same for several rounds, by round, in one query and those for what waits."""
    permissions.require(actor, Action.read_journal)
    for one in wanted:
        _finding.require(actor, Action.read_journal, one, None)
    here = col(tables.SecondPerson.round_id).in_([one.id for one in wanted])
    found = session.exec(select(tables.SecondPerson).where(here)).all()
    rows = [row for row in found if not row.declined_by or row.asked_by == actor.pseudonym]
    return {one.id: tuple(_shown(session, actor, one, row) for row in rows if row.round_id == one.id) for one in wanted}


def waits(session: Session, actor: Actor, round_id: int, action: Action, subject: str = "") -> Pending | None:
    """Return the one request of a kind that can still be agreed to, None if there is none; for readers of `pending`."""
    found = (one for one in pending(session, actor, round_id) if (one.action, one.subject) == (action, subject))
    return next((one for one in found if not one.ended), None)


def take_back(
    session: Session, actor: Actor, round_id: int, action: Action, *, at: datetime, consent: str, subject: str = ""
) -> None:
    """Withdraw one's own request, or decline another's, by the hash that was shown; the one who asked is told of that.

    Raises ConsentDiffers if anything else waits, or nothing.
    """
    # In any phase: what cannot happen any more must not wait for ever.
    round_ = _finding.get(session, actor, round_id)
    _finding.require(actor, action, round_, None)
    engine.lock_round(session, round_id, exclusive=True)
    waiting = _row(session, round_id, action, subject)
    if waiting is None or not _is(session, round_, waiting, consent):
        raise ConsentDiffers(action=action)
    if waiting.asked_by == actor.pseudonym:
        journal.write(session, actor, f"take_back_{action}", round_id=round_id, at=at, consent=consent)
        _remove(session, waiting)
        return
    waiting.ended_at, waiting.declined_by = at, actor.pseudonym
    journal.write(
        session, actor, f"decline_{action}", round_id=round_id, at=at, first=waiting.asked_by, consent=consent
    )
    session.flush()


def put_away(
    session: Session, actor: Actor, round_id: int, action: Action, *, consent: str, subject: str = ""
) -> None:  # fmt: skip
    """Remove a request that has ended, once who asked, or who could have agreed, has seen it. One that waits stays."""
    round_ = _finding.get(session, actor, round_id)
    _finding.require(actor, action, round_, None)
    row = _row(session, round_id, action, subject)
    if row is None or (row.declined_by and row.asked_by != actor.pseudonym):
        return
    shown = _shown(session, actor, round_, row)
    if shown.ended and shown.consent == consent:
        _remove(session, row)


def drop(session: Session, actor: Actor, round_id: int, action: Action, *, at: datetime, subject: str) -> None:
    """Remove a request whose matter goes itself, like that for a batch of codes; whoever removes that calls this."""
    _finding.require(actor, action, _finding.get(session, actor, round_id), None)
    waiting = _row(session, round_id, action, subject)
    if waiting is not None:
        journal.write(session, actor, f"take_back_{action}", round_id=round_id, at=at, consent=waiting.consent)
        _remove(session, waiting)


def nothing(session: Session, actor: Actor, round_id: int, action: Action, *, subject: str = "") -> Invalid:
    """Return the refusal of what would change nothing: `asked` where the actor's own request waits, else `required`."""
    waiting = _row(session, round_id, action, subject)
    asked = waiting is not None and waiting.ended_at is None and waiting.asked_by == actor.pseudonym
    return Invalid("change", "asked" if asked else "required")


def end_changed(session: Session, actor: Actor, round_id: int, *, at: datetime) -> None:
    """End each request whose matter has changed; whoever changed it calls this after it. It is journalled."""
    session.flush()
    found = session.exec(select(tables.SecondPerson).where(tables.SecondPerson.round_id == round_id)).all()
    if not found:
        return
    round_ = _finding.get(session, actor, round_id)
    for row in found:
        if row.ended_at is None and not _holds(session, round_, row):
            _end(session, actor, row, at)


def clean_reason(reason: str) -> str:
    """Return a public reason without spaces round it. Raises Invalid where there is none, too little or too much."""
    plain = letters.trimmed(reason)
    if not plain:
        raise Invalid("reason", "required")
    if letters.visible(plain) < REASON[0]:
        raise Invalid("reason", "too_short", limit=REASON[0])
    if len(plain) > REASON[1]:
        raise Invalid("reason", "too_long", limit=REASON[1])
    return plain


def _asked(
    session: Session, actor: Actor, round_: Round, action: Action, subject: str, reason: str, lines: Sequence[Line],
    at: datetime,
) -> Pending:  # fmt: skip
    row = tables.SecondPerson(
        round_id=round_.id, action=action, subject=subject, asked_by=actor.pseudonym, asked_at=at, reason=reason,
        # As it will be read back, or it would have another hash.
        lines=json.loads(json.dumps([each.told for each in lines])),
    )  # fmt: skip
    row.consent = _digest(session, round_, row)
    session.add(row)
    # What would be changed is told here, so that also what nobody agreed to can be read later.
    facts: dict[str, Any] = {} if action in UNSAID or not reason else {"reason": reason}
    if action is Action.close_vote:
        facts = {"source": reason}
    if action in _AMENDED:
        facts["changes"] = row.lines
    journal.write(session, actor, f"ask_{action}", round_id=round_.id, at=at, **facts, consent=row.consent)
    return _shown(session, actor, round_, row)


def _making_room(
    session: Session, actor: Actor, round_: Round, waiting: tables.SecondPerson, reason: str, lines: Sequence[Line],
    at: datetime,
) -> tables.SecondPerson | None:  # fmt: skip
    """Remove what has ended, and what the one who asked replaces by something else; return what still waits."""
    amended = waiting.asked_by == actor.pseudonym and waiting.action in _AMENDED
    other = (reason, [each.told for each in lines]) != (waiting.reason, waiting.lines)
    if _holds(session, round_, waiting) and not (amended and other):
        return waiting
    if waiting.ended_at is None:
        _end(session, actor, waiting, at)
    _remove(session, waiting)
    return None


def _agreed(
    session: Session, actor: Actor, round_: Round, waiting: tables.SecondPerson | None, action: Action, consent: str,
    at: datetime,
) -> Done:  # fmt: skip
    if waiting is None or not _is(session, round_, waiting, consent):
        raise ConsentDiffers(action=action)
    done = Done(action, waiting.reason, _lines(waiting), consent)
    first = waiting.asked_by
    _remove(session, waiting)
    journal.write(session, actor, f"agree_{action}", round_id=round_.id, at=at, first=first, consent=consent)
    return done


def _row(session: Session, round_id: int, action: Action, subject: str) -> tables.SecondPerson | None:
    return session.exec(
        select(tables.SecondPerson)
        .where(tables.SecondPerson.round_id == round_id)
        .where(tables.SecondPerson.action == action)
        .where(tables.SecondPerson.subject == subject)
    ).first()


def _remove(session: Session, row: tables.SecondPerson) -> None:
    session.delete(row)
    session.flush()


def _end(session: Session, actor: Actor, row: tables.SecondPerson, at: datetime) -> None:
    row.ended_at = at
    journal.write(
        session, actor, f"end_{row.action}", round_id=row.round_id, at=at, first=row.asked_by, consent=row.consent
    )


def _holds(session: Session, round_: Round, row: tables.SecondPerson) -> bool:
    """Return whether a request still asks for what it did; one from before there were hashes is compared when shown."""
    same = row.ended_at is None and row.consent in ("", _digest(session, round_, row))
    return same and _asking.may_ask(session, round_, row) and _asking.told(session, row)


def _is(session: Session, round_: Round, row: tables.SecondPerson, consent: str) -> bool:
    """Return whether a request still waits, and is the one that was shown."""
    return _holds(session, round_, row) and consent == _digest(session, round_, row)


def _digest(session: Session, round_: Round, row: tables.SecondPerson) -> str:
    action = Action(row.action)
    # From a hash without a key the ten dice could be tried out.
    said = keys.keyed(f"{round_.slug}|{row.reason}") if action in UNSAID else row.reason
    rests_on = _covered.covered(session, round_, action, row.subject)
    return _covered.digest(row.action, round_.slug, row.subject, row.asked_by, said, row.lines, rests_on)


def _lines(row: tables.SecondPerson) -> tuple[Line, ...]:
    return tuple(map(line_of, row.lines))


def _shown(session: Session, actor: Actor, round_: Round, row: tables.SecondPerson) -> Pending:
    action, mine = Action(row.action), row.asked_by == actor.pseudonym
    reason = row.reason if mine or action not in UNSAID else ""
    holds = _holds(session, round_, row)
    consent = row.consent or _digest(session, round_, row)
    # Whoever hides words ends what would change them.
    lines = _lines(row) if holds else tuple(map(line_of, hidden.in_journal(session, round_.id).told(row.lines)))
    return Pending(
        action, row.asked_by, row.asked_at, reason, mine, row.subject, lines, consent, ended=not holds,
        declined_by=row.declined_by, declined_at=row.ended_at if row.declined_by else None,
    )  # fmt: skip


def _alone(round_: Round) -> bool:
    """Return whether one person is enough: an imported election was decided elsewhere."""
    return round_.imported
