"""Count: turnout so far and what will happen; after closing two people count, look, and publish."""

from core import municipalities, results, tally
from core.ideas import projects
from core.imports import elections
from core.phases import Phase
from pages.closing import steps
from pages.parts import figures, notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.results import insights
from pages.results import result as result_view
from pages.results import waiting as waiting_view
from pages.rounds import chosen, file_notes, overview, voided
from pages.rounds.two_people import waiting_for

actor, at = visit.visitor(), visit.at()
notices.show()
round_ = chosen.pick("/count")
with visit.reading() as session:
    town = municipalities.municipality(session, round_.municipality_id)
    waiting = waiting_for(session, round_)
    turnout = tally.turnout(session, round_.id)
    result = results.result_of(session, actor, round_)
    listed = projects.projects(session, actor, round_.id) if result else ()
    votes = dict(tally.live(session, round_, at, actor=actor).supports) if result else {}

if round_.voided_at:
    notices.empty(_("This round is void."), voided.text(round_), icon="block")
    visit.leave()
if result is None:
    notices.head(_("Count"), over=templates.told(round_.titles), tags=[overview.badge(round_, at)])
    if round_.phase(at) is Phase.counting and round_.imported:
        steps.count(round_, waiting)
    elif round_.phase(at) is Phase.counting:
        steps.to_closing(round_)
    file_notes.show(elections.notes(round_))
    figures.show_figures(waiting_view.figures(round_, turnout))
    templates.draw("results/count.html", **waiting_view.turnout_view(round_, turnout, at))
    visit.leave()

if round_.result_published_at is None:
    steps.to_closing(round_)
else:
    link = Link(to("/results", round=round_.slug), _("See the results"))
    templates.draw(
        "parts/note.html", look="ok", icon_name="verified", text=_("The result is published."), link=link, live=False
    )
known = insights.seen(round_, result, listed, town)
templates.draw("results/result.html", **result_view.view(round_, result, listed, votes, town, served=known.served))
file_notes.show(elections.notes(round_))
insights.draw_below(round_, result, listed, town, known)
