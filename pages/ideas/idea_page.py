"""One idea: what it is about, where it stands and why."""

import streamlit as st

from core import hidden, ideas, results, rounds
from core.errors import GlasError, IdeaWaits
from core.ideas import IdeaStatus, projects
from core.permissions import Action, may
from pages.ideas import actions, cards, story
from pages.parts import components, dates, links, notices, refusals, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.rounds import corrected, voided

actor, town, at = visit.visitor(), visit.town(), visit.at()
try:
    with visit.reading() as session:
        idea = ideas.idea(session, actor, links.number("id"))
        round_ = rounds.get(session, actor, idea.round_id)
        listed = next((one for one in projects.projects(session, actor, round_.id) if one.idea_id == idea.id), None)
        result = results.published(session, actor, round_) if listed else None
except IdeaWaits as waits:
    notices.stop(_("This idea is being checked"), refusals.sentence(waits), icon="schedule")
except GlasError:
    notices.stop(_("There is no such idea"), _("Its author may have withdrawn it, or the address is not complete."))

st.query_params.setdefault("round", round_.slug)
if hidden.ALL in idea.hidden and not idea.title.words:
    reason = templates.told(idea.hidden[hidden.ALL])
    notices.stop(_("This idea is hidden"), _("Public reason: {reason}", reason=reason), icon="visibility_off")
gone = listed is not None and bool(listed.withdrawn)
by, seen = cards.byline(idea), bool(idea.hidden) and idea != ideas.redacted(idea)
closed = cards.fixed(round_, at)
area = cards.area_name(town, idea.area_id)
facts = {
    "back": Link(to("/ideas", round=round_.slug), _("All ideas")),
    "title": idea.title,
    "byline": " · ".join(part for part in (area, by) if part),
    "category": cards.category_code(town, idea.category_id),
    "theme": cards.category_name(town, idea.category_id),
    "badge": story.mark(listed, result)
    or cards.badge(idea.status, listed=listed is not None, gone=gone, void=round_.voided_at is not None, closed=closed),
    "cost": listed.cost if listed else idea.cost,
    "cost_note": _("checked cost") if idea.review and idea.review.cost is not None else _("rough cost"),
    "currency": round_.currency,
    "problem": idea.problem,
    "solution": idea.solution,
    "solution_title": _("What to do"),
    "area": area or _("The whole municipality"),
    "place": idea.place,
    "map": actions.map_link(listed),
    "act": actions.main_action(round_, listed is not None, gone=gone, at=at),
    "history": story.to_the_end(
        cards.way(idea, round_, listed=listed is not None, gone=gone, closed=closed), listed, round_, result, at=at
    ),
}
if idea.mine and idea.status is IdeaStatus.returned and may(actor, Action.edit_idea, round_.phase(at)):
    until = dates.until(round_.dates.voting_from, zone=round_.timezone)
    text = _("Your idea came back with a question. Change it and send it again by {date}.", date=until)
    templates.draw("parts/note.html", look="wa", icon_name="undo", text=text, live=False, link=None)
if seen:
    note = cards.hidden_note(idea)
    templates.draw("parts/note.html", look="wa", icon_name="visibility_off", text=note, live=False, link=None)
voided.note(round_)
corrected.note((listed,) if listed else ())
templates.draw("ideas/idea.html", **facts)
components.share("share-idea", templates.told(idea.title), to("/idea", id=idea.id))
if idea.mine:
    actions.for_author(idea, round_, at=at)
if may(actor, Action.hide):
    way = Link(to("/moderation", round=round_.slug, idea=idea.id), _("Hide it, or a part of it"))
    text = _("Does something here break the rules?")
    templates.draw("parts/note.html", look="in", icon_name="shield", text=text, live=False, link=way)
