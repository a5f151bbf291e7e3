"""Rules of a round, in plain words: who, when, how, and how it is counted."""

from pages.parts import board_log, draw, not_found, round_rules, visit
from pages.parts.i18n import _
from pages.parts.links import Link, here

round = not_found.a_round()

draw.draw("page_head.html", over=draw.told(round.titles), title=_("Rules"), text=draw.told(round.intro), link=None)
with visit.reading() as session:
    log = None if round.imported else board_log.view(session, round)
draw.draw(
    "rules.html",
    key=log["key"] if log else "",
    parts=round_rules.parts(round),
    dates=round_rules.calendar(round, at=visit.at()),
    amounts=round_rules.amounts(round),
    relaxed=round_rules.relaxed(round),
    links=[Link(here("/projects"), _("See the projects")), Link(here("/board"), _("Check your receipt"))],
)
