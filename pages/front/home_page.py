"""Home of a round: what it is about, where it stands, and the one thing to do now."""

import streamlit as st

from core import municipalities, results, rounds
from core.ideas import projects
from core.phases import Phase
from pages.front import other_rounds
from pages.front.hero import Facts, hero
from pages.parts import components, templates, visit
from pages.parts.i18n import _
from pages.rounds import chosen, extension, stages
from pages.tally import live
from pages.trust import guarantees
from pages.voting import ballot, ballot_types

round_ = chosen.round_or_stop()
actor, at = visit.visitor(), visit.at()
with visit.reading() as session:
    everything = rounds.rounds(session, actor)
    others = [one for one in everything if round_ is None or one.id != round_.id]
    decided = [one for one in others if one.shows_result][:2]
    told_in_full = [*([round_] if round_ else ()), *decided]
    published = results.all_published(session, told_in_full)
    listed_in = projects.of_rounds(session, told_in_full)
    town = municipalities.municipality(session, round_.municipality_id) if round_ else visit.town()
    mine = ballot.of(session, actor, round_) if round_ and actor.person_id else None

other_rounds.notice(actor, everything, at=at)
if round_ is None:
    templates.draw("parts/empty.html", icon_name="campaign", **chosen.no_round())
else:
    phase, result = round_.phase(at), published.get(round_.id)
    facts = Facts(
        projects=len(projects.standing(listed_in[round_.id])),
        funded=len(result.allocation.funded) if result else None,
        spent=result.allocation.cost if result else None,
        ballots=result.ballots if result else None,
        voted=mine is not None and not mine.withdrawn,
    )
    # One under the other on a phone, beside each other on a wide screen: assets/public.css says how.
    with st.container(key="hero"):
        over = f"{templates.told(round_.titles)} · {templates.told(town.names)}"
        told = hero(round_, facts, at=at)
        templates.draw("front/home_hero.html", over=over, **told)
        live.hero(round_)
    if round_.draft:
        text = _("Only the team sees this round: it is not published yet.")
        templates.draw("parts/note.html", look="in", icon_name="edit", text=text, link=None, live=False)
    extension.note(round_)
    way = stages.stages(round_, at=at)
    templates.draw("front/stages.html", title=stages.title(round_, way), stages=way)

    if phase in (Phase.ideas, Phase.voting) and not (facts.voted or round_.voided_at or round_.imported):
        components.bar(told["first"], repeats=".g-hero__act")

finished = [
    other_rounds.decided(one, published[one.id], listed_in[one.id], visit.town())
    for one in decided
    if one.id in published
]
templates.draw(
    "front/home_more.html",
    steps=ballot_types.steps(round_) if round_ and phase in (Phase.review, Phase.voting) else (),
    steps_title=_("How to vote"),
    trust=guarantees.short(round_) if round_ and not round_.imported else (),
    trust_links=guarantees.links(),
    finished=finished,
    others=[other_rounds.other(one, at=at) for one in others if not one.shows_result],
)
