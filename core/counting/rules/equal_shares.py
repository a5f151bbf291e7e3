"""The Method of Equal Shares, with the completions and settings that cities use.

Why this way: everyone holds an equal purse, and a project is bought where its supporters can pay for it together, so a
minority gets its part. The defaults are those with which the official results of all three Polish elections come out:
utility is cost, purses are raised unit by unit until the next step would overspend, the cheaper of equal projects goes
first, and greedy completes nothing. Each of these changes outcomes, so all are settings and stand in the allocation.
What else was tried: stopping Add1 at an exhaustive outcome (pabutools' shortcut) funds other projects in Wieliczka than
the city did; cardinality utilities miss all three; greedy completion adds a project in one. Floats alone would let
rounding choose a winner: they decide only where they provably can, what is nearer than that is compared exactly. The
plain exact count takes 19 s for 61,668 ballots and 83 projects, so ballots that say the same are one class with a
weight, and a price is worked out anew only while the last one could still be the best.
Units: money in minor units; purses, prices and shares exact or to a millionth of one; `step` in units of the currency.
Sources: D. Peters, G. Pierczyński, P. Skowron, "Proportional Participatory Budgeting with Additive Utilities", 2021;
https://equalshares.net/implementation (completion by Add1, comparison step, ties).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from core.counting.allocation import Allocation, Step, Unfunded
from core.counting.election import Instance, Number, Profile, RuleWrong
from core.counting.market import Market, utility_of
from core.counting.market.nearness import nearness, rounded, whole
from core.counting.market.purchase import buy, raised
from core.counting.market.purses import Offer, Purses
from core.counting.numbers import exact, plain
from core.counting.rules.greedy import Walk, greedy
from core.counting.support import natural, supports, totals
from core.counting.ties import DEFAULT, TieBreaker

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

    `utility`: cost, cardinality, points, borda; auto suits the ballots. `completion`: none, greedy, add1-greedy or add1
    (raise purses by `step` currency units until the next step would overspend, or with `exhaustive` until nothing more
    fits). `start`: fractional, or integral, rounded down to whole currency units. `comparison`: greedy is taken if more
    voters prefer it. `completion_ties`: another order for the greedy completion. `explain`: tell how near all came.
    """
    _check(completion, step, start)
    exhaustive, comparison = _flag("exhaustive", exhaustive), _flag("comparison", comparison)
    utility = utility_of(profile) if utility == "auto" else utility
    market, breaker = Market.of(instance, profile, utility), TieBreaker.of(instance, profile, ties)
    purse, raises = _purse(market, completion, Fraction(step), exhaustive, start, breaker)
    bought, purses = buy(market, purse, breaker)
    completer = TieBreaker.of(instance, profile, completion_ties) if completion_ties else breaker
    walk = _completed(market, profile, bought, completer, completion)
    settings: dict[str, Any] = {"utility": utility, "completion": completion, "step": plain(step)}
    settings |= {"exhaustive": exhaustive, "start": start, "comparison": comparison}
    settings |= {"ties": list(breaker.keys), "completion_ties": list(completer.keys)}
    allocation = Allocation(
        **_outcome(market, walk),
        unfunded=tuple(_unfunded(market, bought, purses, walk, explain)),
        ties=tuple(breaker.met if completer is breaker else breaker.met + completer.met),
        settings=tuple(settings.items()),
        purse=purse,
        raises=raises,
    )
    return compared(instance, profile, allocation, ties) if comparison else allocation


def _outcome(market: Market, walk: Walk) -> dict[str, Any]:
    """Return the fields of an allocation that tell what was funded."""
    instance = market.instance
    return {
        "ballots": market.ballots,
        "funded": tuple(instance.projects[place] for place in walk.funded),
        "cost": instance.budget - walk.left,
        "steps": tuple(walk.steps),
        "rule": "equal-shares",
        "budget": instance.budget,
    }


def _purse(
    market: Market, completion: str, step: Fraction, exhaustive: bool, start: str, breaker: TieBreaker
) -> tuple[Fraction, int]:
    """Return what each voter is given in the count that decides, and by how many steps it was raised."""
    unit = market.instance.unit
    purse = Fraction(market.instance.budget, max(market.ballots, 1))
    if not completion.startswith("add1"):
        return purse, 0
    if start == "integral":
        purse = Fraction(purse // unit * unit)
    return raised(market, purse, step * unit, exhaustive, breaker)


def _check(completion: str, step: Number | str, start: str) -> None:
    """Refuse settings that this rule does not know."""
    if completion not in COMPLETIONS:
        raise RuleWrong(rule="equal-shares", setting="completion", value=completion)
    if start not in STARTS:
        raise RuleWrong(rule="equal-shares", setting="start", value=start)
    if exact(step, rule="equal-shares", setting="step") <= 0:
        raise RuleWrong(rule="equal-shares", setting="step", value=step)


def _flag(setting: str, value: object) -> bool:
    """Return the setting, which is yes or no."""
    if value not in (True, False):
        raise RuleWrong(rule="equal-shares", setting=setting, value=value)
    return bool(value)


def _completed(market: Market, profile: Profile, bought: Sequence[Offer], breaker: TieBreaker, completion: str) -> Walk:
    """Return the steps of what was bought, and of the greedy completion if there is one."""
    instance = market.instance
    scores = totals(instance, profile, natural(profile)) if completion.endswith("greedy") else ()
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
    # Exact where all pay alike; else to a millionth of a minor unit, which is the same on every machine.
    share = rounded(offer.share) if broke else Fraction(project.cost, int(payers.total))
    return Step(
        project=project.id,
        support=rounded(project.cost / offer.share) if broke and offer.share else int(payers.total),
        left=left,
        price=share,
        share=share,
        payers=int(payers.heads) - broke,
        broke=broke,
    )


def _unfunded(market: Market, bought: Sequence[Offer], purses: Purses, walk: Walk, explain: bool) -> list[Unfunded]:
    """Return for each project that was not funded what its supporters had left, or why it was out."""
    noted = {unfunded.project: unfunded for unfunded in walk.unfunded if unfunded.reason != "no_room"}
    others = [place for place in range(len(market.costs)) if place not in walk.funded]
    near = nearness(market, purses.purse, bought, others) if explain else {}
    reasons = []
    for place in others:
        project, payers = market.instance.projects[place], market.payers[place]
        if project.withdrawn or not payers.heads:
            reasons.append(Unfunded(project.id, "withdrawn" if project.withdrawn else "no_votes"))
        elif project.id in noted:
            reasons.append(noted[project.id])
        else:
            had = whole(float(np.add.reduce(payers.weights * purses.left[payers.classes])))
            short = Unfunded(project.id, "short_purses", project.cost, had)
            if facts := near.get(place):
                short = replace(short, votes_needed=facts.needed, votes_had=facts.had, nearness=facts.share)
            reasons.append(short)
    return reasons


def compared(instance: Instance, profile: Profile, ours: Allocation, ties: Sequence[str] | str = DEFAULT) -> Allocation:
    """Return ours, or the greedy allocation if more voters have more of their projects in it."""
    theirs = greedy(instance, profile, ties=ties)
    balance = np.zeros(profile.classes, np.int64)
    for project, support in zip(instance.projects, supports(instance, profile), strict=True):
        balance[support.classes] += (project in ours.funded) * 1 - (project in theirs.funded) * 1
    for_us, for_them = profile.weights[balance > 0].sum(), profile.weights[balance < 0].sum()
    return ours if for_us >= for_them else theirs
