"""No two published tallies, whenever they were looked at, differ in fewer than K voters – or in none."""

import random
from itertools import combinations

import pytest

from core import tally
from core.store import reading, transaction
from core.trust import logs
from db import tables
from tests import boxes
from tests.trust.sizes import WATCHED

K = 5
CHANGES = 3  # ballots a voter casts at most


@pytest.fixture
def watched(town):
    """Give a live round in which every ballot has a project of its own: the tally tells who is in it."""
    tally.forget()
    round_ = boxes.round_in_voting(town, tally_step=K, projects=False)
    with transaction() as session:
        for voter in range(WATCHED):
            for number in range(CHANGES):
                code = f"v{voter:03}-{number}"
                session.add(tables.Project(
                    round_id=round_.id, code=code, title=code, title_en=code, cost=100, position=voter * 9 + number
                ))  # fmt: skip
    return round_, boxes.people(town, WATCHED)


def look(round_, at):
    with reading() as session:
        seen = tally.live(session, round_, at)
    tally.settle(round_.slug)
    return frozenset(code for code, votes in seen.supports if votes), seen.ballots


def campaign(town, round_, voters, seed, *, restarts):
    """Let voters vote and change their minds, looking at the tally after each; return every tally that was shown."""
    draw, cast, shown = random.Random(seed), [0] * len(voters), [frozenset()]
    for _step in range(len(voters) * 2):
        which = draw.randrange(len(voters))
        if cast[which] < CHANGES:
            boxes.cast(town, voters[which], [f"v{which:03}-{cast[which]}"], cast[which], round_)
            cast[which] += 1
        if restarts and draw.random() < 0.1:
            tally.forget()
            logs.forget()
        codes, ballots = look(round_, town.at)
        assert len(codes) == ballots
        if codes != shown[-1]:
            shown.append(codes)
    codes, ballots = look(round_, round_.dates.voting_until)
    assert ballots == sum(1 for number in cast if number)
    assert codes == {f"v{which:03}-{number - 1}" for which, number in enumerate(cast) if number}
    return [*shown, codes] if codes != shown[-1] else shown


def isolated(shown):
    """Return the smallest number of voters in whom two of these tallies differ."""
    return min(len({code[:4] for code in one ^ other}) for one, other in combinations(shown, 2) if one != other)


@pytest.mark.parametrize("restarts", [False, True])
def test_no_two_published_tallies_isolate_fewer_than_k(town, watched, restarts):
    round_, voters = watched
    shown = campaign(town, round_, voters, seed=7, restarts=restarts)
    assert len(shown) > 3
    assert isolated(shown) >= K


def test_control_a_tally_that_keeps_nothing_back_isolates_the_last_one(town, watched, monkeypatch):
    round_, voters = watched

    def all_at_once(kept, final):
        return bool(kept.running.take()) if final or len(kept.running.waiting) >= K else False

    monkeypatch.setattr(tally, "_taken", all_at_once)
    shown = [frozenset()]
    for number, voter in enumerate(voters[: 2 * K + 1]):
        boxes.cast(town, voter, [f"v{number:03}-0"], 0, round_)
        shown.append(look(round_, town.at)[0])
    assert isolated([*shown, look(round_, round_.dates.voting_until)[0]]) == 1


def restarted_again_and_again(town, round_, voters, monkeypatch):
    """Return the tallies that are shown of the same ballots, read in another order by each new process."""
    draw, real = random.Random(1), tally.newest

    def in_any_order(*given):
        found = list(real(*given))
        return draw.sample(found, len(found))

    monkeypatch.setattr(tally, "newest", in_any_order)
    for number, voter in enumerate(voters[: 2 * K]):
        boxes.cast(town, voter, [f"v{number:03}-0"], 0, round_)
    shown = []
    for _ in range(20):
        tally.forget()
        shown.append(look(round_, town.at)[0])
    return shown


def test_a_restart_shows_the_same_selection(town, watched, monkeypatch):
    assert len(set(restarted_again_and_again(town, *watched, monkeypatch))) == 1


def test_control_a_restart_that_remembers_nothing_isolates_a_few(town, watched, monkeypatch):
    monkeypatch.setattr(tally.published, "read", lambda *_: None)
    assert isolated(restarted_again_and_again(town, *watched, monkeypatch)) < K


def test_large_boxes_are_opened_in_the_background_after_a_restart(town, monkeypatch):
    monkeypatch.setattr(tally, "AT_ONCE", 5)
    for voter in boxes.people(town, 12):
        boxes.cast(town, voter, ["p01"])
    tally.forget()
    with reading() as session:
        assert not tally.live(session, town.round, town.at).ready
        assert tally.turnout(session, town.round.id).ballots == 12
    tally.settle(town.round.slug)
    with reading() as session:
        seen = tally.live(session, town.round, town.at)
    assert (seen.ready, seen.ballots, seen.supports[0]) == (True, 12, ("p01", 12))


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
