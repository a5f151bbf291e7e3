"""No two published tallies, whenever they were looked at, differ in fewer than K voters – or in none."""

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import pytest

from core import tally, trust
from core.store import reading, transaction
from core.tally import _last_shown, _live
from db import tables
from tests.helpers import boxes
from tests.helpers.sizes import WATCHED

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
                    round_id=round_.id, code=code, title={"bg": code, "en": code}, cost=100, position=voter * 9 + number
                ))  # fmt: skip
    return round_, boxes.people(town, WATCHED)


def look(round_, at):
    with reading() as session:
        shown = tally.live(session, round_, at)
    tally.settle(round_.slug)
    return frozenset(code for code, votes in shown.supports if votes), shown.ballots


@dataclass
class Box:
    """What lies in a box, by voter, and how often each has acted."""

    town: Any
    round_: Any
    voters: Any
    chosen: dict[int, str] = field(default_factory=dict)
    acts: Counter[int] = field(default_factory=Counter)
    ballots: Counter[int] = field(default_factory=Counter)

    def cast(self, which):
        code = f"v{which:03}-{self.ballots[which]}"
        boxes.cast(self.town, self.voters[which], [code], self.acts[which], self.round_)
        self.ballots[which] += 1
        self.acts[which] += 1
        self.chosen[which] = code

    def withdraw(self, which):
        boxes.withdraw(self.town, self.voters[which], self.acts[which], self.round_)
        self.acts[which] += 1
        del self.chosen[which]

    def look(self):
        return look(self.round_, self.town.at)

    def close(self):
        """Close the round and return its exact tally, which is what lies in the box."""
        closed = boxes.end_voting(self.round_.id)
        boxes.close(self.town, self.round_.id, closed)
        codes, ballots = look(boxes.fresh(self.round_.id), closed)
        assert ballots == len(codes)
        assert codes == frozenset(self.chosen.values())
        return codes


def campaign(box, seed, *, restarts):
    """Let voters vote, change their minds and withdraw, looking at the tally after each; return all that was shown."""
    draw, shown = random.Random(seed), [frozenset()]
    for _step in range(len(box.voters) * 2):
        which = draw.randrange(len(box.voters))
        if which in box.chosen and draw.random() < 0.25:
            box.withdraw(which)
        elif box.ballots[which] < CHANGES:
            box.cast(which)
        if restarts and draw.random() < 0.1:
            tally.forget()
            trust.forget()
        codes, ballots = box.look()
        assert len(codes) == ballots
        if codes != shown[-1]:
            shown.append(codes)
    codes = box.close()
    return [*shown, codes] if codes != shown[-1] else shown


def isolated(shown):
    """Return the smallest number of voters in whom two of these tallies differ."""
    return min(len({code[:4] for code in one ^ other}) for one, other in combinations(shown, 2) if one != other)


@pytest.mark.parametrize("seed", [7, 11])
@pytest.mark.parametrize("restarts", [False, True])
def test_no_two_published_tallies_isolate_fewer_than_k(town, watched, seed, restarts):
    shown = campaign(Box(town, *watched), seed, restarts=restarts)
    assert len(shown) > 3
    assert isolated(shown) >= K


def left_by_those_who_withdraw(box, gone):
    """Let voters come, `gone` of the first withdraw, and, once more is published, K - 1 of those kept back.

    Return the fewest voters in whom what was shown differs from the close.
    """
    shown, came = [frozenset()], 0
    for which in range(gone):
        box.cast(which)
        box.withdraw(which)
        shown.append(box.look()[0])
    while not shown[-1]:
        box.cast(gone + came)
        came += 1
        shown.append(box.look()[0])
    late = [which for which, code in box.chosen.items() if code not in shown[-1]]
    for which in late[: K - 1]:
        box.withdraw(which)
        shown.append(box.look()[0])
    return isolated([*shown, box.close()])


def test_where_voters_withdraw_more_are_kept_back(town, watched):
    assert left_by_those_who_withdraw(Box(town, *watched), gone=K) >= K


def test_control_where_none_withdrew_before_those_kept_back_may_leave_one(town, watched):
    assert left_by_those_who_withdraw(Box(town, *watched), gone=0) == 1


def test_control_a_tally_that_keeps_nothing_back_isolates_the_last_one(town, watched, monkeypatch):
    def all_at_once(kept, final):
        return bool(kept.running.take()) if final or len(kept.running.waiting) >= K else False

    monkeypatch.setattr(_live, "_taken", all_at_once)
    box, shown = Box(town, *watched), [frozenset()]
    for which in range(2 * K + 1):
        box.cast(which)
        shown.append(box.look()[0])
    assert isolated([*shown, box.close()]) == 1


def restarted_again_and_again(town, round_, voters, monkeypatch):
    """Return the tallies that are shown of the same ballots, read in another order by each new process."""
    draw, real = random.Random(1), tally.newest

    def in_any_order(*given):
        found = list(real(*given))
        return draw.sample(found, len(found))

    monkeypatch.setattr(_live, "newest", in_any_order)
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
    monkeypatch.setattr(_last_shown, "read", lambda *_: None)
    assert isolated(restarted_again_and_again(town, *watched, monkeypatch)) < K
