"""Why a project was not funded: one honest reason with a number, and how near it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from core.ballots.types import TYPES
from core.counting.allocation import Unfunded
from pages.parts import templates
from pages.parts.i18n import _, ended, n_, number
from pages.results.telling import Telling, count


@dataclass(frozen=True, slots=True)
class Nearness:
    """Effective support: how much of what was needed a project had."""

    text: str
    width: int  # of the bar, percent


def nearness(telling: Telling, one: Unfunded) -> Nearness | None:
    """Return how near a project came, None where that says nothing, as where it was equal with what went first.

    Never rounded up: short of it stays short.
    """
    if one.nearness is None or not 0 < one.nearness < 1 or _raised(telling, one):
        return None
    tenths = floor(1000 * Fraction(one.nearness))
    share = templates.percent(tenths / 1000)
    return Nearness(_("Support compared with what was needed: {share}", share=share), max(1, tenths // 10))


def why_not(telling: Telling, one: Unfunded, votes: Mapping[str, int]) -> str:
    """Return the honest reason for which a project was not funded. `votes`: what the count found, by code."""
    if not TYPES[telling.round.ballot.type].counts_votes:
        votes = {}
    needed, had = telling.money(one.needed, up=True), telling.money(one.had)
    match one.reason:
        case "no_votes":
            return _("Nobody voted for it.")
        case "withdrawn":
            return _withdrawn(telling, one)
        case "threshold":
            return _threshold(telling, one)
        case "over_budget":
            return _("It costs {needed}, more than the whole budget of {had}.", needed=needed, had=had)
        case "no_room":
            return " ".join([_no_room(telling, one), *_in_time(telling, one)])
        case "stopped":
            before = telling.titled(one.against)
            text = _("The count stopped before it: {project} did not fit into the {had} left.", project=before, had=had)
            return " ".join([text, *_in_time(telling, one)])
        case "conflict":
            return _conflict(telling, one, votes)
        case "short_purses":
            return " ".join([*_left_over(telling, one), *_short(telling, one, votes)])
    return _("It costs {needed}, but only {had} of the budget was left.", needed=needed, had=had)


def _withdrawn(telling: Telling, one: Unfunded) -> str:
    """Return why it was withdrawn, and how many ballots name it."""
    reason = telling.withdrawn.get(one.project)
    if not reason or one.votes_had is None:
        return _("It was withdrawn after the vote.")
    return n_(
        "Withdrawn: {reason} It is on {count} ballot.",
        "Withdrawn: {reason} It is on {count} ballots.",
        int(one.votes_had),
        reason=ended(reason),
    )


def _threshold(telling: Telling, one: Unfunded) -> str:
    """Return what the threshold asked for."""
    needed, had = count(one.needed), count(one.had)
    if telling.counts_votes and one.needed == int(one.needed or 0):
        return n_(
            "The threshold is {count} vote; it had {had}.",
            "The threshold is {count} votes; it had {had}.",
            int(one.needed or 0),
            had=had,
        )
    return _("It needed support of {needed} and had {had}.", needed=needed, had=had)


def _no_room(telling: Telling, one: Unfunded) -> str:
    """Return how much money was missing when its turn came."""
    missing = telling.money((one.needed or 0) - (one.had or 0), up=True)
    return _(
        "{missing} was missing when its turn came: it costs {needed}, and {had} was left.",
        missing=missing,
        needed=telling.money(one.needed, up=True),
        had=telling.money(one.had),
    )


def _in_time(telling: Telling, one: Unfunded) -> list[str]:
    """Return the support with which its turn would have come while there was enough money."""
    if one.votes_needed is None or one.votes_had is None:
        return []
    had = count(one.votes_had)
    if not telling.counts_votes:
        text = _(
            "With {needed} points its turn would have come while there was enough; it had {had}.",
            needed=count(one.votes_needed),
            had=had,
        )
        return [text]
    return [
        n_(
            "With {count} vote its turn would have come while there was enough; it had {had}.",
            "With {count} votes its turn would have come while there was enough; it had {had}.",
            int(one.votes_needed),
            had=had,
        )
    ]


def _conflict(telling: Telling, one: Unfunded, votes: Mapping[str, int]) -> str:
    """Return what stood in its way, and the votes of both."""
    text = _("It conflicts with {project}, which is funded.", project=telling.titled(one.against))
    first = max((votes.get(code, 0) for code in one.against), default=0)
    own = votes.get(one.project)
    if own is None or first <= own:
        return text
    return " ".join([text, _("Votes: {first} against {own}.", first=number(first), own=number(own))])


def _raised(telling: Telling, one: Unfunded) -> bool:
    """Return whether its supporters lack so much only because shares were raised up to just before it was paid."""
    completion = str(dict(telling.allocation.settings).get("completion", ""))
    return one.reason == "short_purses" and completion.startswith("add1")


def _left_over(telling: Telling, one: Unfunded) -> list[str]:
    """Return what was left of the budget, and what it costs; of a budget in parts nobody knows here whose it was."""
    allocation = telling.allocation
    if "parts" in dict(allocation.settings):
        return []
    left, needed = allocation.budget - allocation.cost, telling.money(one.needed, up=True)
    if left < (one.needed or 0):
        return [_("It costs {needed}, but {had} of the budget was left.", needed=needed, had=telling.money(left))]
    return [
        _(
            "It costs {needed}, and {had} of the budget was left, but its supporters could not pay for it together.",
            needed=needed,
            had=telling.money(left),
        )
    ]


def _short(telling: Telling, one: Unfunded, votes: Mapping[str, int]) -> list[str]:
    """Return why its supporters could not pay for it together."""
    if _raised(telling, one):
        return [_("The shares were raised as far as the budget allows; with them others could be paid earlier.")]
    needed, had = telling.money(one.needed, up=True), telling.money(one.had)
    left = _("In the end its supporters together had {had} left; it costs {needed}.", needed=needed, had=had)
    return [*_at_price(telling, one, votes), left]


def _at_price(telling: Telling, one: Unfunded, votes: Mapping[str, int]) -> list[str]:
    """Return the votes it needed at the price that others paid, and what its own were worth then."""
    if one.votes_needed is None or one.votes_had is None:
        return []
    if one.votes_had >= one.votes_needed:
        return [_("It was as good a buy as another project, which went first when the tie was decided.")]
    if not telling.counts_votes:
        needed, had = count(one.votes_needed), count(one.votes_had)
        return [_("At this price it needed {needed} points and had {had}.", needed=needed, had=had)]
    own = votes.get(one.project)
    if own is None or own == one.votes_had:
        return [
            n_(
                "At this price it needed {count} vote and had {had}.",
                "At this price it needed {count} votes and had {had}.",
                int(one.votes_needed),
                had=count(one.votes_had),
            )
        ]
    return [
        n_(
            "At this price it needed {count} vote. It has {votes}, but part of this money had gone to other projects; "
            "what was left was worth {had}.",
            "At this price it needed {count} votes. It has {votes}, but part of this money had gone to other projects; "
            "what was left was worth {had}.",
            int(one.votes_needed),
            votes=number(own),
            had=count(one.votes_had),
        )
    ]
