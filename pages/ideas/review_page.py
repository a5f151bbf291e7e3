"""Idea review: one idea at a time – feasible or not, at what cost, and a reason that its author can use."""

import streamlit as st

from core import rounds
from core.errors import GlasError
from core.ideas import reviews
from pages.ideas import reviewing
from pages.parts import notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _, n_
from pages.parts.links import Link

actor, at = visit.visitor(), visit.at()
notices.show()
with visit.reading() as session:
    waiting = reviews.waiting_for(session, actor)
    later = st.session_state.get("review-later", [])
    waiting = tuple(sorted(waiting, key=lambda each: later.index(each.id) if each.id in later else -1))
    round_ = rounds.get(session, actor, waiting[0].round_id) if waiting else None

if round_ is None:
    links = [Link("/ideas", _("See the ideas")), Link("/ballot-list", _("Ballot list"))]
    notices.empty(_("Nothing waits for you"), _("Every idea that was sent has an answer."), links)
    visit.leave()

idea = waiting[0]
notices.head(
    n_("{count} idea waits", "{count} ideas wait", len(waiting)),
    _("The longest waiting comes first. Nobody judges an idea of their own."),
    over=templates.told(round_.titles),
)
left, right = st.columns([1.75, 1], gap="large")
fields = Fields(f"review-{idea.id}")
with left:
    templates.draw("ideas/review_idea.html", **reviewing.one(idea, round_, visit.town()))
    templates.draw("parts/staff_section.html", id="", title=_("Your verdict"), text="", tag="", tag_icon="")
    verdict = reviewing.ask_verdict(idea, round_, fields)
with right:
    templates.draw("ideas/review_side.html", lines=reviewing.checks(), others=reviewing.queue(waiting[1:6]))

if verdict:
    try:
        with visit.transaction() as session:
            reviews.decide(
                session,
                actor,
                idea.id,
                verdict.verdict,
                cost=verdict.cost,
                reason=verdict.reason,
                at=at,
            )
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal)
    else:
        notices.keep(_("Sent. The author sees the verdict and your reason."))
    st.rerun()
