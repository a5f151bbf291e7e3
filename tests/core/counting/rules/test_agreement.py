"""The same projects in the same order as pabutools, on generated elections with many ties.

`GLAS_AGREEMENT` is the number of elections a rule; the default is a seeded tenth of 2,000.
"""

from __future__ import annotations

import os
import random

import pytest
from pabutools import election as oracle
from pabutools import rules as oracle_rules
from pabutools.tiebreaking import TieBreakingRule

from core.counting.election import Instance, Profile, Project
from core.counting.rules import allocate
from tests.helpers.seeds import seeds

pabutools = pytest.importorskip("pabutools", reason="pabutools is not installed: pip install pabutools")

RUNS = int(os.environ.get("GLAS_AGREEMENT", "200"))


class Case:
    """One generated election, for both."""

    def __init__(self, seed: int, kind: str) -> None:
        draw = random.Random(f"agreement {kind} {seed}")
        names = [f"p{number}" for number in range(draw.randint(1, 9))]
        costs = {name: draw.choice((1, 2, 3, 5, 7, 10, 12, 20)) for name in names}
        self.budget, self.kind, self.costs = draw.randint(5, 40), kind, costs
        voters = draw.randint(1, draw.choice((4, 12, 40)))
        likes = {name: draw.random() for name in names}
        self.ballots = [[name for name in names if draw.random() < likes[name]] for _ in range(voters)]
        for ballot in self.ballots:
            draw.shuffle(ballot)
        if kind == "supported":
            self.ballots += [[name] for name in names if not any(name in ballot for ballot in self.ballots)]
        if kind == "cumulative":
            self.ballots = [{name: draw.randint(1, 5) for name in ballot} for ballot in self.ballots]
        order = draw.sample(names, len(names))
        self.instance = Instance(tuple(Project(name, costs[name]) for name in names), self.budget, lot=tuple(order))
        self.profile = Profile.of("approval" if kind in ("supported", "borda") else kind, self.ballots, names)
        supporters = {name: sum(name in ballot for ballot in self.ballots) for name in names}
        self.key = {name: (costs[name], -supporters[name], order.index(name)) for name in names}
        self.supporters = supporters
        self.theirs()

    def theirs(self) -> None:
        """Build the election for pabutools."""
        self.objects = {name: oracle.Project(name, cost=cost) for name, cost in self.costs.items()}
        self.their_instance = oracle.Instance(self.objects.values(), budget_limit=self.budget)
        if self.kind == "cumulative":
            ballots = [oracle.CardinalBallot({self.objects[n]: v for n, v in b.items()}) for b in self.ballots]
            self.their_profile = oracle.CardinalProfile(ballots)
        elif self.kind == "borda":
            ballots = [
                oracle.CardinalBallot({self.objects[n]: len(b) - i for i, n in enumerate(b)}) for b in self.ballots
            ]
            self.their_profile = oracle.CardinalProfile(ballots)
        else:
            approved = [oracle.ApprovalBallot(self.objects[n] for n in b) for b in self.ballots]
            self.their_profile = oracle.ApprovalProfile(approved)
        self.ties = TieBreakingRule(lambda _instance, _profile, project: self.key[project.name])

    def ours(self, rule: str, **settings: object) -> list[str]:
        """Return our order."""
        profile = Profile.of("ordinal", self.ballots) if self.kind == "borda" else self.profile
        return [project.id for project in allocate(rule, self.instance, profile, **settings).funded]


cases = seeds(RUNS)


def equal_shares(case: Case, satisfaction, **more: object) -> list[str]:
    found = oracle_rules.method_of_equal_shares(
        case.their_instance, case.their_profile, sat_class=satisfaction, tie_breaking=case.ties, **more
    )
    return [project.name for project in found]


@cases
def test_equal_shares_cost(seed):
    case = Case(seed, "approval")
    assert case.ours("equal-shares", completion="none") == equal_shares(case, oracle.Cost_Sat)


@cases
def test_equal_shares_cardinality(seed):
    case = Case(seed, "approval")
    settings = {"completion": "none", "utility": "cardinality"}
    assert case.ours("equal-shares", **settings) == equal_shares(case, oracle.Cardinality_Sat)


@cases
def test_equal_shares_points(seed):
    case = Case(seed, "cumulative")
    settings = {"completion": "none", "utility": "points"}
    assert case.ours("equal-shares", **settings) == equal_shares(case, oracle.Additive_Cardinal_Sat)


@cases
def test_equal_shares_borda(seed):
    case = Case(seed, "borda")
    settings = {"completion": "none", "utility": "borda"}
    assert case.ours("equal-shares", **settings) == equal_shares(case, oracle.Additive_Cardinal_Sat)


@cases
def test_equal_shares_add1_with_exhaustive_stop(seed):
    case = Case(seed, "supported")  # a project that nobody supports keeps the web tool from stopping, not theirs
    theirs = equal_shares(case, oracle.Cost_Sat, voter_budget_increment=1)
    # Once nothing more fits they stop a step apart, which can change the order but never the outcome.
    assert sorted(case.ours("equal-shares", exhaustive=True)) == sorted(theirs)


@cases
def test_greedy_by_votes(seed):
    case = Case(seed, "approval")
    found = oracle_rules.greedy_utilitarian_welfare(
        case.their_instance, case.their_profile, sat_class=oracle.Cost_Sat, tie_breaking=case.ties
    )  # cost satisfaction per unit of cost is the number of votes
    assert case.ours("greedy") == [project.name for project in found if case.supporters[project.name]]


@cases
def test_phragmen(seed):
    case = Case(seed, "approval")
    found = oracle_rules.sequential_phragmen(case.their_instance, case.their_profile, tie_breaking=case.ties)
    # Theirs is sorted by name, and ends with projects that nobody supports, at an infinite load.
    assert sorted(case.ours("phragmen")) == sorted(p.name for p in found if case.supporters[p.name])


@pytest.mark.parametrize("utility", ["cost", "cardinality"])
@cases
def test_floats_and_exact_arithmetic_agree(seed, utility):
    from fractions import Fraction

    from core.counting.market import Market
    from core.counting.market.purchase import buy
    from core.counting.ties import TieBreaker

    case = Case(seed, "approval")
    market = Market.of(case.instance, case.profile, utility)
    breaker = TieBreaker.of(case.instance, case.profile)
    purse = Fraction(case.budget, case.profile.ballots)
    fast, exact = ([offer.place for offer in buy(market, purse, breaker, exact=exact)[0]] for exact in (False, True))
    assert fast == exact
