"""The ballot as an organiser sees it: its projects, their sum beside the budget, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence

from core.ideas import Idea
from core.ideas.projects import Listed
from core.municipalities import Municipality
from core.rounds import Round
from pages.parts import cards, money, templates
from pages.parts.i18n import _, n_, number


def figures(round_: Round, listed: Sequence[Listed]) -> list[dict[str, str]]:
    """Return the sum of the projects beside the budget."""
    total = sum(one.cost for one in listed)
    return [
        {"text": number(len(listed)), "name": _("projects")},
        {"text": money.text(total, round_.currency), "name": _("all projects together")},
        {"text": money.text(round_.budget, round_.currency), "name": _("budget")},
        {"text": templates.percent(total / round_.budget, 0) if round_.budget else "–", "name": _("of the budget")},
    ]


def where(one: Listed | Idea, town: Municipality) -> str:
    """Return the place and the area of a project or an idea."""
    area = cards.area_name(town, one.area_id)
    return ", ".join(part for part in (one.place, area) if part)


def notes(round_: Round, listed: Sequence[Listed]) -> list[dict[str, str]]:
    """Return what is odd about the ballot: look, icon and text of each note."""
    total, found = sum(one.cost for one in listed), []
    if round_.locked:
        text = _("Locked: the first ballot is in. Projects and their costs can no longer change.")
        found.append({"look": "wa", "icon": "lock", "text": text})
    elif listed and total <= round_.budget:
        text = _("All projects together fit into the budget: there would be nothing to choose.")
        found.append({"look": "wa", "icon": "warning", "text": text})
    least = round_.ballot.min_choices or 1
    if listed and len(listed) < least:
        text = n_(
            "A ballot must hold at least {count} project; there are fewer.",
            "A ballot must hold at least {count} projects; there are fewer.",
            least,
        )
        found.append({"look": "er", "icon": "error", "text": text})
    half = [one for one in listed if one.cost * 2 > round_.budget]
    if half:
        text = n_(
            "{count} project costs more than half of the budget.",
            "{count} projects cost more than half of the budget each.",
            len(half),
        )
        found.append({"look": "in", "icon": "info", "text": text})
    return found
