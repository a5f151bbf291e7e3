"""Idea review: one idea at a time – feasible or not, at what cost, and a reason that its author can use."""

import streamlit as st

from core import rounds
from core.errors import GlasError
from core.ideas import reviews
from pages.ideas import reviewing
from pages.parts import links, notices, templates, visit
from pages.parts.forms import Fields
from pages.parts.i18n import _, n_
from pages.parts.links import Link

actor, at = visit.visitor(), visit.at()
notices.show()
with visit.reading() as session:
    waiting = reviews.waiting_for(session, actor)
    made = reviews.decided(session, actor, at=at)
    later = st.session_state.get("review-later", [])
    waiting = tuple(sorted(waiting, key=lambda each: later.index(each.id) if each.id in later else -1))
    again = next((each for each in made if each.id == links.number("idea")), None)
    idea = again or next(iter(waiting), None)
    round_ = rounds.get(session, actor, idea.round_id) if idea else None

decisions = reviewing.made(made, idea.id if idea else 0)
if idea is None or round_ is None:
    reviewing.nothing(actor)
    reviewing.to_top(0)
    if made:
        templates.draw("ideas/review_made.html", **decisions)
    visit.leave()

notices.head(
    _("Change the decision") if again else n_("{count} idea waits", "{count} ideas wait", len(waiting)),
    _("The author is told the new verdict, and its reason takes the place of the former one.")
    if again
    else _("The longest waiting comes first. Nobody judges an idea of their own."),
    over=templates.told(round_.titles),
    back=Link("/review", _("Idea review")) if again else None,
)
reviewing.to_top(idea.id)
left, right = st.columns([1.75, 1], gap="large")
fields = Fields(f"review-{idea.id}", keeps=True)
with left:
    templates.draw("ideas/review_idea.html", **reviewing.one(idea, round_, visit.town()))
    templates.draw("parts/staff_section.html", id="", title=_("Your verdict"), text="", tag="", tag_icon="")
    verdict = reviewing.ask_verdict(idea, round_, fields)
with right:
    templates.draw("ideas/review_side.html", lines=reviewing.checks(), others=reviewing.queue(waiting[not again : 6]))
    if made:
        templates.draw("ideas/review_made.html", **decisions)

if verdict:
    try:
        with visit.transaction() as session:
            reviews.decide(
                session, actor, idea.id, verdict.verdict, cost=verdict.cost, reason=verdict.reason, at=at
            )  # fmt: skip
    except GlasError as refusal:
        if not fields.refuse(refusal):
            notices.refused(refusal)
        st.rerun()
    notices.keep(_("Sent. The author sees the verdict and your reason."))
    st.query_params.pop("idea", None)
    fields.clear()
    reviewing.begin_anew()
