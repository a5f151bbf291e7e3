"""Closing: two people take a round from the last ballot to the published result, step by step."""

from core import closing
from core.closing import objections
from core.ideas import projects
from core.phases import Phase
from core.rounds.steps import Step
from pages.closing import objections as objections_view
from pages.closing import steps, words
from pages.parts import dates, notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.rounds import chosen, overview, voided
from pages.rounds.two_people import waiting_for

actor, at = visit.visitor(), visit.at()
round_ = chosen.pick("/closing")
with visit.reading() as session:
    waiting = waiting_for(session, round_)
    state = closing.state(session, actor, round_.id, at=at)
    objected = objections.objections(session, actor, round_.id)
    titles = {one.code: templates.told(one.title) for one in projects.projects(session, actor, round_.id)}

if round_.imported:
    link = Link(to("/count", round=round_.slug), _("Count"))
    text = _("This election was held elsewhere. It is only counted here.")
    notices.empty(_("Nothing to close"), text, (link,), icon="inventory_2")
    visit.leave()
if round_.voided_at and state.step is not Step.anonymise:
    notices.empty(_("This round is void."), voided.text(round_), icon="block")
    objections_view.show(round_, objected, "", at=at)
    objections_view.edit(round_, objected, at=at)
    visit.leave()
notices.head(
    _("Closing"),
    _("Seven steps for two people. Every step can be interrupted: what is done stays done."),
    over=templates.told(round_.titles),
    tags=[overview.badge(round_, at)],
)
notices.show()
if round_.draft or round_.phase(at) not in (Phase.counting, Phase.results, Phase.implementation):
    text = _(
        "Voting has not ended yet. The closing can begin on {date}.",
        date=dates.until(round_.dates.voting_until, zone=round_.timezone),
    )
    templates.draw("parts/note.html", look="in", icon_name="schedule", text=text, link=None, live=False)
    templates.draw("closing/closing_steps.html", **words.later(round_, Step.close, whole=True))
    visit.leave()

if deadline := words.deadline(round_, at):
    templates.draw("parts/note.html", look="in", icon_name="event", text=deadline, link=None, live=False)
templates.draw("closing/closing_steps.html", **words.done(round_, state, titles))
steps.draw_step(round_, state, waiting)
objections_view.show(round_, objected, "", at=at)
objections_view.edit(round_, objected, at=at)
templates.draw("closing/closing_steps.html", **words.later(round_, state.step))
