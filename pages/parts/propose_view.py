"""What the page for proposing shows around its fields: its step, the preview, the end, and when it is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NoReturn

import streamlit as st

from core import ideas, rounds
from core.errors import GlasError
from core.ideas import Idea
from core.municipalities import Municipality
from core.permissions import Phase
from core.rounds import Round
from pages.parts import cards, dates, forms, money, notices, proposal, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, here, number, to
from pages.rounds import chosen


def subject() -> tuple[Idea | None, Round]:
    """Return the idea that is being written and its round: the one named by `?idea=`, else the draft, else None."""
    actor, wanted = visit.visitor(), number("idea")
    if not wanted:
        round_ = chosen.a_round()
        with visit.reading() as session:
            return ideas.draft(session, actor, round_.id), round_
    try:
        with visit.reading() as session:
            idea = ideas.idea(session, actor, wanted)
            round_ = rounds.get(session, actor, idea.round_id)
    except GlasError:
        idea = None
    if idea is None or not idea.mine:
        notices.stop(_("There is no such idea"), _("Only its author can change an idea."))
    return idea, round_


def step(values: dict[str, Any], round_: Round) -> int:
    """Return the step that the address names, or the first one before it that is not finished."""
    wanted = min(number("step") or 1, 3)
    return next((earlier for earlier in range(1, wanted) if proposal.wrong(earlier, values, round_)), wanted)


def go(to_step: int, problems: Sequence[GlasError] = ()) -> NoReturn:
    """Open another step; the fields there show what is wrong with them."""
    st.query_params["step"] = str(to_step)
    if problems:
        forms.refuse(proposal.FORM, *problems)
    st.rerun()


def preview(values: dict[str, Any], town: Municipality, round_: Round) -> None:
    """Show the idea as others will see it."""
    cost = money.text(values["cost"], round_.currency) if values["cost"] is not None else ""
    templates.draw(
        "idea_preview.html",
        title=values["title"],
        category=cards.category_code(town, values["category_id"]),
        theme=cards.category_name(town, values["category_id"]),
        where=" · ".join(part for part in (cards.area_name(town, values["area_id"]), values["place"]) if part),
        cost=cost,
        problem=values["problem"],
        solution=values["solution"],
        name=visit.visitor().nickname,
    )


def sent(idea_id: int) -> None:
    """Show that the idea has arrived and what follows."""
    text = _("Reviewers look at it before others see it. Where it stands is always on your profile.")
    ways = [Link(to("/idea", id=idea_id), _("See your idea")), Link("/account", _("My profile"))]
    templates.draw("empty.html", icon_name="check_circle", title=_("Your idea has been sent"), text=text, links=ways)


def closed(round_: Round, at: datetime) -> None:
    """Show why nothing can be proposed now, and where to go instead."""
    phase, zone, plan = round_.phase(at), round_.timezone, round_.dates
    if phase is Phase.preparation and plan.ideas_from:
        text = _("Collecting ideas starts on {date}.", date=dates.day(plan.ideas_from, zone=zone))
    elif plan.ideas_until and phase is not Phase.preparation:
        end = dates.until(plan.ideas_until, zone=zone)
        text = _("Collecting ideas for this round ended on {date}. A draft of yours stays kept.", date=end)
    else:
        text = _("This round collects no ideas.")
    ways = [Link(here("/ideas"), _("See the ideas")), Link("/", _("Home"))]
    templates.draw("empty.html", icon_name="event_busy", title=_("Propose an idea"), text=text, links=ways)


def conditions(round_: Round) -> list[str]:
    """Return what an idea needs to pass the review."""
    found = [
        _("is on municipal land or in a public building"),
        _("can be done within one year"),
        _("does not serve one club or firm only"),
    ]
    if round_.min_cost is None or round_.max_cost is None:
        return found
    least, most = money.text(round_.min_cost, round_.currency), money.text(round_.max_cost, round_.currency)
    return [_("costs between {min} and {max}", min=least, max=most), *found]
