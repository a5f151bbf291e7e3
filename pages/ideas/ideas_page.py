"""Ideas of a round: searched, narrowed, twelve at a time."""

import streamlit as st

from core import ideas, results
from core.ideas import projects
from core.phases import Phase
from pages.ideas import cards, filters, story
from pages.parts import dates, templates, visit
from pages.parts.i18n import _, n_
from pages.parts.links import Link, here
from pages.rounds import chosen, switch, voided

round_ = chosen.a_round()
town, actor, phase = visit.town(), visit.visitor(), round_.phase(visit.at())
with visit.reading() as session:
    every = ideas.ideas(session, actor, round_.id)
    on_list = projects.projects(session, actor, round_.id)
    result = results.published(session, actor, round_)

state, plan, zone = "", round_.dates, round_.timezone
if plan.ideas_from and phase is Phase.preparation:
    state = _("Ideas open on {date}", date=dates.day(plan.ideas_from, zone=zone))
elif plan.ideas_until and phase is Phase.ideas:
    state = _("New ideas until {date}", date=dates.until(plan.ideas_until, zone=zone))
elif plan.ideas_until and plan.ideas_until <= visit.at():
    state = _("Collecting ideas ended on {date}", date=dates.until(plan.ideas_until, zone=zone))
propose = Link(here("/propose"), _("Submit an idea"), "add") if phase is Phase.ideas else None
switch.offer("/ideas", round_)
templates.draw("parts/page_head.html", over=templates.told(round_.titles), title=_("Ideas"), text=state, link=propose)
voided.note(round_)

if not every:
    text = _("No ideas here yet. Yours could be the first.") if propose else _("No ideas here yet.")
    links = [propose] if propose else [Link(here("/rules"), _("See the rules")), Link("/", _("Home"))]
    templates.draw("parts/empty.html", icon_name="lightbulb", title="", text=text, links=links)
    visit.leave()

wanted = filters.ask(town, round_, every)
with visit.reading() as session:
    found = ideas.ideas(
        session,
        actor,
        round_.id,
        query=wanted.query,
        area=wanted.area,
        category=wanted.category,
        max_cost=wanted.max_cost,
        order=wanted.order,
    )
shown = found[: st.session_state.get("ideas-shown", filters.PAGE)]
counted = n_("{count} idea", "{count} ideas", len(found))
templates.draw("ideas/idea_chips.html", counted=counted, chips=wanted.chips, clear=here("/ideas"))
if not found:
    text = _("No ideas match these filters. Remove one of them.")
    links = [Link(here("/ideas"), _("Clear the filters"))]
    templates.draw("parts/empty.html", icon_name="search", title="", text=text, links=links)
    visit.leave()

listed = {one.idea_id for one in on_list}
gone = {one.idea_id for one in on_list if one.withdrawn}
state_of = {"void": round_.voided_at is not None, "closed": cards.fixed(round_, visit.at())}
drawn = cards.of_ideas(shown, town, listed=listed, gone=gone, **state_of)
drawn = story.marked(drawn, shown, on_list, result)
templates.draw("ideas/idea_cards.html", cards=drawn, currency=round_.currency, label=counted)
left = len(found) - len(shown)
if left and st.button(n_("Show {count} more", "Show {count} more", min(left, filters.PAGE)), key="more"):
    st.session_state["ideas-shown"] = len(shown) + filters.PAGE
    st.rerun()
