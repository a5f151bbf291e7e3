"""Results of a round: what was chosen and why; before that, what may be known already and what comes next."""

from core import closing, municipalities, results, tally
from core.closing import objections
from core.ideas import corrections, projects
from core.imports import elections
from core.phases import Phase
from pages.closing import objections as objections_view
from pages.parts import components, dates, notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import to
from pages.results import insights, waiting
from pages.results import result as result_view
from pages.rounds import advisory, chosen, corrected, extension, file_notes, switch, voided
from pages.tally import live

round_ = chosen.a_round()
actor, at = visit.visitor(), visit.at()
phase, zone = round_.phase(at), round_.timezone
with visit.reading() as session:
    town = municipalities.municipality(session, round_.municipality_id)
    result = results.published(session, actor, round_)
    listed = projects.projects(session, actor, round_.id)
    mended = corrections.corrections(session, actor, round_.id)
    votes = dict(tally.live(session, round_, at).supports) if result else {}
    objected = objections.objections(session, actor, round_.id) if result or round_.voided_at else ()
    closed = closing.state(session, actor, round_.id, at=at) if result and not round_.imported else None

switch.offer("/results", round_)
if round_.voided_at:
    notices.empty(_("This round is void."), voided.text(round_), waiting.links(round_), icon="block")
    objections_view.show(round_, objected, round_.contact_email or town.contact_email, at=at)
    visit.leave()
if result:
    known = insights.seen(round_, result, listed, town)
    shown = result_view.view(round_, result, listed, votes, town, closing=closed, served=known.served)
    templates.draw("results/result.html", **shown)
    components.share("share-result", str(shown["headline"]), to("/results", round=round_.slug))
    extension.note(round_)
    corrected.note(listed)
    corrected.mended(listed, mended)
    file_notes.show(elections.notes(round_))
    objections_view.show(round_, objected, round_.contact_email or town.contact_email, at=at)
    result_view.offer(round_, actor, closed, at=at)
    insights.draw_below(round_, result, listed, town, known)
    visit.leave()

advisory.note(round_)
extension.note(round_)
corrected.note(listed)
corrected.mended(listed, mended)
planned = dates.day(round_.dates.results_on, zone=zone)
over = templates.told(round_.titles)
if phase is Phase.voting and round_.visibility == "live":
    templates.draw("parts/page_head.html", over=over, title=_("Live tally"), text="", link=None)
    text = _("Provisional: voting goes on until {date}.", date=dates.until(round_.dates.voting_until, zone=zone))
    templates.draw("parts/note.html", look="wa", icon_name="schedule", text=text, live=False, link=None)
    live.tally(round_)
elif phase is Phase.voting:
    text = _("Results come on {date}.", date=planned)
    templates.draw("parts/page_head.html", over=over, title=_("Turnout"), text=text, link=None)
    hidden = _("Until closing we only show how many voted, so as not to influence anyone.")
    templates.draw("parts/note.html", look="in", icon_name="visibility_off", text=hidden, live=False, link=None)
    live.turnout(round_)
elif phase is Phase.counting:
    templates.draw(
        "parts/page_head.html", over=over, title=_("We are counting"), text=waiting.when(round_, at), link=None
    )
    templates.draw("results/waiting.html", steps=waiting.steps(round_))
else:
    text = _("Results are planned for {date}.", date=planned)
    templates.draw(
        "parts/empty.html", icon_name="bar_chart", title=_("No results yet"), text=text, links=waiting.links(round_)
    )
file_notes.show(elections.notes(round_))
