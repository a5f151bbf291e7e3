"""Results of a round: what was chosen and why; before that, what may be known already and what comes next."""

import streamlit as st

from core import closing, municipalities, projects, results, tally
from core.permissions import Phase
from pages.parts import auditors_bundle, dates, draw, insight_view, live, not_found, result_view, visit, waiting
from pages.parts.i18n import _

round = not_found.a_round()
actor, at = visit.visitor(), visit.at()
phase, zone = round.phase(at), round.timezone
with visit.reading() as session:
    town = municipalities.municipality(session, round.municipality_id)
    result = results.published(session, actor, round)
    listed = projects.projects(session, actor, round.id) if result else ()
    votes = dict(tally.live(session, round, at).supports) if result else {}
    closed = closing.state(session, actor, round.id, at=at) if result and not round.imported else None

if round.voided_at:
    text = round.void_reason or _("The organisers stopped it. Its ballots are not counted.")
    draw.draw("empty.html", icon_name="block", title=_("This round is void."), text=text, links=waiting.links(round))
    st.stop()
if result:
    known = insight_view.seen(round, result, listed, town)
    shown = result_view.view(round, result, listed, votes, town, closing=closed, served=known.served)
    draw.draw("result.html", **shown)
    auditors_bundle.offer(round, actor, closed, at=at)
    insight_view.draw_below(round, result, listed, town, known)
    st.stop()

planned = dates.day(round.dates.results_on, zone=zone)
over = draw.told(round.titles)
if phase is Phase.voting and round.visibility == "live":
    draw.draw("page_head.html", over=over, title=_("Live tally"), text="", link=None)
    text = _("Provisional: voting goes on until {date}.", date=dates.until(round.dates.voting_until, zone=zone))
    draw.draw("note.html", look="wa", icon_name="schedule", text=text, live=False, link=None)
    live.tally(round)
elif phase is Phase.voting:
    text = _("Results come on {date}.", date=planned)
    draw.draw("page_head.html", over=over, title=_("Turnout"), text=text, link=None)
    hidden = _("Until closing we only show how many voted, so as not to influence anyone.")
    draw.draw("note.html", look="in", icon_name="visibility_off", text=hidden, live=False, link=None)
    live.turnout(round)
elif phase is Phase.counting:
    draw.draw("page_head.html", over=over, title=_("We are counting"), text=waiting.when(round, at), link=None)
    draw.draw("waiting.html", steps=waiting.steps(round))
else:
    text = _("Results are planned for {date}.", date=planned)
    draw.draw("empty.html", icon_name="bar_chart", title=_("No results yet"), text=text, links=waiting.links(round))
