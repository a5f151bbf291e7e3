"""The closing second: what got the lock in time counts, nothing else does, whatever clock a process believes in."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from core import clock, closing, voting
from core.errors import SamePerson, VotingClosed, WrongPhase
from core.store import transaction
from core.trust import waiting
from core.voting import _casting
from core.voting.receipts import Receipt
from db.engine import database_now
from tests.helpers import boxes, worlds
from tests.helpers.sizes import AROUND_CLOSE, LAST_SECOND

HANDS = 8
OURS = ("core", "db", "pages", "sqlalchemy", "sqlmodel")
AROUND = timedelta(milliseconds=AROUND_CLOSE)
# Who has the lock so shortly before the close is slow, and commits when others would already like to close.
SLOW = timedelta(milliseconds=60)


@dataclass
class Seen:
    """What voters were told around the close.

    `late`: when votes got the lock that were let in after it; `early`: those that were turned away before it.
    """

    given: list[Receipt] = field(default_factory=list)
    refused: list[VotingClosed] = field(default_factory=list)
    late: list[datetime] = field(default_factory=list)
    early: list[datetime] = field(default_factory=list)
    troubles: list[Exception] = field(default_factory=list)


@contextmanager
def skewed(minutes: int) -> Iterator[None]:
    """Let every clock that this process reads be wrong by so many minutes; the database's own is right."""
    off = timedelta(minutes=minutes)
    real_time = time.time

    class Wrong(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.fromtimestamp(real_time() + off.total_seconds(), tz)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "time", lambda: real_time() + off.total_seconds())
        for name, module in list(sys.modules.items()):
            if name.split(".")[0] in OURS and getattr(module, "datetime", None) is datetime:
                patch.setattr(module, "datetime", Wrong)
        assert abs(clock.now() - datetime.now(UTC) - off) < timedelta(minutes=1)
        yield


@contextmanager
def watched(until: datetime, seen: Seen) -> Iterator[None]:
    """Look at the database's clock as soon as a vote has the lock, and hold up those that have it just in time."""
    real = _casting._refuse_unless_open

    def look(session, terms):
        locked = database_now(session)
        try:
            now = real(session, terms)
        except VotingClosed:
            seen.early += [] if database_now(session) >= until else [locked]
            raise
        if locked >= until:
            seen.late.append(locked)
        elif until - locked < SLOW:
            time.sleep(2 * SLOW.total_seconds())
        return now

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_casting, "_refuse_unless_open", look)
        yield


def around_the_close(town, voters, *, closes: bool = True) -> Seen:
    """Let voters submit from before until after the end of voting, and two organisers close as soon as they may."""
    seen, over = Seen(), Event()
    submit(town, voters[0], seen)
    with transaction() as session:
        until = database_now(session) + AROUND
        boxes.ends(session, town.round.id, until)
    began, pace = time.monotonic(), 2 * AROUND.total_seconds() / len(voters)

    def wait(seconds: float) -> None:
        time.sleep(max(0.0, began + seconds - time.monotonic()))

    def vote(hand: int) -> None:
        for place in range(1 + hand, len(voters), HANDS):
            wait(place * pace)
            submit(town, voters[place], seen)

    def close(organiser) -> None:
        wait(AROUND.total_seconds() / 2)
        while not over.is_set():
            try:
                with transaction() as session:
                    # With a clock that is slow she would wait; another process may have a better one.
                    found = closing.close(session, organiser, town.round.id, at=max(clock.now(), until))
                if isinstance(found, closing.Closing):
                    over.set()
            except (WrongPhase, SamePerson):
                time.sleep(0.01)
            except Exception as trouble:  # noqa: BLE001 – told below
                seen.troubles.append(trouble)
                # Else the other one waits for her for ever.
                over.set()

    threads = [Thread(target=vote, args=[hand]) for hand in range(HANDS)]
    if closes:
        threads += [Thread(target=close, args=[each]) for each in (town.organiser, town.second_organiser)]
    with watched(until, seen):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return seen


def submit(town, voter, seen: Seen) -> None:
    try:
        with transaction() as session:
            receipt = voting.cast_ballot(
                session, voter, town.round.id, ["p01"], at=town.at, request_id="request-1", replaces=0
            )
        seen.given.append(receipt)
    except VotingClosed as refusal:
        seen.refused.append(refusal)
    except Exception as trouble:  # noqa: BLE001 – told below
        seen.troubles.append(trouble)


def on_the_board(town) -> set[bytes]:
    """Return the commitments on the board as it was signed at the close."""
    (row,) = boxes.rows("SELECT closed_at, final_size FROM round WHERE id = :id", id=town.round.id)
    assert row.closed_at is not None
    found = boxes.rows("SELECT commitment FROM leaf WHERE position < :size", size=row.final_size)
    return {bytes(commitment) for (commitment,) in found}


@pytest.mark.parametrize("skew", [-10, 0, 10])
def test_while_people_cast_two_close_and_every_receipt_is_on_the_final_board_and_no_other(town, skew):
    voters = boxes.people(town, LAST_SECOND)

    with skewed(skew):
        seen = around_the_close(town, voters)

    board, given = on_the_board(town), {receipt.commitment for receipt in seen.given}
    print(
        f"FIGURES skew {skew:+} min: submits {len(voters)} acknowledged {len(seen.given)} refused {len(seen.refused)}",
        f"late {len(seen.late)} early {len(seen.early)}",
        f"off the board {len(given - board)} without receipt {len(board - given)}",
    )
    assert not seen.troubles
    assert seen.given and seen.refused and not seen.late and not seen.early
    assert len(seen.given) + len(seen.refused) == len(voters)
    assert board == given
    assert not boxes.rows("SELECT 1 FROM pending_leaf")


def test_control_a_vote_that_asks_the_process_clock_is_late(town, monkeypatch):
    slow = clock.now() - timedelta(minutes=10)
    monkeypatch.setattr(_casting, "database_now", lambda _session: slow)

    assert around_the_close(town, boxes.people(town, LAST_SECOND), closes=False).late


def test_control_a_vote_that_does_not_look_whether_the_round_is_closed_is_off_the_board(town, monkeypatch):
    monkeypatch.setattr(_casting, "_refuse_unless_open", lambda session, _terms: database_now(session))

    seen = around_the_close(town, boxes.people(town, LAST_SECOND))
    # However quick or slow the two were, somebody comes after them.
    submit(town, town.resident, seen)

    assert {receipt.commitment for receipt in seen.given} - on_the_board(town)


@pytest.mark.postgres
def test_control_without_the_shared_lock_a_slow_vote_is_off_the_board(postgres_database, at, monkeypatch):
    # SQLite needs none: there a writing transaction is alone.
    with transaction() as session:
        town = worlds.build(session, at)
    monkeypatch.setitem(_casting._TERMS_LOCKED, "postgresql", _casting._TERMS_LOCKED["sqlite"])
    # The box in which votes wait is a second lock: with it the slow one is waited for all the same.
    monkeypatch.setitem(waiting._OPEN_LOCKED, "postgresql", waiting._OPEN_LOCKED["sqlite"])
    monkeypatch.setattr(sys.modules[__name__], "SLOW", timedelta(milliseconds=400))

    seen = around_the_close(town, boxes.people(town, LAST_SECOND))

    assert {receipt.commitment for receipt in seen.given} - on_the_board(town)


def test_after_the_closing_no_clock_lets_a_ballot_in(town, monkeypatch):
    at = boxes.end_voting(town.round.id)
    boxes.close(town, town.round.id, at)
    monkeypatch.setattr(_casting, "database_now", lambda _session: town.at)
    with pytest.raises(VotingClosed):
        boxes.cast(town, town.resident, ["p01"])
