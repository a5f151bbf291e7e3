"""Rules of a round, in plain words: who, when, how, and how it is counted."""

from core import codes, rounds
from core.ideas import projects
from pages.front import rules
from pages.parts import templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, here
from pages.rounds import chosen, voided
from pages.trust import guarantees

round_ = chosen.a_round()

templates.draw(
    "parts/page_head.html",
    over=templates.told(round_.titles),
    title=_("Rules"),
    text=templates.told(round_.intro),
    link=None,
)
voided.note(round_)
with visit.reading() as session:
    changed = rounds.changes(session, visit.visitor(), round_.id)
    listed = projects.projects(session, visit.visitor(), round_.id) if changed else ()
    made = codes.made(session, visit.visitor(), round_.id)
    log = None if round_.imported else guarantees.view(session, round_)
templates.draw(
    "front/rules.html",
    key=log["key"] if log else "",
    parts=rules.parts(round_),
    dates=rules.calendar(round_, at=visit.at()),
    amounts=rules.amounts(round_),
    relaxed=rules.relaxed(round_),
    changed=rules.changed(round_, changed, visit.town(), {one.code: templates.told(one.title) for one in listed}),
    batches=rules.batches(round_, made),
    links=[Link(here("/projects"), _("See the projects")), Link(here("/board"), _("Check your receipt"))],
)
