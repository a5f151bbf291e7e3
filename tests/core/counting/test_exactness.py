"""No winner depends on rounding: elections in which plain floats choose wrongly, and ours does not."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from core.counting import pabulib
from core.counting.election import Instance, Profile, Project
from core.counting.market import Market, purchase
from core.counting.market.purchase import buy
from core.counting.rules import allocate
from core.counting.ties import TieBreaker
from tests.helpers.elections import FOLDER, approvals, ids, instance, needs_real_elections
from tests.helpers.seeds import seeds

Numeric = Callable[[int], Any]


def textbook(town: Instance, ballots: list[str], number: Numeric) -> str:
    """Return what equal shares with cost utilities buys, in the arithmetic of `number`; ties by cost, votes, order."""
    purses = [number(town.budget) / number(len(ballots)) for _ in ballots]
    order = {p.id: (p.cost, -sum(p.id in b for b in ballots), at) for at, p in enumerate(town.projects)}
    waiting, bought = list(town.projects), ""
    while True:
        offers = []
        for project in waiting:
            share = textbook_share(project, ballots, purses, number)
            if share is not None:
                offers.append((share / number(project.cost), order[project.id], share, project))
        if not offers:
            return bought
        _, _, share, project = min(offers, key=lambda offer: offer[:2])
        for voter, ballot in enumerate(ballots):
            if project.id in ballot:
                purses[voter] -= min(share, purses[voter])
        waiting.remove(project)
        bought += project.id


def textbook_share(project: Project, ballots: list[str], purses: list[Any], number: Numeric) -> Any:
    """Return the most that one supporter pays, None if they cannot."""
    own = sorted(purse for purse, ballot in zip(purses, ballots, strict=True) if project.id in ballot)
    if not own or sum(own) < number(project.cost):
        return None
    missing = number(project.cost)
    for position, purse in enumerate(own):
        share = missing / number(len(own) - position)
        if purse >= share:
            return share
        missing -= purse
    return own[-1]


def elections(count: int):
    """Yield small elections full of ties and of money that just suffices."""
    for seed in range(count):
        draw = random.Random(f"exact {seed}")
        names = "abcdefg"[: draw.randint(2, 7)]
        voters = draw.choice((3, 6, 7, 9, 11, 13))
        ballots = ["".join(name for name in names if draw.random() < 0.5) for _ in range(voters)]
        # Costs that whole groups of equal purses pay exactly.
        unit = draw.choice((1, 3, 10, 30))
        costs = {name: unit * draw.randint(1, 2 * voters) for name in names}
        yield instance(unit * draw.choice((voters, 2 * voters, 3 * voters, 10)), **costs), ballots


def test_plain_floats_go_wrong_where_we_do_not():
    wrong = []
    for number, (town, ballots) in enumerate(elections(1500)):
        exact = textbook(town, ballots, Fraction)
        ours = ids(allocate("equal-shares", town, Profile.of("approval", ballots), completion="none"))
        assert ours == exact, (town, ballots)
        if textbook(town, ballots, float) != exact:
            wrong.append(number)
    assert len(wrong) > 20  # these elections are hard: plain floats fail in many of them


def test_money_that_just_suffices():
    # 0.1 + 0.1 + 0.1 is not 0.3 in floats: three voters with a third of the money each pay for a, then b is a tie.
    town = instance(10, a=10)

    assert ids(allocate("equal-shares", town, approvals("3*a"), completion="none")) == "a"


@pytest.mark.parametrize("voters", [3, 7, 49, 999, 10**6 - 1])
def test_a_cent_decides(voters):
    fits, misses = instance(10**9 + 7, a=10**9 + 7), instance(10**9 + 7, a=10**9 + 8)

    assert ids(allocate("equal-shares", fits, _crowd(voters), completion="none")) == "a"
    assert ids(allocate("equal-shares", misses, _crowd(voters), completion="none")) == ""


def test_prices_that_differ_in_the_eighteenth_digit():
    # Per unit of utility (one project each) a costs 1 / 3 of 10**18 + 1 and b 1 / 3 of 10**18: equal as floats.
    big = 10**18
    town = instance(4 * big, a=big + 1, b=big)

    found = allocate("equal-shares", town, approvals("3*a", "3*b"), completion="none", utility="cardinality")

    assert (ids(found), found.ties) == ("ba", ())


def _crowd(voters: int) -> Profile:
    """Return so many voters, all for a, in five classes that differ in what else they name."""
    others = ["a", "ax", "ay", "axy", "axz"]
    weights = [voters // 5 + (1 if number < voters % 5 else 0) for number in range(5)]
    ballots = Profile.of("approval", others)
    return ballots.weighted(np.array(weights, np.int64))


@pytest.mark.parametrize("exhaustive", [False, True])
@seeds(150)
def test_jumps_of_add1_skip_nothing(seed, exhaustive, monkeypatch):
    draw = random.Random(f"jumps {seed}")
    names = "abcdefgh"[: draw.randint(2, 8)]
    town = instance(draw.randint(300, 3000), **{name: draw.randint(50, 1500) for name in names})
    ballots = approvals(*("".join(n for n in names if draw.random() < 0.4) for _ in range(draw.randint(2, 25))))

    jumping = allocate("equal-shares", town, ballots, exhaustive=exhaustive)
    with monkeypatch.context() as patch:
        patch.setattr(purchase, "same", lambda *_: None)
        stepping = allocate("equal-shares", town, ballots, exhaustive=exhaustive)

    assert jumping == stepping


def _real(name: str) -> tuple[Instance, Profile]:
    file = pabulib.read(FOLDER / name)
    return file.instance, file.profile


@needs_real_elections
@pytest.mark.parametrize("utility", ["cost", "cardinality", "borda"])
@pytest.mark.parametrize("more", [0, 1, 7, 50])
def test_intervals_hold_the_exact_price(utility, more):
    town, profile = _real("Poland_Swiecie_2023.pb")
    market, breaker = Market.of(town, profile, utility), TieBreaker.of(town, profile)
    purse = Fraction(town.budget * (100 + more), profile.ballots * 100)

    fast, _ = buy(market, purse, breaker)
    exact, _ = buy(market, purse, breaker, exact=True)

    assert [offer.place for offer in fast] == [offer.place for offer in exact]
    for ours, truth in zip(fast, exact, strict=True):
        price = truth.exact / market.scales[truth.place]
        assert Fraction(ours.low) <= price <= Fraction(ours.high)
