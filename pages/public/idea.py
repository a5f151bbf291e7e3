"""One idea: what it is about, where it stands and why."""

import streamlit as st

from core import ideas, projects, rounds
from core.errors import GlasError
from core.ideas import IdeaStatus
from pages.parts import badges, cards, dates, draw, idea_actions, links, not_found, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to

actor, town, at = visit.visitor(), visit.town(), visit.at()
try:
    with visit.reading() as session:
        idea = ideas.idea(session, actor, links.number("id"))
        round_ = rounds.get(session, actor, idea.round_id)
        listed = next((one for one in projects.projects(session, actor, round_.id) if one.idea_id == idea.id), None)
except GlasError:
    not_found.stop(_("There is no such idea"), _("Its author may have withdrawn it, or the address is not complete."))

by = _("proposed by {name}", name=idea.author) if idea.author else _("its author has left Glas")
area = cards.area_name(town, idea.area_id)
facts = {
    "back": Link(to("/ideas", round=st.query_params.get("round")), _("All ideas")),
    "title": idea.title,
    "byline": " · ".join(part for part in (area, by) if part),
    "category": cards.category_code(town, idea.category_id),
    "theme": cards.category_name(town, idea.category_id),
    "badge": badges.badge(idea.status, listed=listed is not None),
    "cost": listed.cost if listed else idea.cost,
    "cost_note": _("checked cost") if idea.review and idea.review.cost is not None else _("rough cost"),
    "currency": round_.currency,
    "problem": idea.problem,
    "solution": idea.solution,
    "solution_title": _("What to do"),
    "area": area or _("The whole municipality"),
    "place": idea.place,
    "map": idea_actions.map_link(listed),
    "act": idea_actions.main_action(round_, listed is not None, at=at),
    "history": badges.way(idea, listed=listed is not None, currency=round_.currency, zone=round_.timezone),
}
if idea.mine and idea.status is IdeaStatus.returned:
    until = dates.until(round_.dates.voting_from, zone=round_.timezone)
    text = _("Your idea came back with a question. Change it and send it again by {date}.", date=until)
    draw.draw("note.html", look="wa", icon_name="undo", text=text, live=False, link=None)
draw.draw("idea.html", **facts)
if idea.mine:
    idea_actions.for_author(idea, round_, at=at)
