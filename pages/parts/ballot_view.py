"""The ballot as an organiser sees it: its projects, their sum beside the budget, and what is odd about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from core.ideas import Idea
from core.municipalities import Municipality
from core.projects import Listed
from core.rounds import Round
from pages.parts import cards, draw, money
from pages.parts.i18n import _, n_, number
from pages.parts.links import to


def view(round_: Round, listed: Sequence[Listed], town: Municipality, *, open_code: str | None) -> dict[str, Any]:
    """Return the values of `ballot_list.html`; `open_code` is the project that is being changed."""
    total = sum(one.cost for one in listed)
    figures = [
        {"text": number(len(listed)), "name": _("projects")},
        {"text": money.text(total, round_.currency), "name": _("all projects together")},
        {"text": money.text(round_.budget, round_.currency), "name": _("budget")},
        {"text": draw.percent(total / round_.budget, 0) if round_.budget else "–", "name": _("of the budget")},
    ]
    return {
        "figures": figures,
        "notes": _notes(round_, listed, total),
        "rows": [_row(round_, one, town, open_code) for one in listed],
        "empty": _("No project yet. Put accepted ideas on the ballot below."),
    }


def _row(round_: Round, one: Listed, town: Municipality, open_code: str | None) -> dict[str, Any]:
    area = cards.area_name(town, one.area_id)
    return {
        "category": cards.category_code(town, one.category_id),
        "title": draw.told(one.title),
        "where": ", ".join(part for part in (one.place, area) if part),
        "cost": money.text(one.cost, round_.currency),
        "href": "" if round_.locked else to("/ballot-list", round=round_.slug, project=one.code),
        "here": one.code == open_code,
    }


def _notes(round_: Round, listed: Sequence[Listed], total: int) -> list[dict[str, str]]:
    found = []
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


def idea(round_: Round, one: Idea, town: Municipality) -> dict[str, Any]:
    """Return the values of `ballot_idea.html`: an accepted idea that may go on the ballot."""
    area = cards.area_name(town, one.area_id)
    return {
        "category": cards.category_code(town, one.category_id),
        "title": draw.told(one.title),
        "href": to("/idea", id=one.id),
        "where": ", ".join(part for part in (one.place, area) if part),
        "cost": money.text(one.cost, round_.currency) if one.cost is not None else "–",
    }
