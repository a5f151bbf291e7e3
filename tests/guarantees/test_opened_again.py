"""The tally of a box that is opened again: in the background, after a failure, from an older snapshot."""

from threading import Event

import pytest

from core import tally
from core.store import reading
from core.tally import _live
from tests.helpers import boxes

K = 5


def seen(round_, at):
    with reading() as session:
        return tally.live(session, round_, at)


def turnout(round_):
    with reading() as session:
        return tally.turnout(session, round_.id).ballots


def test_large_boxes_are_opened_in_the_background_after_a_restart(town, monkeypatch):
    monkeypatch.setattr(_live, "AT_ONCE", 5)
    for voter in boxes.people(town, 12):
        boxes.cast(town, voter, ["p01"])
    tally.forget()
    assert not seen(town.round, town.at).ready
    assert turnout(town.round) == 12
    tally.settle(town.round.slug)
    shown = seen(town.round, town.at)
    assert (shown.ready, shown.ballots, shown.supports[0]) == (True, 12, ("p01", 12))


def test_a_ballot_that_comes_while_others_are_being_opened_is_not_lost(town, monkeypatch):
    *voters, late = boxes.people(town, 6)
    for voter in voters:
        boxes.cast(town, voter, ["p01"])
    tally.forget()
    monkeypatch.setattr(_live, "AT_ONCE", 0)
    real, begun, read = tally.newest, Event(), Event()

    def newest(*given):
        begun.set()
        assert read.wait(10)
        yield from real(*given)

    monkeypatch.setattr(_live, "newest", newest)
    seen(town.round, town.at)
    assert begun.wait(10)
    boxes.cast(town, late, ["p02"])
    assert not seen(town.round, town.at).ready
    read.set()
    for _look in range(2):
        tally.settle(town.round.slug)
        seen(town.round, town.at)
    tally.settle(town.round.slug)
    shown = seen(town.round, town.at)
    assert (shown.ballots, dict(shown.supports)["p02"]) == (6, 1)


def failing_once(monkeypatch, after=2):
    """Have the opening of ballots fail when it is first tried, after it has opened a few."""
    real, tried = tally.newest, []

    def newest(*given):
        tried.append(given)
        for number, each in enumerate(real(*given)):
            if len(tried) == 1 and number == after:
                raise OSError("the disk went away")
            yield each

    monkeypatch.setattr(_live, "newest", newest)
    return tried


@pytest.mark.parametrize("step", [1, K])
@pytest.mark.parametrize("restarted", [False, True])
def test_ballots_whose_opening_failed_are_opened_at_the_next_look(town, monkeypatch, caplog, step, restarted):
    round_, voters = boxes.round_in_voting(town, tally_step=step), boxes.people(town, 3 * K)
    for voter in voters[: 2 * K]:
        boxes.cast(town, voter, ["p01"], 0, round_)
    before = seen(round_, town.at) if restarted else None
    for voter in voters[2 * K :]:
        boxes.cast(town, voter, ["p01"], 0, round_)
    tally.forget()
    monkeypatch.setattr(_live, "AT_ONCE", 0)
    tried = failing_once(monkeypatch)

    failed = seen(round_, town.at)
    assert (failed.ready, failed.ballots) == (False, before.ballots if before and step > 1 else 0)
    tally.settle(round_.slug)
    assert f"the ballots of {round_.slug} could not be opened" in caplog.text
    assert not seen(round_, town.at).ready
    tally.settle(round_.slug)
    assert len(tried) == 2
    opened = seen(round_, town.at)
    assert (opened.ready, opened.ballots) == (True, 3 * K if step == 1 else 2 * K)

    closed = boxes.end_voting(round_.id)
    boxes.close(town, round_.id, closed)
    final = seen(boxes.fresh(round_.id), closed)
    assert (final.final, final.ballots, dict(final.supports)["p01"]) == (True, 3 * K, 3 * K)


def test_ballots_whose_opening_failed_while_a_page_waits_are_not_lost(town, monkeypatch):
    voters = boxes.people(town, 6)
    for voter in voters:
        boxes.cast(town, voter, ["p01"])
    tally.forget()
    failing_once(monkeypatch)
    with pytest.raises(OSError, match="the disk went away"):
        seen(town.round, town.at)
    assert seen(town.round, town.at).ballots == turnout(town.round) == 6


def test_control_an_opening_that_forgets_what_failed_shows_too_little(town, monkeypatch):
    for voter in boxes.people(town, 6):
        boxes.cast(town, voter, ["p01"])
    tally.forget()
    monkeypatch.setattr(_live, "AT_ONCE", 0)
    failing_once(monkeypatch)
    real = _live._open

    def forgetful(kept):
        real(kept)
        kept.feed.unread.clear()

    monkeypatch.setattr(_live, "_open", forgetful)
    for _look in range(2):
        seen(town.round, town.at)
        tally.settle(town.round.slug)
    assert seen(town.round, town.at).ballots < turnout(town.round) == 6


def test_an_older_snapshot_neither_counts_twice_nor_forgets(town):
    with reading() as old:
        tally.live(old, town.round, town.at)
        for voter in boxes.people(town, 3):
            boxes.cast(town, voter, ["p01"])
        with reading() as new:
            assert tally.live(new, town.round, town.at).ballots == 3
        assert tally.live(old, town.round, town.at).ballots == 3
    with reading() as session:
        assert tally.live(session, town.round, town.at).ballots == 3
        assert tally.turnout(session, town.round.id).ballots == 3
