"""The Method of Equal Shares, with the completions and settings that cities use.

Sources: D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory Budgeting with Additive Utilities", 2021;
https://equalshares.net/implementation (completion by Add1, comparison step, ties).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from core.election import Allocation, Instance, Number, Profile, RuleWrong, Step, Unfunded
from core.rules.add1 import raised
from core.rules.greedy import Walk
from core.rules.greedy import greedy as count_greedy
from core.rules.market import Market, utility_of
from core.rules.nearness import nearness, rounded, whole
from core.rules.purchase import buy
from core.rules.purses import Offer, Purses
from core.rules.support import natural, totals
from core.rules.ties import DEFAULT, TieBreaker

COMPLETIONS = ("none", "add1", "add1-greedy", "greedy")
STARTS = ("fractional", "integral")
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "official": {"utility": "cost", "completion": "add1", "step": 1, "exhaustive": False, "start": "fractional"},
    "compute-tool": {
        "utility": "cost",
        "completion": "add1-greedy",
        "step": 1,
        "exhaustive": True,
        "start": "integral",
        "completion_ties": ("number", "lot"),
    },
}


def equal_shares(
    instance: Instance,
    profile: Profile,
    *,
    utility: str = "cost",
    completion: str = "add1",
    step: Number | str = 1,
    exhaustive: bool = False,
    start: str = "fractional",
    comparison: bool = False,
    ties: Sequence[str] | str = DEFAULT,
    completion_ties: Sequence[str] | str | None = None,
    explain: bool = True,
) -> Allocation:
    """Return the allocation by equal shares; the defaults are the preset `official`.

    `utility`: cost, cardinality, points, borda, or auto for what suits the ballots. `completion`: none, add1 (raise
    every purse by `step` currency units until the next step would overspend, or with `exhaustive` until no further
    project fits), add1-greedy, greedy. `start`: of Add1, the equal share as it is, or rounded down to whole currency
    units. `comparison`: if more voters have more of their projects in the greedy allocation, that one is taken.
    `completion_ties`: the order of ties in the greedy completion, if it is another. `explain`: also
    tell how near each project came.
    """
    utility = utility_of(profile) if utility == "auto" else utility
    _check(completion, step, start)
    market = Market.of(instance, profile, utility)
    breaker = TieBreaker.of(instance, profile, ties)
    purse, raises = Fraction(instance.budget, max(profile.ballots, 1)), 0
    if completion.startswith("add1"):
        purse = Fraction(purse // instance.unit * instance.unit) if start == "integral" else purse
        purse, raises = raised(market, purse, Fraction(step) * instance.unit, exhaustive, breaker)
    bought, purses = buy(market, purse, breaker)
    completer = TieBreaker.of(instance, profile, completion_ties) if completion_ties else breaker
    walk = _completed(market, profile, bought, completer, completion)
    settings = {
        "utility": utility,
        "completion": completion,
        "step": str(step) if isinstance(step, Fraction) else step,
        "exhaustive": exhaustive,
        "start": start,
        "comparison": comparison,
        "ties": list(breaker.keys),
        "completion_ties": list(completer.keys),
    }
    allocation = Allocation(
        funded=tuple(instance.projects[place] for place in walk.funded),
        cost=instance.budget - walk.left,
        steps=tuple(walk.steps),
        unfunded=tuple(_unfunded(market, purse, bought, purses, walk, explain)),
        ties=tuple(breaker.met if completer is breaker else breaker.met + completer.met),
        rule="equal-shares",
        settings=tuple(settings.items()),
        budget=instance.budget,
        ballots=profile.ballots,
        purse=purse,
        raises=raises,
    )
    return _compared(instance, profile, allocation, ties) if comparison else allocation


def _check(completion: str, step: Number | str, start: str) -> None:
    """Refuse settings that this rule does not know."""
    if completion not in COMPLETIONS:
        raise RuleWrong(rule="equal-shares", setting="completion", value=completion)
    if start not in STARTS:
        raise RuleWrong(rule="equal-shares", setting="start", value=start)
    try:
        positive = Fraction(step) > 0
    except (ValueError, TypeError):
        positive = False
    if not positive:
        raise RuleWrong(rule="equal-shares", setting="step", value=step)


def _completed(
    market: Market, profile: Profile, bought: Sequence[Offer], breaker: TieBreaker, completion: str
) -> Walk:
    """Return the steps of what was bought, and of the greedy completion if there is one."""
    instance = market.instance
    scores = totals(instance, profile, natural(profile))
    walk = Walk(instance, scores, breaker, instance.budget, stage="completion")
    for offer in bought:
        walk.left -= instance.projects[offer.place].cost
        walk.funded.append(offer.place)
        walk.steps.append(_step(market, offer, walk.left))
    if completion.endswith("greedy"):
        walk.go(frozenset(walk.funded))
    return walk


def _step(market: Market, offer: Offer, left: int) -> Step:
    """Return the step in which this offer was taken."""
    project, payers = market.instance.projects[offer.place], market.payers[offer.place]
    broke = int(np.add.reduce(payers.weights * offer.broke))
    share = offer.exact if offer.exact is not None else rounded(offer.share)
    return Step(
        project=project.id,
        support=rounded(offer.units if not share else project.cost / float(share)),
        left=left,
        price=share,
        share=share,
        payers=int(payers.heads) - broke,
        broke=broke,
    )


def _unfunded(
    market: Market, purse: Fraction, bought: Sequence[Offer], purses: Purses, walk: Walk, explain: bool
) -> list[Unfunded]:
    """Return for each project that was not funded what its supporters had left, or why it was out."""
    noted = {unfunded.project: unfunded for unfunded in walk.unfunded if unfunded.reason != "no_room"}
    others = [place for place in range(len(market.costs)) if place not in walk.funded]
    near = nearness(market, purse, bought, others) if explain else {}
    reasons = []
    for place in others:
        project, payers = market.instance.projects[place], market.payers[place]
        if project.withdrawn or not payers.heads:
            reasons.append(Unfunded(project.id, "withdrawn" if project.withdrawn else "no_votes"))
        elif project.id in noted:
            reasons.append(noted[project.id])
        else:
            had = whole(float(np.add.reduce(payers.weights * purses.left[payers.classes])))
            facts = near.get(place)
            votes = (facts.needed, facts.had) if facts else (None, None)
            share = facts.share if facts else None
            reasons.append(Unfunded(project.id, "short_purses", project.cost, had, *votes, nearness=share))
    return reasons


def _compared(instance: Instance, profile: Profile, ours: Allocation, ties: Sequence[str] | str) -> Allocation:
    """Return ours, or the greedy allocation if more voters have more of their projects in it.

    Source: the comparison step of Wieliczka, https://equalshares.net/implementation/comparison
    """
    theirs = count_greedy(instance, profile, ties=ties)
    balance = np.zeros(profile.classes, np.int64)
    market = Market.of(instance, profile, "cardinality")
    for place, project in enumerate(instance.projects):
        balance[market.payers[place].classes] += (project in ours.funded) * 1 - (project in theirs.funded) * 1
    for_us, for_them = profile.weights[balance > 0].sum(), profile.weights[balance < 0].sum()
    return ours if for_us >= for_them else theirs
