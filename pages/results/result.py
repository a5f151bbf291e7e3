"""The published result of a round, made ready for its template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from core.ballots.types import TYPES
from core.closing import Closing
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.permissions import Action, Actor, may
from core.results import Result
from core.rounds import Round
from pages.closing import words
from pages.ideas import cards
from pages.parts import dates, money, templates, text
from pages.parts.i18n import _, n_, number
from pages.parts.links import Link, to
from pages.results import reasons
from pages.results import telling as outcome
from pages.results.reasons import Nearness
from pages.results.telling import Telling
from pages.rounds import advisory, rule_words
from pages.voting import ballot_types

# More reasons than these would hide those that matter; the file has them all.
MOST_UNFUNDED = 40

# The public tool that counts .pb files by equal shares in the reader's own browser.
CHECKER = "https://equalshares.net/tools/compute/"


@dataclass(frozen=True, slots=True)
class Row:
    """One project in a table of the result."""

    title: str
    href: str
    category: str | None
    cost: str
    votes: str = ""
    share: str = ""
    bar: int | None = None
    why: str = ""
    near: Nearness | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure and what it counts."""

    text: str
    name: str


def view(
    round_: Round,
    result: Result,
    listed: Sequence[Listed],
    votes: Mapping[str, int],
    town: Municipality,
    *,
    closing: Closing | None = None,
    served: Fraction | None = None,
) -> dict[str, object]:
    """Return the values of `result.html`. `votes` by code; what counts as a vote depends on the ballot.

    `served`: the share of voters with at least one funded project, once it is known.
    """
    allocation = result.allocation
    by_code = {one.code: one for one in listed}
    telling = telling_of(round_, result, listed)
    # What was withdrawn is told first, however many there are.
    unfunded = sorted(allocation.unfunded, key=lambda one: one.reason != "withdrawn")
    shown, hidden = unfunded[:MOST_UNFUNDED], len(allocation.unfunded) - MOST_UNFUNDED
    steps = {step.project: step for step in allocation.steps}

    def row(code: str, cost: int, why: str, near: Nearness | None = None) -> Row:
        one, title = by_code.get(code), telling.title(code)
        return replace(_row(round_, town, one, title, cost, votes.get(code), result.ballots, why), near=near)

    settings = dict(allocation.settings)
    chapters = outcome.chapters(telling)
    return {
        **_head(round_, result),
        "figures": _figures(round_, result, served),
        "strip": _strip(round_, result),
        "funded": [
            row(one.id, one.cost, outcome.why(telling, steps[one.id]) if one.id in steps else "")
            for one in allocation.funded
        ],
        "unfunded": [
            row(
                one.project,
                by_code[one.project].cost if one.project in by_code else 0,
                reasons.why_not(telling, one, votes),
                reasons.nearness(telling, one),
            )
            for one in shown
        ],
        "more": n_("{count} more is in the file.", "{count} more are in the file.", hidden) if hidden > 0 else "",
        "votes_name": ballot_types.support(round_.ballot.type),
        "caption": n_(
            "Funded projects with votes and cost. The bars go from 0 to {count} ballot.",
            "Funded projects with votes and cost. The bars go from 0 to all {count} ballots.",
            result.ballots,
        ),
        "rule": {"name": rule_words.name(result.rule, settings), "lines": rule_words.lines(result.rule, settings)},
        "example": outcome.example(telling),
        "ties": outcome.tied(telling, allocation.ties),
        "steps": chapters[: outcome.AT_ONCE],
        "more_steps": chapters[outcome.AT_ONCE :],
        "steps_label": n_("Show {count} more step", "Show {count} more steps", len(chapters) - outcome.AT_ONCE),
        "downloads": downloads(round_) if result.published_at else [],
        "fingerprint": result.fingerprint,
        "checksum": result.checksum,
        "checker": CHECKER if result.published_at and TYPES[round_.ballot.type].counts_votes else "",
        "draw": _draw(closing, telling.titles, settings) if closing and closing.randomness else None,
    }


def _draw(closing: Closing, titles: Mapping[str, str], settings: Mapping[str, Any]) -> dict[str, object]:
    """Return what decided ties, in words: the randomness, and who comes first."""
    return {
        "randomness": closing.randomness,
        "source": words.source(closing.source) if closing.source else "–",
        "used": rule_words.drawn_order(settings),
        "order": [titles.get(code, code) for code in closing.order],
        "root": text.groups(closing.final_root or b""),
    }


def telling_of(round_: Round, result: Result, listed: Sequence[Listed]) -> Telling:
    """Return what sentences about this result need."""
    titles = {one.id: one.name for one in result.allocation.funded} | {
        one.code: templates.told(one.title) for one in listed
    }
    gone = {one.code: one.withdrawn for one in listed if one.withdrawn}
    return Telling(round_, result.allocation, titles, gone)


def columns(round_: Round) -> list[str]:
    """Return the names of the columns of the downloaded table."""
    funded, why = _("Place among the funded"), _("Why it was not selected")
    return [
        _("Code"),
        _("Project"),
        f"{_('Cost')} ({round_.currency})",
        ballot_types.support(round_.ballot.type),
        funded,
        why,
    ]


def downloads(round_: Round) -> list[Link]:
    """Return the links to the files of a published result."""
    found = [
        Link(f"/open/{round_.slug}/result.csv", _("Download results")),
        Link(f"/open/{round_.slug}/election.pb", _("Download anonymised ballots (.pb)")),
    ]
    if round_.closed_at is not None and round_.result_published_at is not None:
        found.append(Link(f"/rounds/{round_.slug}/bundle.zip", _("Download ballots, board and result as one file")))
        found.append(Link(to("/protocol", round=round_.slug), _("Protocol")))
    return found


def _head(round_: Round, result: Result) -> dict[str, object]:
    on = result.published_at or result.counted_at
    return {
        "final": result.published_at is not None,
        "imported": round_.imported,
        "status": (_("Final, {date}") if result.published_at else _("Provisional, {date}")).format(
            date=dates.day(on, zone=round_.timezone, year=True)
        ),
        "headline": outcome.headline(result.allocation, round_.currency, result.ballots),
        "subtitle": templates.told(round_.titles),
        "advisory": advisory.text(round_),
    }


def _figures(round_: Round, result: Result, served: Fraction | None) -> list[Figure]:
    allocation, total = result.allocation, round_.eligible_estimate
    found = [Figure(number(result.ballots), _("ballots"))]
    if total:
        share = templates.percent(result.ballots / total)
        found.append(Figure(share, _("turnout of about {total} young people", total=number(total))))
    if served is not None and result.ballots:
        found.append(Figure(templates.percent(float(served)), _("with at least one chosen project")))
    found.append(Figure(money.text(allocation.cost, round_.currency), _("allocated")))
    left = money.text(round_.budget - allocation.cost, round_.currency)
    found.append(Figure(left, _("not allocated")))
    return found


def _strip(round_: Round, result: Result) -> dict[str, object]:
    budget = round_.budget or 1
    spent, whole = money.text(result.allocation.cost, round_.currency), money.text(round_.budget, round_.currency)
    share = templates.percent(result.allocation.cost / budget)
    return {
        "parts": [f"{100 * one.cost / budget:.3f}" for one in result.allocation.funded],
        "label": _("{amount} of {budget} allocated", amount=spent, budget=whole),
        "share": _("{share} of {budget}", share=share, budget=whole),
    }


def _row(
    round_: Round,
    town: Municipality,
    one: Listed | None,
    title: str,
    cost: int,
    votes: int | None,
    ballots: int,
    why: str,
) -> Row:
    counted = votes is not None and ballots and TYPES[round_.ballot.type].counts_votes
    share = votes / ballots if counted else None
    return Row(
        title=title,
        href=to("/idea", id=one.idea_id) if one and one.idea_id else "",
        category=cards.category_code(town, one.category_id) if one else None,
        cost=money.text(cost, round_.currency),
        votes=number(votes) if votes is not None else "",
        share=templates.percent(share, 0) if share is not None else "",
        bar=round_bar(share),
        why=why,
    )


def round_bar(share: float | None) -> int | None:
    """Return the width of a bar in percent, None if there is nothing to show."""
    return None if share is None else max(1, min(100, int(100 * share + 0.5)))


def offer(round_: Round, actor: Actor, state: Closing | None, *, at: datetime) -> None:
    """Draw it for an auditor, from the count on and until the round is anonymised; for everybody else nothing."""
    if state is None or state.counted_at is None or state.anonymised_at is not None or round_.voided_at is not None:
        return
    if may(actor, Action.see_openings, round_.phase(at)):
        sealed = round_.visibility == "sealed"
        templates.draw("results/auditors_bundle.html", href=f"/rounds/{round_.slug}/auditors-bundle.zip", sealed=sealed)
