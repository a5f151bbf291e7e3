"""Commission of a sealed round: three people, a share of the key for each, shown once, and a rehearsal."""

from core.closing import commission
from pages.closing import commission as commission_steps
from pages.parts import notices, templates, visit
from pages.parts.i18n import _
from pages.parts.links import Link, to
from pages.rounds import chosen

actor = visit.visitor()
round_ = chosen.pick("/commission")
with visit.reading() as session:
    members = commission.members(session, actor, round_.id)
    by_me = bool(members) and commission.split_by_me(session, actor, round_.id)

notices.head(
    _("Commission"),
    _(
        "Three people hold the key to the ballots. Any two can open them, one alone cannot – and "
        "the server cannot either."
    ),
    over=templates.told(round_.titles),
    back=Link(to("/studio", round=round_.slug), _("The round")),
)
notices.show()
if round_.visibility != "sealed":
    text = _("This round is not sealed, so it needs no commission.")
    templates.draw("parts/note.html", look="in", icon_name="info", text=text, link=None, live=False)
    visit.leave()
templates.draw("closing/commission.html", members=members)
if commission_steps.show_shares(round_):
    visit.leave()
if round_.draft:
    commission_steps.appoint(round_, members)
    if members:
        commission_steps.split(round_)
if members:
    commission_steps.rehearse(round_, by_me=by_me)
