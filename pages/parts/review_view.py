"""An idea as its reviewer reads it."""

from __future__ import annotations

from collections.abc import Iterable

from core.ideas import Idea
from core.municipalities import Municipality
from core.rounds import Round
from pages.parts import badges, cards, dates, draw, money
from pages.parts.i18n import _


def one(idea: Idea, round_: Round, town: Municipality) -> dict[str, object]:
    """Return the values of `review_idea.html`."""
    area = cards.area_name(town, idea.area_id)
    sent = dates.day(idea.submitted_at, zone=round_.timezone) if idea.submitted_at else ""
    return {
        "title": idea.title,
        "byline": _("{author}, sent on {date}", author=idea.author or _("Account erased"), date=sent),
        "category": cards.category_code(town, idea.category_id),
        "theme": cards.category_name(town, idea.category_id),
        "problem": idea.problem,
        "solution": idea.solution,
        "where": ", ".join(part for part in (idea.place, area) if part) or "–",
        "cost": money.text(idea.cost, round_.currency) if idea.cost is not None else _("not stated"),
        "before": _before(idea, round_),
    }


def _before(idea: Idea, round_: Round) -> dict[str, str] | None:
    """Return what an earlier review said, None if this is the first one."""
    if idea.review is None:
        return None
    when = dates.day(idea.review.at, zone=round_.timezone)
    return {"title": _("Reviewed before, on {date}:", date=when), "text": badges.reason(idea)}


def queue(ideas: Iterable[Idea]) -> list[dict[str, str]]:
    """Return the next ideas in line."""
    return [
        {"title": draw.told(idea.title), "when": dates.short(idea.submitted_at) if idea.submitted_at else ""}
        for idea in ideas
    ]


def checks() -> list[str]:
    """Return the questions a review answers."""
    return [
        _("Is it legal?"),
        _("Who owns the place?"),
        _("What does it really cost, with installation?"),
        _("Can it be done in time?"),
        _("Who will maintain it?"),
    ]
